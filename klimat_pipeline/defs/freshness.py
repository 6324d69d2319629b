"""When published tables count as old. What does not belong here: which tables (``assets``)."""

from datetime import timedelta

import dagster as dg

#: Nightly refreshes confirm or renew the tables; one missed night is a remark, two are a fault.
FRESHNESS = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=50), warn_window=timedelta(hours=26))
