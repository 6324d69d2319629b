"""From kronor to kilograms: one factor per krona, category and year of purchase.

    kg CO2e = SEK x index(price year) / index(year of purchase) / SEK per currency unit(price year) / kg_per x factor

The index deflates kronor to the price year of the factor; the exchange rate is that of the price year, too. What does
not belong here: which category a line has (``classification``), and sums (``cube``).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from klimat_pipeline.configuration.spend_factors import SpendFactors
from klimat_pipeline.contracts import table
from klimat_pipeline.errors import ConfigurationError, ProblemsError
from klimat_pipeline.spend.footprint.deflator import OWN_YEAR, STANDS_IN, Prices
from klimat_pipeline.spend.footprint.mappings import SpendReference

COLUMNS = (
    *(
        "year",
        "category",
        "set_id",
        "kg_per_sek",
        "deflator",
        "price_year",
        "gwp_set",
        "uncertainty_pct",
        "price_basis",
    ),
    "note",
    # What it is made from, as ``spend/spend_factors`` shows it.
    *("factor", "kg_per", "factor_price_year", "currency", "sek_per_unit", "rate_source", "factor_source", "licence"),
    "concordance",
    *("index_id", "index_year", "index_price_year", "index_source"),
)


@dataclass(frozen=True, slots=True)
class FactorSet:
    """A set of factors with its terms; ``factors`` are kg CO2e per ``kg_per`` units of currency, by category."""

    set_id: str
    currency: str
    kg_per: float
    price_year: int
    gwp_set: str
    uncertainty_pct: float
    source: str
    factors: dict[str, float]
    licence: str = ""
    concordance: str = ""


def kg_of(
    amount_sek: float, *, index_price_year: float, index_year: float, sek_per_unit: float, kg_per: float, factor: float
) -> float:
    """The formula, for one amount.

    Args:
        amount_sek: kronor excluding VAT, in prices of the year of purchase.
        index_price_year: price index in the factor's price year.
        index_year: price index in the year of purchase.
        sek_per_unit: kronor for one unit of the factor's currency, in its price year.
        kg_per: units of currency that the factor is given for, such as 1000.
        factor: kg CO2e.

    Returns:
        kg CO2e.
    """
    return amount_sek * (index_price_year / index_year) / sek_per_unit / kg_per * factor


def load_factor_set(set_id: str, reference: SpendReference, files: dict[str, str] | None = None) -> FactorSet:
    """Read a set's file through its concordance.

    A category with several codes (a coarse concordance) gets their unweighted mean; one without has no factor.

    Args:
        set_id: one of ``spend_factor_sets.csv``.
        reference: the reference tables.
        files: paths of sets that are not shipped, by set.

    Raises:
        ConfigurationError: the set is unknown, its file is absent, or a value is no number.
    """
    terms = reference.factor_sets[reference.factor_sets["set_id"] == set_id]
    if terms.empty:
        known = ", ".join(reference.factor_sets["set_id"])
        raise ConfigurationError(f"factor set {set_id!r} is unknown; data/reference/spend_factor_sets.csv has {known}.")
    row = terms.iloc[0]
    named = (files or {}).get(set_id)
    shipped = reference.folder / row["path"] if isinstance(row["path"], str) else None
    path = Path(named) if named else shipped
    if path is None:
        raise ConfigurationError(
            f"factor set {set_id}: its file is not shipped; give its path in spend.yaml under factor_files."
        )
    given = _values(path, row["code_column"], row["value_column"])
    return FactorSet(
        set_id=set_id,
        currency=row["currency"],
        kg_per=float(row["kg_per"]),
        price_year=int(row["price_year"]),
        gwp_set=row["gwp_set"],
        uncertainty_pct=float(row["uncertainty_pct"]),
        source=row["source"],
        factors=_by_category(given, row["concordance"], reference),
        licence=row["licence"],
        concordance=row["concordance"],
    )


def factor_table(
    years: Iterable[int], reference: SpendReference, chosen: SpendFactors, *, set_id: str | None = None
) -> pd.DataFrame:
    """Kilograms per nominal krona for every year and category.

    Args:
        years: years of purchase.
        reference: the reference tables.
        chosen: the municipality's choices.
        set_id: a sensitivity set instead of the chosen ones.

    Returns:
        ``COLUMNS``: kg CO2e per krona of the year, and the deflator to the price year of the chosen set.

    Raises:
        ProblemsError: an index value or a rate is missing and no fallback was chosen.
    """
    base = load_factor_set(set_id or chosen.factor_set, reference, dict(chosen.factor_files))
    sets = {base.set_id: base}
    prices = Prices(reference, chosen)
    rows: list[dict[str, Any]] = []
    problems: list[str] = []
    for year in sorted(set(years)):
        own = base.set_id if set_id else _set_of(year, chosen)
        if own not in sets:
            sets[own] = load_factor_set(own, reference, dict(chosen.factor_files))
        rows += _year(year, sets[own], base.price_year, prices, problems)
    if problems:
        raise ProblemsError(list(dict.fromkeys(problems)))
    found = pd.DataFrame(rows, columns=list(COLUMNS))
    return found if chosen.uncertainty_pct is None else found.assign(uncertainty_pct=chosen.uncertainty_pct)


def spend_factors(used: pd.DataFrame) -> pd.DataFrame:
    """``spend/spend_factors`` from the factors in use.

    Args:
        used: ``COLUMNS`` and ``municipality_code``.
    """
    contract = table("spend/spend_factors")
    per = used["kg_per"].map("{:g}".format)
    found = used.assign(
        factor_unit="kg CO2e/" + per.where(per != "1", "").add(" ").str.lstrip() + used["currency"],
        note=used["note"].where(used["note"] != "", None),
    ).rename(
        columns={
            "category": "spend_category",
            "kg_per_sek": "kg_co2e_per_sek",
            "factor": "factor_value",
            "set_id": "factor_set",
            "gwp_set": "factor_gwp_set",
            "sek_per_unit": "exchange_rate",
            "rate_source": "exchange_rate_source",
            "index_id": "price_index",
            "index_year": "index_value",
            "index_price_year": "index_factor_year",
            "factor_source": "source",
            "uncertainty_pct": "factor_uncertainty_pct",
        }
    )
    return found.sort_values(list(contract.primary_key), ignore_index=True)


def _year(year: int, used: FactorSet, base_year: int, prices: Prices, problems: list[str]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for category in prices.categories:
        try:
            now = prices.index(category, year)
            to_factor = prices.index(category, used.price_year)
            to_base = prices.index(category, base_year)
            rate = prices.rate(used.currency, used.price_year)
        except ConfigurationError as error:
            problems.append(str(error))
            continue
        note = "; ".join(dict.fromkeys(filter(None, (now.note, to_factor.note, to_base.note, rate.note))))
        factor = used.factors.get(category)
        kg = None
        if factor is not None:
            kg = kg_of(
                1.0,
                index_price_year=to_factor.value,
                index_year=now.value,
                sek_per_unit=rate.value,
                kg_per=used.kg_per,
                factor=factor,
            )
        rows.append(
            {
                "year": year,
                "category": category,
                "set_id": used.set_id,
                "kg_per_sek": kg,
                "deflator": to_base.value / now.value,
                "price_year": base_year,
                "gwp_set": used.gwp_set,
                "uncertainty_pct": used.uncertainty_pct,
                "price_basis": STANDS_IN if note else OWN_YEAR,
                "note": note,
                "factor": factor,
                "kg_per": used.kg_per,
                "factor_price_year": used.price_year,
                "currency": used.currency,
                "sek_per_unit": rate.value,
                "rate_source": rate.source,
                "factor_source": used.source,
                "licence": used.licence,
                "concordance": used.concordance,
                "index_id": prices.index_id,
                "index_year": now.value,
                "index_price_year": to_factor.value,
                "index_source": "; ".join(dict.fromkeys((now.source, to_factor.source))),
            }
        )
    return rows


def _set_of(year: int, chosen: SpendFactors) -> str:
    """The set of the newest year named in ``factor_set_by_year`` that is not after this one."""
    begun = [first for first in chosen.factor_set_by_year if int(first) <= year]
    return chosen.factor_set_by_year[max(begun, key=int)] if begun else chosen.factor_set


def _values(path: Path, code_column: str, value_column: str) -> dict[str, float]:
    import csv

    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            header = reader.fieldnames or []
            if lacking := [name for name in (code_column, value_column) if name not in header]:
                raise ConfigurationError(f"{path.name}:1: column {', '.join(lacking)} is missing.")
            found: dict[str, float] = {}
            for row in reader:
                code = row[code_column]
                if code in found:
                    raise ConfigurationError(f"{path.name}:{reader.line_num}: {code} stands twice.")
                try:
                    found[code] = float(row[value_column])
                except (TypeError, ValueError):
                    raise ConfigurationError(
                        f"{path.name}:{reader.line_num}: column {value_column}: expected a number, found "
                        f"{row[value_column]!r}."
                    ) from None
    except OSError as error:
        raise ConfigurationError(f"factor file {path.name}: cannot be read ({error.strerror}).") from None
    return found


def _by_category(given: dict[str, float], concordance: str, reference: SpendReference) -> dict[str, float]:
    if concordance == "spend_categories":
        pairs = zip(reference.categories["category"], reference.categories["nace_code"], strict=True)
        return {category: given[code] for category, code in pairs if code in given}
    found: dict[str, list[float]] = {}
    for row in reference.naics.itertuples():
        found.setdefault(row.category, []).extend(
            value for code, value in sorted(given.items()) if code.startswith(row.naics_prefix)
        )
    return {category: sum(values) / len(values) for category, values in found.items() if values}
