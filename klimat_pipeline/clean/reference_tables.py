"""Columns of every reference table under ``data/reference``, as its file has them.

What does not belong here: reading them, and whether they fit each other (``reference``).
"""

from collections.abc import Mapping

from klimat_pipeline.configuration.csv_file import CsvColumn
from klimat_pipeline.contracts.code_lists import GASES, GRADES, GWP_SETS, NOTATION_KEYS, QUALITY_CLASSES, SCOPES
from klimat_pipeline.contracts.columns import col

_CODE = r"[a-z][a-z0-9_]*"
#: Basis of a substance that comes weighted or as mass.
ANY_BASIS = "any"
_GPC_REF = r"(I|II|III|IV|V|VI)(\.\d){1,2}"
#: What a fuel is burnt in; its methane and nitrous oxide depend on it.
FUEL_USES = ("stationary", "energy_industry", "road", "machinery", "aviation", "shipping")
#: Columns of every reference table; the last one always says where the row comes from.
TABLES: Mapping[str, tuple[tuple[CsvColumn, ...], tuple[str, ...]]] = {
    "municipalities": (
        (
            CsvColumn("municipality_code", pattern=r"\d{4}"),
            CsvColumn("municipality_name"),
            CsvColumn("county_code", pattern=r"\d{2}"),
            CsvColumn("county_name"),
            CsvColumn("source"),
        ),
        ("municipality_code",),
    ),
    "municipality_aliases": (
        (CsvColumn("alias"), CsvColumn("municipality_code", pattern=r"\d{4}"), CsvColumn("reason")),
        ("alias",),
    ),
    "areas": ((CsvColumn("area_code", pattern=r"\d{2}"), CsvColumn("area_name"), CsvColumn("reason")), ("area_code",)),
    "sectors": (
        (
            CsvColumn("sector_code", pattern=_CODE),
            CsvColumn("sector_name_sv"),
            CsvColumn("sector_name_en"),
            CsvColumn("sector_order", kind="integer"),
            CsvColumn("source"),
        ),
        ("sector_code",),
    ),
    # The source's own classes, where they were found; the other main sectors have none here.
    "sector_quality": (
        (
            CsvColumn("sector_code", pattern=_CODE),
            CsvColumn("quality_class_national", allowed=QUALITY_CLASSES),
            CsvColumn("quality_class_geography", allowed=QUALITY_CLASSES),
            CsvColumn("source"),
        ),
        ("sector_code",),
    ),
    "sector_aliases": (
        (CsvColumn("alias_sv"), CsvColumn("sector_code", pattern=_CODE), CsvColumn("reason")),
        ("alias_sv",),
    ),
    "subsectors": (
        (
            CsvColumn("sector_code", pattern=_CODE + r"|\*"),
            CsvColumn("subsector_code", pattern=_CODE),
            CsvColumn("subsector_name_sv"),
            CsvColumn("subsector_name_en"),
            CsvColumn("source"),
        ),
        ("sector_code", "subsector_code"),
    ),
    "subsector_aliases": (
        (
            CsvColumn("sector_code", pattern=_CODE),
            CsvColumn("alias_sv"),
            CsvColumn("subsector_code", pattern=_CODE),
            CsvColumn("reason"),
        ),
        ("sector_code", "alias_sv"),
    ),
    "units": (
        (
            CsvColumn("unit_sv"),
            CsvColumn("basis", allowed=("co2e", "mass")),
            CsvColumn("tonnes_per_unit", kind="number", minimum=1e-12),
            CsvColumn("reason"),
        ),
        ("unit_sv",),
    ),
    "substances": (
        (
            CsvColumn("substance"),
            CsvColumn("substance_name_sv"),
            CsvColumn("substance_name_en"),
            CsvColumn("basis", allowed=("co2e", "mass", ANY_BASIS)),
            CsvColumn("tonnes_only", allowed=("true", "false")),
            CsvColumn("gas_basis", allowed=("all greenhouse gases", "carbon dioxide only"), nullable=True),
            CsvColumn("gwp_set"),
            CsvColumn("gas", allowed=("all", *GASES)),
            CsvColumn("gwp_gases", pattern=r"[a-z0-9_]+( [a-z0-9_]+)*", nullable=True),
            CsvColumn("reason"),
        ),
        ("substance",),
    ),
    "inventory_lines": (
        (
            CsvColumn("line", pattern=_CODE),
            CsvColumn("line_name_sv"),
            CsvColumn("line_name_en"),
            CsvColumn("gpc_sector", allowed=("stationary_energy", "transportation", "waste", "ippu", "afolu")),
            CsvColumn("line_order", kind="integer"),
            CsvColumn("is_memo", allowed=("true", "false")),
            CsvColumn("source"),
        ),
        ("line",),
    ),
    "inventory_mapping": (
        (
            CsvColumn("sector_code", pattern=_CODE),
            CsvColumn("subsector_code", pattern=_CODE + r"|\*"),
            CsvColumn("line", pattern=_CODE),
            CsvColumn("gpc_ref"),
            CsvColumn("crf_code"),
            CsvColumn("scope", allowed=("1",)),
            CsvColumn("reason"),
        ),
        ("sector_code", "subsector_code"),
    ),
    "inventory_notation": (
        (
            CsvColumn("line", pattern=_CODE),
            CsvColumn("scope", allowed=SCOPES),
            CsvColumn("gpc_ref"),
            CsvColumn("notation_key", allowed=NOTATION_KEYS),
            CsvColumn("where_unsplit", pattern=_CODE, nullable=True),
            CsvColumn("reason"),
        ),
        ("line", "scope"),
    ),
    "energy_users": (
        (
            CsvColumn("energy_user", pattern=_CODE),
            CsvColumn("line", pattern=_CODE),
            CsvColumn("gpc_ref"),
            CsvColumn("crf_code"),
            CsvColumn("reason"),
        ),
        ("energy_user",),
    ),
    # The GPC's own reference numbers: sector, scope and the total (BASIC, BASIC+) that each belongs to.
    "gpc": (
        (
            CsvColumn("gpc_ref", pattern=_GPC_REF),
            CsvColumn("gpc_name_en"),
            CsvColumn("gpc_sector", allowed=col("gpc_sector").allowed),
            CsvColumn("scope", allowed=SCOPES),
            CsvColumn("gpc_level", allowed=col("gpc_level").allowed),
            CsvColumn("source"),
        ),
        ("gpc_ref",),
    ),
    "gwp": (
        (
            CsvColumn("gas", pattern=_CODE),
            CsvColumn("gwp_set", allowed=GWP_SETS),
            CsvColumn("gwp_100", kind="number", minimum=0),
            CsvColumn("source"),
        ),
        ("gas", "gwp_set"),
    ),
    "refrigerants": (
        (
            CsvColumn("refrigerant", pattern=_CODE),
            CsvColumn("gas", pattern=_CODE),
            CsvColumn("mass_share_fraction", kind="number", minimum=0, maximum=1),
            CsvColumn("source"),
        ),
        ("refrigerant", "gas"),
    ),
    "fuels": (
        (
            CsvColumn("fuel", pattern=_CODE),
            CsvColumn("fuel_name_sv"),
            CsvColumn("fuel_name_en"),
            CsvColumn("use", allowed=FUEL_USES),
            CsvColumn("amount_unit"),
            CsvColumn("mwh_per_unit", kind="number", minimum=1e-12),
            CsvColumn("co2_fossil_kg_per_mwh", kind="number", minimum=0),
            CsvColumn("co2_biogenic_kg_per_mwh", kind="number", minimum=0),
            CsvColumn("ch4_g_per_mwh", kind="number", minimum=0),
            CsvColumn("n2o_g_per_mwh", kind="number", minimum=0),
            CsvColumn("ch4_gas", allowed=("ch4_fossil", "ch4_biogenic")),
            CsvColumn("source"),
        ),
        ("fuel", "use"),
    ),
    # What is sold at the pump, by volume; with a year where the mix changes.
    "fuel_blends": (
        (
            CsvColumn("blend", pattern=_CODE),
            CsvColumn("year", kind="integer", nullable=True, minimum=1900, maximum=2200),
            CsvColumn("fuel", pattern=_CODE),
            CsvColumn("volume_share_fraction", kind="number", minimum=0, maximum=1),
            CsvColumn("source"),
        ),
        ("blend", "year", "fuel"),
    ),
    # Residents on 31 December; what a municipality's folder gives for a year goes before it.
    "population": (
        (
            CsvColumn("municipality_code", pattern=r"\d{4}"),
            CsvColumn("year", kind="integer", minimum=1900),
            CsvColumn("population", kind="integer", minimum=1),
            CsvColumn("source"),
        ),
        ("municipality_code", "year"),
    ),
    # Emissions from what residents consume, wherever they happen, as a model gives them.
    "consumption": (
        (
            CsvColumn("municipality_code", pattern=r"\d{4}"),
            CsvColumn("year", kind="integer", minimum=1900),
            CsvColumn("kg_co2e_per_resident", kind="number", minimum=0),
            CsvColumn("data_quality", allowed=GRADES),
            CsvColumn("source"),
        ),
        ("municipality_code", "year"),
    ),
    # Groups of municipalities of one kind, as SKR has divided them.
    "municipality_groups": (
        (
            CsvColumn("municipality_code", pattern=r"\d{4}"),
            CsvColumn("group_code"),
            CsvColumn("group_name"),
            CsvColumn("source"),
        ),
        ("municipality_code",),
    ),
    # Reference values of buildings, each with its system boundary.
    "construction_references": (
        (
            CsvColumn("reference_set", pattern=_CODE),
            CsvColumn("building_kind"),
            CsvColumn("system_boundary"),
            CsvColumn("reference_kg_per_m2", kind="number", minimum=1e-9),
            CsvColumn("basis", allowed=col("assumption_basis").allowed),
            CsvColumn("source"),
        ),
        ("reference_set",),
    ),
    "sources": (
        (CsvColumn("source_id", pattern=r"[a-z0-9_]+"), CsvColumn("source"), CsvColumn("reason")),
        ("source_id",),
    ),
}
