"""Faults of several files of one folder: each told once, with file, line, field, value and what to do."""

import shutil
from pathlib import Path

from klimat_pipeline.operations.validate import validate_configuration
from klimat_pipeline.settings import Settings
from klimat_pipeline_tests.support.shared import REPOSITORY

PLACE = "municipalities/1283_helsingborg"


def changed(root: Path, file: str, before: str, after: str) -> None:
    path = root / "data" / file
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def test_faults_of_many_files_are_told_once_each(tmp_path: Path) -> None:
    shutil.copytree(REPOSITORY / "data" / "municipalities", tmp_path / "data" / "municipalities")
    shutil.copytree(REPOSITORY / "data" / "reference", tmp_path / "data" / "reference")
    register = f"{PLACE}/corrections.yaml"
    (tmp_path / "data" / "snapshots").symlink_to(REPOSITORY / "data" / "snapshots")
    changed(tmp_path, register, "unit: t\n", "unit: tonnn\n")
    changed(tmp_path, register, "substance: GGT\n", "substance: GTT\n")
    changed(tmp_path, register, "valid_for_releases: [smhi-ggt-2025]", "valid_for_releases: [smhi-2025]")
    by = "treatment: corrected\n      by: helsingborg-agriculture\n"
    changed(tmp_path, register, "treatment: not_corrected\n      why: the port's", f"{by}      why: the port's")
    plants = "facility_id,name,year,captured_fossil_t,captured_biogenic_t,sold_fossil_t,sold_biogenic_t,source,note\n"
    everybody = tmp_path / "data" / "municipalities" / "_all"
    (everybody / "facilities.csv").write_text(f"{plants}f1,F,2030,10,10,20,0,s,\nf2,F,2030,10,10,0,0,s,\n")
    shares = "facility_id,allocation_key,municipality_code,share_fraction,source\n"
    (everybody / "facility_shares.csv").write_text(
        f"{shares}f1,location,1283,0.7,s\nf1,location,9998,0.7,s\nf3,location,1283,1,s\n"
    )
    (tmp_path / "data" / PLACE / "energy_use.csv").write_text("")
    # What does not fit another file is told too, though a third cannot be read.
    with (tmp_path / "data" / PLACE / "activity.csv").open("a", encoding="utf-8") as file:
        file.write("1991,fleet,steam_bought,2,,purchased_heat,district_heating,10,MWh,,,,low,,s,\n")
    found = validate_configuration(Settings(project_dir=tmp_path), examples=False, ledgers=False)
    lines = sorted(text.split(" (")[0].split("; expected")[0].split(", expected")[0] for text in found)
    assert [text.split("expected one of")[0].split(". Expected")[0] for text in lines] == [
        "1283 activity.csv: fleet/steam_bought 1991: no factor for district_heating 1991; add it to factors.csv with its "
        "source, or give a notation key instead of the amount",
        f"{PLACE}/corrections.yaml:14: corrections.0.substance: unknown substance 'GTT'",
        f"{PLACE}/corrections.yaml:19: corrections.0.unit: replace: unit 'tonnn' is no mass",
        f"{PLACE}/corrections.yaml:24: corrections.0.valid_for_releases: no release smhi-2025 is held",
        f"{PLACE}/corrections.yaml:26: corrections.0.baseline: 'by' names 'helsingborg-agriculture', which corrects "
        "another series",
        f"{PLACE}/energy_use.csv:1: is empty",
        "municipalities/_all/facilities.csv:2: column sold_fossil_t: f1 2030 sells more than it captures",
        "municipalities/_all/facilities.csv:3: column facility_id: nobody has a share of 'f2', so no balance would "
        "hold it",
        "municipalities/_all/facility_shares.csv:3: column municipality_code: no municipality has the code '9998'",
        "municipalities/_all/facility_shares.csv:3: column share_fraction: f1 by location sums to 1.4",
        "municipalities/_all/facility_shares.csv:4: column facility_id: no facility has the id 'f3'",
    ]
