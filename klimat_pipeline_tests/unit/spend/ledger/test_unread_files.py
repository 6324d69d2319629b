"""Files beside ledgers: read where they can be, else named with what to do, in every place that looks at the folder."""

import gzip
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from klimat_pipeline.cli.ledger import app
from klimat_pipeline.quality.ledgers import every_ledger_file_is_read
from klimat_pipeline.spend.ledger import opened
from klimat_pipeline.spend.ledger.found_files import files_beside
from klimat_pipeline.spend.ledger.ledger_error import LedgerError
from klimat_pipeline.spend.ledger.spend_files import ledger_files
from klimat_pipeline_tests.unit.spend.ledger.test_workbooks import NAMES, lines, workbook
from klimat_pipeline_tests.unit.spend.small import balance, ledger, line, read, read_folder, way

REMEDIES = {
    "old.xls": "save it as xlsx or CSV",
    "all.zip": "unpack it into the folder",
    "api.json": "export it as CSV or Parquet",
    "sie5.xml": "export it as SIE 4 or CSV",
    "sheet.ods": "save it as xlsx or CSV",
    "report.pdf": "ask for the export as CSV or xlsx",
    "notes.docx": "take it out of the folder",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "m" / "ledger"
    place.mkdir(parents=True)
    (place / "q1.csv").write_text(ledger(line("V1", "1,00", "2023-01-31")))
    (place / "q2.csv.gz").write_bytes(gzip.compress(ledger(line("V2", "2,00", "2023-05-31")).encode("cp850")))
    (place / "q3.xlsm").write_bytes(workbook({"Blad1": [NAMES, *lines(8, 1)]}))
    for name in REMEDIES:
        (place / name).write_bytes(b"something else")
    (place / ".hidden").write_bytes(b"")
    (place / "README.md").write_bytes(b"What these files are")
    (place / "~$q3.xlsm").write_bytes(b"a lock of Excel")
    return tmp_path / "m"


def test_what_is_read_and_what_is_named(folder: Path, tmp_path: Path) -> None:
    read_files = read_folder(folder, tmp_path / "s")
    found = ledger_files({"1283": read_files}).set_index("ledger_file")
    assert list(found.index[found["file_status"] == "read"]) == [
        f"m/ledger/{n}" for n in ("q1.csv", "q2.csv.gz", "q3.xlsm")
    ]
    assert found["amount_sek"].sum() == 1003.0
    told = found[found["file_status"] == "not read"]["ledger_warnings"]
    assert {name.rpartition("/")[2] for name in told.index} == set(REMEDIES)
    assert all(REMEDIES[name.rpartition("/")[2]] in warning for name, warning in told.items())
    (finding,) = every_ledger_file_is_read({"spend/spend_files": found.reset_index()})
    assert finding.outcome == "failed"
    assert all(name in finding.message and remedy in finding.message for name, remedy in REMEDIES.items())
    assert len(files_beside(folder, way().settings)) == len(REMEDIES)


def test_check_of_a_folder_names_all(folder: Path) -> None:
    done = CliRunner().invoke(app, ["check", str(folder / "ledger"), "--json"])
    assert done.exit_code == 1
    found = {one["file"]: one for one in json.loads(done.output)}
    assert {name for name, one in found.items() if one["accepted"]} == {"q1.csv", "q2.csv.gz", "q3.xlsm"}
    assert all(remedy in found[name]["refusal"] for name, remedy in REMEDIES.items())


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"%PDF-1.4", "a PDF"),
        (b'[{"belopp": 1}]', "JSON, which is not read. Export it as CSV"),
        (b"7z\xbc\xaf", "a packed archive. Unpack it"),
        (gzip.compress(workbook({"Blad1": [NAMES]}), mtime=0), "a packed xlsx file. Unpack it"),
        (gzip.compress(b"x" * 1000, mtime=0)[:-9], "cannot be unpacked"),
    ],
)
def test_a_file_under_a_wrong_name_says_what_it_is(tmp_path: Path, content: bytes, told: str) -> None:
    with pytest.raises(LedgerError, match=told):
        read(tmp_path, content)


def test_a_packed_file_unpacks_to_no_more_than_a_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = gzip.compress(ledger(*(line(f"V{n}") for n in range(100))).encode())
    assert balance(read(tmp_path, packed, "l.csv.gz")) == {"counted": (100, 10_000_00)}
    monkeypatch.setattr(opened, "LARGEST_UNPACKED", 1000)
    with pytest.raises(LedgerError, match="unpacks to more than 1,000 bytes. A zip bomb?"):
        read(tmp_path, packed, "l.csv.gz")
