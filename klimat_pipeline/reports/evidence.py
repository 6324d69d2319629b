"""Sections on what the account is worth: the place among others, uncertainty, checks, sources and method.

What does not belong here: the figures themselves (``standing``).
"""

import re
from collections.abc import Iterator
from typing import Any

from klimat_pipeline.charts import climate_account as charts
from klimat_pipeline.explanations.database import Row
from klimat_pipeline.reports.parts import Cell, Code, Figure, Paragraph, Part, Section, Table
from klimat_pipeline.reports.town import TOTAL, Town

#: Indicators that are compared, as they are listed, with their decimals.
_INDICATORS = {"change_since_baseline": 1, "per_resident": 2, "compound_change": 2, "emissions": 0}
#: Indicators that the strip draws: sizes of municipalities differ too much for a scale.
_DRAWN = ("change_since_baseline", "per_resident", "compound_change")
#: The middle part of the municipalities that the strip draws: one far-off would leave no room for the others.
_FROM, _TO = 0.01, 0.99
_FACTORS = 6
#: Begins the name of what a municipality's other plans save on a line.
_OTHER_PLANS = "other_plans_"


def place(town: Town) -> Section:
    """Rank among all and in the county, median and nation, and a strip with everybody."""
    words = town.words
    section = Section("place", words("place"))
    rows = {row["indicator"]: row for row in town.headline("municipality_comparison", target_id=TOTAL)}
    shown = [rows[name] for name in _INDICATORS if rows.get(name, {}).get("indicator_value") is not None]
    if not shown:
        return section
    names = {row["municipality_code"]: row["municipality_name"] for row in town.database.rows("municipalities")}
    similar = ", ".join(names.get(code, code) for code in (shown[0]["similar_codes"] or "").split())
    section.parts += [
        Paragraph(words("place_text", similar=similar or words("missing"))),
        _places(town, shown),
        _strip(town, [row["indicator"] for row in shown if row["indicator"] in _DRAWN]),
    ]
    return section


def _places(town: Town, shown: list[Row]) -> Table:
    words = town.words
    rows = []
    for row in shown:
        decimals = _INDICATORS[row["indicator"]]
        rows.append(
            [
                _indicator(town, row),
                words.number(row["indicator_value"], decimals),
                _of(town, row["rank"], row["compared"]),
                _of(town, row["county_rank"], row["county_compared"]),
                words.number(row["median_value"], decimals),
                words.number(row["nation_value"], decimals) if row["nation_value"] is not None else "",
            ]
        )
    columns = [words(name) for name in ("indicator", "value", "rank", "county_rank", "median", "nation")]
    return Table(words("place_caption", place=town.name), columns, rows, frozenset(range(1, 6)))


def _indicator(town: Town, row: Row) -> str:
    """Name of an indicator with the year that it counts from, which only its own text says."""
    years = re.findall(r"\b(?:19|20)\d\d\b", row["indicator_text"])
    name = town.words(f"indicator_{row['indicator']}", first=years[0] if years else "")
    return f"{name} ({town.residents})" if row["indicator"] == "per_resident" and town.residents else name


def _of(town: Town, rank: int | None, compared: int | None) -> str:
    return town.words("of", rank=rank, all=compared) if rank is not None else town.words("missing")


def _strip(town: Town, indicators: list[str]) -> Figure:
    words = town.words
    points: list[dict[str, Any]] = []
    rows: list[list[str]] = []
    for indicator in indicators:
        found = town.database.rows("municipality_comparison", indicator=indicator, target_id=TOTAL, is_headline=1)
        known = sorted(row["indicator_value"] for row in found if row["indicator_value"] is not None)
        least, most = known[int(_FROM * (len(known) - 1))], known[int(_TO * (len(known) - 1))]
        own = next(row for row in found if row["municipality_code"] == town.code)
        label = _indicator(town, own)
        ticks = [("others", value) for value in known if least <= value <= most]
        drawn = len(ticks)
        ticks += [("median", own["median_value"]), ("own", own["indicator_value"])]
        points += [{"indicator": label, "who": who, "value": value} for who, value in ticks]
        decimals = _INDICATORS[indicator]
        five = ("lowest_value", "q25_value", "median_value", "q75_value", "highest_value", "indicator_value")
        values = (words.number(own[name], decimals) for name in five)
        rows.append([label, *values, words("of", rank=drawn, all=len(known))])
    named = {"own": town.name, "median": words("median"), "others": words("others"), "unit": ""}
    caption = words("strip_caption", place=town.name)
    columns = [words("indicator"), "Min", "25 %", words("median"), "75 %", "Max", town.name, words("drawn")]
    return town.figure(
        charts.strip(points, named), "place", caption, Table(caption, columns, rows, frozenset(range(1, 8)))
    )


def uncertainty(town: Town) -> Section:
    """What the forecasts are worth, what they hang on, and what the source says of itself."""
    words, row = town.words, town.total
    section = Section("uncertainty", words("uncertainty"))
    classes = [
        f"{words.name(sector, 'sector_name')} {sector['quality_class_national']}/{sector['quality_class_geography']}"
        for sector in town.database.rows("sectors")
        if sector["quality_class_national"]
    ]
    section.parts.append(Paragraph(words("uncertainty_text", classes="; ".join(classes) or words("missing"))))
    projected = (row.get(name) for name in ("projected_t_co2e", "projected_without_last_t_co2e", "target_year"))
    if all(value is not None for value in projected):
        section.parts.append(
            Paragraph(
                words(
                    "uncertainty_one_year",
                    trend_from=row["trend_from_year"],
                    projected=words.number(row["projected_t_co2e"]),
                    year=row["target_year"],
                    without=words.number(row["projected_without_last_t_co2e"]),
                )
            )
        )
    section.parts += [*_chances(town), *_hangs_on(town)]
    return section


def _chances(town: Town) -> Iterator[Table]:
    words = town.words
    chances = {row["scenario"]: row for row in town.headline("target_probability", target_id=TOTAL)}
    shown = [chances[name] for name in town.scenarios if name in chances]
    if not shown:
        return
    yield Table(
        words("chance_caption", year=shown[0]["target_year"], unit=words("unit_t")),
        [words(name) for name in ("scenario", "low", "middle", "high", "reach")],
        [
            [
                town.scenario_name(row["scenario"]),
                _end(town, row["p05_t"]),
                words.number(row["p50_t"]),
                _end(town, row["p95_t"]),
                words.of_100(row["probability_low_fraction"], row["probability_high_fraction"]),
            ]
            for row in shown
        ],
        frozenset({1, 2, 3, 4}),
    )


def _end(town: Town, tonnes: float | None) -> str:
    """An end of a scenario's range, which a plan that states none does not have."""
    return town.words("no_range") if tonnes is None else town.words.number(tonnes)


def _hangs_on(town: Town) -> Iterator[Table]:
    words = town.words
    rows = town.headline("target_sensitivity", target_id=TOTAL, scenario="with_actions")
    rows = sorted(rows, key=lambda row: row["factor_rank"])[:_FACTORS]
    if not rows:
        return
    yield Table(
        words(
            "sensitivity_caption", year=town.total.get("target_year"), scenario=town.scenario_name(town.scenarios[-1])
        ),
        [words("factor"), words("shift")],
        [[_factor(town, row), words.number(row["shift_t"])] for row in rows],
        frozenset({1}),
    )


def _factor(town: Town, row: Row) -> str:
    if row["factor_kind"] != "action":
        return town.words.known("factor", row["factor_kind"])
    if row["factor"].startswith(_OTHER_PLANS):
        return town.words("factor_other_plans", line=town.line_name(row["factor"].removeprefix(_OTHER_PLANS)))
    return town.words("factor_action", name=town.action_names.get(row["factor"], row["factor"].replace("_", " ")))


def quality(town: Town) -> Section:
    """How many checks there were, and the remarks on this municipality."""
    words = town.words
    findings = town.database.rows("data_quality")
    failed = [row for row in findings if row["outcome"] == "failed"]
    checks = {(row["table_name"], row["check_name"]) for row in findings}
    with_remark = {(row["table_name"], row["check_name"]) for row in failed}
    section = Section("quality", words("quality"))
    section.parts.append(
        Paragraph(
            words(
                "quality_text",
                checks=words.number(len(checks)),
                passed=words.number(len(checks - with_remark)),
                failed=words.number(len(with_remark)),
            )
        )
    )
    if "municipality_codes" not in town.database.columns("data_quality"):  # published by an older version
        return section
    concerned = [(row, row["municipality_codes"].split()) for row in failed]
    own = [(row, codes) for row, codes in concerned if town.code in codes]
    section.parts.append(Paragraph(words("quality_own", own=words.number(len(own)), place=town.name)))
    if own:
        columns = [words(name) for name in ("check", "finding", "remarks", "concerned")]
        caption = words("quality_caption", place=town.name)
        section.parts += [
            Table(caption, columns, _by_check(town, own), frozenset({2, 3})),
            Paragraph(words("more_findings")),
        ]
    return section


def _by_check(town: Town, own: list[tuple[Row, list[str]]]) -> list[list[Cell]]:
    """A row a check: its first remark, how many there are, how many municipalities they concern; local ones first."""
    by_check: dict[str, list[tuple[Row, list[str]]]] = {}
    for row, codes in own:
        by_check.setdefault(row["check_name"], []).append((row, codes))
    counted = [(len({code for _, codes in found for code in codes}), name, found) for name, found in by_check.items()]
    return [
        [
            town.words.known("check", name),
            town.remark(found[0][0]),
            town.words.number(len(found)),
            town.words.number(concerned),
        ]
        for concerned, name, found in sorted(counted, key=lambda one: one[0])
    ]


def sources(town: Town) -> Section:
    """Releases, and the municipality's own files, with their hashes."""
    words = town.words
    section = Section("sources", words("sources"), [Paragraph(words("sources_text"))])
    rows: list[list[Cell]] = [
        [
            f"{row['source']}, {row['release_id']}",
            str(row["report_date"] or row["retrieved_at"])[:10],
            Code(row["sha256"]),
        ]
        for row in town.releases.values()
    ]
    rows += [
        [str(row["item_name"]), "", Code(row["sha256"] or "")]
        for row in town.database.rows("run_manifest")
        if row["item_kind"] in ("configuration", "ledger")
        and f"/{town.code}_" in f"/{row['item_name']}"
        and ".example." not in row["item_name"]
    ]
    columns = [words(name) for name in ("what", "date", "hash")]
    section.parts.append(Table(words("sources_caption"), columns, rows))
    if town.of("spend_by_category"):
        section.parts.append(Paragraph(words("figaro")))
    return section


def method(town: Town) -> Section:
    """What was counted, on what conventions, and how to follow a figure."""
    words, row = town.words, town.total
    parts: list[Part] = [
        Paragraph(words("how_1", gwp=row.get("gwp_set", "AR5"))),
        *(Paragraph(words(f"how_{n}")) for n in (2, 3)),
    ]
    if row:
        key = f"municipality_code={town.code} target_id={TOTAL} year={row['year']}"
        parts += [
            Paragraph(words("how_4")),
            Paragraph(f"klimat explain sector_indicators {key}", is_code=True),
        ]
    return Section("method", words("how"), parts)


def method_in_brief(town: Town) -> Section:
    """The same in one paragraph."""
    words, row = town.words, town.total
    release = town.releases.get(row.get("release_id", ""), {})
    text = words(
        "short_method",
        source=release.get("source", words("missing")),
        release=row.get("release_id", ""),
        hash=str(release.get("sha256", ""))[:12],
        gwp=row.get("gwp_set", ""),
        code=town.code,
    )
    return Section("method", words("method_heading"), [Paragraph(text)])
