"""Whatever lies between the lines: in is the sum of its parts, for lines and kronor, in every encoding."""

from collections import defaultdict
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from klimat_pipeline_tests.support.properties import ONE_FOLDER
from klimat_pipeline_tests.unit.spend.small import HEADER, balance, line, read, typed_lines

#: What a line is, and the rule that it falls under.
KINDS = {
    "ordinary": "counted",
    "credit": "counted",
    "odd amount": "counted",
    "line break": "counted",
    "wages": "wages",
    "wages by text": "text_wages",
    "vat": "vat",
    "grant": "grants",
    "text for amount": "quarantined",
    "no such day": "quarantined",
    "shifted": "quarantined",
    "blank": "",
    "empty cells": "",
    "header": "",
    "control sum": "",
}


def written(kind: str, number: int, ore: int, above: int) -> tuple[str, int]:
    """A line, and its oere as far as they can be told."""
    amount, voucher = f"{ore // 100},{ore % 100:02d}", f"V{number}"
    spaced = f"{ore // 100000} {ore // 100 % 1000:03d},{ore % 100:02d} kr"
    made = {
        "ordinary": (line(voucher, amount, name="Åkeri Öst AB"), ore),
        "credit": (line(voucher, f"-{amount}"), -ore),
        "odd amount": (line(voucher, spaced if ore >= 100_000 else f"({amount})"), ore if ore >= 100_000 else -ore),
        "line break": (line(voucher, amount, item='"två\nrader; ""kött"""'), ore),
        "wages": (line(voucher, amount, account="5010"), ore),
        "wages by text": (line(voucher, amount, account="7210", text="Löner till tjänstemän"), ore),
        "vat": (line(voucher, amount, account="9210", text="Ingående moms"), ore),
        "grant": (line(voucher, amount, account="4510"), ore),
        "text for amount": (line(voucher, "se bilaga"), 0),
        "no such day": (line(voucher, amount, "2023-02-30"), ore),
        "shifted": (line(voucher, amount) + ";;x", ore),
        "blank": ("", 0),
        "empty cells": (";" * HEADER.count(";"), 0),
        "header": (HEADER, 0),
        "control sum": (f";;Summa;;;;{'-' * (above < 0)}{abs(above) // 100},{abs(above) % 100:02d};;;", 0),
    }
    return made[kind]


@settings(max_examples=20, suppress_health_check=ONE_FOLDER)
@given(
    kinds=st.lists(st.tuples(st.sampled_from(sorted(KINDS)), st.integers(1, 10**8)), min_size=1, max_size=40),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "latin-1", "cp850", "mac-roman"]),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_in_is_the_sum_of_its_parts(tmp_path: Path, kinds: list[tuple[str, int]], encoding: str, end: str) -> None:
    lines, expected = (
        [HEADER, line("V0", name="Kött och chark i Malmö AB")],
        defaultdict[str, list[int]](lambda: [0, 0]),
    )
    expected["counted"] = [1, 100_00]
    above = 100_00
    for number, (kind, ore) in enumerate(kinds, start=1):
        # A shifted line is none, so no total holds it.
        text, told = written(kind, number, ore, above)
        lines.append(text)
        above += told if kind != "shifted" else 0
        if rule := KINDS[kind]:
            expected[rule][0] += 1
            expected[rule][1] += told
    content = "\n".join([*lines, ""]).replace("\n", end)
    passed = read(tmp_path, content.encode(encoding))
    found = {rule: list(sums) for rule, sums in balance(passed).items()}
    assert found == dict(expected)
    assert passed.lines == sum(count for count, _ in found.values())
    assert passed.amount_ore == sum(ore for _, ore in found.values())
    names = [kind for kind, _ in kinds]
    assert passed.headers == names.count("header")
    assert passed.control_sums == names.count("control sum")
    assert passed.blank == names.count("blank") + names.count("empty cells")
    typed = typed_lines(tmp_path / "typed")
    assert len(typed) + len(passed.problems) == passed.lines
    assert sum(row["amount_ore"] for row in typed) + found.get("quarantined", [0, 0])[1] == passed.amount_ore
