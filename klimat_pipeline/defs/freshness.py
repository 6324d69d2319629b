"""When figures count as old. What does not belong here: which tables, missed nights (``operations.status``).

Dagster measures from the last materialization, and a night without news is an observation: so this is the age of the
figures. A source issues a release a year; a missed night is told by ``klimat status`` and the alerts.
"""

from datetime import timedelta

import dagster as dg

#: A year and a month without new figures is a remark, a year and a half a fault.
FRESHNESS = dg.FreshnessPolicy.time_window(fail_window=timedelta(days=550), warn_window=timedelta(days=400))
