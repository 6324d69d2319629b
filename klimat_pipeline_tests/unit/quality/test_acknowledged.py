"""Remarks that somebody stands for: passed with who and why, until the day; never what stops publishing."""

from datetime import date
from pathlib import Path

import pytest

from klimat_pipeline.configuration.acknowledged import Acknowledgement, load_acknowledged
from klimat_pipeline.configuration.inputs import inputs
from klimat_pipeline.errors import ConfigurationError, ProblemsError
from klimat_pipeline.quality.acknowledged import acknowledge, refuse_unknown
from klimat_pipeline.quality.findings import CheckResult, failed, own_first, parts
from klimat_pipeline.settings import Settings

DAY = date(2026, 11, 27)
KEYS = ("municipality_code=0114, year=2024", "municipality_code=1283, year=2024", "municipality_code=1283, year=2023")


def remark(*keys: str, severity: str = "WARN") -> CheckResult:
    said_sv = "sektorer hoppar"
    found = failed(
        "sectors jump",
        message_sv=said_sv,
        observed="27.6 %",
        threshold="20 %",
        keys=keys,
        count=len(keys),
        likely_cause="law",
    )
    return CheckResult("clean/reported_emissions", "year_jumps", "plausibility", severity, (found,))


def given(until: date = DAY, **key: object) -> list[Acknowledgement]:
    said = {"who": "the environment department", "why": "the law of 2024", "until": until}
    return [Acknowledgement(check="year_jumps", key=key, **said)]


def test_a_remark_that_is_acknowledged_whole_passes_and_says_who_and_why() -> None:
    (finding,) = acknowledge(remark(*KEYS), given(), DAY).findings
    assert finding.outcome == "passed"
    assert finding.acknowledgement == "acknowledged by the environment department until 2026-11-27: the law of 2024"
    assert finding.acknowledgement in finding.message
    said = "sektorer hoppar (godtagna av the environment department till och med 2026-11-27: the law of 2024)"
    assert finding.message_sv == said


def test_it_counts_on_its_last_day_and_not_on_the_next() -> None:
    assert acknowledge(remark(*KEYS), given(), DAY).passed
    assert acknowledge(remark(*KEYS), given(date(2026, 11, 26)), DAY) == remark(*KEYS)


def test_of_one_that_is_acknowledged_in_part_the_rest_still_warns() -> None:
    (finding,) = acknowledge(remark(*KEYS), given(municipality_code="1283"), DAY).findings
    assert finding.outcome == "failed"
    assert (finding.keys, finding.count) == (KEYS[:1], 1)
    assert "2 of the rows acknowledged by" in finding.message and "1 are left" in finding.message
    assert finding.message_sv.startswith("sektorer hoppar (2 av raderna godtagna av the environment department")
    assert finding.message_sv.endswith("; 1 återstår)")


def test_a_number_in_the_key_is_the_same_as_its_text() -> None:
    (finding,) = acknowledge(remark(*KEYS), given(municipality_code="1283", year=2024), DAY).findings
    assert finding.keys == (KEYS[0], KEYS[2])


def test_another_check_or_an_error_is_left_alone() -> None:
    other = [one.model_copy(update={"check": "per_resident"}) for one in given()]
    assert acknowledge(remark(*KEYS), other, DAY) == remark(*KEYS)
    assert not acknowledge(remark(*KEYS, severity="ERROR"), given(), DAY).passed


@pytest.mark.parametrize(
    ("check", "said"), [("year_jump", "'year_jump' is no check"), ("total_is_sum", "does not warn (ERROR)")]
)
def test_what_cannot_be_acknowledged_is_refused_with_what_can(check: str, said: str) -> None:
    with pytest.raises(ProblemsError) as stopped:
        refuse_unknown([one.model_copy(update={"check": check}) for one in given()])
    assert said in str(stopped.value) and "year_jumps" in str(stopped.value)


def test_the_file_is_read_with_line_and_field(tmp_path: Path) -> None:
    assert load_acknowledged(tmp_path) == ()
    path = tmp_path / "acknowledged.yaml"
    text = "acknowledged:\n  - {check: year_jumps, who: us, why: law, until: 2027-01-31}\n"
    path.write_text(text, encoding="utf-8")
    assert load_acknowledged(tmp_path)[0].until == date(2027, 1, 31)
    path.write_text(text.replace("who: us, ", ""), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"acknowledged\.yaml:2.*who"):
        load_acknowledged(tmp_path)


def test_the_file_and_its_passed_days_are_inputs(tmp_path: Path) -> None:
    settings = Settings(project_dir=tmp_path)
    (tmp_path / "data" / "municipalities").mkdir(parents=True)
    (tmp_path / "data" / "reference").mkdir()
    before = list(inputs(settings))
    path = tmp_path / "data" / "acknowledged.yaml"
    path.write_text("acknowledged:\n  - {check: a, who: b, why: c, until: 2020-01-01}\n", encoding="utf-8")
    found = {item.name: item.value for item in inputs(settings)}
    assert before == []
    assert found == {"acknowledged.yaml": None, "acknowledgements past their last day": "1"}


def test_municipalities_with_a_folder_come_first() -> None:
    (finding,) = own_first(remark(*KEYS), ["1283"]).findings
    assert finding.keys == (KEYS[1], KEYS[2], KEYS[0])


def test_parts_of_a_key() -> None:
    assert parts("a=1, b=x, y, c=") == {"a": "1", "b": "x, y", "c": ""}
    assert parts("a ledger.csv") == {"row": "a ledger.csv"}
