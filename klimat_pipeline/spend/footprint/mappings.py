"""Reference tables of the spend analysis: categories, mappings, factor sets, prices, rates; each row with its reason.

What does not belong here: the formula (``spend_factors``) and what a municipality maps itself (``local_mappings``).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from klimat_pipeline.configuration.csv_file import CsvColumn, read_csv
from klimat_pipeline.contracts.code_lists import GRADES, GWP_SETS_STATED
from klimat_pipeline.errors import ConfigurationError, ProblemsError
from klimat_pipeline.sources.scb import TABLES_FILE, ScbTable, scb_tables
from klimat_pipeline.sources.series import PRICES
from klimat_pipeline.spend.ledger.rates import Rates, shipped_rates

CODE = r"[a-z][a-z0-9_]*"
UNMAPPED = "unmapped"
#: Steps of the classification in the order of evidence: what the municipality says itself, what the line's codes say,
#: the account's text, and the account's number last.
STEPS = ("contract", "supplier", "own_account", "cpv", "sni", "account_text", "account", "text_model", UNMAPPED)

_CATEGORY = CsvColumn("category", pattern=CODE)
_REASON = CsvColumn("reason")
#: Form of every table: columns, and the columns of its key.
TABLES: Mapping[str, tuple[tuple[CsvColumn, ...], tuple[str, ...]]] = {
    "spend_categories": (
        (
            _CATEGORY,
            CsvColumn("nace_code"),
            CsvColumn("category_name_sv"),
            CsvColumn("category_name_en"),
            CsvColumn("purchase_area", pattern=CODE),
            CsvColumn("cpv_division", pattern=r"\d{2}", nullable=True),
            CsvColumn("cpv_division_name_sv", nullable=True),
            CsvColumn("procurement_group_sv", nullable=True),
            CsvColumn("scope3_category", kind="integer", minimum=1, maximum=15),
            _REASON,
        ),
        ("category",),
    ),
    "cpv_categories": ((CsvColumn("cpv_prefix", pattern=r"\d{2,8}"), _CATEGORY, _REASON), ("cpv_prefix",)),
    "sni_categories": (
        (
            CsvColumn("sni_prefix", pattern=r"\d{2,5}"),
            _CATEGORY,
            CsvColumn("is_reseller", allowed=("true", "false")),
            _REASON,
        ),
        ("sni_prefix",),
    ),
    "account_categories": (
        (
            CsvColumn("account_prefix", pattern=r"\d{1,10}"),
            _CATEGORY,
            CsvColumn("chart_text"),
            CsvColumn("source"),
            _REASON,
        ),
        ("account_prefix",),
    ),
    "account_units": (
        (
            CsvColumn("account_prefix", pattern=r"\d{1,10}"),
            CsvColumn("words"),
            _CATEGORY,
            CsvColumn("chart_text"),
            CsvColumn("source"),
            _REASON,
        ),
        ("account_prefix", "category"),
    ),
    "account_words": (
        (
            CsvColumn("words"),
            CsvColumn("form", allowed=("word", "compound")),
            CsvColumn("accounts", pattern=r"(BAS)?\d+( (BAS)?\d+)*", nullable=True),
            _CATEGORY,
            CsvColumn("rank", kind="integer", minimum=1, maximum=5),
            _REASON,
        ),
        ("words", "form", "accounts"),
    ),
    "account_word_heads": (
        (CsvColumn("head"), CsvColumn("fits", allowed=("any", "things", "services", "none")), _REASON),
        ("head",),
    ),
    "account_abbreviations": (
        (CsvColumn("abbreviation"), CsvColumn("form", allowed=("word", "compound")), CsvColumn("word"), _REASON),
        ("abbreviation",),
    ),
    "naics_categories": (
        (_CATEGORY, CsvColumn("naics_prefix", pattern=r"\d{2,6}"), _REASON),
        ("category", "naics_prefix"),
    ),
    "price_index": (
        (
            CsvColumn("index_id", pattern=CODE),
            CsvColumn("price_group", pattern=rf"\*|{CODE}"),
            CsvColumn("year", kind="integer", minimum=1900, maximum=2200),
            CsvColumn("index_value", kind="number", minimum=1e-9),
            CsvColumn("source"),
            CsvColumn("is_second_hand", allowed=("true", "false")),
        ),
        ("index_id", "price_group", "year"),
    ),
    "price_groups": (
        (
            CsvColumn("index_id", pattern=CODE),
            CsvColumn("price_group", pattern=rf"\*|{CODE}"),
            CsvColumn("table_id", pattern=CODE),
            CsvColumn("group_code"),
            _REASON,
        ),
        ("index_id", "price_group"),
    ),
    "spend_steps": (
        (
            CsvColumn("classified_by", allowed=STEPS),
            CsvColumn("step_order", kind="integer", minimum=1),
            CsvColumn("data_quality", allowed=(*GRADES, "none")),
            _REASON,
        ),
        ("classified_by",),
    ),
    "spend_factor_sets": (
        (
            CsvColumn("set_id", pattern=CODE),
            CsvColumn("set_name"),
            CsvColumn("path", nullable=True),
            CsvColumn("code_column"),
            CsvColumn("value_column"),
            CsvColumn("concordance", allowed=("spend_categories", "naics_categories")),
            CsvColumn("kg_per", kind="number", minimum=1e-9),
            CsvColumn("currency", pattern=r"[A-Z]{3}"),
            CsvColumn("price_year", kind="integer", minimum=1900, maximum=2200),
            CsvColumn("price_concept"),
            CsvColumn("vat"),
            CsvColumn("gwp_set", allowed=GWP_SETS_STATED),
            CsvColumn("region"),
            CsvColumn("capital_goods"),
            CsvColumn("uncertainty_pct", kind="number", minimum=0, maximum=500),
            CsvColumn("uncertainty_basis"),
            CsvColumn("licence"),
            CsvColumn("source"),
        ),
        ("set_id",),
    ),
}


@dataclass(frozen=True, slots=True)
class SpendReference:
    """All reference tables of the spend analysis, and the folder that they (and the shipped factors) lie in."""

    folder: Path
    categories: pd.DataFrame
    cpv: pd.DataFrame
    sni: pd.DataFrame
    accounts: pd.DataFrame
    units: pd.DataFrame
    words: pd.DataFrame
    word_heads: pd.DataFrame
    abbreviations: pd.DataFrame
    naics: pd.DataFrame
    rates: Rates
    price_index: pd.DataFrame
    price_tables: dict[str, ScbTable]
    price_groups: pd.DataFrame
    steps: pd.DataFrame
    factor_sets: pd.DataFrame

    @property
    def category_codes(self) -> tuple[str, ...]:
        return tuple(self.categories["category"])

    @property
    def category_names(self) -> dict[str, str]:
        """The category by everything that it is called, in small letters: its code, its industry and its names."""
        return _category_names(self.categories)


def load_spend_reference(reference_dir: Path) -> SpendReference:
    """Read and cross-check the tables.

    Args:
        reference_dir: ``data/reference``.

    Raises:
        ProblemsError: the form of tables is wrong, or a mapping names a category that is defined nowhere.
    """
    read: dict[str, pd.DataFrame] = {}
    problems: list[str] = []
    for name, (columns, key) in TABLES.items():
        try:
            rows = read_csv(reference_dir / f"{name}.csv", columns=columns, base=reference_dir, key=key)
        except ConfigurationError as error:
            problems += error.problems
        else:
            read[name] = pd.DataFrame(rows, columns=[column.name for column in columns])
    try:
        rates, price_tables = shipped_rates(reference_dir), scb_tables(reference_dir, PRICES)
    except ConfigurationError as error:
        problems += error.problems
    if problems:
        raise ProblemsError(problems)
    known = _category_names(read["spend_categories"])
    for name, frame in read.items():
        if "category" in frame and name != "spend_categories":
            problems += unknown_categories(frame["category"], known, f"data/reference/{name}.csv")
    groups = read["price_groups"]
    problems += unknown_categories(set(groups["price_group"]) - {"*"}, known, "data/reference/price_groups.csv")
    problems += [
        f"data/reference/price_groups.csv: column table_id: {name!r} is no table of prices in {TABLES_FILE}"
        for name in sorted(set(groups["table_id"]) - set(price_tables))
    ]
    if lacking := sorted(set(STEPS) - set(read["spend_steps"]["classified_by"])):
        problems.append(f"data/reference/spend_steps.csv: no row for {', '.join(lacking)}")
    if problems:
        raise ProblemsError(problems)
    return SpendReference(
        folder=reference_dir,
        categories=read["spend_categories"],
        cpv=read["cpv_categories"],
        sni=read["sni_categories"].assign(is_reseller=lambda table: table["is_reseller"] == "true"),
        accounts=read["account_categories"],
        units=read["account_units"],
        words=read["account_words"],
        word_heads=read["account_word_heads"],
        abbreviations=read["account_abbreviations"],
        naics=read["naics_categories"],
        rates=rates,
        price_index=_said_second_hand(read["price_index"]),
        price_tables=price_tables,
        price_groups=read["price_groups"],
        steps=read["spend_steps"],
        factor_sets=read["spend_factor_sets"],
    )


def _said_second_hand(rows: pd.DataFrame) -> pd.DataFrame:
    """Values whose source says itself that it is another's."""
    said = rows["is_second_hand"].map({"true": " (second-hand)", "false": ""})
    return rows.assign(source=rows["source"] + said).drop(columns="is_second_hand")


def _category_names(categories: pd.DataFrame) -> dict[str, str]:
    columns = ("category_name_en", "category_name_sv", "nace_code", "category")
    codes = categories["category"]
    return {name.casefold(): code for column in columns for name, code in zip(categories[column], codes, strict=True)}


def unknown_categories(values: Iterable[Any], names: Mapping[str, str], where: str) -> list[str]:
    """A line for every category that no reference table defines: the nearest one, and all of them.

    Args:
        values: what stands for categories.
        names: the categories by what they are called (``SpendReference.category_names``).
        where: as messages name the place.
    """
    from difflib import get_close_matches

    codes = set(names.values())
    lines = []
    for value in sorted({str(value) for value in values} - codes):
        begun = [name for name in names if name.startswith(value.casefold())]
        near = begun or get_close_matches(value.casefold(), names, n=1, cutoff=0.0)
        lines.append(
            f"{where}: column category: {value!r} is no category of data/reference/spend_categories.csv (nearest: "
            f"{names[near[0]] if near else 'none'}). Categories: {', '.join(sorted(codes))}"
        )
    return lines
