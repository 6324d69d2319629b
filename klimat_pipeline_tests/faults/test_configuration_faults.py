"""Rows 17-28, 38-41 and 51 of the fault list, for what people edit: ``klimat validate`` names place, value and remedy.

Each fault is put into a copy of the real configuration; exactly one message answers each.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from klimat_pipeline.clean.reference import load_reference
from klimat_pipeline.errors import ProblemsError
from klimat_pipeline.operations.validate import refuse_faults, validate_configuration
from klimat_pipeline.settings import Settings
from klimat_pipeline_tests.support.shared import REPOSITORY

OWN = "municipalities/1283_helsingborg"
TARGETS = f"{OWN}/municipality.yaml"
POPULATION = f"{OWN}/population.csv"
UNITS = "reference/units.csv"
ALIASES = "reference/municipality_aliases.csv"


@pytest.fixture
def checkout(tmp_path: Path) -> Settings:
    for folder in ("reference", "municipalities"):
        shutil.copytree(REPOSITORY / "data" / folder, tmp_path / "data" / folder)
    return Settings(project_dir=tmp_path, data_dir=tmp_path / "written")


Edit = Callable[[str], str]


def messages(checkout: Settings, file: str, edit: Edit, encoding: str = "utf-8") -> list[str]:
    path = checkout.config_dir / file
    before = path.read_text(encoding="utf-8")
    after = edit(before)
    assert after != before or encoding != "utf-8"
    path.write_text(after, encoding=encoding)
    return validate_configuration(checkout)


def message(checkout: Settings, file: str, edit: Edit, encoding: str = "utf-8") -> str:
    (found,) = messages(checkout, file, edit, encoding)
    return found


def line_of(file: str, text: str) -> int:
    lines = (REPOSITORY / "data" / file).read_text(encoding="utf-8").splitlines()
    return next(i for i, line in enumerate(lines, start=1) if text in line)


def replaced(old: str, new: str) -> Edit:
    return lambda text: text.replace(old, new, 1)


def appended(text: str) -> Edit:
    return lambda before: before + text


def test_the_copy_is_sound(checkout: Settings) -> None:
    assert validate_configuration(checkout) == []


def test_17_decimal_comma_in_csv_and_yaml(checkout: Settings, tmp_path: Path) -> None:
    found = message(checkout, UNITS, replaced("kg/år,mass,0.001", 'kg/år,mass,"0,001"'))
    where = f"{UNITS}:{line_of(UNITS, 'kg/år,mass')}"
    assert found == f"{where}: column tonnes_per_unit: expected a number, decimal '.', found '0,001'"
    shutil.copy(REPOSITORY / "data" / UNITS, checkout.config_dir / UNITS)
    found = message(checkout, TARGETS, replaced("reduction_pct: 90", "reduction_pct: 90,5"))
    assert found.startswith(f"{TARGETS}:{line_of(TARGETS, 'reduction_pct: 90')}: targets.3.reduction_pct: ")
    assert found.endswith("found '90,5'")


def test_18_spaces_between_thousands(checkout: Settings) -> None:
    path = checkout.config_dir / UNITS
    path.write_text(
        path.read_text(encoding="utf-8") + "kton/år,mass,1\u00a0000,r\nMton/år,mass,1 000\u202f000.0,r\n",
        encoding="utf-8",
    )
    assert validate_configuration(checkout) == []
    units = {unit.unit_sv: unit.tonnes_per_unit for unit in load_reference(checkout.reference_dir).units.values()}
    assert (units["kton/år"], units["Mton/år"]) == (1000.0, 1_000_000.0)
    assert "whole number, found '135 344'" in message(checkout, POPULATION, replaced("135344", "135 344"))


def test_19_unit_table_that_confuses_sizes(checkout: Settings) -> None:
    found = message(checkout, UNITS, appended("Kg/år,mass,1000,r\n"))
    assert found == "data/reference/units.csv: 'kgar' would mean both kg/år and Kg/år."


def test_20_duplicate_key_names_both_rows(checkout: Settings) -> None:
    found = message(checkout, POPULATION, appended("1283,2014,1,a\n"))
    assert found == f"{POPULATION}:6: 1283, 2014 stands in line 2 already"


def test_20_two_names_for_two_codes(checkout: Settings) -> None:
    assert "'falun' would mean both 2080 and 1283" in message(checkout, ALIASES, appended("FALUN,1283,r\n"))


def test_21_duplicate_and_renamed_column(checkout: Settings) -> None:
    found = message(checkout, POPULATION, replaced("population,source", "populaton,source,source"))
    assert found == (
        f"{POPULATION}:1: column source stands twice; column population is missing; unknown column 'populaton' "
        "(nearest: population). Expected municipality_code, year, population, source."
    )


def test_22_long_and_short_row(checkout: Settings) -> None:
    found = messages(checkout, POPULATION, appended("1283,2024,1\n1283,2024,1,a,b\n"))
    assert found == [
        f"{POPULATION}:{line}: the row is {words}, the header has 4"
        for line, words in ((6, "too short: 3 cells"), (7, "too long: 5 cells"))
    ]


def test_23_byte_order_mark_is_fine(checkout: Settings) -> None:
    for file in (TARGETS, POPULATION, UNITS, ALIASES):
        path = checkout.config_dir / file
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert validate_configuration(checkout) == []


@pytest.mark.parametrize(
    ("file", "first", "byte"), [(TARGETS, "# gas_basis", "0xe4"), (UNITS, "ton CO2-ekv/år", "0xe5")]
)
@pytest.mark.parametrize("encoding", ["latin-1", "cp1252"])
def test_24_other_encoding_names_the_line(checkout: Settings, file: str, first: str, byte: str, encoding: str) -> None:
    found = message(checkout, file, lambda text: text, encoding)
    assert found == f"{file}:{line_of(file, first)}: not UTF-8 (byte {byte}). Save the file as UTF-8."


def test_25_semicolons(checkout: Settings) -> None:
    found = message(checkout, POPULATION, lambda text: text.replace(",", ";"))
    assert found == f"{POPULATION}:1: cells are separated by ';', expected ','."


FOR_NOTHING = ("NA", "null", "None", "NaN")


def test_26_words_for_nothing_are_text(checkout: Settings) -> None:
    path = checkout.config_dir / "reference" / "sources.csv"
    rows = "".join(f"other_{word.lower()},{word},r\n" for word in FOR_NOTHING)
    path.write_text(path.read_text(encoding="utf-8") + rows, encoding="utf-8")
    assert validate_configuration(checkout) == []
    reference = load_reference(checkout.reference_dir)
    assert [reference.source_title(f"other_{word.lower()}") for word in FOR_NOTHING] == list(FOR_NOTHING)


def test_26_words_for_nothing_are_no_number(checkout: Settings) -> None:
    rows = "".join(f"1283,{year},{word},a\n" for year, word in enumerate(FOR_NOTHING, start=2024))
    assert messages(checkout, POPULATION, appended(rows)) == [
        f"{POPULATION}:{line}: column population: expected a whole number, found '{word}'"
        for line, word in enumerate(FOR_NOTHING, start=6)
    ]


def test_27_lost_leading_zero(checkout: Settings) -> None:
    found = message(checkout, ALIASES, replaced("Stockholms stad,0180", "Stockholms stad,180"))
    assert found == (
        rf"{ALIASES}:{line_of(ALIASES, 'Stockholms stad')}: column municipality_code: expected four digits, such as 1283, "
        "found '180'"
    )


def test_27_code_without_quotation_marks(checkout: Settings) -> None:
    found = message(checkout, TARGETS, replaced('"1283"', "1283"))
    line = line_of(TARGETS, "municipality_code:")
    assert found == (
        f"{TARGETS}:{line}: municipality_code: write it in quotation marks, so that it stays text, found 1283"
    )


@pytest.mark.parametrize("word", ["nan", "inf", "-inf", "1e999"])
def test_28_not_a_number_in_csv(checkout: Settings, word: str) -> None:
    found = message(checkout, UNITS, replaced("kg/år,mass,0.001", f"kg/år,mass,{word}"))
    assert f"column tonnes_per_unit: expected a number, decimal '.', found '{word}'" in found


@pytest.mark.parametrize("word", [".nan", "nan", ".inf", "inf", "-.inf", "Infinity"])
def test_28_not_a_number_in_yaml(checkout: Settings, word: str) -> None:
    found = message(checkout, TARGETS, replaced("reduction_pct: 90", f"reduction_pct: {word}"))
    assert (
        f"targets.3.reduction_pct: expected a number such as 12.5 (a decimal point, no quotes, no spaces), found '{word}'"
        in found
    )


def test_28_beyond_every_number(checkout: Settings) -> None:
    found = message(checkout, TARGETS, replaced("reduction_pct: 90", "reduction_pct: 1e999"))
    assert found == f"{TARGETS}:{line_of(TARGETS, 'reduction_pct: 90')}: 1e999 is too large for a number."


def test_38_python_tag(checkout: Settings, tmp_path: Path) -> None:
    touched = tmp_path / "touched"
    found = message(
        checkout, TARGETS, replaced("name: Helsingborg", f"name: !!python/object/apply:os.mkdir ['{touched}']")
    )
    assert found.startswith(f"{TARGETS}:{line_of(TARGETS, 'name: Helsingborg')}: tags (")
    assert not touched.exists()


def test_39_duplicate_key(checkout: Settings) -> None:
    found = message(checkout, TARGETS, replaced("    reduction_pct: 90\n", "    reduction_pct: 90\n    sectors: []\n"))
    first = line_of(TARGETS, "sectors: [electricity_district_heating")
    assert found == (
        f"{TARGETS}:{line_of(TARGETS, 'reduction_pct: 90') + 1}: the key 'sectors' stands in line {first} already."
    )


@pytest.mark.parametrize("text", ["no", "yes", "on", "12:30", "1_990", "1,5", "0x7C6", "'1990'", "true"])
def test_40_what_yaml_would_turn_into_something_else(checkout: Settings, text: str) -> None:
    found = message(checkout, TARGETS, replaced("trend_from_year: 2015", f"trend_from_year: {text}"))
    where = f"{TARGETS}:{line_of(TARGETS, 'trend_from_year')}: trend_from_year: "
    shown = "True" if text == "true" else repr(text.strip("'"))
    assert found == f"{where}expected a whole number such as 2030 (no quotes), found {shown}"


def test_41_alias_bomb(checkout: Settings) -> None:
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"
    found = message(checkout, TARGETS, lambda _: bomb)
    assert found == f"{TARGETS}:1: anchors and aliases (& and *) are not used here: write it out."


def test_41_more_than_a_megabyte(checkout: Settings) -> None:
    found = message(checkout, TARGETS, appended("#" * 1024 * 1024))
    assert found.startswith(f"{TARGETS}: 1,0") and "more than 1,048,576" in found


def test_51_link_out_of_the_folder(checkout: Settings, tmp_path: Path) -> None:
    path = checkout.config_dir / TARGETS
    secret = tmp_path / "secret.yaml"
    path.rename(secret)
    path.symlink_to(secret)
    (found,) = validate_configuration(checkout)
    assert found.endswith("lies outside municipalities.")


def test_51_folder_names(checkout: Settings) -> None:
    names = ["1280 malmo", "1280_Malmö", "1283_..", "malmo"]
    for name in names:
        (checkout.municipalities_dir / name).mkdir()
    found = sorted(validate_configuration(checkout))
    assert [text.partition(": a folder's name is its code and name")[0] for text in found] == [
        f"municipalities/{name}" for name in names
    ]


def test_all_problems_of_all_files_come_at_once(checkout: Settings) -> None:
    """Faults of form, of meaning, of rows that refer to others, and of files that do not fit each other."""
    own = checkout.config_dir / OWN

    def edit(file: str, *changes: tuple[str, str]) -> None:
        text = (own / file).read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        (own / file).write_text(text, encoding="utf-8")

    edit("municipality.yaml", ("reduction_pct: 90", "reduction_pct: 190"), ("plan_from_year", "plan_from"))
    edit("published_gap.csv", ("1990,191475,2030", "1990,many,2030"), (",energy,", ",energi,"))
    edit("sinks.csv", (",yes,no,,waste_fired_chp", ",yes,no,200000,waste_fired_chp"))
    (own / "actions.csv").write_text(
        (own / "actions.csv").read_text(encoding="utf-8").replace("ccc_waste,waste", "ccc_waste,wastes", 1),
        encoding="utf-8",
    )
    (own / "population.csv").write_text("municipality_code,year,population,source\n1280,2020,1,x\n", encoding="utf-8")
    factors = (own / "factors.csv").read_text(encoding="utf-8").replace("g/kWh", "g/km").replace("not stated", "AR4")
    (own / "factors.csv").write_text(factors, encoding="utf-8")
    found = "\n".join(validate_configuration(checkout))
    for said in (
        "targets.3.reduction_pct: ",
        "plan_from: unknown field (nearest: plan_from_year)",
        "published_gap.csv:2: column baseline_t: expected a number",
        "column target_id: expected a target of municipality.yaml",
        "column certificates_sold_t: expected at most the sink's 100000 t",
        "column line: expected one of buildings_incl_agricultural_facilities",
        "population.csv:2: column municipality_code",
        "is per km; energy use needs a factor per energy",
        "is in CO2e of AR4, the inventory in AR5",
    ):
        assert said in found, f"{said!r} is not among\n{found}"
    with pytest.raises(ProblemsError, match="targets.3.reduction_pct"):
        refuse_faults(checkout)


def test_a_run_of_the_ui_or_the_schedule_begins_with_it(checkout: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The job's first step names every fault; nothing is listed, and nothing computed."""
    import dagster as dg

    from klimat_pipeline.defs.assets.sources import smhi_snapshots
    from klimat_pipeline.defs.resources import Project
    from klimat_pipeline.defs.workers import Workers

    path = checkout.config_dir / TARGETS
    path.write_text(path.read_text(encoding="utf-8").replace("plan_from_year", "plan_from"), encoding="utf-8")
    monkeypatch.setenv("KLIMAT_PROJECT_DIR", str(checkout.project_dir))
    monkeypatch.setenv("KLIMAT_DATA_DIR", str(checkout.data_dir))
    with pytest.raises(dg.Failure, match="plan_from: unknown field"):
        dg.materialize([smhi_snapshots], resources={"project": Project(), "workers": Workers()})
