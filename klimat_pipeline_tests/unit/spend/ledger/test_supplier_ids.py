"""What a supplier's id tells, batch by batch: expected values written by hand."""

import pyarrow as pa

from klimat_pipeline.spend.ledger.personal_numbers import Pseudonyms
from klimat_pipeline.spend.ledger.supplier_ids import SupplierIds
from klimat_pipeline_tests.unit.spend.small import KEY


def _told(ids: list[str], group: tuple[str, ...] = (), key: bytes | None = KEY) -> list[tuple[str, str]]:
    batch = pa.RecordBatch.from_arrays([pa.array(ids, pa.string())], names=["supplier_id"])
    made = SupplierIds(Pseudonyms(key), group).told(batch)
    return list(zip(made.column("id_kind").to_pylist(), made.column("id_told").to_pylist(), strict=True))


def test_every_line_gets_what_its_id_tells() -> None:
    given = ["212000-1157", "2120001157", "", "L123", "DK12345678", "850709-9805", "212000-1157"]
    person = Pseudonyms(KEY).of("850709-9805")
    assert _told(given) == [
        ("legal", "2120001157"),
        ("legal", "2120001157"),
        ("unknown", ""),
        ("unknown", "L123"),
        ("foreign", "DK12345678"),
        ("personal", person),
        ("legal", "2120001157"),
    ]
    assert _told(["850709-9805"], key=None) == [("personal", "")]


def test_a_wrong_check_digit_is_nobodys_unless_it_is_the_groups() -> None:
    doubtful = ["556677-8890"]
    ((kind, told),) = _told(doubtful)
    assert kind == "unknown" and told.startswith("p:")
    assert _told(doubtful, group=("5566778890",)) == [("legal", "5566778890")]


def test_no_lines_and_no_ids() -> None:
    assert _told([]) == []
    bare = pa.RecordBatch.from_arrays([pa.array(["1"])], names=["amount"])
    assert SupplierIds(Pseudonyms(KEY)).told(bare) is bare
