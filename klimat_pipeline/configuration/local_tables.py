"""The registry of the CSV files that municipalities' folders may hold: what each is called, its columns, its key.

Reading, validation, the template, the check of file names and the step ``configuration`` all go by this list. A new
file costs a line here, its table's contract (with the columns that nobody has described yet) and that table's module.
What does not belong here: what a row must be beyond its form, and conversion of units (``clean``).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from klimat_pipeline.configuration.csv_file import CsvColumn
from klimat_pipeline.contracts import Column, Table, table
from klimat_pipeline.contracts.code_lists import GWP_SETS_STATED
from klimat_pipeline.contracts.columns.kinds import IDENTIFIER

#: Begins the source of every row that was made up to show the form.
EXAMPLE = "INVENTED EXAMPLE: "
EXAMPLE_ENDING = ".example.csv"
CODES = rf"{IDENTIFIER}( {IDENTIFIER})*"
#: What rules of a ledger leave out.
RULE_KINDS = (
    "internal",
    "vat",
    "wages",
    "transfers",
    "taxes",
    "interest",
    "depreciation",
    "balance",
    "income",
    "financial",
    "other",
)
MUNICIPALITY = "municipality_code"
Changes = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class LocalTable:
    """A CSV file of the folders; each may be absent.

    Attributes:
        name: of the file, without its ending.
        columns: of the file.
        key: columns that identify a row of a folder.
        asset: table of the stage ``clean`` that is made from it; None where another stage reads it.
        examples: whether ``<name>.example.csv`` counts too, where invented examples are asked for.
        for_all: whether it lies in the folder for everybody instead.
    """

    name: str
    columns: tuple[CsvColumn, ...]
    key: tuple[str, ...]
    asset: str | None = None
    examples: bool = False
    for_all: bool = False

    @property
    def file_names(self) -> tuple[str, ...]:
        """Names that are read."""
        return (f"{self.name}.csv", *([f"{self.name}{EXAMPLE_ENDING}"] if self.examples else []))


def derived(
    name: str,
    contract: Table,
    *,
    without: Collection[str] = (MUNICIPALITY,),
    changes: Changes | None = None,
    examples: bool = False,
    for_all: bool = False,
) -> LocalTable:
    """A file whose columns are those of the table that is made from it.

    Args:
        name: of the file.
        contract: of the table.
        without: columns that are computed; the municipality is the folder's.
        changes: by column of the contract, what is otherwise in the file: its name there, what may be missing.
        examples: as in ``LocalTable``.
        for_all: as in ``LocalTable``.
    """
    columns = {
        column.name: _in_file(column, (changes or {}).get(column.name, {}))
        for column in contract.columns
        if column.name not in without
    }
    key = tuple(columns[column].name for column in contract.primary_key if column in columns)
    return LocalTable(name, tuple(columns.values()), key, contract.key, examples, for_all)


def _in_file(column: Column, changes: Mapping[str, Any]) -> CsvColumn:
    """A text that may be empty in the table is left out in the file; what is true or false is yes or no."""
    form: dict[str, Any] = {
        "name": column.name,
        "kind": column.kind if column.kind in ("integer", "number") else "text",
        "nullable": column.nullable or "" in column.allowed,
        "pattern": column.pattern,
        "allowed": ("yes", "no") if column.kind == "boolean" else tuple(code for code in column.allowed if code),
        "minimum": column.minimum,
        "maximum": column.maximum,
    }
    return CsvColumn(**{**form, **changes})


_OPTIONAL = {"nullable": True}
#: A column that a file may do without altogether.
_MAY_LACK = {"nullable": True, "is_optional": True}
#: One that few need, so that a new file is written without it.
_RARE = {**_MAY_LACK, "is_rare": True}
_OPTIONAL_LINES = {"nullable": True, "pattern": CODES}
_YEAR = {"kind": "integer", "minimum": 1900, "maximum": 2200}
#: Of Kommun-Bas; accounts of the companies' BAS begin with it.
_ACCOUNT = r"(BAS )?\d{1,10}"
#: A legal person's organisation number: the third digit is two or more. No personal identity number gets in here.
_LEGAL = r"\d{2}[2-9]\d{7}"
_LEGAL_OR_HYPHEN = r"\d{2}[2-9]\d{3}-?\d{4}"
#: What it may be is asked where the categories are known, which names the nearest (``spend.footprint.local_mappings``).
_CATEGORY = CsvColumn("category", nullable=True)
#: Columns of a printed gap table that follow from its layout and from the targets that its lines refer to.
_OF_LAYOUT = (
    *("printed_target_t", "printed_actions_t", "printed_plans_t", "rounding_t"),
    *("target_column", "residual_column", "actions_column", "plans_column"),
    *("target_base_year", "applied_pct"),
)
#: Columns that a user of energy decides.
_OF_USER = ("line", "gpc_ref", "crf_code")
#: Stands in the column of reductions where the print gives a line no sub-target.
NO_TARGET = "*"
#: What a print says beside its figures, where it is odd.
_ODDITIES = ("printed_share_pct", "also_printed_year")
_CAPTURED = ("captured_fossil_t", "captured_biogenic_t", "sold_fossil_t", "sold_biogenic_t")

_TABLES = (
    derived("population", table("clean/population"), without=()),
    derived("energy_use", table("clean/energy_use"), without=(MUNICIPALITY, *_OF_USER)),
    # In the form of data/reference/energy_users.csv, for users that only the municipality's own table has.
    LocalTable(
        "energy_users",
        (
            CsvColumn("energy_user", pattern=IDENTIFIER),
            CsvColumn("line", pattern=IDENTIFIER),
            CsvColumn("gpc_ref"),
            CsvColumn("crf_code"),
            CsvColumn("source"),
        ),
        ("energy_user",),
    ),
    derived(
        "factors",
        table("clean/emission_factors"),
        without=(MUNICIPALITY, "factor_t_per_unit", "per_unit"),
        changes={"factor_value": {"name": "value"}, "factor_unit": {"name": "unit", "pattern": r"\S+/\S+"}},
        examples=True,
    ),
    derived(
        "published_inventory",
        table("clean/published_inventory"),
        without=(MUNICIPALITY, "rounding_t"),
        changes={
            "print_table": {"name": "table"},
            "print_line": {"name": "line"},
            "scopes": {"name": "scope"},
            "published_t": {"name": "value_t_co2e"},
            "of_lines": _OPTIONAL_LINES,
            **dict.fromkeys(_ODDITIES, _RARE),
        },
    ),
    derived(
        "areas",
        table("clean/contract_areas"),
        changes={"of_lines": {"pattern": CODES}, "target_gas_basis": {"name": "gas_basis"}},
    ),
    derived("scope3", table("clean/territorial_scope3")),
    derived("activity", table("clean/activity_data"), changes={"amount_unit": {"name": "unit"}}, examples=True),
    derived(
        "actions",
        table("clean/climate_actions"),
        changes={
            "ramp_years": {"maximum": 100},
            "lifetime_years": {"maximum": 200},
            "action_status": {"name": "status"},
            "interacts_with": {"pattern": CODES},
            "interaction_rule": _OPTIONAL,
            "sized_on_t": {**_RARE, "minimum": 1e-9},
            "is_metered": _RARE,
        },
        examples=True,
    ),
    derived(
        "construction",
        table("clean/construction_projects"),
        without=(MUNICIPALITY, "reference_kg_per_m2"),
        changes={"project_name": {"name": "name"}, "gross_area_m2": {"minimum": 1e-9}},
    ),
    derived("meals", table("clean/served_meals")),
    derived("degree_days", table("clean/degree_days")),
    derived(
        "installations",
        table("clean/ets_installations"),
        changes={
            "installation_name": {"name": "name"},
            "installation_t": {"name": "tonnes"},
            "sector_code": {"name": "sector"},
        },
    ),
    derived("land_use", table("clean/reported_land_use"), for_all=True),
    derived(
        "sinks", table("clean/carbon_sinks"), changes={"additionality": {"name": "is_additional"}, "gross_line": _RARE}
    ),
    derived(
        "published_gap",
        table("clean/published_gap"),
        without=(MUNICIPALITY, *_OF_LAYOUT),
        changes={
            "scopes": {"name": "scope"},
            "of_lines": _OPTIONAL_LINES,
            "target_pct": {"name": "reduction_pct", "minimum": None, "maximum": 100, "mark": NO_TARGET},
            "printed_gap_t": {"name": "gap_t", **_MAY_LACK},
            "printed_residual_t": {"name": "residual_t", **_MAY_LACK},
            **dict.fromkeys(("target_id", "also_printed_year"), _RARE),
            **dict.fromkeys(("latest_year", "latest_t", "other_plans_t", "actions_t"), _MAY_LACK),
        },
    ),
    derived(
        "facilities",
        table("clean/capture_facilities"),
        without=("allocation_key", MUNICIPALITY, "share_fraction"),
        changes={"facility_name": {"name": "name"}, "gross_line": _RARE, **dict.fromkeys(_CAPTURED, _OPTIONAL)},
        examples=True,
        for_all=True,
    ),
    derived(
        "facility_shares",
        table("clean/capture_facilities"),
        without=("year", "facility_name", "gross_line", *_CAPTURED, "note"),
        examples=True,
        for_all=True,
    ),
    LocalTable(
        "spend_accounts",
        (CsvColumn("account_prefix", pattern=_ACCOUNT), _CATEGORY, CsvColumn("reason", nullable=True)),
        ("account_prefix",),
    ),
    LocalTable(
        "spend_suppliers",
        (
            CsvColumn("supplier_id", pattern=_LEGAL),
            _CATEGORY,
            CsvColumn("is_wholesaler", allowed=("true", "false")),
            CsvColumn("reason", nullable=True),
        ),
        ("supplier_id",),
    ),
    # What a register says of suppliers: the industry is evidence, not a decision about the supplier.
    LocalTable(
        "suppliers",
        (CsvColumn("supplier_id", pattern=_LEGAL_OR_HYPHEN), CsvColumn("sni", pattern=r"\d{2}\.?\d{0,3}")),
        ("supplier_id",),
    ),
    LocalTable(
        "spend_replacements",
        (
            CsvColumn("replacement_id", pattern=IDENTIFIER),
            CsvColumn("account_prefix", pattern=_ACCOUNT),
            CsvColumn("unit", nullable=True),
            CsvColumn("year_from", **_YEAR),  # type: ignore[arg-type]
            CsvColumn("year_to", **_YEAR),  # type: ignore[arg-type]
            CsvColumn("activity_ids", pattern=CODES),
            CsvColumn("reason"),
        ),
        ("replacement_id", "account_prefix", "unit"),
    ),
    LocalTable(
        "spend_supplier_figures",
        (
            CsvColumn("supplier_id", pattern=_LEGAL),
            CsvColumn("year", **_YEAR),  # type: ignore[arg-type]
            CsvColumn("account_prefix", pattern=_ACCOUNT, nullable=True),
            CsvColumn("emissions_kg_co2e", kind="number", minimum=0),
            CsvColumn("gwp_set", allowed=GWP_SETS_STATED),
            CsvColumn("source"),
        ),
        ("supplier_id", "year", "account_prefix"),
    ),
    LocalTable(
        "spend_contracts",
        (
            CsvColumn("contract_id"),
            CsvColumn("cpv", pattern=r"\d{2,8}(-\d)?", nullable=True),
            _CATEGORY,
            CsvColumn("reason"),
        ),
        ("contract_id",),
    ),
    # In the form of the shipped rules, data/reference/ledger_rules.csv.
    LocalTable(
        "ledger_rules",
        (
            CsvColumn("rule", pattern=IDENTIFIER),
            CsvColumn("kind", allowed=RULE_KINDS),
            CsvColumn("accounts", pattern=r"[0-9]+\*?( [0-9]+\*?)*", nullable=True),
            CsvColumn("text_pattern", nullable=True),
            CsvColumn("counts", allowed=("true", "false")),
            CsvColumn("reason"),
        ),
        ("rule",),
    ),
)
LOCAL_TABLES = {local.name: local for local in _TABLES}


def local_assets() -> list[str]:
    """The tables of the stage ``clean`` that are made from these files."""
    return list(dict.fromkeys(local.asset for local in LOCAL_TABLES.values() if local.asset))
