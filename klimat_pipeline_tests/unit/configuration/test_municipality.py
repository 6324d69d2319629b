"""Municipalities' folders: each fault one clear message with file, line and field, and all of them at once."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from klimat_pipeline.clean.population import clean_population
from klimat_pipeline.clean.reference import load_reference
from klimat_pipeline.clean.targets import clean_targets
from klimat_pipeline.configuration.municipality import load_generic, load_municipalities
from klimat_pipeline.errors import ConfigurationError, ProblemsError
from klimat_pipeline.operations.validate import validate_configuration
from klimat_pipeline.settings import Settings
from klimat_pipeline_tests.support.shared import REPOSITORY

SECTORS = ("transport", "industry", "heating", "waste")
REFERENCE = load_reference(REPOSITORY / "data" / "reference")
KNOWN = {"0180": "Stockholm", "1280": "Malmö", "1283": "Helsingborg"}
FILE = "municipalities/1280_malmo/municipality.yaml"
#: Line of each field of ``SOUND``, the second target's after its own id.
SOUND = """\
municipality_code: "1280"
name: Malmö
trend_from_year: 2015
targets:
  - id: total
    name_sv: Totalt
    name_en: Total
    sectors: all
    boundary: territory
    gas_basis: GHG
    baseline_year: 1990
    target_year: 2030
    reduction_pct: 85
    source: Plan, page 3
  - id: traffic
    name_sv: Trafik
    name_en: Traffic
    sectors: [transport, industry]
    boundary: territory
    gas_basis: fossil
    baseline_year: 2010
    target_year: 2030
    reduction_pct: 42.5
    source: Plan, page 4
    note: own definition
"""


def load(folder: Path) -> Any:
    return load_municipalities(folder, sector_codes=SECTORS, known_codes=KNOWN)


def folders(tmp_path: Path, **texts: str) -> Path:
    root = tmp_path / "municipalities"
    for name, text in texts.items():
        folder = root / name.removeprefix("f")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "municipality.yaml").write_text(text, encoding="utf-8")
    return root


def problems(tmp_path: Path, text: str = SOUND, folder: str = "1280_malmo") -> list[str]:
    with pytest.raises(ProblemsError) as caught:
        load(folders(tmp_path, **{folder: text}))
    return caught.value.problems


def problem(tmp_path: Path, old: str, new: str) -> str:
    """The one message about ``SOUND`` with one thing changed."""
    assert SOUND.count(old) >= 1
    (found,) = problems(tmp_path, SOUND.replace(old, new, 1))
    return found


def test_sound_folder(tmp_path: Path) -> None:
    (read,) = load(folders(tmp_path, **{"1280_malmo": SOUND}))
    assert (read.municipality_code, read.name, read.trend_from_year) == ("1280", "Malmö", 2015)
    total, traffic = read.targets
    assert (total.sectors, total.baseline_year, total.reduction_pct, total.note) == ("all", 1990, 85, None)
    assert (traffic.sectors, traffic.gas_basis) == (["transport", "industry"], "fossil")
    assert (traffic.reduction_pct, traffic.note) == (42.5, "own definition")


def test_without_targets(tmp_path: Path) -> None:
    head = SOUND[: SOUND.index("targets:")]
    assert load(folders(tmp_path, **{"1280_malmo": head + "targets: []\n"}))[0].targets == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        # sectors: one message each, though several forms are allowed
        (
            "[transport, industry]",
            "[transprt, industry]",
            "18: targets.1.sectors: unknown sector 'transprt' (nearest: transport); expected among "
            "transport, industry, heating, waste",
        ),
        (
            "[transport, industry]",
            "[transport, transport]",
            "18: targets.1.sectors: sector 'transport' stands twice",
        ),
        (
            "[transport, industry]",
            "transport",
            "18: targets.1.sectors: expected all, [] or a list of main sectors such as [transport, industry], "
            "found 'transport'",
        ),
        (
            "sectors: all",
            "sectors: null",
            "8: targets.0.sectors: expected all, [] or a list of main sectors such as [transport, industry], "
            "found None",
        ),
        (
            "[transport, industry]",
            "[transport, 5]",
            "18: targets.1.sectors: expected all, [] or a list of main sectors such as [transport, industry]",
        ),
        # years
        (
            "baseline_year: 1990",
            "baseline_year: null",
            "11: targets.0.baseline_year: a target with sectors needs a baseline_year; without one, give sectors: [], "
            "found None",
        ),
        (
            "target_year: 2030",
            "target_year: 1990",
            "12: targets.0.target_year: target_year 1990 is not after baseline_year 1990, found 1990",
        ),
        (
            "baseline_year: 2010",
            'baseline_year: "2010"',
            "21: targets.1.baseline_year: expected a whole number such as 2030 (no quotes), found '2010'",
        ),
        (
            "trend_from_year: 2015",
            "trend_from_year: 2_015",
            "3: trend_from_year: expected a whole number such as 2030 (no quotes), found '2_015'",
        ),
        (
            "trend_from_year: 2015",
            "trend_from_year: 2015.0",
            "3: trend_from_year: expected a whole number such as 2030 (no quotes), found 2015.0",
        ),
        (
            "baseline_year: 1990",
            "baseline_year: 190",
            "11: targets.0.baseline_year: expected 1900 or more, found 190",
        ),
        # figures
        (
            "reduction_pct: 85",
            "reduction_pct: 100.5",
            "13: targets.0.reduction_pct: expected 100 or less, found 100.5",
        ),
        (
            "reduction_pct: 85",
            "reduction_pct: -85",
            "13: targets.0.reduction_pct: expected 0 or more, found -85",
        ),
        (
            "reduction_pct: 85",
            "reduction_pct: 42,5",
            "13: targets.0.reduction_pct: expected a number such as 12.5 (a decimal point, no quotes, no spaces), found '42,5'",
        ),
        (
            "reduction_pct: 85",
            'reduction_pct: "85"',
            "13: targets.0.reduction_pct: expected a number such as 12.5 (a decimal point, no quotes, no spaces), found '85'",
        ),
        (
            "reduction_pct: 85",
            "reduction_pct: true",
            "13: targets.0.reduction_pct: expected a number such as 12.5 (a decimal point, no quotes, no spaces), found True",
        ),
        (
            "reduction_pct: 85",
            "reduction_pct: nan",
            "13: targets.0.reduction_pct: expected a number such as 12.5 (a decimal point, no quotes, no spaces), found 'nan'",
        ),
        # words
        (
            "boundary: territory",
            "boundary: Territory",
            "9: targets.0.boundary: expected 'territory', 'organisation' or 'residents', found 'Territory'",
        ),
        ("gas_basis: GHG", "gas_basis: CO2", "10: targets.0.gas_basis: expected 'GHG' or 'fossil', found 'CO2'"),
        ("    name_en: Total\n", "", "5: targets.0.name_en: is missing"),
        ("note: own", "notes: own", "25: targets.1.notes: unknown field (nearest: note)"),
        ("source: Plan, page 3", "source: ' '", "14: targets.0.source: expected a text that is not empty, found ' '"),
        (
            "id: total",
            "id: Total",
            "5: targets.0.id: expected lower-case letters a-z, digits and _, beginning with a letter, such as waste_heat, found 'Total'",
        ),
        ("id: traffic", "id: total", "15: targets.1.id: target id 'total' stands in line 5 already"),
        # which municipality
        (
            'municipality_code: "1280"',
            "municipality_code: 1280",
            "1: municipality_code: write it in quotation marks, so that it stays text, found 1280",
        ),
        ('municipality_code: "1280"', 'municipality_code: "1283"', None),
        (
            "name: Malmö",
            "name: Malmo",
            "2: name: 'Malmo', but 1280 is 'Malmö'",
        ),
        ("name: Malmö", "name: no", "2: name: 'no', but 1280 is 'Malmö'"),
    ],
)
def test_fault(tmp_path: Path, old: str, new: str, expected: str | None) -> None:
    if expected is None:  # another code: the folder says otherwise, and so does the name
        assert problems(tmp_path, SOUND.replace(old, new)) == [
            f"{FILE}:1: municipality_code: '1283', but the folder says '1280'",
            f"{FILE}:2: name: 'Malmö', but 1283 is 'Helsingborg'",
        ]
    else:
        assert problem(tmp_path, old, new) == f"{FILE}:{expected}"


def test_code_without_quotation_marks_keeps_its_zero(tmp_path: Path) -> None:
    text = SOUND.replace('"1280"', "0180").replace("Malmö", "Stockholm")
    assert load(folders(tmp_path, **{"0180_stockholm": text}))[0].municipality_code == "0180"


def test_the_code_of_the_example_is_the_example_only(tmp_path: Path) -> None:
    found = problems(tmp_path, SOUND.replace('"1280"', '"9999"'), "9999_malmo")
    assert [text for text in found if "9999 is reserved for the invented example" in text] == found != []


def test_unknown_code(tmp_path: Path) -> None:
    found = problems(tmp_path, SOUND.replace('"1280"', '"9998"'), "9998_malmo")
    assert found == [
        "municipalities/9998_malmo/municipality.yaml:1: municipality_code: no municipality has the code '9998'"
    ]


def test_reduction_of_nothing_and_of_all(tmp_path: Path) -> None:
    text = SOUND.replace("reduction_pct: 85", "reduction_pct: 0").replace("42.5", "100")
    assert [t.reduction_pct for t in load(folders(tmp_path, **{"1280_malmo": text}))[0].targets] == [0, 100]


@pytest.mark.parametrize(
    "name", ["malmo", "1280", "1280-malmo", "1280_Malmö", "12800_malmo", "128_malmo", "١٢٨٠_malmo"]
)
def test_bad_folder_name(tmp_path: Path, name: str) -> None:
    (found,) = problems(tmp_path, folder=name)
    assert found == (
        f"municipalities/{name}: a folder's name is its code and name, such as 1283_helsingborg (lower case, a-z)"
    )


def test_two_folders_of_one_municipality(tmp_path: Path) -> None:
    root = folders(tmp_path, **{"1280_malmo": SOUND, "1280_malmo_stad": SOUND})
    with pytest.raises(ProblemsError) as caught:
        load(root)
    assert caught.value.problems == [
        "municipalities/1280_malmo_stad: municipality 1280 has a folder already: 1280_malmo"
    ]


def test_folders_of_the_project_and_of_tools_are_left_alone(tmp_path: Path) -> None:
    root = folders(tmp_path, **{"1280_malmo": SOUND, "_all": "", ".idea": ""})
    (root / "README.md").write_text("notes")
    assert [m.name for m in load(root)] == ["Malmö"]


def test_everything_at_once_over_all_folders(tmp_path: Path) -> None:
    many = (
        SOUND.replace("name: Malmö", "name: Malmo")
        .replace("sectors: all", "sectors: [trafic, heating, heating]")
        .replace("target_year: 2030", "target_year: 1980", 1)
        .replace("reduction_pct: 42.5", "reduction_pct: 142.5")
        .replace("id: traffic", "id: total")
    )
    root = folders(
        tmp_path,
        **{"1280_malmo": many, "1283_helsingborg": "a: 1\na: 2\n", "Lund": "", "0180_stockholm": ""},
    )
    (root / "2480_umea").mkdir()
    with pytest.raises(ProblemsError) as caught:
        load(root)
    found = caught.value.problems
    assert sorted(problem.split(": ")[0] + ": " + problem.split(": ")[1] for problem in found) == sorted(
        [
            f"{FILE}:8: targets.0.sectors",
            f"{FILE}:12: targets.0.target_year",
            f"{FILE}:23: targets.1.reduction_pct",
            f"{FILE}:15: targets.1.id",
            f"{FILE}:2: name",
            "municipalities/1283_helsingborg/municipality.yaml:2: the key 'a' stands in line 1 already.",
            "municipalities/Lund: a folder's name is its code and name, such as 1283_helsingborg (lower case, a-z)",
            "municipalities/0180_stockholm/municipality.yaml:1: is empty; expected municipality_code, name, "
            "trend_from_year, gwp_set, organisation_base_year, plan_from_year, targets, groups, neutrality, inventory, spend",
            "municipalities/2480_umea/municipality.yaml: is missing. Every folder needs one",
        ]
    )
    (sectors,) = [text for text in found if "sectors" in text and "unknown sector" in text]
    assert "unknown sector 'trafic'" in sectors and "sector 'heating' stands twice" in sectors


def test_51_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "municipality.yaml").write_text(SOUND, encoding="utf-8")
    root = folders(tmp_path, **{"_all": ""})
    (root / "1280_malmo").symlink_to(elsewhere)
    with pytest.raises(ProblemsError, match="1280_malmo/municipality.yaml: lies outside municipalities"):
        load(root)


def test_no_folder_at_all(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no such folder"):
        load(tmp_path / "municipalities")


# -- population ---------------------------------------------------------------------------------------------------


def population(tmp_path: Path, **texts: str | bytes) -> Path:
    root = tmp_path / "municipalities"
    for name, text in texts.items():
        (root / name).mkdir(parents=True, exist_ok=True)
        (root / name / "population.csv").write_bytes(text.encode() if isinstance(text, str) else text)
    return root


def test_population_is_read(tmp_path: Path) -> None:
    root = population(
        tmp_path,
        **{
            "1280_malmo": "municipality_code,year,population,source\n1280,2023,362133,SCB\n",
            "0180_stockholm": "municipality_code,year,population,source\n0180,2023,988943,SCB\n",
        },
    )
    (root / "1283_helsingborg").mkdir()
    frame = clean_population(root, REFERENCE)
    assert frame[frame["year"] == 2023].to_dict("records") == [
        {"municipality_code": "0180", "year": 2023, "population": 988943, "source": "SCB"},
        {"municipality_code": "1280", "year": 2023, "population": 362133, "source": "SCB"},
    ]
    assert len(frame) == 2 + 290


def test_a_folders_own_population_goes_before_the_reference(tmp_path: Path) -> None:
    root = population(tmp_path, **{"1280_malmo": "municipality_code,year,population,source\n1280,2025,1,own\n"})
    frame = clean_population(root, REFERENCE).set_index(["municipality_code", "year"])
    assert frame.loc[("1280", 2025), "source"] == "own"
    assert len(frame) == 290


def test_population_faults_all_at_once_with_their_lines(tmp_path: Path) -> None:
    head = "municipality_code,year,population,source\n"
    rows = "1283,2020,1,a\n1280,2021,0,a\n1280,2022,1,\n1280,22,1,a\n1280,2022,2,a\n"
    root = population(
        tmp_path,
        **{"1280_malmo": head + rows, "0180_stockholm": "code\n", "9999_nowhere": head, "1283_helsingborg": b"\xe5"},
    )
    with pytest.raises(ProblemsError) as caught:
        clean_population(root, REFERENCE)
    own = "municipalities/1280_malmo/population.csv"
    assert caught.value.problems == [
        "municipalities/0180_stockholm/population.csv:1: column municipality_code is missing; column year is missing; "
        "column population is missing; column source is missing; unknown column 'code'. "
        "Expected municipality_code, year, population, source.",
        f"{own}:2: column municipality_code: expected one of 1280 (nearest: 1280), found '1283'",
        f"{own}:3: column population: expected 1 or more, found '0'",
        f"{own}:4: column source: expected a value, found ''",
        f"{own}:5: column year: expected 1900 or more, found '22'",
        f"{own}:6: 1280, 2022 stands in line 4 already",
        "municipalities/1283_helsingborg/population.csv:1: not UTF-8 (byte 0xe5). Save the file as UTF-8.",
        "municipalities/9999_nowhere: no municipality has the code '9999'",
    ]


# -- the whole configuration --------------------------------------------------------------------------------------


@pytest.fixture
def checkout(tmp_path: Path) -> Settings:
    for folder in ("reference", "municipalities"):
        shutil.copytree(REPOSITORY / "data" / folder, tmp_path / "data" / folder)
    return Settings(project_dir=tmp_path, data_dir=tmp_path / "written")


def test_the_real_configuration_is_sound() -> None:
    assert validate_configuration(Settings(project_dir=REPOSITORY)) == []


def test_generic_follow_up() -> None:
    generic = load_generic(REPOSITORY / "data" / "municipalities" / "_all" / "follow_up.yaml")
    assert (generic.baseline_year, generic.boundary, generic.gas_basis) == (1990, "territory", "GHG")


def test_faults_of_every_kind_of_file_are_listed_together(checkout: Settings) -> None:
    root = checkout.municipalities_dir
    (root / "_all" / "follow_up.yaml").write_text("baseline_year: 1990\n")
    (root / "1283_helsingborg" / "population.csv").write_text("x\n")
    (root / "1283_helsingborg" / "corrections.yaml").write_text("corrections: no\n")
    (root / "1283_helsingborg" / "frozen").mkdir(exist_ok=True)
    (root / "1283_helsingborg" / "frozen" / "a.yaml").write_text("a: 1\na: 2\n")
    (root / "Lund").mkdir()
    found = "\n".join(validate_configuration(checkout))
    for part in (
        "follow_up.yaml:1: trend_from_year: is missing",
        "population.csv:1: ",
        "corrections.yaml:1: ",
        "Lund: ",
    ):
        assert part in found
    assert "frozen/a.yaml:2: the key 'a' stands in line 1 already" in found


def test_faults_of_the_reference_tables_are_listed_together(checkout: Settings) -> None:
    for name in ("units", "areas"):
        (checkout.reference_dir / f"{name}.csv").write_text("x\n")
    (checkout.reference_dir / "sources.csv").write_text("source_id,source,reason\na,,r\n")
    found = validate_configuration(checkout)
    assert [text.split(": ")[0] for text in found] == [
        "reference/areas.csv:1",
        "reference/units.csv:1",
        "reference/sources.csv:2",
    ]


def test_recipe_another_municipality_needs_a_folder_and_no_code(checkout: Settings) -> None:
    folder = checkout.municipalities_dir / "1280_malmo"
    folder.mkdir()
    (folder / "municipality.yaml").write_text(SOUND, encoding="utf-8")
    (folder / "population.csv").write_text(
        "municipality_code,year,population,source\n1280,2023,362133,SCB\n", encoding="utf-8"
    )
    assert validate_configuration(checkout) == []
    reference = load_reference(checkout.reference_dir)
    targets = clean_targets(checkout.municipalities_dir, reference)
    own = targets[(targets["municipality_code"] == "1280") & (targets["target_kind"] == "contract")]
    columns = ["target_id", "sector_codes", "target_gas_basis", "baseline_year", "target_year", "target_pct"]
    all_nine = (
        "transport industry agriculture electricity_district_heating heating machinery product_use waste "
        "foreign_transport"
    )
    assert own[columns].values.tolist() == [
        ["total", all_nine, "GHG", 1990, 2030, -85.0],
        ["traffic", "transport industry", "fossil", 2010, 2030, -42.5],
    ]
    # Helsingborg's nine, Gävle's eight and the ten generic ones of each of the 290 are as before.
    assert len(targets) == 290 * 10 + 9 + 8 + 2
    residents = clean_population(checkout.municipalities_dir, reference)
    own = residents[(residents["municipality_code"] == "1280") & (residents["year"] != 2025)]
    assert own["population"].tolist() == [362133]


def test_groups_by_name_and_with_members(tmp_path: Path) -> None:
    groups = 'groups:\n  - Port cities\n  - {name: Neighbours, members: ["1283"]}\n'
    (read,) = load(folders(tmp_path, **{"1280_malmo": SOUND + groups}))
    assert [(group.name, group.members) for group in read.groups] == [("Port cities", []), ("Neighbours", ["1283"])]


def test_a_member_that_is_no_municipality(tmp_path: Path) -> None:
    groups = 'groups:\n  - {name: Neighbours, members: ["1283", "1299"]}\n'
    (found,) = problems(tmp_path, SOUND + groups)
    assert found == f"{FILE}:27: groups.0.members.1: no municipality has the code '1299'"


def test_subsectors_are_parts_of_the_targets_sectors(tmp_path: Path) -> None:
    found = problem(
        tmp_path,
        "    boundary: territory\n    gas_basis: fossil",
        ("    subsectors: [heating/natural_gas]\n    boundary: territory\n    gas_basis: fossil"),
    )
    assert "heating/natural_gas: not of the target's sectors (transport, industry)" in found


def test_a_subsector_that_there_is_not(tmp_path: Path) -> None:
    root = folders(tmp_path, **{"1280_malmo": SOUND.replace("42.5", "42.5\n    subsectors: [transport/tanks]")})
    shutil.copytree(REPOSITORY / "data" / "municipalities" / "_all", root / "_all")
    with pytest.raises(ProblemsError, match="1280 Malmö: target traffic: subsectors: no subsector 'transport/tanks'"):
        clean_targets(root, REFERENCE)
