"""Strict reading of YAML files that people edit: plain data only, and the line of everything.

YAML's surprises are refused or left as text: tags, anchors, duplicate keys; ``no``, ``12:30``, ``1_000`` and ``0180``
are not turned into something else. What does not belong here: what the fields mean (the models).
"""

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from klimat_pipeline.configuration.plain_words import expected
from klimat_pipeline.errors import ConfigurationError, ProblemsError

#: The C parser where there is one: ten times as fast; only its events and nodes are used, never its objects.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MAX_BYTES = 1024 * 1024
#: Lists and mappings inside each other; configuration needs four.
MAX_DEPTH = 20

_INTEGER = re.compile(r"[+-]?(0|[1-9]\d*)", re.ASCII)
_NUMBER = re.compile(r"[+-]?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?", re.ASCII)
#: Whole numbers beyond 64 bits fit in no table.
_LARGEST = 2**63 - 1
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}

Loc = tuple[str | int, ...]
ModelT = TypeVar("ModelT", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """A read file: plain data, and where each part stands.

    Attributes:
        shown: the file as messages name it.
        data: dicts, lists, text, numbers, booleans, None.
    """

    shown: str
    data: Any
    _lines: dict[Loc, int] = field(repr=False)

    def line(self, loc: Loc) -> int:
        """Line of a key or item; of its nearest ancestor where it does not exist."""
        for end in range(len(loc), -1, -1):
            if loc[:end] in self._lines:
                return self._lines[loc[:end]]
        return 1

    def existing(self, loc: Loc) -> Loc:
        """The place in the file: without the parts that only the model knows, such as a branch of a union."""
        kept: Loc = ()
        for part in loc:
            kept = (*kept, part) if (*kept, part) in self._lines else kept
        return kept

    def problem(self, loc: Loc, message: str) -> str:
        """``file:line: field: message``."""
        path = ".".join(str(part) for part in loc)
        return f"{self.shown}:{self.line(loc)}: {path + ': ' if path else ''}{message}"


def read_yaml(path: Path, base: Path) -> YamlDocument:
    """Read a YAML file.

    Args:
        path: the file.
        base: folder that it must lie in.

    Raises:
        ConfigurationError: it cannot be read, lies outside the folder, or uses what plain data does not need.
    """
    shown = shown_path(path, base)
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise ConfigurationError(f"{shown}: {size:,} bytes, more than {MAX_BYTES:,}. Configuration is smaller.")
        content = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{shown}: cannot be read ({error.strerror}).") from None
    text = decoded(content, shown)
    _refuse_indirection(text, shown)
    try:
        root = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        raise _malformed(error, text, shown) from None
    lines: dict[Loc, int] = {(): 1}
    return YamlDocument(shown, None if root is None else _plain(root, (), lines, shown), lines)


def model_from_yaml(
    path: Path,
    model: type[ModelT],
    base: Path,
    *,
    context: dict[str, Any] | None = None,
    also: Callable[[YamlDocument], Iterable[str]] = lambda _: (),
) -> tuple[ModelT, YamlDocument]:
    """Read a YAML file as a model.

    Args:
        path: the file.
        model: what it has to fit.
        base: folder that it must lie in.
        context: for the model's validators.
        also: problems that the model alone cannot see, from the document as it was read; named with the model's.

    Returns:
        The model, and the document for messages about it.

    Raises:
        ProblemsError: everything that does not fit, each with file, line, field and the value found.
    """
    document = read_yaml(path, base)
    if not isinstance(document.data, dict):
        what = "is empty" if document.data is None else "has no fields"
        raise ProblemsError([document.problem((), f"{what}; expected {', '.join(model.model_fields)}")])
    try:
        read, problems = model.model_validate(document.data, context=context), []
    except ValidationError as error:
        read, problems = None, _messages(document, error, model)
    problems += also(document)
    if read is None or problems:
        raise ProblemsError(problems)
    return read, document


def shown_path(path: Path, base: Path) -> str:
    """The file as messages name it: from the base folder's own name on.

    Raises:
        ConfigurationError: it lies outside the base folder.
    """
    resolved, root = path.resolve(), base.resolve()
    if not resolved.is_relative_to(root):
        raise ConfigurationError(f"{path}: lies outside {root.name}.")
    return resolved.relative_to(root.parent).as_posix()


def decoded(content: bytes, shown: str) -> str:
    """The text of a file, with or without a byte order mark.

    Raises:
        ConfigurationError: it is not UTF-8; nothing is guessed.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line, byte = error.object.count(b"\n", 0, error.start) + 1, error.object[error.start]
        raise ConfigurationError(f"{shown}:{line}: not UTF-8 (byte {byte:#04x}). Save the file as UTF-8.") from None


def _refuse_indirection(text: str, shown: str) -> None:
    """Anchors and aliases make bombs, tags make objects, several documents hide the later ones, depth has no end."""
    documents = depth = 0
    try:
        for event in yaml.parse(text, Loader=_Loader):
            line = event.start_mark.line + 1 if event.start_mark else 1
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_DEPTH:
                raise ConfigurationError(f"{shown}:{line}: more than {MAX_DEPTH} levels inside each other.")
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise ConfigurationError(
                    f"{shown}:{line}: anchors and aliases (& and *) are not used here: write it out."
                )
            if tag := getattr(event, "tag", None):
                raise ConfigurationError(f"{shown}:{line}: tags ({tag}) are not used here: plain values only.")
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise ConfigurationError(f"{shown}:{line}: a second document begins: one a file.")
    except yaml.YAMLError as error:
        raise _malformed(error, text, shown) from None


def _malformed(error: yaml.YAMLError, text: str, shown: str) -> ConfigurationError:
    line, what = 1, str(error)
    if isinstance(error, yaml.MarkedYAMLError):
        line, what = error.problem_mark.line + 1 if error.problem_mark else 1, str(error.problem or error.context)
    elif isinstance(error, yaml.reader.ReaderError):
        line = text.count("\n", 0, error.position) + 1
        what = f"the character {text[error.position]!r} is not allowed"
    if "cannot start any token" in what:
        what += ". Is it a tab? Indent with spaces, and put text with special characters in quotation marks"
    return ConfigurationError(f"{shown}:{line}: {what}.")


def _plain(node: yaml.Node, loc: Loc, lines: dict[Loc, int], shown: str) -> Any:
    line = node.start_mark.line + 1
    lines.setdefault(loc, line)
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node, line, shown)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*loc, i), lines, shown) for i, item in enumerate(node.value)]
    assert isinstance(node, yaml.MappingNode)  # noqa: S101 - there is no fourth kind
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key_line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise ConfigurationError(f"{shown}:{key_line}: a key has to be a word.")
        key = key_node.value
        if key == "<<":
            raise ConfigurationError(f"{shown}:{key_line}: merge keys (<<) are not used here: write it out.")
        if key in found:
            raise ConfigurationError(
                f"{shown}:{key_line}: the key {key!r} stands in line {lines[(*loc, key)]} already."
            )
        lines[(*loc, key)] = key_line
        found[key] = _plain(value_node, (*loc, key), lines, shown)
    return found


def _scalar(node: yaml.ScalarNode, line: int, shown: str) -> Any:
    text = str(node.value)
    if node.style:  # none (or, from the C parser, an empty one) is a plain word
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        if len(text) > 20 or abs(int(text)) > _LARGEST:
            raise ConfigurationError(f"{shown}:{line}: {_short(text)} is too large for a number.")
        return int(text)
    if _NUMBER.fullmatch(text):
        number = float(text)
        if not math.isfinite(number):
            raise ConfigurationError(f"{shown}:{line}: {_short(text)} is too large for a number.")
        return number
    return text


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}..."


def _messages(document: YamlDocument, error: ValidationError, model: type[BaseModel]) -> list[str]:
    """One message a place: what a field may be instead is joined by "or", not told as several faults."""
    texts: dict[Loc, list[str]] = {}
    found: dict[Loc, str] = {}
    schema: dict[str, Any] = {}
    for fault in error.errors(include_url=False):
        loc = document.existing(fault["loc"])
        kind, text, value = fault["type"], expected(fault), fault["input"]
        if kind == "missing":
            loc, text = (*loc, fault["loc"][-1]), "is missing"
        elif kind == "extra_forbidden":
            # Made once, and only for a file that has an unknown field: a schema costs more than all its messages.
            schema = schema or model.model_json_schema()
            near = get_close_matches(str(loc[-1]), _fields(schema, loc[:-1]), n=1)
            text = "unknown field" + (f" (nearest: {near[0]})" if near else "")
        elif not isinstance(value, dict | list):
            found[loc] = f", found {_short(repr(value))}"
        texts.setdefault(loc, []).append(text)
    return [
        document.problem(loc, " or ".join(dict.fromkeys(parts)) + found.get(loc, "")) for loc, parts in texts.items()
    ]


def _fields(schema: dict[str, Any], loc: Loc) -> list[str]:
    """Names of the fields at this place: another level's would point to what does not fit there either."""
    parts = _alternatives(schema, schema)
    for step in loc:
        inner = [
            part.get("items")
            if isinstance(step, int)
            else part.get("properties", {}).get(step) or part.get("additionalProperties")
            for part in parts
        ]
        # additionalProperties is the form of a mapping's values, or only true or false.
        parts = [found for part in inner if isinstance(part, dict) for found in _alternatives(schema, part)]
    return list(dict.fromkeys(name for part in parts for name in part.get("properties", {})))


def _alternatives(schema: dict[str, Any], part: dict[str, Any]) -> list[dict[str, Any]]:
    """What may stand at a place: references followed, unions taken apart."""
    if "$ref" in part:
        return _alternatives(schema, schema["$defs"][part["$ref"].rsplit("/", 1)[-1]])
    branches = [branch for union in ("anyOf", "oneOf", "allOf") for branch in part.get(union, [])]
    return [found for branch in branches for found in _alternatives(schema, branch)] or [part]
