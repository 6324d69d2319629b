"""YAML as plain data: nothing turns into something else, and every message names the line."""

from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field

from klimat_pipeline.configuration.yaml_file import MAX_BYTES, YamlDocument, model_from_yaml, read_yaml
from klimat_pipeline.errors import ConfigurationError, ProblemsError


def written(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "cfg" / "a.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def document(tmp_path: Path, content: str | bytes) -> YamlDocument:
    path = written(tmp_path, content)
    return read_yaml(path, path.parent)


def data(tmp_path: Path, content: str | bytes) -> Any:
    return document(tmp_path, content).data


def failure(tmp_path: Path, content: str | bytes) -> str:
    with pytest.raises(ConfigurationError) as caught:
        document(tmp_path, content)
    return str(caught.value)


# -- plain values -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "no",
        "No",
        "NO",
        "yes",
        "on",
        "off",
        "y",
        "n",
        "12:30",
        "12:30:45",
        "1_000",
        "0180",
        "1,5",
        "1 000",
        "0x1F",
        "0o17",
        "017",
        "0b11",
        ".5",
        "5.",
        "1e",
        ".inf",
        "-.inf",
        ".nan",
        "inf",
        "nan",
        "NaN",
        "True",
        "FALSE",
        "NULL",
        "None",
        "NA",
        "2025-06-10",
        "2001-12-14t21:59:43.10-05:00",
        "=",
        "1.2.3",
        "+",
        "-1-",
        "١٢٣",
    ],
)
def test_what_looks_like_something_else_stays_text(tmp_path: Path, text: str) -> None:
    read = data(tmp_path, f"a: {text}\n")["a"]
    assert type(read) is str and read == text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("0", 0),
        ("1990", 1990),
        ("-3", -3),
        ("+7", 7),
        ("2.5", 2.5),
        ("-0.25", -0.25),
        ("1e3", 1000.0),
        ("1.5E-2", 0.015),
        ("1e+3", 1000.0),
        ("9223372036854775807", 2**63 - 1),
    ],
)
def test_words_and_numbers(tmp_path: Path, text: str, value: object) -> None:
    read = data(tmp_path, f"a: {text}\n")["a"]
    assert read == value and type(read) is type(value)


@pytest.mark.parametrize("text", ["1e999", "-1e999", "9223372036854775808", "1" * 30, "9" * 6000])
def test_28_numbers_that_fit_nowhere_are_refused(tmp_path: Path, text: str) -> None:
    message = failure(tmp_path, f"a: 1\nb: {text}\n")
    assert message.startswith("cfg/a.yaml:2: ") and "too large for a number" in message
    assert len(message) < 120


#: YAML's own line breaks are folded inside quotation marks: they are white space there, not text.
LINE_BREAKS = "\r\x85\u2028\u2029"
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",), exclude_characters=LINE_BREAKS), max_size=40)


@given(TEXTS, st.sampled_from(['"', "'"]))
def test_quoted_is_always_text(tmp_path_factory: pytest.TempPathFactory, text: str, quote: str) -> None:
    content = yaml.dump({"a": text}, default_style=quote, allow_unicode=True)
    read = data(tmp_path_factory.mktemp("q"), content)
    assert read == {"a": text} and type(read["a"]) is str


@pytest.mark.parametrize("text", ["1283", "true", "null", "~", "", "1e999", "<<", "2.5"])
@pytest.mark.parametrize("quote", ["'", '"'])
def test_quoted_number_or_word_is_text(tmp_path: Path, text: str, quote: str) -> None:
    assert data(tmp_path, f"a: {quote}{text}{quote}\n") == {"a": text}


def test_block_text_is_text(tmp_path: Path) -> None:
    assert data(tmp_path, "a: |-\n  1990\nb: >-\n  no\n  more\n") == {"a": "1990", "b": "no more"}


def test_keys_are_text_and_order_is_kept(tmp_path: Path) -> None:
    assert list(data(tmp_path, "2018: 1\nno: 2\n1990: 3\n")) == ["2018", "no", "1990"]


def test_empty_file_and_byte_order_mark(tmp_path: Path) -> None:
    assert data(tmp_path, "") is None
    assert data(tmp_path, "# only a comment\n") is None
    assert data(tmp_path, b"\xef\xbb\xbfa: \xc3\xa5\r\nb: 2\r\n") == {"a": "å", "b": 2}


# -- what is refused ----------------------------------------------------------------------------------------------


def test_39_duplicate_key_names_both_lines(tmp_path: Path) -> None:
    message = failure(tmp_path, "a:\n  name: 1\n  other: 2\n  name: 3\n")
    assert message == "cfg/a.yaml:4: the key 'name' stands in line 2 already."


def test_39_quoted_key_is_the_same_key(tmp_path: Path) -> None:
    assert "line 1 already" in failure(tmp_path, "name: 1\n'name': 2\n")


def test_same_key_in_different_places_is_fine(tmp_path: Path) -> None:
    assert data(tmp_path, "- {id: 1}\n- {id: 2}\n") == [{"id": 1}, {"id": 2}]


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        ("a: 1\nb: !!python/object/apply:os.system ['true']\n", 2, "python/object/apply:os.system"),
        ("a: !!str 1\n", 1, "tags"),
        ("a: ! 1\n", 1, "tags"),
        ("a: 1\nb: &x [1]\n", 2, "anchors and aliases"),
        ("a: &x 1\nb: *x\n", 1, "anchors and aliases"),
        ("a: {b: 1}\n<<: {c: 2}\n", 2, "merge keys"),
        ("a: 1\n---\nb: 2\n", 2, "second document"),
        ("? [a, b]\n: 1\n", 1, "a key has to be a word"),
        ("a: 1\n\tb: 2\n", 2, "tab character"),
        ("a: 1\nb: 'open\n", 3, "end of stream"),
        ("a: 1\nb: [1, 2\nc: 3\n", 3, ""),
        ("a: 1\nb: *nowhere\n", 2, "anchors and aliases"),
        ("a: 1\nb: \x00\n", 2, "character '\\x00' is not allowed"),
        ("a: 1\n\nb: \x07\n", 3, "character '\\x07' is not allowed"),
    ],
)
def test_what_plain_data_does_not_need(tmp_path: Path, content: str, line: int, words: str) -> None:
    message = failure(tmp_path, content)
    assert message.startswith(f"cfg/a.yaml:{line}: ") and words in message
    assert "\n" not in message


def test_41_alias_bomb_is_refused_at_its_first_anchor(tmp_path: Path) -> None:
    levels = ["a0: &a0 [x, x]"] + [f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]" for i in range(1, 30)]
    assert failure(tmp_path, "\n".join(levels)).startswith("cfg/a.yaml:1: anchors and aliases")


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_endless_depth_is_refused_not_crashed(tmp_path: Path, opening: str) -> None:
    assert "levels inside each other" in failure(tmp_path, opening * 50_000)


def test_41_too_large(tmp_path: Path) -> None:
    assert data(tmp_path, "a: 1\n#" + "x" * (MAX_BYTES - 6)) == {"a": 1}
    message = failure(tmp_path, "a: 1\n#" + "x" * (MAX_BYTES - 5))
    assert "1,048,577 bytes, more than 1,048,576" in message


def test_24_not_utf_8_names_the_line(tmp_path: Path) -> None:
    message = failure(tmp_path, "a: 1\nb: Malmö\n".encode("cp1252"))
    assert message == "cfg/a.yaml:2: not UTF-8 (byte 0xf6). Save the file as UTF-8."
    assert "not UTF-8" in failure(tmp_path, "a: 1".encode("utf-16"))


def test_missing_file_and_folder_instead_of_a_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"cfg/none\.yaml: cannot be read \(No such file"):
        read_yaml(tmp_path / "cfg" / "none.yaml", tmp_path / "cfg")
    (tmp_path / "cfg" / "d.yaml").mkdir(parents=True)
    with pytest.raises(ConfigurationError, match=r"cfg/d\.yaml: cannot be read \(Is a directory"):
        read_yaml(tmp_path / "cfg" / "d.yaml", tmp_path / "cfg")


def test_51_outside_the_folder(tmp_path: Path) -> None:
    path = written(tmp_path, "a: 1\n")
    outside = tmp_path / "secret.yaml"
    outside.write_text("token: 1\n")
    (path.parent / "link.yaml").symlink_to(outside)
    for way in (path.parent / ".." / "secret.yaml", path.parent / "link.yaml", outside):
        with pytest.raises(ConfigurationError, match="lies outside cfg"):
            read_yaml(way, path.parent)
    (tmp_path / "cfg_other").mkdir()
    with pytest.raises(ConfigurationError, match="lies outside cfg"):  # a like beginning is not inside
        read_yaml(tmp_path / "cfg_other" / "a.yaml", path.parent)


# -- lines --------------------------------------------------------------------------------------------------------


def test_lines_of_keys_items_and_what_is_missing(tmp_path: Path) -> None:
    content = (
        "# head\n\na:\n  - id: x\n    text: >-\n      one\n      two\n    year: 1\n  - {id: y,\n     year: 2}\nb: 3\n"
    )
    read = document(tmp_path, content)
    assert read.line(("a",)) == 3
    assert read.line(("a", 0)) == 4
    assert read.line(("a", 0, "text")) == 5
    assert read.line(("a", 0, "year")) == 8
    assert read.line(("a", 1, "id")) == 9
    assert read.line(("a", 1, "year")) == 10
    assert read.line(("b",)) == 11
    assert read.line(("a", 1, "none", "deeper")) == 9  # of its nearest ancestor
    assert read.line(()) == read.line(("none",)) == 1
    assert read.problem(("a", 0, "year"), "is odd") == "cfg/a.yaml:8: a.0.year: is odd"


# -- models -------------------------------------------------------------------------------------------------------


class Item(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    which: Literal["all"] | list[int] | Annotated[str, Field(pattern="^x")] = "all"


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid")
    title: str
    amount: Annotated[float, Field(ge=0)]
    items: list[Item]
    by_year: dict[int, float] = {}


def problems(tmp_path: Path, content: str) -> list[str]:
    path = written(tmp_path, content)
    with pytest.raises(ProblemsError) as caught:
        model_from_yaml(path, Model, path.parent)
    return caught.value.problems


def test_model_and_document(tmp_path: Path) -> None:
    path = written(tmp_path, "title: t\namount: 1\nitems:\n  - name: n\n")
    model, read = model_from_yaml(path, Model, path.parent)
    assert model.items[0].name == "n" and read.line(("items", 0, "name")) == 4


def test_every_fault_at_once_with_line_field_and_value(tmp_path: Path) -> None:
    content = "titel: t\namount: -1\nitems:\n  - name: 5\n  - name: n\n    wich: all\nby_year:\n  2018: a\n"
    found = problems(tmp_path, content)
    assert sorted(found) == sorted(
        [
            "cfg/a.yaml:1: title: is missing",
            "cfg/a.yaml:2: amount: expected 0 or more, found -1",
            'cfg/a.yaml:4: items.0.name: expected text; put what looks like a number or a date in quotes, such as "1283", found 5',
            "cfg/a.yaml:6: items.1.wich: unknown field (nearest: which)",
            "cfg/a.yaml:8: by_year.2018: expected a number such as 12.5 (a decimal point, no quotes, no spaces), found 'a'",
            "cfg/a.yaml:1: titel: unknown field (nearest: title)",
        ]
    )


def test_unlike_field_has_no_nearest(tmp_path: Path) -> None:
    found = problems(tmp_path, "title: t\namount: 1\nitems: []\nzzzz: 1\n")
    assert found == ["cfg/a.yaml:4: zzzz: unknown field"]


class Region(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name_sv: str = ""
    towns: list[Item] | Literal["all"] | None = None


class Country(BaseModel):
    model_config = ConfigDict(extra="forbid")
    title_sv: str = ""
    regions: dict[str, Region] = {}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        # `name` and `which` are fields of a town: no help in a region, where the nearest is another
        ("regions:\n  x:\n    name: n\n", "3: regions.x.name: unknown field (nearest: name_sv)"),
        ("regions:\n  x:\n    which: all\n", "3: regions.x.which: unknown field"),
        ("name_sv: n\n", "1: name_sv: unknown field"),
        ("title: n\n", "1: title: unknown field (nearest: title_sv)"),
        # through a mapping, a union and a list
        (
            "regions:\n  x:\n    towns:\n      - name: n\n        wich: all\n",
            "5: regions.x.towns.0.wich: unknown field (nearest: which)",
        ),
    ],
)
def test_nearest_field_is_one_of_that_place(tmp_path: Path, content: str, message: str) -> None:
    path = written(tmp_path, content)
    with pytest.raises(ProblemsError) as caught:
        model_from_yaml(path, Country, path.parent)
    assert [text for text in caught.value.problems if "unknown" in text] == [f"cfg/a.yaml:{message}"]


def test_a_union_gives_one_message(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, "title: t\namount: 1\nitems:\n  - name: n\n    which: some\n")
    assert found.startswith("cfg/a.yaml:5: items.0.which: expected 'all' or ")
    assert found.endswith(", found 'some'") and "literal" not in found


def test_long_values_are_cut(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, f"title: t\namount: {'x' * 5000}\nitems: []\n")
    assert len(found) < 200


@pytest.mark.parametrize(
    ("content", "words"), [("", "is empty"), ("- 1\n", "has no fields"), ("just words\n", "has no fields")]
)
def test_not_a_mapping(tmp_path: Path, content: str, words: str) -> None:
    (found,) = problems(tmp_path, content)
    assert found == f"cfg/a.yaml:1: {words}; expected title, amount, items, by_year"


def test_further_problems_are_named_with_the_models(tmp_path: Path) -> None:
    path = written(tmp_path, "title: t\namount: x\nitems: []\n")
    with pytest.raises(ProblemsError) as caught:
        model_from_yaml(path, Model, path.parent, also=lambda read: [read.problem(("title",), "is dull")])
    assert [problem.split(": ")[0] for problem in caught.value.problems] == ["cfg/a.yaml:2", "cfg/a.yaml:1"]
