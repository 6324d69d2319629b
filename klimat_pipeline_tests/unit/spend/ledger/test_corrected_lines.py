"""A corrected export beside the first where lines have no voucher: the later counts, or both are refused with the list.

Exports of two administrations, of two months, of parts that overlap: never refused. Sums by hand. January is read once; every case begins with it in its store.
"""

import shutil
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given

from klimat_pipeline.errors import ProblemsError
from klimat_pipeline_tests.support.properties import ONE_FOLDER, examples
from klimat_pipeline_tests.unit.spend.ledger.test_store import total, write
from klimat_pipeline_tests.unit.spend.small import read_before, read_folder

HEAD = "Konto;Kontotext;Leverantör;Datum;Belopp"
#: 1,500 kronor in five lines.
JANUARY = [f"6410;Livs;K{n} AB;2023-01-{n:02d};{n}00,00" for n in range(1, 6)]


def text(*rows: str, head: str = HEAD) -> str:
    return "\n".join((head, *rows)) + "\n"


@pytest.fixture(scope="module")
def january(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return read_before(tmp_path_factory.mktemp("january"), text(*JANUARY))


@pytest.fixture(autouse=True)
def store(tmp_path: Path, january: Path) -> None:
    """That of each case, ``s``."""
    shutil.copytree(january, tmp_path / "s")


def changed(rows: list[str], place: int, before: str, after: str) -> list[str]:
    assert before in rows[place]
    return [row.replace(before, after) if n == place else row for n, row in enumerate(rows)]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (";300,00", ";30,00", r"2023-01-03 account 6410 300.00 before, 30.00 after"),
        (";300,00", ";-300,00", r"300.00 before, -300.00 after"),
        ("6410", "6420", r"2023-01-03 account 6410 300.00 before, account 6420 after"),
        ("2023-01-03", "2023-01-04", r"2023-01-03 account 6410 300.00 before, 2023-01-04 after"),
    ],
)
def test_a_line_that_differs_is_refused_with_the_list(tmp_path: Path, before: str, after: str, told: str) -> None:
    place = write(tmp_path / "m", b=text(*JANUARY), a=text(*changed(JANUARY, 2, before, after)))
    with pytest.raises(ProblemsError, match=f"1 lines stand in .*{told}") as caught:
        read_folder(place, tmp_path / "s")
    (problem,) = caught.value.problems
    assert "m/ledger/a.csv" in problem
    assert "m/ledger/b.csv" in problem
    assert "Remove the earlier file, or set spend: overlap: keep" in problem


def test_whatever_the_files_are_called(tmp_path: Path) -> None:
    place = write(tmp_path / "m", a=text(*JANUARY), b=text(*changed(JANUARY, 2, ";300,00", ";30,00")))
    with pytest.raises(ProblemsError, match="1 lines stand in"):
        read_folder(place, tmp_path / "s")
    assert total(place, tmp_path / "s", overlap="keep")["counted"] == (10, 2730_00)


def test_the_export_that_reaches_further_is_the_later_one(tmp_path: Path) -> None:
    """Of January's five lines the third was corrected to 30 kronor: 1,500 - 270, and 5 of December."""
    year = [*changed(JANUARY, 2, ";300,00", ";30,00"), "6410;Livs;K AB;2023-12-01;5,00"]
    place = write(tmp_path / "m", a=text(*JANUARY), b=text(*year))
    assert total(place, tmp_path / "s") == {"counted": (6, 1235_00), "overlap": (5, 1500_00)}
    warnings = [told for report in read_folder(place, tmp_path / "s") for told in report.warnings]
    assert any("300.00 before, 30.00 after. That is the later export, and counts" in told for told in warnings)


def test_a_line_that_the_later_export_lacks_is_taken_out_and_told(tmp_path: Path) -> None:
    year = [*JANUARY[:3], JANUARY[4], "6410;Livs;K AB;2023-12-01;5,00"]
    place = write(tmp_path / "m", a=text(*JANUARY), b=text(*year))
    assert total(place, tmp_path / "s") == {"counted": (5, 1105_00), "overlap": (5, 1500_00)}
    warnings = [told for report in read_folder(place, tmp_path / "s") for told in report.warnings]
    assert any(
        "1 lines stand in m/ledger/a.csv alone. First: 2023-01-04 account 6410 400.00 (together 400.00 SEK). That is "
        "the later export, and counts" in told
        for told in warnings
    )


def test_a_name_that_is_a_persons_is_not_listed(tmp_path: Path) -> None:
    head = "Konto;Leverantör;Orgnr;Datum;Belopp"
    rows = [f"6410;Anna Exempelsson;640823-3234;2023-01-{n:02d};{n},00" for n in range(1, 6)]
    place = write(tmp_path / "m", a=text(*rows, head=head), b=text(*changed(rows, 0, ";1,00", ";9,00"), head=head))
    with pytest.raises(ProblemsError, match="1 lines stand in") as caught:
        read_folder(place, tmp_path / "s")
    assert "Anna" not in str(caught.value)
    assert "640823" not in str(caught.value)


def test_exports_with_other_columns_are_compared_on_those_of_both(tmp_path: Path) -> None:
    """The same five lines, once with the unit and the voucher."""
    more = [f"{row};Skolan;V{n}" for n, row in enumerate(JANUARY)]
    place = write(tmp_path / "m", a=text(*JANUARY), b=text(*more, head=f"{HEAD};Förvaltning;Vernr"))
    assert total(place, tmp_path / "s") == {"counted": (5, 1500_00), "overlap": (5, 1500_00)}


@pytest.mark.parametrize(
    "other",
    [
        pytest.param([row.replace("-01-", "-02-") for row in JANUARY], id="another month"),
        pytest.param([row.replace("00,00", "17,50") for row in JANUARY], id="the same suppliers, other amounts"),
        pytest.param([row.replace("6410;Livs", "6420;El") for row in JANUARY], id="other accounts"),
        pytest.param([JANUARY[0], *(row.replace("00,00", "17,50") for row in JANUARY[1:])], id="one line in common"),
    ],
)
def test_other_ledgers_are_not_refused(tmp_path: Path, other: list[str]) -> None:
    both = write(tmp_path / "m", a=text(*JANUARY), b=text(*other))
    alone = write(tmp_path / "n", b=text(*other))
    expected = total(alone, tmp_path / "t")["counted"]
    assert total(both, tmp_path / "s")["counted"] == (5 + expected[0], 1500_00 + expected[1])


def test_parts_that_overlap_are_not_refused(tmp_path: Path) -> None:
    """School and care, care and parks: care stands in both (15), the others buy other things of the same shop."""

    def part(first: int, lines: int) -> list[str]:
        return [f"6410;Livs;K{n} AB;2023-01-{n:02d};{first + n},00" for n in range(1, lines + 1)]

    school, care, parks = part(1000, 3), part(2000, 15), [row.replace(";K", ";P") for row in part(3000, 12)]
    place = write(tmp_path / "m", a=text(*school, *care), b=text(*care, *parks))
    found = total(place, tmp_path / "s")
    assert found["overlap"][0] == 15
    assert found["counted"][0] == 30


LINES = st.lists(st.tuples(st.integers(1, 28), st.integers(1, 4), st.integers(1, 10**6)), min_size=6, max_size=20)


def rows(some: list[tuple[int, int, int]], cents: int, account: str = "6410") -> list[str]:
    return [f"{account};Livs;K{supplier} AB;2023-01-{day:02d};{kronor},{cents:02d}" for day, supplier, kronor in some]


@examples(8, suppress_health_check=ONE_FOLDER)
@given(LINES, LINES)
def test_two_administrations_are_never_refused(
    tmp_path: Path, one: list[tuple[int, int, int]], other: list[tuple[int, int, int]]
) -> None:
    """No line is the same, since the oere differ; days, suppliers and accounts may be."""
    place = write(tmp_path / "m", a=text(*rows(one, 0)), b=text(*rows(other, 1)))
    kronor = sum(line[2] for line in one + other)
    assert total(place, tmp_path / "s") == {"counted": (len(one) + len(other), kronor * 100 + len(other))}


@examples(8, suppress_health_check=ONE_FOLDER)
@given(LINES, st.data())
def test_an_export_with_a_few_lines_corrected_is_always_refused(
    tmp_path: Path, some: list[tuple[int, int, int]], data: st.DataObject
) -> None:
    few = data.draw(st.sets(st.integers(0, len(some) - 1), min_size=1, max_size=len(some) // 3))
    first, second = rows(some, 0), rows(some, 0)
    for place in few:
        second[place] = second[place].replace(",00", "7,50")
    with pytest.raises(ProblemsError, match=f"{len(few)} lines stand in"):
        read_folder(write(tmp_path / "m", a=text(*first), b=text(*second)), tmp_path / "s")
