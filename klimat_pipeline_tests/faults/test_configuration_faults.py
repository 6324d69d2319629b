"""Rows 17-28, 38-41 and 51 of the fault list, for what people edit: ``klimat validate`` names place, value and remedy.

Each fault is put into a copy of the real configuration; exactly one message answers each. Those in the files of a
municipality are put into as many copies of Helsingborg's folder, each of another town, which are checked at once.
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
#: From a town's code to what is said of it.
Told = Callable[[str], list[str]]
#: Files of a town's folder.
YAML, CSV = "municipality.yaml", "population.csv"
#: Codes of towns that have no folder; none begins with a zero, which YAML would read in a way of its own.
_FREE = iter(
    code
    for code in sorted(load_reference(REPOSITORY / "data" / "reference").municipality_by_code)
    if code[0] != "0" and not list((REPOSITORY / "data" / "municipalities").glob(f"{code}_*"))
)
#: By town: the file, what is done to Helsingborg's, and how it is saved.
FAULTY: dict[str, tuple[str, Edit, str]] = {}


def faulty(file: str, edit: Edit, encoding: str = "utf-8") -> str:
    """One more town with Helsingborg's folder and a fault in one of its files.

    Returns:
        Its code, which stands wherever Helsingborg's stands in its files and in the edit.
    """
    code = next(_FREE)
    FAULTY[code] = (file, edit, encoding)
    return code


def settle(town: str, municipalities: Path, name: str) -> None:
    """Write the folder of a town."""
    faulty_file, edit, encoding = FAULTY[town]
    source = REPOSITORY / "data" / OWN
    for path in (path for path in source.rglob("*") if path.is_file()):
        before = path.read_text(encoding="utf-8")
        is_faulty = path.name == faulty_file
        text = edit(before) if is_faulty else before
        assert not is_faulty or text != before or encoding != "utf-8", f"{town}: nothing is wrong with {faulty_file}"
        # A name has to be that of the code, and the id of a correction stands in one register only.
        own = text.replace("1283", town).replace("name: Helsingborg", f"name: {name}")
        own = own.replace("helsingborg-", f"t{town}-")
        target = municipalities / f"{town}_town" / path.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(own, encoding=encoding if is_faulty else "utf-8")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """What ``klimat validate`` says of a town with a fault, from its folder on; all of them are checked at once."""
    project = tmp_path_factory.mktemp("towns")
    for folder in ("reference", "municipalities"):
        shutil.copytree(REPOSITORY / "data" / folder, project / "data" / folder)
    settings = Settings(project_dir=project, data_dir=project / "written")
    known = load_reference(settings.reference_dir).municipality_by_code
    for town in FAULTY:
        settle(town, settings.municipalities_dir, known[town])
    said: dict[str, list[str]] = {town: [] for town in FAULTY}
    for message in validate_configuration(settings):
        town = message.removeprefix("municipalities/")[:4]
        folder = f"municipalities/{town}_town/"
        assert town in said and message.startswith(folder), f"nothing is wrong there: {message}"
        said[town].append(message.removeprefix(folder))
    return said.__getitem__


def message(checkout: Settings, file: str, edit: Edit, encoding: str = "utf-8") -> str:
    path = checkout.config_dir / file
    before = path.read_text(encoding="utf-8")
    after = edit(before)
    assert after != before or encoding != "utf-8"
    path.write_text(after, encoding=encoding)
    (found,) = validate_configuration(checkout)
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


DECIMAL_COMMA = faulty(YAML, replaced("reduction_pct: 90", "reduction_pct: 90,5"))


def test_17_decimal_comma_in_csv_and_yaml(checkout: Settings, told: Told) -> None:
    found = message(checkout, UNITS, replaced("kg/år,mass,0.001", 'kg/år,mass,"0,001"'))
    where = f"{UNITS}:{line_of(UNITS, 'kg/år,mass')}"
    assert found == f"{where}: column tonnes_per_unit: expected a number, decimal '.', found '0,001'"
    (found,) = told(DECIMAL_COMMA)
    assert found.startswith(f"{YAML}:{line_of(TARGETS, 'reduction_pct: 90')}: targets.3.reduction_pct: ")
    assert found.endswith("found '90,5'")


SPACED_THOUSANDS = faulty(CSV, replaced("135344", "135 344"))


def test_18_spaces_between_thousands(checkout: Settings, told: Told) -> None:
    path = checkout.config_dir / UNITS
    path.write_text(
        path.read_text(encoding="utf-8") + "kton/år,mass,1\u00a0000,r\nMton/år,mass,1 000\u202f000.0,r\n",
        encoding="utf-8",
    )
    assert validate_configuration(checkout) == []
    units = {unit.unit_sv: unit.tonnes_per_unit for unit in load_reference(checkout.reference_dir).units.values()}
    assert (units["kton/år"], units["Mton/år"]) == (1000.0, 1_000_000.0)
    (found,) = told(SPACED_THOUSANDS)
    assert "whole number, found '135 344'" in found


def test_19_unit_table_that_confuses_sizes(checkout: Settings) -> None:
    found = message(checkout, UNITS, appended("Kg/år,mass,1000,r\n"))
    assert found == "data/reference/units.csv: 'kgar' would mean both kg/år and Kg/år."


SAME_YEAR_TWICE = faulty(CSV, appended("1283,2014,1,a\n"))


def test_20_duplicate_key_names_both_rows(told: Told) -> None:
    assert told(SAME_YEAR_TWICE) == [f"{CSV}:6: {SAME_YEAR_TWICE}, 2014 stands in line 2 already"]


def test_20_two_names_for_two_codes(checkout: Settings) -> None:
    assert "'falun' would mean both 2080 and 1283" in message(checkout, ALIASES, appended("FALUN,1283,r\n"))


WRONG_COLUMNS = faulty(CSV, replaced("population,source", "populaton,source,source"))


def test_21_duplicate_and_renamed_column(told: Told) -> None:
    assert told(WRONG_COLUMNS) == [
        f"{CSV}:1: column source stands twice; column population is missing; unknown column 'populaton' "
        "(nearest: population). Expected municipality_code, year, population, source."
    ]


LONG_AND_SHORT = faulty(CSV, appended("1283,2024,1\n1283,2024,1,a,b\n"))


def test_22_long_and_short_row(told: Told) -> None:
    assert told(LONG_AND_SHORT) == [
        f"{CSV}:{line}: the row is {words}, the header has 4"
        for line, words in ((6, "too short: 3 cells"), (7, "too long: 5 cells"))
    ]


def test_23_byte_order_mark_is_fine(checkout: Settings) -> None:
    for file in (TARGETS, POPULATION, UNITS, ALIASES):
        path = checkout.config_dir / file
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert validate_configuration(checkout) == []


OTHER_ENCODINGS = {encoding: faulty(YAML, lambda text: text, encoding) for encoding in ("latin-1", "cp1252")}


@pytest.mark.parametrize("encoding", OTHER_ENCODINGS)
def test_24_other_encoding_names_the_line(told: Told, encoding: str) -> None:
    assert told(OTHER_ENCODINGS[encoding]) == [
        f"{YAML}:{line_of(TARGETS, '# gas_basis')}: not UTF-8 (byte 0xe4). Save the file as UTF-8."
    ]


@pytest.mark.parametrize("encoding", OTHER_ENCODINGS)
def test_24_other_encoding_of_a_reference_table(checkout: Settings, encoding: str) -> None:
    found = message(checkout, UNITS, lambda text: text, encoding)
    assert found == f"{UNITS}:{line_of(UNITS, 'ton CO2-ekv/år')}: not UTF-8 (byte 0xe5). Save the file as UTF-8."


SEMICOLONS = faulty(CSV, lambda text: text.replace(",", ";"))


def test_25_semicolons(told: Told) -> None:
    assert told(SEMICOLONS) == [f"{CSV}:1: cells are separated by ';', expected ','."]


FOR_NOTHING = ("NA", "null", "None", "NaN")


def test_26_words_for_nothing_are_text(checkout: Settings) -> None:
    path = checkout.config_dir / "reference" / "sources.csv"
    rows = "".join(f"other_{word.lower()},{word},r\n" for word in FOR_NOTHING)
    path.write_text(path.read_text(encoding="utf-8") + rows, encoding="utf-8")
    assert validate_configuration(checkout) == []
    reference = load_reference(checkout.reference_dir)
    assert [reference.source_title(f"other_{word.lower()}") for word in FOR_NOTHING] == list(FOR_NOTHING)


NO_NUMBERS = faulty(
    CSV, appended("".join(f"1283,{year},{word},a\n" for year, word in enumerate(FOR_NOTHING, start=2024)))
)


def test_26_words_for_nothing_are_no_number(told: Told) -> None:
    assert told(NO_NUMBERS) == [
        f"{CSV}:{line}: column population: expected a whole number, found '{word}'"
        for line, word in enumerate(FOR_NOTHING, start=6)
    ]


def test_27_lost_leading_zero(checkout: Settings) -> None:
    found = message(checkout, ALIASES, replaced("Stockholms stad,0180", "Stockholms stad,180"))
    assert found == (
        rf"{ALIASES}:{line_of(ALIASES, 'Stockholms stad')}: column municipality_code: expected four digits, such as 1283, "
        "found '180'"
    )


CODE_WITHOUT_MARKS = faulty(YAML, replaced('"1283"', "1283"))


def test_27_code_without_quotation_marks(told: Told) -> None:
    assert told(CODE_WITHOUT_MARKS) == [
        f"{YAML}:{line_of(TARGETS, 'municipality_code:')}: municipality_code: write it in quotation marks, so that it "
        f"stays text, found {CODE_WITHOUT_MARKS}"
    ]


@pytest.mark.parametrize("word", ["nan", "inf", "-inf", "1e999"])
def test_28_not_a_number_in_csv(checkout: Settings, word: str) -> None:
    found = message(checkout, UNITS, replaced("kg/år,mass,0.001", f"kg/år,mass,{word}"))
    assert f"column tonnes_per_unit: expected a number, decimal '.', found '{word}'" in found


NO_NUMBER = {
    word: faulty(YAML, replaced("reduction_pct: 90", f"reduction_pct: {word}"))
    for word in (".nan", "nan", ".inf", "inf", "-.inf", "Infinity")
}


@pytest.mark.parametrize("word", NO_NUMBER)
def test_28_not_a_number_in_yaml(told: Told, word: str) -> None:
    (found,) = told(NO_NUMBER[word])
    assert (
        f"targets.3.reduction_pct: expected a number such as 12.5 (a decimal point, no quotes, no spaces), found '{word}'"
        in found
    )


TOO_LARGE = faulty(YAML, replaced("reduction_pct: 90", "reduction_pct: 1e999"))


def test_28_beyond_every_number(told: Told) -> None:
    where = f"{YAML}:{line_of(TARGETS, 'reduction_pct: 90')}"
    assert told(TOO_LARGE) == [f"{where}: 1e999 is too large for a number."]


def test_38_python_tag(checkout: Settings, tmp_path: Path) -> None:
    touched = tmp_path / "touched"
    found = message(
        checkout, TARGETS, replaced("name: Helsingborg", f"name: !!python/object/apply:os.mkdir ['{touched}']")
    )
    assert found.startswith(f"{TARGETS}:{line_of(TARGETS, 'name: Helsingborg')}: tags (")
    assert not touched.exists()


SAME_KEY_TWICE = faulty(YAML, replaced("    reduction_pct: 90\n", "    reduction_pct: 90\n    sectors: []\n"))


def test_39_duplicate_key(told: Told) -> None:
    first = line_of(TARGETS, "sectors: [electricity_district_heating")
    second = line_of(TARGETS, "reduction_pct: 90") + 1
    assert told(SAME_KEY_TWICE) == [f"{YAML}:{second}: the key 'sectors' stands in line {first} already."]


NO_YEAR = {
    text: faulty(YAML, replaced("trend_from_year: 2015", f"trend_from_year: {text}"))
    for text in ("no", "yes", "on", "12:30", "1_990", "1,5", "0x7C6", "'1990'", "true")
}


@pytest.mark.parametrize("text", NO_YEAR)
def test_40_what_yaml_would_turn_into_something_else(told: Told, text: str) -> None:
    where = f"{YAML}:{line_of(TARGETS, 'trend_from_year')}: trend_from_year: "
    shown = "True" if text == "true" else repr(text.strip("'"))
    assert told(NO_YEAR[text]) == [f"{where}expected a whole number such as 2030 (no quotes), found {shown}"]


ALIAS_BOMB = faulty(YAML, lambda _: "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n")


def test_41_alias_bomb(told: Told) -> None:
    assert told(ALIAS_BOMB) == [f"{YAML}:1: anchors and aliases (& and *) are not used here: write it out."]


A_MEGABYTE = faulty(YAML, appended("#" * 1024 * 1024))


def test_41_more_than_a_megabyte(told: Told) -> None:
    (found,) = told(A_MEGABYTE)
    assert found.startswith(f"{YAML}: 1,0") and "more than 1,048,576" in found


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
