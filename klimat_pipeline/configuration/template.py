"""A commented folder for a new municipality, ready to be filled in: ``klimat municipality add``."""

from pathlib import Path

from klimat_pipeline.configuration.frozen import slug
from klimat_pipeline.configuration.local_tables import LOCAL_TABLES
from klimat_pipeline.configuration.municipality import municipality_folders
from klimat_pipeline.errors import ConfigurationError

_MUNICIPALITY = """\
# yaml-language-server: $schema=../../schemas/municipality.schema.json
# Targets of {name}. "klimat validate" checks this file and names line and field of whatever does not fit.
municipality_code: "{code}"   # in quotation marks, so that a leading zero survives
name: {name}
trend_from_year: {trend}         # first year of the trend; has to be a released year
gwp_set: AR5                  # potentials that the organisation's inventory is counted in: AR4, AR5 or AR6
# organisation_base_year: 2019   # what the organisation's own inventory is compared with, once somebody has decided
# plan_from_year: 2025          # first year of the climate plan: actions that state no start rise from then on

# groups: [Port cities]          # to be compared within; or {{name: Port cities, members: ["1480"]}}

# How its own Climate City Contract is printed, where it is not as Helsingborg's. What is given here is the default.
# inventory:
#   memo_lines: [grid_supplied_energy]   # lines beside the total; [] for none
#   rounding_t: 0.5              # half of the last digit of published_inventory.csv, tonnes: 500 for kilotonnes
#   gap_table:                   # published_gap.csv
#     target: level              # its column of targets: level (what is left) or reduction
#     residual: left_by_actions  # latest less plans and actions, or left_by_target: baseline less the reduction
#     actions: alone             # its column of actions: alone or with_residual
#     plans: saved               # its column of other plans: what they save, or left: a forecast
#     rounding_t: 0.5
# neutrality: {{min_reduction_pct: 85, cap_pct: 15, reason: document and section}}   # where it is not the mission's

# Without targets the municipality keeps the generic indicators. One entry per target, such as:
#   - id: total
#     name_sv: Totalt (territoriellt)
#     name_en: Territorial total
#     sectors: all                 # or a list of data/reference/sectors.csv; [] where national data cannot tell
#     subsectors: []               # what it means, if less: [heating/natural_gas]; followed in energy_targets
#     boundary: territory          # territory, organisation or residents
#     gas_basis: GHG               # GHG, or fossil where the document says fossil emissions
#     baseline_year: {base}
#     target_year: 2030
#     reduction_pct: 85
#     source: document, page or section
targets: []

# Ledgers of accounts payable, for the spend analysis: lay them in ledger/. What is given here is the default.
# spend:
#   ledgers: ["ledger/"]         # files or folders, absolute too, or any fsspec path; keep credentials out of it
#   columns: {{}}                  # header in the ledger: field, such as {{Summa: amount, Bokf: booked_on}}
#   separator: null              # ";", ",", "|" or a tab; null detects it
#   decimal_mark: null           # "," or "."; needed where all amounts look like 1.234
#   amount_unit: null            # kr, tkr, mkr or öre; null for kronor, or what the column's name says
#   encoding: null               # utf-8, cp1252, latin-1, cp850, cp437 or mac-roman; null detects it
#   date_form: null              # DD/MM/YYYY, MM/DD/YYYY, YYMMDD, excel, ...; needed where dates have two readings
#   periods: {{}}                  # ledgers without dates: file name (* for any text): 2016-03; 2016 for months alone
#   chart: null                  # kommun_bas, or bas for a company's ledger
#   purchases_are_negative: false   # true where purchases have a minus
#   vat: {{included: null, rate_pct: null}}   # included: true with a rate, or with a column of VAT or its rates
#   group_organisation_numbers: []           # quoted; purchases from them are internal
#   quarantine_limit_pct: 1.0    # more lines in quarantine stop the run
#   overlap: drop                # lines that another file holds already: drop, keep or fail
#   overlap_share_pct: 50.0      # two files overlap from this share of the lines of their common days
#   publish_supplier_from_sek: 100000.0      # smaller suppliers are published together, not by name
"""
_CORRECTIONS = """\
# yaml-language-server: $schema=../../schemas/corrections.schema.json
# Local corrections of the national figures; data/municipalities/1283_helsingborg/corrections.yaml shows some.
# Each states reason, source, who decided when, and the national value it was decided against.
drift_limit_pct: 5         # a national base that moved by more asks for a review
base_year_limit_pct: 5     # a baseline that moved by more asks for an approved recalculation
base_year_approvals: []
corrections: []
"""


def add_municipality(
    municipalities_dir: Path, code: str, name: str, *, known_codes: dict[str, str], base: int, trend: int
) -> Path:
    """Write the folder of a municipality.

    Args:
        municipalities_dir: ``data/municipalities``.
        code: SCB's code.
        name: SCB's name.
        known_codes: codes and names.
        base: baseline year that the example shows.
        trend: first year of the trend.

    Raises:
        ConfigurationError: there is no such municipality, or it has a folder.
    """
    if code not in known_codes:
        near = [other for other, known in known_codes.items() if known.casefold() == name.casefold()]
        hint = f" {name} is {near[0]}." if near else ""
        raise ConfigurationError(f"no municipality has the code {code!r}.{hint}")
    if known_codes[code] != name:
        raise ConfigurationError(f"{code} is {known_codes[code]!r}, not {name!r}.")
    for folder in municipality_folders(municipalities_dir, []):
        if folder.name.startswith(code):
            raise ConfigurationError(f"{name} has the folder {folder.name} already.")
    folder = municipalities_dir / f"{code}_{slug(name)}"
    folder.mkdir()
    files = {"municipality.yaml": _MUNICIPALITY, "corrections.yaml": _CORRECTIONS}
    # A file without rows says nothing: the inventory has notation keys until they are filled in.
    files |= {
        f"{local.name}.csv": ",".join(column.name for column in local.columns if not column.is_rare) + "\n"
        for local in LOCAL_TABLES.values()
        if local.asset and not local.for_all
    }
    for file, text in files.items():
        filled = text.format(code=code, name=name, base=base, trend=trend) if file == "municipality.yaml" else text
        (folder / file).write_text(filled, encoding="utf-8")
    return folder
