"""Exchange rates: one source for the reading of ledgers and for the factors.

Annual means, kronor for one unit. What a municipality gives itself (``spend.yaml``) goes before what was fetched from
the Riksbank, and that before the shipped table. A year without a rate has that of the last year before it, and says
so. What does not belong here: fetching (``sources.riksbank_rates``), and what a rate is applied to.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from klimat_pipeline.configuration.csv_file import CsvColumn, read_csv
from klimat_pipeline.configuration.spend_factors import Rate as OwnRate
from klimat_pipeline.raw.riksbank_rates import read_rates
from klimat_pipeline.settings import Settings
from klimat_pipeline.sources.series import RATES, newest, series_archive

#: Form of the reference table: columns, and those of its key.
COLUMNS = (
    CsvColumn("year", kind="integer", minimum=1900, maximum=2200),
    CsvColumn("currency", pattern=r"[A-Z]{3}"),
    CsvColumn("sek_per_unit_annual_mean", kind="number", minimum=1e-9),
    CsvColumn("source"),
    CsvColumn("is_second_hand", allowed=("true", "false")),
)
KEY = ("year", "currency")
HOME = "SEK"


@dataclass(frozen=True, slots=True)
class AnnualRate:
    """Kronor for one unit of a currency, the year that it is of, and who published it."""

    sek_per_unit: float
    year: int
    source: str


class Rates:
    """All rates, by currency and year."""

    def __init__(self, known: Mapping[tuple[str, int], tuple[float, str]]) -> None:
        self._known = dict(known)
        self._years: dict[str, list[int]] = {}
        for currency, year in sorted(self._known):
            self._years.setdefault(currency, []).append(year)

    def of(self, currency: str, year: int) -> AnnualRate | None:
        """The rate of the year, else of the last year before it that has one; None where there is none."""
        if currency == HOME:
            return AnnualRate(1.0, year, "")
        earlier = [known for known in self._years.get(currency, ()) if known <= year]
        if not earlier:
            return None
        value, source = self._known[currency, earlier[-1]]
        return AnnualRate(value, earlier[-1], source)

    def with_own(self, own: Iterable[OwnRate]) -> "Rates":
        """The rates, those of a municipality's ``spend.yaml`` in their place."""
        return Rates(self._known | {(rate.currency, rate.year): (rate.sek_per_unit, rate.source) for rate in own})

    def with_fetched(self, fetched: Mapping[tuple[str, int], tuple[float, str]]) -> "Rates":
        """The rates, fetched ones in their place."""
        return Rates(self._known | dict(fetched))

    @property
    def currencies(self) -> list[str]:
        """All currencies with a rate."""
        return sorted(self._years)

    def by_year(self, currency: str) -> dict[int, float]:
        """The rates of a currency, of their own years only."""
        return {year: self._known[currency, year][0] for year in self._years.get(currency, ())}

    def __repr__(self) -> str:
        """All of it: what is computed from rates is computed anew when one changes."""
        return f"Rates({self._known!r})"


def current_rates(settings: Settings) -> Rates:
    """The shipped rates, and in their place those that were fetched.

    Raises:
        ProblemsError: the table is malformed.
        SnapshotError: a snapshot is missing or damaged.
        SourceError: a snapshot no longer reads.
    """
    rates, archive = shipped_rates(settings.reference_dir), series_archive(settings, RATES)
    fetched: dict[tuple[str, int], tuple[float, str]] = {}
    for currency, snapshot in newest(settings, RATES).items():
        years = read_rates(archive.read(snapshot), snapshot.file_name, currency, rates.by_year(currency))
        source = f"Sveriges Riksbank, annual mean; snapshot {snapshot.release_id}"
        fetched |= {(currency, year): (value, source) for year, value in years.items()}
    return rates.with_fetched(fetched)


def shipped_rates(reference_dir: Path) -> Rates:
    """The rates of ``data/reference/exchange_rates.csv``.

    Raises:
        ProblemsError: the table is malformed.
    """
    rows = read_csv(reference_dir / "exchange_rates.csv", columns=COLUMNS, base=reference_dir.parent, key=KEY)
    return Rates(
        {
            (row["currency"], row["year"]): (
                row["sek_per_unit_annual_mean"],
                row["source"] + (" (second-hand)" if row["is_second_hand"] == "true" else ""),
            )
            for row in rows
        }
    )
