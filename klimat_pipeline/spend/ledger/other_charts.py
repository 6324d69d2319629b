"""Whether a file's accounts are those of Kommun-Bas, told by their texts: there, 4 and 6 are bought, and 5 is staff.

What does not belong here: the rules of a chart (``data/reference/ledger_rules*.csv``), and what an SIE file says of its
chart (``sie_reader``).
"""

import re
from typing import TYPE_CHECKING

from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.spend.ledger.file_format import FileFormat
from klimat_pipeline.spend.ledger.ledger_error import LedgerError

if TYPE_CHECKING:
    import duckdb

#: In companies' BAS, 5 is premises and goods and 7 is staff. Dots over letters may have been dropped.
_PREMISES = re.compile(
    r"5[0-9]\d* (lokalhyr|lokalkostn|hyra|el f[öo]r|elavgift|v[äa]rme|vatten och avlopp|st[äa]dning|renh[åa]llning|"
    r"fastighetssk|f[öo]rbrukningsinv|f[öo]rbrukningsmat|programvar|datorer|arbetskl[äa]der|drivmedel|reparation|frakt|"
    r"transporter|annons|reklam|trycksak)",
    re.IGNORECASE,
)
#: In regions' L-Bas, 5 is what care buys and 4 is staff.
_CARE = re.compile(
    r"5[0-9]\d* (l[äa]kemedel|sjukv[åa]rdsmat|sjukv[åa]rdsart|laborat|lab[- ]|r[öo]ntgen|"
    r"k[öo]pt? (av )?(verksamhet|v[åa]rd)|verksamhetsankn|medicinsk|hj[äa]lpmedel|implantat|blodprod|f[öo]rband|"
    r"tandtekn|ambulans|livsmedel|textil)",
    re.IGNORECASE,
)
_STAFF = r"[0-9]\d* (l[öo]n|m[åa]nadsl[öo]n|timl[öo]n|arbetsgivaravgift|semester|sociala avg|pension)"
_STAFF_IN_7, _STAFF_IN_4 = re.compile(f"(?i)7(?![6-9]){_STAFF}"), re.compile(f"(?i)4{_STAFF}")
#: What is staff in 5 is Kommun-Bas, whatever else stands there (medicine for staff).
_STAFF_IN_5 = re.compile(f"(?i)5{_STAFF}")
#: Without accounts of staff, which a ledger of accounts payable has none of, so many tell.
_ENOUGH = 2
_ACCOUNTS = """
    SELECT account || ' ' || account_text FROM (SELECT DISTINCT account, account_text FROM typed_lines WHERE year <> 0)
    WHERE left(account, 1) IN ('4', '5', '7') ORDER BY ALL
"""


def refuse_other_charts(connection: "duckdb.DuckDBPyConnection", form: FileFormat, settings: SpendSettings) -> None:
    """Rules by number leave out the purchases of another chart as wages, and count its wages as purchases.

    Args:
        connection: with the table ``typed_lines``.
        form: how the file was read.
        settings: what somebody has decided is not doubted.

    Raises:
        LedgerError: the accounts are a company's or a region's.
    """
    if settings.chart or form.chart != "kommun_bas":
        return
    accounts = [account for (account,) in connection.execute(_ACCOUNTS).fetchall()]
    if any(map(_STAFF_IN_5.match, accounts)):
        return

    def told(bought: re.Pattern[str], staff: re.Pattern[str]) -> str:
        goods, wages = (list(filter(pattern.match, accounts)) for pattern in (bought, staff))
        if len(goods) < _ENOUGH and not (goods and wages):
            return ""
        return f"{goods[0]!r} would be staff there, and {f'{wages[0]!r} is' if wages else f'so would {goods[1]!r}'}"

    if said := told(_PREMISES, _STAFF_IN_7):
        raise LedgerError(
            f"{form.file}: the accounts are those of companies (BAS), not Kommun-Bas: {said}. Say it in "
            "municipality.yaml, spend: chart: bas; or kommun_bas, if it is that after all."
        )
    if said := told(_CARE, _STAFF_IN_4):
        raise LedgerError(
            f"{form.file}: the accounts are those of a region (L-Bas), not Kommun-Bas: {said}. No rules of that chart "
            "are shipped: write what counts and what does not into ledger_rules.csv in the municipality's folder, and "
            "say spend: chart: kommun_bas in municipality.yaml; so too if it is that after all."
        )
