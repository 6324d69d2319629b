"""Sections on what is done: the actions with their cost and the gap they leave, neutrality, and purchases.

What does not belong here: pathways' uncertainty (``evidence``).
"""

from collections.abc import Iterator
from typing import Any

from klimat_pipeline.charts import climate_account as charts
from klimat_pipeline.explanations.database import Row
from klimat_pipeline.reports.parts import Figure, Paragraph, Part, Section, Table
from klimat_pipeline.reports.town import COMPLETED, TOTAL, Town

#: Categories that are listed.
_LISTED = 12


def actions(town: Town) -> Section:
    """The plan's actions, what they leave of the gap, and what they cost."""
    words = town.words
    section = Section("actions", words("actions"))
    plan = town.of("climate_actions")
    if not plan:
        section.parts.append(Paragraph(words("actions_none")))
        return section
    gap = town.headline("gap_table", gap_basis="targets")
    total = next((row for row in gap if row["is_total"]), None)
    if total and total["residual_t"] is not None and total["target_t"] is not None:
        section.parts += [
            Paragraph(
                words(
                    "actions_text",
                    counting=words.number(len(plan) - len(_left_out(plan, total))),
                    count=words.number(len(plan)),
                    counted=words.number(total["actions_counted_t"]),
                    latest=words.number(total["latest_t"]),
                    residual=words.number(total["residual_t"]),
                    allowed=words.number(total["target_t"]),
                    year=total["target_year"],
                )
            ),
            *_not_counted(town, plan, total),
            *_beside_the_scenario(town, total),
            _waterfall(town, gap, total),
        ]
    section.parts += [Paragraph(_cost(town, plan)), action_table(town, plan)]
    section.parts += _neutrality(town)
    return section


def _left_out(plan: list[Row], total: Row) -> list[Row]:
    """Actions of the plan that the gap of a total does not count."""
    counted = total["action_ids"].split()
    return [row for row in plan if row["action_id"] not in counted]


def _not_counted(town: Town, plan: list[Row], total: Row) -> Iterator[Paragraph]:
    """Which actions do not count, by the reason."""
    words = town.words
    by_reason: dict[str, list[str]] = {}
    for row in _left_out(plan, total):
        if row["action_status"] == COMPLETED:
            reason = "completed"
        elif row["effect_t_per_year"] is None:
            reason = "without_effect"
        elif row["carrier"]:
            reason = "scope_2"
        else:
            reason = "elsewhere"
        by_reason.setdefault(reason, []).append(words.name(row, "name"))
    for reason, names in by_reason.items():
        yield Paragraph(words(f"actions_{reason}", names="; ".join(names)))


def _beside_the_scenario(town: Town, total: Row) -> Iterator[Paragraph]:
    """Why the scenario with all actions ends at another figure than the gap table."""
    chance = next(iter(town.headline("target_probability", target_id=TOTAL, scenario="with_actions")), {})
    if not town.actions_ahead or chance.get("p50_t") is None or chance["target_year"] != total["target_year"]:
        return
    words = town.words
    others = any(row["other_plans_t"] for row in town.headline("gap_table"))
    yield Paragraph(
        words(
            "actions_scenario",
            scenario=town.scenario_name("with_actions"),
            p50=words.number(chance["p50_t"]),
            year=chance["target_year"],
            latest_year=total["latest_year"],
            others=words("actions_scenario_others") if others else "",
        )
    )


def _cost(town: Town, plan: list[Row]) -> str:
    known = [row["cost_msek"] for row in plan if row["cost_msek"] is not None]
    if not known:
        return town.words("actions_cost_none")
    number = town.words.number
    return town.words("actions_cost", count=number(len(known)), all=number(len(plan)), cost=number(sum(known), 1))


def action_table(town: Town, plan: list[Row]) -> Table:
    """Actions, the largest first."""
    words = town.words
    per_tonne = {row["action_id"]: row for row in town.of("abatement_cost")}
    ordered = sorted(plan, key=lambda row: -(row["effect_t_per_year"] or 0.0))
    return Table(
        words("actions_caption"),
        [words(name) for name in ("action", "saves", "start", "status", "cost", "per_tonne")],
        [
            [
                words.name(row, "name"),
                words.number(row["effect_t_per_year"]),
                str(row["start_year"] or words("missing")),
                words.known("action", row["action_status"]),
                words.number(row["cost_msek"], 1) if row["cost_msek"] is not None else "NE",
                _krona(town, per_tonne.get(row["action_id"], {})),
            ]
            for row in ordered
        ],
        frozenset({1, 2, 4, 5}),
    )


def _krona(town: Town, row: Row) -> str:
    if row.get("sek_per_t") is None:
        return str(row.get("notation_key") or "NE")
    return town.words.number(row["sek_per_t"])


def _waterfall(town: Town, gap: list[Row], total: Row) -> Figure:
    words, level = town.words, total["latest_t"] / 1000.0
    bars: list[dict[str, Any]] = [_bar(town, words("step_level", year=total["latest_year"]), 0.0, level, "level")]
    lines = [row for row in gap if not row["is_total"] and not row["is_memo"] and row["actions_counted_t"]]
    steps = [(town.line_name(row["line"]), row["actions_counted_t"] / 1000.0) for row in lines]
    steps.sort(key=lambda step: -step[1])
    for name, saved in steps:
        bars.append(_bar(town, name, level - saved, level, "reduction"))
        level -= saved
    bars += [
        _bar(town, words("step_left", year=total["target_year"]), 0.0, total["residual_t"] / 1000.0, "level"),
        _bar(town, words("step_target", year=total["target_year"]), 0.0, total["target_t"] / 1000.0, "target"),
    ]
    caption = words("gap_caption", year=total["latest_year"], target_year=total["target_year"])
    named = {kind: words(f"kind_{kind}") for kind in ("level", "reduction", "target")} | {"unit": words("unit_kt")}
    table = Table(
        caption,
        [words("step"), words("unit_kt")],
        [[bar["step"], bar["label"]] for bar in bars],
        frozenset({1}),
    )
    return town.figure(charts.steps(bars, named), "gap", caption, table)


def _bar(town: Town, step: str, start: float, end: float, what: str) -> dict[str, Any]:
    size = -(end - start) if what == "reduction" else end - start
    return {"step": step, "from": start, "to": end, "what": what, "label": town.words.number(size, 1)}


def _neutrality(town: Town) -> list[Part]:
    words = town.words
    row = next(iter(town.headline("neutrality_balance", neutrality_basis="inventory")), None)
    if row is None or row["reduction_pct"] is None:
        return []
    if row["is_neutral"] is None:
        verdict = words("neutral_ne")
    elif row["is_neutral"]:
        verdict = words("neutral_yes")
    else:
        lacking = (row["reduction_shortfall_t"], row["sink_shortfall_t"])
        parts = ""
        if all(lacking):
            parts = words("neutral_parts", reduction=words.number(lacking[0]), sinks=words.number(lacking[1]))
        verdict = words("neutral_no", shortfall=words.number(row["shortfall_t"]), parts=parts)
    return [
        Paragraph(
            words(
                "neutrality_text",
                least=words.percent(row["min_reduction_pct"], 0, sign=False),
                cap=words.percent(row["cap_pct"], 0, sign=False),
                year=row["year"],
                reduction=words.percent(row["reduction_pct"], sign=False),
                verdict=verdict,
            )
        )
    ]


def purchases(town: Town) -> Section:
    """What was bought in the newest year of a ledger, and what it emits."""
    words = town.words
    section = Section("purchases", words("purchases"))
    found = town.of("spend_by_category")
    if found:
        section.parts += _bought(town, found)
    else:
        section.parts.append(Paragraph(words("purchases_none")))
    consumed = town.of("consumption_emissions")
    if consumed:
        value = words.number(consumed[-1]["emissions_per_resident_t_co2e"], 1)
        section.parts.append(Paragraph(words("consumption_text", value=value, year=consumed[-1]["year"])))
    return section


def _bought(town: Town, found: list[Row]) -> list[Part]:
    words = town.words
    year = max(row["year"] for row in found)
    rows = [row for row in found if row["year"] == year]
    spend, mapped = (sum(row[name] or 0.0 for row in rows) for name in ("spend_sek", "mapped_sek"))
    emitting = sorted(
        (row for row in rows if row["footprint_t_co2e"] is not None), key=lambda row: -row["footprint_t_co2e"]
    )
    parts: list[Part] = [
        Paragraph(
            words(
                "purchases_text",
                year=year,
                spend=words.number(spend),
                mapped=words.percent(mapped / spend * 100.0 if spend > 0 else None, sign=False),
                footprint=words.number(sum(row["footprint_t_co2e"] for row in emitting)),
                gwp=", ".join(sorted({str(row["factor_gwp_set"]) for row in emitting})),
            )
        )
    ]
    if any(row["is_stale"] for row in rows):
        parts.append(Paragraph(words("purchases_stale")))
    listed = emitting[:_LISTED]
    caption = words("purchases_caption", year=year)
    table = Table(
        caption,
        [words(name) for name in ("category", "kronor", "tonnes", "share", "intensity")],
        [
            [
                words.name(row, "category_name"),
                words.number(row["spend_sek"]),
                words.number(row["footprint_t_co2e"], 1),
                words.percent(row["share_of_footprint_pct"], sign=False),
                words.number(row["kg_co2e_per_sek"], 4),
            ]
            for row in listed
        ],
        frozenset({1, 2, 3, 4}),
    )
    bars = [
        {
            "name": words.name(row, "category_name"),
            "value": row["footprint_t_co2e"],
            "label": words.number(row["footprint_t_co2e"], 1),
        }
        for row in listed
    ]
    parts.append(town.figure(charts.largest(bars, {"unit": words("unit_t")}), "purchases", caption, table))
    parts.append(table)
    return parts + _spend_changes(town, year)


def _spend_changes(town: Town, year: int) -> list[Part]:
    words = town.words
    rows = [
        row
        for row in town.of("spend_change_explained", year_to=year)
        if row["explained_measure"] == "footprint_spend_t_co2e" and row["part_value"] is not None
    ]
    if not rows:
        return []
    one = rows[0]
    lines = [[words.known("part", row["change_part"]), words.number(row["part_value"], 1, sign=True)] for row in rows]
    lines.append([words("sum"), words.number(one["to_value"] - one["from_value"], 1, sign=True)])
    caption = words("spend_change_caption", **{"from": one["year_from"]}, to=one["year_to"])
    return [Table(caption, [words("cause"), words("tonnes")], lines, frozenset({1}), last_is_sum=True)]
