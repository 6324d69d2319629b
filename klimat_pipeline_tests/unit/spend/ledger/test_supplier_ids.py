"""What a supplier's id tells, batch by batch: expected values written by hand."""

import pyarrow as pa
import pytest

from klimat_pipeline.spend.ledger.personal_numbers import Pseudonyms, supplier_kind
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


@pytest.mark.parametrize(
    "name",
    ["Anna Svensson", "SVENSSON ANNA", "BERGKAR", "EK, ÅSA", "ENGÅNG ANNA", "DK Anna", "GB123 Anna", "anna.ek@x.se"],
)
def test_a_name_in_the_place_of_an_id_is_sealed(name: str) -> None:
    """Letters alone, or words: nobody can tell a code from a name, so a pseudonym stands in its place."""
    ((kind, told),) = _told([name])
    assert kind == "unknown" and told.startswith("p:")
    assert _told([name], key=None) == [("unknown", "")]


def test_two_names_have_two_seals() -> None:
    assert len({told for _, told in _told(["ÅSA EK", "SA EK", "ÅSA EK"])}) == 2


@pytest.mark.parametrize("born", ["ANNA 640823", "ANNA640823", "SVENSSON 19640823"])
def test_a_date_of_birth_beside_a_name_is_a_persons(born: str) -> None:
    ((kind, told),) = _told([born])
    assert kind == "personal" and told.startswith("p:")


@pytest.mark.parametrize("own", ["LEV100101", "L100101", "V100123", "LEV-000999", "A640823"])
def test_a_supplier_s_number_behind_a_code_may_look_like_a_date(own: str) -> None:
    """Of LEV100100 to LEV101299, two in three would be dates."""
    assert _told([own]) == [("unknown", own)]


@pytest.mark.parametrize("code", ["LEV10023", "LEV 10023", "K1234", "SUPP-0001", "L-77", "LEV123456", "FAKT-22"])
def test_an_ordinary_code_stays(code: str) -> None:
    assert _told([code]) == [("unknown", code)]


@pytest.mark.parametrize(
    "number",
    [
        *("DE123456789", "NL123456789B01", "ATU12345678", "IE1A23456A", "ESX1234567X", "EL123456789", "EU372041333"),
        *("CHE-123.456.789 MWST", "NO 999 888 777 MVA", "US 12-3456789", "DK19640823", "FI1964082-3"),
    ],
)
def test_a_number_of_a_register_abroad_stays(number: str) -> None:
    """Danish and Finnish numbers have eight digits whatever date they look like."""
    assert _told([number]) == [("foreign", number)]


@pytest.mark.parametrize("letters", ["AB1234567", "KF12345678", "QX12345678"])
def test_two_letters_that_are_no_country_are_no_number_abroad(letters: str) -> None:
    assert supplier_kind(letters) == ("unknown", letters)


@pytest.mark.parametrize(
    ("left", "whole"),
    # By hand, doubled in turn: 001224-123 is 0 0 2 2 4 4 2 2 6 = 22, check digit 8; 000115-123 is
    # 0 0 0 1 2 5 2 2 6 = 18, check digit 2.
    [("12241238", "001224-1238"), ("1151232", "000115-1232")],
)
def test_a_number_that_lost_its_zeros_is_the_same_persons(left: str, whole: str) -> None:
    assert _told([left]) == _told([whole]) == [("personal", Pseudonyms(KEY).of(whole))]


@pytest.mark.parametrize("own", ["12241234", "1151234", "10012345", "1399123", "123456"])
def test_a_number_of_our_own_stays(own: str) -> None:
    """With another check digit, or no date in front, it is a supplier's number in the ledger."""
    assert _told([own]) == [("unknown", own)]
