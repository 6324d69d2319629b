"""Several files: nothing counts twice, nothing depends on order or on how a ledger is split, unchanged files wait."""

import ast
import random
import shutil
from itertools import chain
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given

from klimat_pipeline.errors import ProblemsError
from klimat_pipeline.quality.ledgers import ledger_lines_kept, ledgers_balance
from klimat_pipeline.spend.ledger import read_files as ledgers
from klimat_pipeline.spend.ledger import seals
from klimat_pipeline.spend.ledger.ledger_totals import ledger_totals
from klimat_pipeline.spend.ledger.reference import load_ledger_reference
from klimat_pipeline.spend.ledger.spend_files import ledger_files
from klimat_pipeline.spend.ledger.spend_quarantine import quarantined_lines
from klimat_pipeline.spend.ledger.store import SpendStore
from klimat_pipeline_tests.support.damage import wrong_byte
from klimat_pipeline_tests.support.properties import ONE_FOLDER, examples
from klimat_pipeline_tests.unit.spend.small import REFERENCE, balance, ledger, line, read_folder, typed_lines


def write(folder: Path, **files: str) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "ledger").mkdir(parents=True)
    for name, content in files.items():
        (folder / "ledger" / f"{name}.csv").write_text(content)
    return folder


def total(folder: Path, store: Path, **own: object) -> dict[str, tuple[int, int]]:
    """Lines and oere by rule over all files; proves on the way that tables and typed lines agree with it."""
    read = read_folder(folder, store, **own)
    sums: dict[str, tuple[int, int]] = {}
    for passed in read:
        for rule, (lines, amount) in balance(passed).items():
            before = sums.get(rule, (0, 0))
            sums[rule] = (before[0] + lines, before[1] + amount)
    tables = {
        "spend/spend_files": ledger_files({"1283": read}),
        "spend/ledger_totals": ledger_totals({"1283": read}, {"1283": load_ledger_reference(REFERENCE).rules}),
        "spend/spend_quarantine": quarantined_lines({"1283": read}),
    }
    for check in (ledgers_balance, ledger_lines_kept):
        assert {finding.outcome for finding in check(tables)} == {"passed"}
    typed = typed_lines(store / "spend" / "ledger")
    kept = [rule for rule in sums if rule not in ("quarantined", "overlap", "vat")]
    assert sum(row["amount_ore"] for row in typed) == sum(sums[rule][1] for rule in kept)
    assert len(typed) == sum(sums[rule][0] for rule in kept)
    return {rule: found for rule, found in sums.items() if found != (0, 0)}


MONTHS = [[line(f"V{m}{n}", f"{n},00", f"2023-{m:02d}-{n:02d}") for n in range(1, 11)] for m in (1, 2, 3)]


def test_same_bytes_count_once_whatever_their_name(tmp_path: Path) -> None:
    folder = write(tmp_path / "m", a=ledger(*MONTHS[0]), b=ledger(*MONTHS[0]))
    assert total(folder, tmp_path / "s") == {"counted": (10, 5500)}
    files = ledger_files({"1283": read_folder(folder, tmp_path / "s")})
    assert list(files["file_status"]) == ["read", "same_bytes_as m/ledger/a.csv"]
    assert list(files["lines_duplicate"]) == [0, 10]


def test_a_file_that_changes_while_it_is_read_is_no_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody is still copying it: half of it would be taken for the whole."""
    folder = write(tmp_path / "m", a=ledger(*MONTHS[0]))
    whole = ledgers.read_ledger

    def meanwhile(path: Path, *rest: object, **own: object) -> object:
        passed = whole(path, *rest, **own)
        path.write_text(ledger(*MONTHS[0], *MONTHS[1]))
        return passed

    monkeypatch.setattr(ledgers, "read_ledger", meanwhile)
    with pytest.raises(ProblemsError, match=r"m/ledger/a\.csv: it was changed while it was read"):
        read_folder(folder, tmp_path / "s")
    assert not list((tmp_path / "s").rglob("*.parquet"))
    monkeypatch.undo()
    assert total(folder, tmp_path / "s") == {"counted": (20, 11000)}


def test_overlapping_periods_count_once(tmp_path: Path) -> None:
    """January to February, and February to March: the ten lines of February (55 kronor) stand in both."""
    folder = write(tmp_path / "m", a=ledger(*MONTHS[0], *MONTHS[1]), b=ledger(*MONTHS[1], *MONTHS[2]))
    assert total(folder, tmp_path / "s") == {"counted": (30, 16500), "overlap": (10, 5500)}
    again = total(folder, tmp_path / "s")
    assert again == {"counted": (30, 16500), "overlap": (10, 5500)}
    (folder / "ledger" / "a.csv").unlink()
    assert total(folder, tmp_path / "s") == {"counted": (20, 11000)}


def test_overlap_can_be_kept_or_stop(tmp_path: Path) -> None:
    folder = write(tmp_path / "m", a=ledger(*MONTHS[0], *MONTHS[1]), b=ledger(*MONTHS[1], *MONTHS[2]))
    assert total(folder, tmp_path / "s", overlap="keep") == {"counted": (40, 22000)}
    with pytest.raises(ProblemsError, match=r"m/ledger/a.csv: 10 of the lines of 2023-02-01 to 2023-02-10 stand in"):
        read_folder(folder, tmp_path / "s", overlap="fail")


def test_repeated_lines_of_a_file_are_bought_twice(tmp_path: Path) -> None:
    folder = write(tmp_path / "m", a=ledger(line(), line()), b=ledger(line(day="2023-04-01")))
    assert total(folder, tmp_path / "s") == {"counted": (3, 30000)}


AMOUNTS = st.integers(-(10**9), 10**9)
ROWS = st.lists(
    st.tuples(AMOUNTS, st.integers(1, 28), st.sampled_from(["4110", "5010", "3010", "6010"]), st.booleans()),
    min_size=4,
    max_size=25,
)


def text(ore: int) -> str:
    return f"{'-' if ore < 0 else ''}{abs(ore) // 100},{abs(ore) % 100:02d}"


@examples(12, suppress_health_check=ONE_FOLDER)
@given(ROWS, st.randoms(use_true_random=False), st.integers(1, 3))
def test_order_and_splitting_change_nothing(
    tmp_path: Path, rows: list[tuple[int, int, str, bool]], chance: random.Random, parts: int
) -> None:
    """Each line has a voucher of its own; what stands on it twice stays together."""
    lines = []
    for number, (ore, day, account, twice) in enumerate(rows):
        one = line(
            f"V{number}", text(ore) if number % 5 else "abc", f"2023-0{1 + number % 3}-{day:02d}", account=account
        )
        lines.append([one, one] if twice else [one])
    shutil.rmtree(tmp_path / "s", ignore_errors=True)
    whole = total(write(tmp_path / "m", a=ledger(*chain.from_iterable(lines))), tmp_path / "s")
    chance.shuffle(lines)
    assert total(write(tmp_path / "m", a=ledger(*chain.from_iterable(lines))), tmp_path / "s") == whole
    split = {f"p{k}": ledger(*chain.from_iterable(lines[k::parts])) for k in range(parts) if lines[k::parts]}
    assert total(write(tmp_path / "m", **split), tmp_path / "s") == whole
    assert total(tmp_path / "m", tmp_path / "s") == whole


@examples(12, suppress_health_check=ONE_FOLDER)
@given(ROWS, st.sampled_from([None, 25.0, 12.0, 6.0]))
def test_a_ledger_and_its_mirror_give_zero(
    tmp_path: Path, rows: list[tuple[int, int, str, bool]], rate: float | None
) -> None:
    lines = [
        line(f"V{number}{sign}", text(sign * ore), f"2023-01-{day:02d}", account=account)
        for number, (ore, day, account, _) in enumerate(rows)
        for sign in (1, -1)
    ]
    vat = {"included": True, "rate_pct": rate} if rate else {}
    shutil.rmtree(tmp_path / "s", ignore_errors=True)
    found = total(write(tmp_path / "m", a=ledger(*lines)), tmp_path / "s", vat=vat)
    assert [amount for _, amount in found.values()] == [0] * len(found)


def test_only_what_is_new_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    real = ledgers.read_ledger
    monkeypatch.setattr(
        ledgers,
        "read_ledger",
        lambda path, shown, *rest, **own: (read.append(shown), real(path, shown, *rest, **own))[1],
    )
    folder = write(tmp_path / "m", a=ledger(*MONTHS[0]), b=ledger(*MONTHS[1]))
    total(folder, tmp_path / "s")
    assert read == ["m/ledger/a.csv", "m/ledger/b.csv"]
    (folder / "ledger" / "c.csv").write_text(ledger(*MONTHS[2]))
    assert total(folder, tmp_path / "s") == {"counted": (30, 16500)}
    assert read[2:] == ["m/ledger/c.csv"]
    total(folder, tmp_path / "s")
    assert len(read) == 3
    (tmp_path / "s" / "spend" / "state" / "made_from").write_text("digest")
    copy = SpendStore(tmp_path / "copy")  # what has been read can be taken over; what it is complete for can not
    copy.copy_from(SpendStore(tmp_path / "s"))
    assert total(folder, tmp_path / "copy") == {"counted": (30, 16500)}
    assert len(read) == 3 and copy.made_from is None
    total(folder, tmp_path / "s", group_organisation_numbers=["556677-8899"])
    assert len(read) == 6
    (folder / "ledger" / "b.csv").unlink()
    assert total(folder, tmp_path / "s") == {"counted": (20, 11000)}


def test_paths_beyond_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KLIMAT_LEDGER_PLACES", str(tmp_path))
    folder = write(tmp_path / "m")
    (tmp_path / "elsewhere.csv").write_text(ledger(*MONTHS[0]))
    assert total(folder, tmp_path / "s", ledgers=[str(tmp_path / "elsewhere.csv")]) == {"counted": (10, 5500)}
    with pytest.raises(ProblemsError, match="there is no"):
        read_folder(folder, tmp_path / "s", ledgers=["nowhere.csv"])


def test_the_digest_covers_every_module_that_makes_typed_lines() -> None:
    """The whole room is hashed; of other rooms the reading imports what has no influence on a line, and ``text``."""
    from klimat_pipeline.spend.ledger import store

    here, elsewhere = Path(store.__file__).parent, set()
    for path in here.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("klimat_pipeline."):
                elsewhere.add((node.module or "").split(".")[1])
    # Settings, reference tables and rates are in the digest by their content, workbooks are opened and no more, and codes of
    # municipalities are looked up.
    assert elsewhere <= {
        "clean",
        "configuration",
        "contracts",
        "errors",
        "input_items",
        "raw",
        "settings",
        "sources",
        "spend",
        "text",
    }


def test_a_file_that_is_refused_beside_another_is_whole_again_once_that_is_gone(tmp_path: Path) -> None:
    """It had lost lines beside a first file when a second one refused it: 400 kronor in, and 400 in the typed lines."""
    old = [line(f"V{n}", "10,00", f"2023-03-{n + 1:02}") for n in range(20)]
    folder = write(tmp_path / "m", a=ledger(*old), b=ledger(*old, line("V20", "7,00", "2023-04-02")))
    copy = [line(f"V{n}", "12,50", f"2023-03-{n + 1:02}") for n in range(20)]
    (folder / "ledger" / "c.csv").write_text(ledger(*copy))
    with pytest.raises(ProblemsError, match="include VAT"):
        read_folder(folder, tmp_path / "s")
    (folder / "ledger" / "b.csv").unlink()
    (folder / "ledger" / "c.csv").unlink()
    assert total(folder, tmp_path / "s") == {"counted": (20, 20000)}


@pytest.fixture(scope="module")
def january(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger of ten lines, m, and what was kept when it was read, s."""
    place = tmp_path_factory.mktemp("january")
    assert total(write(place / "m", a=ledger(*MONTHS[0])), place / "s") == {"counted": (10, 5500)}
    return place


def kept_in(store: Path) -> list[Path]:
    """All files of a store in which there is something."""
    kept = [path for path in store.rglob("*") if path.is_file() and path.stat().st_size]
    assert {path.suffix for path in kept} == {".parquet", ".json", ".sha256"}
    return kept


@pytest.mark.parametrize("place", range(0, 100, 10))
def test_whatever_is_kept_with_one_wrong_byte_is_not_whole(january: Path, tmp_path: Path, place: int) -> None:
    """Every file that holds something has its hash beside it, and either may be damaged anywhere."""
    shutil.copytree(january / "s", tmp_path / "s")
    for path in kept_in(tmp_path / "s"):
        sealed = [one for one in path.parent.glob(f"{path.stem}.*") if one.suffix != ".sha256"]
        assert [seals.is_whole(one) for one in sealed] == [True], path
        whole = path.read_bytes()
        wrong_byte(path, place)
        assert [seals.is_whole(one) for one in sealed] == [False], path
        path.write_bytes(whole)


@pytest.mark.parametrize("place", [0, 50])
def test_whatever_is_kept_with_one_wrong_byte_is_made_anew(january: Path, tmp_path: Path, place: int) -> None:
    shutil.copytree(january, tmp_path, dirs_exist_ok=True)
    for path in kept_in(tmp_path / "s"):
        wrong_byte(path, place)
        assert total(tmp_path / "m", tmp_path / "s") == {"counted": (10, 5500)}, path
