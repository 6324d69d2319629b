"""Sections on what was changed: local corrections, and why the figures are others than last time.

What does not belong here: computing either (``corrected``, ``indicators.indicator_change_explained``).
"""

from klimat_pipeline.explanations.database import Row
from klimat_pipeline.reports.parts import Foreign, Paragraph, Piece, Section, Table
from klimat_pipeline.reports.town import TOTAL, Town

_PCT, _TONNES, _APPLIED = "change_pct", "emissions_t_co2e", "applied"


def corrections(town: Town) -> Section:
    """Every correction: what it replaces, by how much, why, and who decided."""
    words = town.words
    section = Section("corrections", words("corrections"))
    found = town.of("corrections")
    if not found:
        section.parts.append(Paragraph(words("corrections_none")))
        return section
    shown: dict[tuple[str, int], Row] = {}
    # One row a correction and year: where it applies, the release shown here before others.
    for row in sorted(found, key=lambda row: (row["correction_status"] != _APPLIED, not row["is_current_release"])):
        shown.setdefault((row["correction_id"], row["year"]), row)
    now = {
        name for (name, _), row in shown.items() if row["correction_status"] == _APPLIED and row["is_current_release"]
    }
    reasons = {row["correction_id"]: row for row in found}
    section.parts += [
        Paragraph(
            words("corrections_text", applied=words.number(len(now)), other=words.number(len(reasons.keys() - now)))
        ),
        Table(
            words("corrections_caption"),
            [words(name) for name in ("sector", "year", "before", "after", "effect", "release", "status")],
            [
                [
                    town.sector_names.get(row["sector_code"], row["sector_code"]),
                    str(row["year"]),
                    words.number(row["before_t"]),
                    words.number(row["after_t"]),
                    words.number(row["effect_t"], sign=True),
                    row["release_id"],
                    words("correction_applied" if row["correction_id"] in now else "correction_elsewhere"),
                ]
                for _, row in sorted(shown.items())
            ],
            frozenset({1, 2, 3, 4}),
            notes=[(name, _why(town, row)) for name, row in sorted(reasons.items())],
        ),
    ]
    return section


def _why(town: Town, row: Row) -> tuple[Piece, ...]:
    """Why, on what source and by whose decision, in the municipality's own words between ours."""
    reason = ". ".join(_capital(str(part).rstrip(".")) for part in (row["reason"], row["note"]) if part)
    source, by = (str(row[name]).rstrip(".") for name in ("source", "decided_by"))
    return (
        Foreign(f"{reason}. "),
        f"{town.words('source')}: ",
        Foreign(f"{source}. "),
        f"{town.words('decided')}: ",
        Foreign(by),
        f", {row['decided_on']}.",
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def changes(town: Town) -> Section:
    """The exact decomposition of what moved since the release before."""
    words = town.words
    section = Section("changes", words("changes"))
    rows = town.headline("indicator_change_explained")
    total = {
        measure: [row for row in rows if row["target_id"] == TOTAL and row["measure"] == measure]
        for measure in (_PCT, _TONNES)
    }
    if not total[_PCT] or any(row["part"] is None for row in total[_PCT]):
        section.parts.append(Paragraph(words("changes_none")))
        return section
    one = total[_PCT][0]
    section.parts += [
        Paragraph(
            words(
                "changes_text",
                **{"from": one["release_id_from"]},
                to=one["release_id_to"],
                year_from=one["year_from"],
                year_to=one["year_to"],
                value_from=words.percent(one["value_from"]),
                value_to=words.percent(one["value_to"]),
                difference=words.number(one["value_to"] - one["value_from"], 2, sign=True),
            )
        ),
        _parts(town, total[_PCT], total[_TONNES]),
    ]
    moved = next((row for row in town.headline("base_year_review", target_id=TOTAL)), {})
    if moved.get("base_revision_pct"):
        pct = words.percent(moved["base_revision_pct"], 2)
        revised = "base_revised" if town.goals else "base_revised_plain"
        section.parts.append(Paragraph(words(revised, year=moved["baseline_year"], pct=pct)))
    section.parts.append(_by_target(town, [row for row in rows if row["measure"] == _PCT]))
    return section


def _parts(town: Town, points: list[Row], tonnes: list[Row]) -> Table:
    words = town.words
    by_cause = {row["cause"]: row["part"] for row in tonnes}
    shown = sorted(points, key=lambda row: -abs(row["part"]))
    rows = [
        [
            words.known("cause", row["cause"]),
            words.number(row["part"], 2, sign=True),
            words.number(by_cause.get(row["cause"]), sign=True),
        ]
        for row in shown
    ]
    ends = [part[0]["value_to"] - part[0]["value_from"] if part else None for part in (points, tonnes)]
    rows.append([words("sum"), words.number(ends[0], 2, sign=True), words.number(ends[1], sign=True)])
    columns = [words(name) for name in ("cause", "points", "tonnes")]
    return Table(words("changes_caption"), columns, rows, frozenset({1, 2}), last_is_sum=True)


def _by_target(town: Town, rows: list[Row]) -> Table:
    words = town.words
    shown = {row["target_id"] for row in town.goals} or set(town.sector_names)
    causes = list(dict.fromkeys(row["cause"] for row in rows if row["part"]))
    lines = []
    for target in [name for name in town.target_names if name in shown]:
        own = {row["cause"]: row for row in rows if row["target_id"] == target and row["part"] is not None}
        if not own:
            continue
        one = next(iter(own.values()))
        parts = [words.number(own[cause]["part"], 2, sign=True) if cause in own else "" for cause in causes]
        ends = [words.percent(one["value_from"]), words.percent(one["value_to"])]
        lines.append([town.target_names[target], *ends, *parts])
    of = "target" if town.goals else "sector"
    columns = [words(of), words("from_value"), words("to_value"), *(words.known("cause", c) for c in causes)]
    return Table(words(f"changes_by_{of}_caption"), columns, lines, frozenset(range(1, len(columns))))
