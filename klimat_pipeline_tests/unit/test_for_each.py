"""A test about many items says which of them are wrong, and passes only if all are right."""

from pathlib import Path

import pytest

from klimat_pipeline_tests.support.for_each import for_each


def test_every_fault_is_listed_and_no_sound_item() -> None:
    @for_each(number={"one": 1, "two": 2, "three": 3, "none": None})
    def odd(number: int) -> None:
        assert number % 2 == 1, f"{number} is even"

    with pytest.raises(pytest.fail.Exception) as caught:
        odd()
    message = str(caught.value)
    assert message.startswith("2 of 4:\ntwo: AssertionError: 2 is even")
    assert "\nnone: TypeError: " in message
    assert "one: AssertionError" not in message
    assert "three" not in message


def test_all_items_are_looked_at() -> None:
    seen = []

    @for_each(item=["a", "b"])
    def looks(item: str) -> None:
        seen.append(item)

    looks()
    assert seen == ["a", "b"]


def test_nothing_to_look_at_is_a_fault() -> None:
    @for_each(item=[])
    def looks(item: str) -> None:
        pass

    with pytest.raises(AssertionError, match="nothing to look at"):
        looks()


@for_each(item=["a", "b"])
def test_fixtures_come_as_in_other_tests(tmp_path: Path, item: str) -> None:
    assert tmp_path.is_dir()
    assert len(item) == 1


class TestInAClass:
    @for_each(item=["a", "b"])
    def test_methods_too(self, item: str, tmp_path: Path) -> None:
        assert isinstance(self, TestInAClass)
        assert tmp_path.is_dir()
