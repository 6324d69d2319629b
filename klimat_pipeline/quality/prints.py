"""Checks of what a municipality prints itself: does its document agree with itself, and with our inventory?

What does not belong here: the arithmetic of a gap table (``scenarios.print_arithmetic``, told by ``targets_and_gap``).
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from klimat_pipeline.quality.findings import Finding, failed, keys_of, not_applicable, passed
from klimat_pipeline.text import counted, percent_sv, tonnes_sv

Tables = Mapping[str, pd.DataFrame]
Row = dict[Hashable, Any]

#: A factor that misses its printed tonnes by more is not the one that was used, per cent.
FACTOR_PCT = 1.0
TOTAL = "total"
#: A difference from a print that nothing explains is a remark from this share of the print on.
UNEXPLAINED_PCT = 5.0
#: Table that the figures of published_gap.csv stand in, beside those that published_inventory.csv names.
GAP_TABLE = "gap"
_FIGURE = ["municipality_code", "same", "scopes", "year"]


def print_explained(tables: Tables) -> Sequence[Finding]:
    """Whether more of a printed figure than 5 per cent differs from ours without a cause that was computed."""
    frame = tables["inventory/inventory_reconciliation"]
    shown = frame[frame["is_current_release"] & frame["published_t"].notna() & frame["part_t"].notna()]
    if shown.empty:
        return [not_applicable("no municipality has given its published inventory")]
    limit = shown["published_t"].abs() * UNEXPLAINED_PCT / 100
    open_ = shown[(shown["difference_cause"] == "unexplained") & (shown["part_t"].abs() > limit)]
    if open_.empty:
        return [
            passed(f"{len(shown)} parts of differences, none unexplained beyond {UNEXPLAINED_PCT:g} % of its print")
        ]
    keys = ["municipality_code", "print_table", "line", "scope", "year"]
    return [
        failed(
            f"{code}, release {release}: "
            f"{counted(len(rows), 'printed figure differs', 'printed figures differ')} from ours for no "
            "computed reason by more "
            f"than {UNEXPLAINED_PCT:g} % of the print, the most {worst.line} scope {worst.scope} {worst.year} "
            f"({worst.part_t:+,.0f} t of {worst.published_t:,.0f} t)",
            message_sv=f"'{code}', utgåva {release}: "
            f"{counted(len(rows), 'tryckt siffra skiljer sig', 'tryckta siffror skiljer sig')} från våra med mer än "
            f"{percent_sv(UNEXPLAINED_PCT, None)} utan att vi kan räkna fram varför, mest '{worst.line}' scope "
            f"{worst.scope} {worst.year} ({tonnes_sv(worst.part_t, sign=True)} av {tonnes_sv(worst.published_t)})",
            observed=f"{worst.part_t:+,.0f} t",
            threshold=f"{UNEXPLAINED_PCT:g} % of the print",
            keys=keys_of(rows, keys),
            count=len(rows),
            likely_cause="another release, other factors, another method or boundary: nothing here can tell which; a "
            "local correction (corrections.yaml) or a note in published_inventory.csv says what is known",
        )
        for (code, release), rows in open_.groupby(["municipality_code", "release_id"])
        for worst in rows.loc[[rows["part_t"].abs().idxmax()]].itertuples()
    ]


def print_lines_sum(tables: Tables) -> Sequence[Finding]:
    """Whether the lines of a printed inventory sum to its printed totals."""
    printed = tables["clean/published_inventory"]
    printed = printed[printed["published_t"].notna() & (printed["scopes"] != "memo")]
    keys = ["municipality_code", "print_table", "year"]
    wrong, right = [], 0
    for row in printed[printed["print_line"] == TOTAL].itertuples():
        scopes = set(row.scopes.split("+"))
        lines = printed[
            (printed["print_line"] != TOTAL)
            & (printed[keys] == [getattr(row, key) for key in keys]).all(axis=1)
            & printed["scopes"].map(lambda text, scopes=scopes: set(text.split("+")) <= scopes)
        ]
        off = float(lines["published_t"].sum()) - row.published_t
        if abs(off) > row.rounding_t * (len(lines) + 1):
            wrong.append((row, off))
        else:
            right += 1
    if not wrong:
        return [passed(f"{right} printed totals are the sums of their lines")]
    return [
        failed(
            f"{row.municipality_code} table {row.print_table}, {row.year}, scope {row.scopes}: the printed lines sum "
            f"to {row.published_t + off:,.0f} t, the printed total is {row.published_t:,.0f} t ({off:+,.0f} t)",
            message_sv=f"'{row.municipality_code}', tabell {row.print_table}, {row.year}, scope {row.scopes}: de "
            f"tryckta raderna summerar till {tonnes_sv(row.published_t + off)}, den tryckta summan är "
            f"{tonnes_sv(row.published_t)} ({tonnes_sv(off, sign=True)})",
            observed=f"{row.published_t + off:,.0f} t",
            threshold=f"{row.published_t:,.0f} t",
            keys=(
                f"municipality_code={row.municipality_code}, print_table={row.print_table}, year={row.year}, "
                f"scope={row.scopes}",
            ),
            count=1,
            likely_cause="a print error, or lines of the print that were not entered",
        )
        for row, off in wrong
    ]


def print_tables_agree(tables: Tables) -> Sequence[Finding]:
    """Whether two tables of a document print the same figure for the same line, and one total to the digit."""
    found = _figures(tables)
    groups = found.groupby(_FIGURE)["published_t"]
    off = groups.transform("max") - groups.transform("min")
    # A total is quoted: where two tables round it differently, a reader sees two of them.
    limit = (2 * found["rounding_t"]).where(found["print_line"] != TOTAL, 0.0)
    apart = found[off > limit]
    if apart.empty:
        return [passed("no two tables print different figures for a line")]
    return [
        failed(
            f"{code} {rows['print_line'].iloc[0]} scope {scope} {year}: "
            + "; ".join(f"table {r.print_table} prints {r.published_t:,.0f} t" for r in rows.itertuples()),
            message_sv=f"'{code}', '{rows['print_line'].iloc[0]}' scope {scope} {year}: "
            + "; ".join(f"{_table_sv(r.print_table)} anger {tonnes_sv(r.published_t)}" for r in rows.itertuples()),
            observed=" / ".join(f"{r.published_t:,.0f}" for r in rows.itertuples()),
            threshold="one figure",
            keys=(f"municipality_code={code}, print_line={rows['print_line'].iloc[0]}, scope={scope}, year={year}",),
            count=len(rows),
            likely_cause="one of the tables rounds what the other prints with more digits"
            if rows["published_t"].max() - rows["published_t"].min() <= rows["rounding_t"].sum()
            else "one of the two is a print error, or they mean different things",
        )
        for (code, _, scope, year), rows in apart.groupby(_FIGURE)
    ]


def _table_sv(name: str) -> str:
    return "gap-tabellen" if name == GAP_TABLE else f"tabell {name}"


def _figures(tables: Tables) -> pd.DataFrame:
    """Every printed figure of inventory and gap table, and what makes two of them the same (``same``).

    What the gap table repeats of a table that ``published_inventory.csv`` holds already is left out.
    """
    printed, gap = tables["clean/published_inventory"], tables["clean/published_gap"]
    named = {"line": "print_line", "baseline_year": "year", "baseline_t": "published_t"}
    of_base = gap.drop(columns=["latest_year", "latest_t"]).rename(columns=named)
    named = {"line": "print_line", "latest_year": "year", "latest_t": "published_t"}
    of_latest = gap.drop(columns=["baseline_year", "baseline_t"]).rename(columns=named)
    columns = [
        *("municipality_code", "print_table", "print_line", "scopes", "year", "published_t", "of_lines", "carrier"),
        *("rounding_t", "also_printed_year"),
    ]
    whole = pd.concat(
        [
            frame.assign(print_table=frame.get("print_table", GAP_TABLE))[columns].astype({"year": "Int64"})
            for frame in (printed, of_base, of_latest.assign(also_printed_year=pd.NA))
            if len(frame)
        ]
        or [printed[columns]],
        ignore_index=True,
    )
    of = whole["of_lines"].map(lambda text: " ".join(sorted(text.split()))) + "/" + whole["carrier"].fillna("")
    whole["same"] = of.where(whole["print_line"] != TOTAL, TOTAL)
    whole = whole[whole["published_t"].notna() & whole["year"].notna()]
    first = ~whole.duplicated([*_FIGURE, "published_t"])
    return whole[(whole["print_table"] != GAP_TABLE) | first]


def print_states_one_year(tables: Tables) -> Sequence[Finding]:
    """Whether a document says one year of each figure: in head and text, in inventory and gap table."""
    found = _figures(tables)
    said = found[found["also_printed_year"].notna()]
    places = ["municipality_code", "print_table", "year", "also_printed_year"]
    # The gap table counts from a figure that the inventory prints, but of another year.
    gap, printed = found[found["print_table"] == GAP_TABLE], found[found["print_table"] != GAP_TABLE]
    both = gap.merge(printed, on=_FIGURE[:-1], suffixes=("", "_there"))
    both = both[
        (both["published_t"] - both["published_t_there"]).abs() <= both["rounding_t"] + both["rounding_t_there"]
    ]
    there = pd.MultiIndex.from_frame(printed[["municipality_code", "year"]])
    other = both[~pd.MultiIndex.from_frame(both[["municipality_code", "year"]]).isin(there)]
    other = other.assign(also_printed_year=other["year_there"])
    findings = [
        failed(
            f"{code} table {name}: {counted(len(rows), 'figure stands', 'figures stand')} under {year}, the "
            f"document also says {also} of them "
            f"({', '.join(rows['print_line'])})",
            message_sv=f"'{code}', {_table_sv(name)}: {counted(len(rows), 'siffra står', 'siffror står')} under "
            f"{year}, men dokumentet säger också {also} ({', '.join(map(repr, rows['print_line']))})",
            observed=str(also),
            threshold=str(year),
            keys=keys_of(rows, ["municipality_code", "print_line", "scopes", "year"]),
            count=len(rows),
            likely_cause=f"one of the years is a print error: ask the municipality which; until then {year} counts",
        )
        for (code, name, year, also), rows in pd.concat([said, other]).groupby(places)
    ]
    return findings or [passed(f"{len(found)} printed figures have one year each")]


def print_shares_agree(tables: Tables) -> Sequence[Finding]:
    """Whether the printed shares of a total are those of the printed tonnes."""
    printed = tables["clean/published_inventory"]
    given = printed[printed["printed_share_pct"].notna() & printed["published_t"].notna()]
    if given.empty:
        return [not_applicable("no municipality has given the shares that it prints (printed_share_pct)")]
    findings = [
        finding
        for (code, name, year), rows in given.groupby(["municipality_code", "print_table", "year"])
        for finding in _shares(
            f"{code} table {name}, {year}", f"'{code}', tabell {name}, {year}", rows.to_dict("records"), printed
        )
    ]
    return findings or [passed(f"{len(given)} printed shares are those of the printed tonnes")]


def _shares(where: str, where_sv: str, rows: Sequence[Row], printed: pd.DataFrame) -> Iterator[Finding]:
    of_table = printed[
        (
            printed[["municipality_code", "print_table", "year"]]
            == [rows[0][name] for name in ("municipality_code", "print_table", "year")]
        ).all(axis=1)
        & printed["published_t"].notna()
    ]

    def fits(row: Row, share: float) -> bool:
        half = 0.5 * 10.0 ** -_decimals(share)
        return any(abs(share - pct) <= half + margin for pct, margin in _of_totals(row, of_table))

    off = [row for row in rows if not fits(row, row["printed_share_pct"])]
    while off:
        row = off.pop(0)
        pct = next(iter(_of_totals(row, of_table)))[0]
        said = f"{where}: {row['print_line']} with {row['published_t']:,.0f} t is {pct:.1f} % of the total, printed is "
        said += f"{row['printed_share_pct']:g} %"
        said_sv = (
            f"{where_sv}: '{row['print_line']}' med {tonnes_sv(row['published_t'])} är {percent_sv(pct)} av summan, "
        )
        said_sv += f"tryckt är {percent_sv(row['printed_share_pct'], None)}"
        swapped = [
            other for other in off if fits(row, other["printed_share_pct"]) and fits(other, row["printed_share_pct"])
        ]
        for other in swapped[:1]:
            off.remove(other)
            said += (
                f"; {other['print_line']} with {other['published_t']:,.0f} t prints {other['printed_share_pct']:g} %"
            )
            said_sv += f"; '{other['print_line']}' med {tonnes_sv(other['published_t'])} anges till "
            said_sv += percent_sv(other["printed_share_pct"], None)
        yield failed(
            said,
            message_sv=said_sv,
            observed=f"{row['printed_share_pct']:g} %",
            threshold=f"{pct:.1f} %",
            keys=keys_of(pd.DataFrame([row, *swapped[:1]]), ["municipality_code", "print_line", "scopes", "year"]),
            count=1 + len(swapped[:1]),
            likely_cause="the two shares are swapped in the print"
            if swapped
            else "the share or the tonnes are a print error, or the share is of another total",
        )


def _of_totals(row: Row, of_table: pd.DataFrame) -> Iterator[tuple[float, float]]:
    """Per cent of every printed total that holds the row, with what rounding of both may do; of the lines, if none."""
    scopes = set(row["scopes"].split("+"))
    holds = of_table["scopes"].map(lambda text: scopes <= set(text.split("+")))
    totals = of_table.loc[holds & (of_table["print_line"] == TOTAL), "published_t"]
    lines = of_table.loc[(of_table["print_line"] != TOTAL) & (of_table["scopes"] != "memo"), "published_t"]
    for total in list(totals) or [lines.sum()]:
        if total > 0:
            pct = row["published_t"] / total * 100.0
            yield pct, row["rounding_t"] / total * 100.0


def _decimals(value: float) -> int:
    """Digits after the point; a whole number may have been printed as 8.0, and is held to a whole one only."""
    return len(f"{value:.6f}".rstrip("0").split(".")[1])


def print_factors_reproduce(tables: Tables) -> Sequence[Finding]:
    """Whether the printed factors reproduce the printed scope 2 from the printed energy use."""
    use, factors = tables["clean/energy_use"], tables["clean/emission_factors"]
    printed = tables["clean/published_inventory"]
    known = factors[(factors["method"] == "location") & (factors["per_unit"] == "MWh") & (factors["gas"] == "co2e")]
    share = (known["printed_value"] / known["factor_value"]).fillna(1.0)
    known = known.assign(printed_t=known["factor_t_per_unit"] * share)
    rows = use.merge(
        known[["municipality_code", "carrier", "year", "printed_t"]], on=["municipality_code", "carrier", "year"]
    )
    rows["tonnes"] = rows["energy_mwh"] * rows["printed_t"]
    findings: list[Finding] = []
    for row in printed[(printed["scopes"] == "2") & printed["published_t"].gt(0)].itertuples():
        own = rows[
            (rows["municipality_code"] == row.municipality_code)
            & (rows["year"] == row.year)
            & rows["line"].isin(row.of_lines.split())
            & (rows["carrier"].eq(row.carrier) if isinstance(row.carrier, str) else True)
        ]
        if own.empty:
            continue
        off = (own["tonnes"].sum() / row.published_t - 1) * 100
        say = passed if abs(off) <= FACTOR_PCT else failed
        findings.append(
            say(
                f"{row.municipality_code} table {row.print_table}, {row.print_line} {row.year}: the printed factors "
                f"give {own['tonnes'].sum():,.0f} t, printed are {row.published_t:,.0f} t ({off:+.1f} %)",
                message_sv=f"'{row.municipality_code}', tabell {row.print_table}, '{row.print_line}' {row.year}: de "
                f"tryckta faktorerna ger {tonnes_sv(own['tonnes'].sum())}, tryckt är {tonnes_sv(row.published_t)} "
                f"({percent_sv(off, sign=True)})",
                observed=f"{off:+.2f} %",
                threshold=f"{FACTOR_PCT:g} %",
                keys=()
                if say is passed
                else (f"municipality_code={row.municipality_code}, print_line={row.print_line}, year={row.year}",),
                count=0 if say is passed else 1,
                likely_cause=""
                if say is passed
                else "the printed factor is not the one that the tonnes were computed with",
            )
        )
    return findings or [not_applicable("no municipality has printed a scope 2 beside its energy use")]
