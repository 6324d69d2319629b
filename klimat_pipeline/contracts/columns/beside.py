"""Columns: figures that stand beside the official ones: a target as it is meant, weather, land use, traded emissions.

What does not belong here: which table has which column (``contracts.tables``).
"""

from klimat_pipeline.contracts.code_lists import GASES
from klimat_pipeline.contracts.columns.kinds import INTEGER, NUMBER, TEXT
from klimat_pipeline.contracts.model import Column

COLUMNS = (
    Column(
        "greenhouse_gas",
        TEXT,
        "Greenhouse gas: co2 (the source counts fossil carbon dioxide only), ch4, n2o, fluorinated ones together; "
        "'not_divided' is all gases less those that are known.",
        allowed=(*GASES, "not_divided"),
    ),
    Column("comparison_group", TEXT, "Group of municipalities that municipality.yaml names."),
    Column(
        "subsector_codes",
        TEXT,
        "What the target means where main sectors are coarser: main sectors, or parts of them as sector/subsector; "
        "empty where its sectors are what it means.",
    ),
    Column(
        "energy_basis",
        TEXT,
        "What the figure counts: 'as_meant' (the sectors and subsectors that the target means) or 'main_sectors' "
        "(whole, where the release does not divide them).",
        allowed=("as_meant", "main_sectors"),
    ),
    Column("degree_days", NUMBER, "Heating degree days of the year.", unit="degree days", nullable=True, minimum=1),
    Column(
        "normal_degree_days",
        NUMBER,
        "Heating degree days of a normal year.",
        unit="degree days",
        nullable=True,
        minimum=1,
    ),
    Column(
        "weather_dependent_pct",
        NUMBER,
        "Share of the emissions that follows the outdoor temperature.",
        unit="%",
        nullable=True,
        minimum=0,
        maximum=100,
    ),
    Column(
        "emissions_normalised_t_co2e",
        NUMBER,
        "What the emissions would have been in normal weather. Beside the official figure, never in its place.",
        unit="t CO2e",
        nullable=True,
        minimum=0,
    ),
    Column(
        "change_normalised_pct",
        NUMBER,
        "Change since the baseline with both years in normal weather.",
        unit="%",
        nullable=True,
    ),
    Column(
        "land_use_t_co2e",
        NUMBER,
        "Emissions less removals of land use, land-use change and forestry; negative for a net removal. In no total.",
        unit="t CO2e",
    ),
    Column("installation_name", TEXT, "Installation under the EU Emissions Trading System (EU ETS)."),
    Column(
        "installation_t",
        NUMBER,
        "Verified emissions of the installation, tonnes CO2e.",
        unit="t",
        minimum=0,
    ),
    Column("installations", INTEGER, "How many installations the traded emissions are of.", minimum=0),
    Column(
        "traded_t_co2e",
        NUMBER,
        "Emissions of installations under the EU Emissions Trading System.",
        unit="t CO2e",
        minimum=0,
        additive="within one release",
    ),
    Column(
        "other_t_co2e",
        NUMBER,
        "The sector's emissions less the traded ones; missing where the installations hold more than the sector.",
        unit="t CO2e",
        nullable=True,
        minimum=0,
        additive="within one release",
    ),
)
