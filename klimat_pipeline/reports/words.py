"""The language of a report: its texts (``words.yaml``) and how it writes numbers.

What does not belong here: which texts a report has (``sections``).
"""

from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from klimat_pipeline.errors import ConfigurationError
from klimat_pipeline.text import NO_BREAK, number_text

LANGUAGES = ("sv", "en")
_PERCENT = {"sv": f"{NO_BREAK}%", "en": "%"}


class Words:
    """Texts and numbers in one language.

    Attributes:
        language: its code.
    """

    def __init__(self, language: str) -> None:
        if language not in LANGUAGES:
            raise ConfigurationError(f"language {language!r}: there are {' and '.join(LANGUAGES)}")
        self.language = language

    def __call__(self, key: str, **filled: object) -> str:
        """The text of a key, filled in."""
        text = _texts()[key][self.language]
        return text.format(**filled) if filled else text

    def known(self, kind: str, value: str | None) -> str:
        """The text of a code of a kind; the code itself where it has none, nothing where there is no code."""
        if not value:
            return ""
        return self(f"{kind}_{value}") if f"{kind}_{value}" in _texts() else value.replace("_", " ")

    def number(self, value: float | None, decimals: int = 0, *, sign: bool = False) -> str:
        """A number as the language writes it; the word for none where there is none."""
        if value is None:
            return self("missing")
        return number_text(value, decimals, sign=sign, language=self.language)

    def percent(self, value: float | None, decimals: int = 1, *, sign: bool = True) -> str:
        """A percentage, by default with its sign."""
        return self("missing") if value is None else self.number(value, decimals, sign=sign) + _PERCENT[self.language]

    def name(self, row: dict[str, Any], stem: str) -> str:
        """The name in this language, of a row with ``<stem>_sv`` and ``<stem>_en``; the other one where it is empty."""
        other = next(code for code in LANGUAGES if code != self.language)
        return str(row.get(f"{stem}_{self.language}") or row.get(f"{stem}_{other}") or "")

    def of_100(self, low: float | None, high: float | None) -> str:
        """Between how many of a hundred futures."""
        if low is None or high is None:
            return self("missing")
        one, other = self._one_of_100(low), self._one_of_100(high)
        return one if one == other else self("from_to", low=one, high=other)

    def _one_of_100(self, fraction: float) -> str:
        # As scenarios.probability says it: no number of draws makes an outcome certain.
        if fraction < 0.01:
            return self("fewer_than_1")
        return self("more_than_99") if fraction > 0.99 else self.number(fraction * 100)


@lru_cache
def _texts() -> dict[str, dict[str, str]]:
    loaded: dict[str, dict[str, str]] = yaml.safe_load(
        files("klimat_pipeline.reports").joinpath("words.yaml").read_text(encoding="utf-8")
    )
    return loaded
