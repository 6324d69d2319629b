"""Sections on where the municipality stands: the headline, its sectors against their targets, the scopes.

What does not belong here: what was changed (``changed``) and how sure it is (``evidence``).
"""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from klimat_pipeline.charts import climate_account as charts
from klimat_pipeline.explanations.database import Row
from klimat_pipeline.reports.parts import Figure, Foreign, KeyFigure, KeyFigures, Paragraph, Part, Section, Table
from klimat_pipeline.reports.town import TOTAL, Town

_TONES = {"reached": "good", "on_track": "good", "behind": "bad"}
#: A sector that the source has in late years only is told from this share of the total on, per cent.
_LATE_PCT = 1.0
#: Scope of what stands beside scope 1.
_MEMO = "memo"
#: Targets that the panels show at most.
_PANELS = 9


def headline(town: Town) -> Section:
    """Change, against target, how sure, and the course of the total."""
    words, row = town.words, town.total
    section = Section("headline", words("headline"))
    if not row:
        return section
    section.parts.append(KeyFigures([*_change(town, row), _target(town, row), *_chance(town)]))
    section.parts += [*_late_sectors(town, row), course(town)]
    return section


def _late_sectors(town: Town, total: Row) -> Iterator[Paragraph]:
    """Sectors that are zero in every year before one: a total is compared across a break there."""
    words, now, base = town.words, total["emissions_t_co2e"], total["baseline_t_co2e"]
    for code, name in town.sector_names.items():
        own = [row for row in town.indicators if row["sector_codes"] == code and row["target_id"] == code]
        first = next((row["year"] for row in own if row["emissions_t_co2e"]), None)
        if first is None or first == own[0]["year"] or own[-1]["year"] != total["year"]:
            continue
        tonnes = own[-1]["emissions_t_co2e"]
        if tonnes <= now * _LATE_PCT / 100.0:
            continue
        said = {"now": words.number(now), "year": total["year"], "tonnes": words.number(tonnes), "first": first}
        without = ""
        if base and total["baseline_year"] < first:
            change = words.percent(((now - tonnes) / base - 1.0) * 100.0)
            without = words("late_without", change=change, base=total["baseline_year"])
        yield Paragraph(words("late_sector", sector=name[:1].lower() + name[1:], without=without, **said))


def _change(town: Town, row: Row) -> Iterator[KeyFigure]:
    words = town.words
    if row["change_pct"] is None:
        each = words.number(row["emissions_per_resident_t_co2e"], 1)
        text = words("key_emissions_text", resident=each)
        text += f" ({town.residents})." if town.residents else "."
        value = words.number(row["emissions_t_co2e"])
        yield KeyFigure(words("key_emissions", year=row["year"]), value, text)
        return
    yield KeyFigure(
        words("key_change", **{"from": row["baseline_year"], "to": row["year"]}),
        words.percent(row["change_pct"]),
        words(
            "key_change_text",
            base=words.number(row["baseline_t_co2e"]),
            now=words.number(row["emissions_t_co2e"]),
            gwp=row["gwp_set"],
            basis=words.known("basis", row["basis"]),
            nation=words.percent(row["nation_change_pct"]),
        ),
    )


def _target(town: Town, row: Row) -> KeyFigure:
    words, needed = town.words, row["required_t_co2e_per_year"]
    if row["target_pct"] is None or row["gap_t_co2e"] is None:
        return KeyFigure(words("key_no_target"), words("key_no_target_value"), words("key_no_target_text"))
    return KeyFigure(
        words("key_target", pct=words.percent(row["target_pct"], 0), year=row["target_year"]),
        words.number(abs(row["gap_t_co2e"])),
        words(
            "key_target_text",
            side=words("above" if row["gap_t_co2e"] > 0 else "below"),
            now_year=row["year"],
            path=words.number(row["target_path_t_co2e"]),
            target=words.number(row["target_t_co2e"]),
            year=row["target_year"],
            pace=words("key_pace", tonnes=words.number(-needed), now_year=row["year"]) if needed and needed < 0 else "",
        ),
        words.known("status", row["status"]),
        _TONES.get(row["status"], ""),
    )


def _chance(town: Town) -> Iterator[KeyFigure]:
    words = town.words
    chances = {row["scenario"]: row for row in town.headline("target_probability", target_id=TOTAL)}
    usual = chances.get("business_as_usual")
    if usual is None:
        return
    said = [words("key_chance_text")]
    plan = chances.get(town.scenarios[-1])
    if plan is not None:
        low, high = plan["probability_low_fraction"], plan["probability_high_fraction"]
        name, chance = town.scenario_name(plan["scenario"]), words.of_100(low, high)
        depends = words("key_chance_depends") if chance != words.of_100(low, low) else ""
        said.append(words("key_chance_plan", scenario=name[:1].upper() + name[1:], chance=chance, depends=depends))
    said.append(words.known("evidence", usual["forecast_evidence"]))
    value = words.of_100(usual["probability_low_fraction"], usual["probability_high_fraction"])
    yield KeyFigure(words("key_chance"), value, " ".join(filter(None, said)))


def course(town: Town) -> Figure:
    """The total over the years, and the ways ahead."""
    words = town.words
    own = [row for row in town.indicators if row["target_id"] == TOTAL]
    points = list(_points(own))
    now = points[0] | {"year": own[-1]["year"], "kt": _level(own, own[-1]) / 1000.0}
    ahead = town.headline("pathways", line=TOTAL)
    bands = []
    for scenario in town.scenarios:
        rows = sorted((row for row in ahead if row["scenario"] == scenario), key=lambda row: row["year"])
        points += [now | {"line": scenario}] if rows else []
        points += [_point(scenario, row["year"], row["p50_t"]) for row in rows if row["p50_t"] is not None]
        wide = [row for row in rows if row["p05_t"] is not None]
        bands += [{"line": scenario, "year": now["year"], "low": now["kt"], "high": now["kt"]}] if wide else []
        bands += [
            {"line": scenario, "year": r["year"], "low": r["p05_t"] / 1000, "high": r["p95_t"] / 1000} for r in wide
        ]
    caption = words("course_caption" if town.goals else "course_caption_plain", place=town.name)
    chart = charts.course(points, bands, _line_words(town))
    return town.figure(chart, "course", caption, _points_table(town, points, caption))


def sectors(town: Town) -> Section:
    """The main sectors, the targets with path, gap and trend, and the course of each."""
    words, total = town.words, town.total
    section = Section("sectors", words("sectors"))
    if not total:
        return section
    section.parts += [Paragraph(words("sectors_text")), sector_table(town)]
    if town.goals:
        notes = [words("targets_notes")] if any(row["note"] for row in town.goals) else []
        section.parts += [Paragraph(" ".join([words("targets_text"), *notes])), goal_table(town)]
    section.parts.append(_panels(town))
    return section


def sector_table(town: Town) -> Table:
    """Every main sector once, and the total."""
    words, total = town.words, town.total
    # A sector that is a target has its row there, with the base year of the target.
    single = {row["sector_codes"]: row for row in town.latest if row["sector_codes"] in town.sector_names}
    rows = [*(single[code] for code in town.sector_names if code in single), total]
    rows.sort(key=lambda row: (row["target_id"] == TOTAL, -row["emissions_t_co2e"]))
    return Table(
        words("sectors_caption", year=total["year"], unit=words("unit_t")),
        [
            words("sector"),
            words("tonnes"),
            words("share"),
            words("base_year"),
            words("change"),
            words("nation"),
            words("trend", since=_since(town, rows)),
        ],
        [
            [
                words(TOTAL) if row["target_id"] == TOTAL else town.sector_names[row["sector_codes"]],
                words.number(row["emissions_t_co2e"]),
                words.percent(row["share_of_total_pct"], sign=False),
                str(row["baseline_year"] or words("missing")),
                words.percent(row["change_pct"]),
                words.percent(row["nation_change_pct"]),
                words.percent(row["trend_compound_pct_per_year"]),
            ]
            for row in rows
        ],
        frozenset(range(1, 7)),
        last_is_sum=True,
    )


def goal_table(town: Town, *, notes: bool = True) -> Table:
    """Targets with base, level to come, gap, pace needed, trend and status."""
    words = town.words
    return Table(
        words("targets_caption", year=town.total["year"]),
        [
            words("target"),
            words("base_year"),
            words("change"),
            words("goal"),
            words("by_year"),
            words("gap_to_line"),
            words("needed", year=town.total["year"]),
            words("trend_t", since=_since(town, town.goals)),
            words("status"),
        ],
        [
            [
                town.target_names[row["target_id"]],
                str(row["baseline_year"]),
                words.percent(row["change_pct"]),
                words.percent(row["target_pct"], 0),
                str(row["target_year"]),
                words.number(row["gap_t_co2e"], sign=True),
                words.number(row["required_t_co2e_per_year"], sign=True),
                words.number(row["trend_t_co2e_per_year"], sign=True),
                words.known("status", row["status"]),
            ]
            for row in town.goals
        ],
        frozenset(range(1, 8)),
        notes=[
            (town.target_names[row["target_id"]], Foreign(row["note"])) for row in town.goals if row["note"] and notes
        ],
    )


def _since(town: Town, rows: list[Row]) -> str:
    """The year that a trend begins in, for a column's name; nothing where no row has a trend."""
    years = sorted({row["trend_from_year"] for row in rows if row["trend_from_year"] is not None})
    return town.words("since", year=", ".join(map(str, years))) if years else ""


def _panels(town: Town) -> Figure:
    words = town.words
    shown = [row["target_id"] for row in town.goals if row["target_id"] != TOTAL]
    if not shown:
        largest = sorted(town.latest, key=lambda row: -row["emissions_t_co2e"])
        shown = [row["target_id"] for row in largest if row["sector_codes"] in town.sector_names][:_PANELS]
    points: list[dict[str, Any]] = []
    for target in shown:
        own = [row for row in town.indicators if row["target_id"] == target]
        points += [{"panel": town.target_names[target], **point} for point in _points(own)]
    caption = words("sector_paths_caption" if town.goals else "sector_paths_caption_plain")
    chart = charts.panels(points, _line_words(town))
    return town.figure(chart, "sector-paths", caption, _points_table(town, points, caption))


def _points(own: list[Row]) -> Iterator[dict[str, Any]]:
    """Emissions, the nation's course and the line to the target, on one level all the way."""
    end = own[-1]
    one = len({row["basis"] for row in own}) == 1
    base = end["baseline_t_co2e" if one else "baseline_reported_t_co2e"]
    yield from (_point("emissions", row["year"], _level(own, row)) for row in own)
    if base is None:
        return
    for row in own:
        if row["nation_change_pct"] is not None:
            yield _point("nation", row["year"], base * (1.0 + row["nation_change_pct"] / 100.0))
    if end["target_pct"] is not None and end["target_year"] is not None:
        yield _point("target", end["baseline_year"], base)
        yield _point("target", end["target_year"], base * (1.0 + end["target_pct"] / 100.0))


def _level(own: list[Row], row: Row) -> float:
    one = len({each["basis"] for each in own}) == 1
    return float(row["emissions_t_co2e" if one else "emissions_reported_t_co2e"])


def _point(line: str, year: int, tonnes: float) -> dict[str, Any]:
    return {"line": line, "year": year, "kt": tonnes / 1000.0}


def _line_words(town: Town) -> dict[str, str]:
    return {kind: town.scenario_name(kind) for kind in charts.LINES} | {"unit": town.words("unit_kt")}


def _points_table(town: Town, points: list[dict[str, Any]], caption: str) -> Table:
    """The points of a chart, a row a panel and year, a column a line."""
    words = town.words
    lines = [kind for kind in charts.LINES if any(point["line"] == kind for point in points)]
    ordered = sorted(points, key=lambda point: (point.get("panel", ""), point["year"]))
    rows = []
    for (panel, year), found in groupby(ordered, key=lambda point: (point.get("panel", ""), point["year"])):
        level = {point["line"]: point["kt"] for point in found}
        values = [words.number(level[line], 1) if line in level else "" for line in lines]
        rows.append([f"{panel} {year}".strip(), *values])
    columns = [words("year"), *(town.scenario_name(line) for line in lines)]
    return Table(f"{caption} ({words('unit_kt')})", columns, rows, frozenset(range(1, len(lines) + 1)))


def scopes(town: Town) -> Section:
    """Scopes by boundary and method, never added over either."""
    words = town.words
    parts: list[Part] = [Paragraph(words("scopes_text"))]
    found = [row for row in town.headline("scope_indicators") if row["scope3_category"] == 0]
    key = ("boundary", "scope", "method", "scope2_basis")
    rows = []
    for names, group in groupby(
        sorted(found, key=lambda row: (row["boundary"] != "territory", *(row[name] for name in key), row["year"])),
        key=lambda row: tuple(row[name] for name in key),
    ):
        own = list(group)
        known = [row for row in own if row["emissions_t_co2e"] is not None]
        boundary, scope, method, basis = names
        how = ", ".join(filter(None, (words.known("method", method), words.known("scope2", basis))))
        if scope == "1+2":  # the rest says how scope 2 was counted
            how = words(f"sum_{boundary}", how=how)
        first, last = (known[0], known[-1]) if known else (None, own[-1])
        change = last["change_pct"] if first and first["year"] != last["year"] else None
        rows.append(
            [
                words.known("boundary", boundary),
                words.known("scope", scope),
                how,
                f"{words.number(first['emissions_t_co2e'])} ({first['year']})" if first else "",
                f"{words.number(last['emissions_t_co2e'])} ({last['year']})" if first else last["notation_key"] or "NE",
                f"{words.percent(change)} ({last['baseline_year']})" if change is not None else words("not_compared"),
                ", ".join([words.known("gwp", last["gwp_set"]), *(last["notation_key"] or "").split()]),
            ]
        )
    if any(row["scope"] == _MEMO for row in found):
        parts.append(Paragraph(words("scopes_memo")))
    named = ("boundary", "scope", "method", "first", "latest", "change_since", "gwp_and_keys")
    columns = [words(name) for name in named]
    parts.append(Table(words("scopes_caption", unit=words("unit_t")), columns, rows, frozenset({3, 4, 5})))
    return Section("scopes", words("scopes"), parts)
