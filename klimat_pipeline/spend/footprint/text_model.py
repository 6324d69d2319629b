"""A text model for account texts that no rule knows: trained on the municipality's own classified lines, or not at all.

Character n-grams and a calibrated logistic regression (scikit-learn, which has to be installed). The texts it learns
from are those whose category the contract, the supplier or the municipality's own accounts have decided, because they
are knowledge; the shipped mappings are not. Below the threshold a text stays unmapped. What does not belong here:
rules (``classification``).
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from klimat_pipeline.configuration.spend_factors import SpendFactors
from klimat_pipeline.errors import ConfigurationError
from klimat_pipeline.spend.footprint.mappings import UNMAPPED

if TYPE_CHECKING:
    import duckdb

#: Texts per category that calibration by halves needs.
_LEAST = 4
_FOLDS = 2
_KNOWN = """
    SELECT account_text, category, sum(lines)::BIGINT AS lines FROM classified
    WHERE municipality_code = $code AND classified_by IN ('cpv', 'contract', 'supplier', 'own_account')
        AND account_text <> ''
    GROUP BY ALL ORDER BY ALL
"""
_ASKED = """
    SELECT DISTINCT account_text FROM classified
    WHERE municipality_code = $code AND classified_by = 'unmapped' AND account_text <> '' ORDER BY 1
"""


def model_categories(
    con: "duckdb.DuckDBPyConnection", wanted: Mapping[str, SpendFactors]
) -> list[tuple[str, str, str]]:
    """Categories for unmapped texts of the municipalities that want a model.

    Args:
        con: the database, with the view ``classified``.
        wanted: configuration of these municipalities.

    Returns:
        Municipality, account text, category; nothing where there are too few texts to learn from.
    """
    found = []
    for code, own in sorted(wanted.items()):
        known = con.execute(_KNOWN, {"code": code}).fetchall()
        asked = [row[0] for row in con.execute(_ASKED, {"code": code}).fetchall()]
        if not asked or sum(lines for _, _, lines in known) < own.text_model_min_lines:
            continue
        answers = learned([text for text, _, _ in known], [category for _, category, _ in known], asked)
        found += [
            (code, text, category)
            for text, (category, probability) in zip(asked, answers, strict=True)
            if category != UNMAPPED and probability >= own.text_model_threshold
        ]
    return found


def learned(texts: Sequence[str], categories: Sequence[str], asked: Sequence[str]) -> list[tuple[str, float]]:
    """The most likely category of each asked text, with its calibrated probability.

    Args:
        texts: known texts.
        categories: their categories.
        asked: texts without one.

    Returns:
        Category and probability by asked text; ``results.unmapped`` and 0 where fewer than two categories can be
        learned.

    Raises:
        ConfigurationError: scikit-learn is not installed.
    """
    try:
        from sklearn.calibration import CalibratedClassifierCV
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.model_selection import StratifiedKFold
        from sklearn.pipeline import make_pipeline
    except ImportError:
        raise ConfigurationError(
            "text_model in spend.yaml needs scikit-learn, which is not installed: pip install scikit-learn, or "
            "text_model: false."
        ) from None
    counts: dict[str, int] = {}
    for category in categories:
        counts[category] = counts.get(category, 0) + 1
    rows = [(text, category) for text, category in zip(texts, categories, strict=True) if counts[category] >= _LEAST]
    if len({category for _, category in rows}) < 2:
        return [(UNMAPPED, 0.0)] * len(asked)
    model = make_pipeline(
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), lowercase=True),
        CalibratedClassifierCV(
            LogisticRegression(max_iter=1000, C=10.0),
            method="sigmoid",
            cv=StratifiedKFold(n_splits=_FOLDS, shuffle=True, random_state=0),
        ),
    )
    model.fit([text for text, _ in rows], [category for _, category in rows])
    best = model.predict_proba(list(asked))
    return [(str(model.classes_[row.argmax()]), float(row.max())) for row in best]
