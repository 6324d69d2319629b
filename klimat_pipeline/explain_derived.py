"""Explain numbers that are differences, sums or products of others: each part is followed to the workbook's cells.

What belongs here: of which parts a table's figure is made. What does not: how a part is followed (``explain``).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from klimat_pipeline.contracts import Table
from klimat_pipeline.explain import TOLERANCE_T, Node, Row, Scalar, _correction, _Database, _first, _Inputs, _Source
from klimat_pipeline.settings import Settings

if TYPE_CHECKING:
    from klimat_pipeline.explain import _Cell

MEMO, TOTAL = "memo", "total"


@dataclass(frozen=True, slots=True)
class Part:
    """A figure of the national data that a number is made from.

    Attributes:
        label: what it is.
        value: the figure as published.
        release_id, area_code, sector_codes, year: where it stands; an area of four digits is a municipality.
        subsector: subsector, or ``total`` for main sectors.
        sign: how it enters: 1 or -1.
    """

    label: str
    value: float | None
    release_id: str
    area_code: str
    sector_codes: tuple[str, ...]
    year: int
    subsector: str = TOTAL
    sign: int = 1


@dataclass(frozen=True, slots=True)
class Derivation:
    """How the figure of a table is made.

    Attributes:
        figure: column of the figure.
        formula: in a line.
        parts: the national figures behind a row.
        others: nodes besides them, such as corrections or energy times factors.
    """

    figure: str
    formula: str
    parts: Callable[[_Database, Row], Iterable[Part]]
    others: Callable[[_Database, Row], Iterable[Node]]


def derived(settings: Settings, database: _Database, contract: Table, row: Row, note: str) -> Node:
    """The tree of a derived number."""
    derivation = DERIVED[contract.name]
    value = row[derivation.figure]
    unit = contract.column(derivation.figure).unit if value is not None else None
    parts = [_followed(settings, database, part) for part in derivation.parts(database, row)]
    children = [Node("formula", derivation.formula), *parts, *derivation.others(database, row)]
    children.append(database.checks(contract, (derivation.figure,)))
    named = ", ".join(str(row[name]) for name in contract.primary_key if row[name] not in (None, ""))
    detail: dict[str, Scalar] = {name: row[name] for name in contract.primary_key}
    detail |= {name: row[name] for name in ("notation_key", "note", "kind") if row.get(name)}
    detail |= {"table": contract.name, "publication_id": row["publication_id"]}
    return Node(named, value, unit, {**detail, "release": note} if note else detail, tuple(children))


def _followed(settings: Settings, database: _Database, part: Part) -> Node:
    release = _first(database.rows("releases", release_id=part.release_id))
    source = _Source(settings, release, part.area_code, part.sector_codes, [part.year], part.subsector)
    children: list[Node] = []
    if len(part.area_code) == 4 and part.subsector == TOTAL and TOTAL not in part.sector_codes:
        where = {"release_id": part.release_id, "municipality_code": part.area_code, "year": part.year}
        inputs = _Inputs(database, source, where, part.sector_codes)
        children.append(inputs.year(f"inputs {part.year}", part.year, part.value, "t"))
        children.append(inputs.cells_sum(part.year, inputs.reported(part.year)))
    else:
        cells = source.cells(part.year)
        children += [cell.node for cell in cells]
        children.append(_agreement(cells, part))
    children.append(source.node(release))
    return Node(part.label, part.value, "t", {}, tuple(children))


def _agreement(cells: "Sequence[_Cell]", part: Part) -> Node:
    total = sum(cell.tonnes for cell in cells)
    agrees = part.value is not None and abs(total - part.value) <= TOLERANCE_T + 1e-9
    words = "agrees" if agrees else "DOES NOT AGREE"
    addresses = " ".join(cell.address for cell in cells)
    return Node(
        f"sum of {len(cells)} cell{'s' * (len(cells) != 1)} of {part.year} {words} with the reported figure",
        round(total, 6),
        "t",
        {"cells": addresses, "reported_t": part.value, "agrees": agrees},
    )


# -- the parts of each table ------------------------------------------------------------------------------------------


def _sectors(database: _Database, row: Mapping[str, Any], release: str, year: int) -> tuple[str, ...]:
    """The sector of a row, or all that the municipality has."""
    if row.get("sector_code") not in (None, TOTAL):
        return (row["sector_code"],)
    held = database.rows("emissions", release_id=release, municipality_code=row["municipality_code"], year=year)
    return tuple(sorted(other["sector_code"] for other in held))


def _revision(database: _Database, row: Row) -> Iterator[Part]:
    for side, sign in (("to", 1), ("from", -1)):
        release = row[f"release_id_{side}"]
        if row[f"{side}_t_co2e"] is not None:
            codes = _sectors(database, row, release, row["year"])
            label = f"{'later' if sign > 0 else 'earlier'} release {release}"
            yield Part(label, row[f"{side}_t_co2e"], release, row["municipality_code"], codes, row["year"], sign=sign)


def _base(database: _Database, row: Row) -> Iterator[Part]:
    indicator = _first(
        database.rows("sector_indicators", **{n: row[n] for n in ("municipality_code", "target_id", "release_id")})
    )
    codes = tuple(str(indicator.get("sector_codes", "")).split())
    year = row["baseline_year"]
    yield Part(
        f"baseline {year}", row["base_corrected_t_co2e"], row["release_id"], row["municipality_code"], codes, year
    )


def _cell(database: _Database, row: Row) -> Iterator[Part]:
    held = _first(
        database.rows("emissions", **{n: row[n] for n in ("release_id", "municipality_code", "sector_code", "year")})
    )
    label = f"{row['sector_code']} {row['year']}"
    value = held.get("emissions_t")
    yield Part(label, value, row["release_id"], row["municipality_code"], (row["sector_code"],), row["year"])


def _total(database: _Database, row: Row) -> Iterator[Part]:
    codes = _sectors(database, row, row["release_id"], row["year"])
    label = f"total {row['year']} with all corrections"
    yield Part(label, row["with_all_t"], row["release_id"], row["municipality_code"], codes, row["year"])


def _subsector(database: _Database, row: Row) -> Iterator[Part]:
    place = (row["release_id"], row["municipality_code"])
    if row["subsector_code"] != "not_split":
        label = f"{row['subsector_code']} as reported"
        tonnes = row["emissions_reported_t"]
        yield Part(label, tonnes, *place, (row["sector_code"],), row["year"], row["subsector_code"])
        return
    yield from _cell(database, row)
    keys = {name: row[name] for name in ("release_id", "municipality_code", "sector_code", "year")}
    for other in database.rows("subsector_emissions", **keys):
        if other["subsector_code"] != "not_split":
            name, tonnes = other["subsector_code"], other["emissions_reported_t"]
            yield Part(f"less {name}", tonnes, *place, (row["sector_code"],), row["year"], name, sign=-1)


def _subsector_corrections(database: _Database, row: Row) -> Iterator[Node]:
    """Corrections that name the subsector; those of the whole sector show with its cell."""
    keys = {name: row[name] for name in ("release_id", "municipality_code", "sector_code", "subsector_code", "year")}
    for other in database.rows("corrections", correction_status="applied", **keys):
        yield _correction(other)


def _area(database: _Database, row: Row) -> Iterator[Part]:
    def part(label: str, other: Row, sign: int = 1) -> Part:
        codes = (row["sector_code"],)
        tonnes = other["emissions_reported_t"]
        return Part(label, tonnes, row["release_id"], other["area_code"], codes, row["year"], sign=sign)

    if row["area_level"] != "unallocated":
        yield part(f"{row['area_name']} as printed", row)
        return
    keys = {name: row[name] for name in ("release_id", "sector_code", "year")}
    for other in database.rows("area_totals", **keys):
        if other["area_level"] in ("nation", "county"):
            nation = other["area_level"] == "nation"
            yield part(other["area_name"] if nation else f"less {other['area_name']}", other, 1 if nation else -1)


def _national(database: _Database, row: Row) -> Iterator[Part]:
    """Main sectors behind a scope 1 row, or a scope, of a territory."""
    if row["boundary"] != "territory":
        return
    keys = {name: row[name] for name in ("release_id", "municipality_code", "year")}
    lines = database.rows("inventory_territory", scope="1", **keys)
    if "line" in row:
        lines = [line for line in lines if row["scope"] == "1" and line["item"] == row["item"] != "none"]
    else:
        wanted = {"memo": {1}, "2": set(), "3": set()}.get(row["scope"], {0})
        lines = [line for line in lines if line["is_memo"] in wanted and line["item"] != "none"]
    codes = tuple(dict.fromkeys(str(line["item"]).partition("/")[0] for line in lines))
    if codes:
        whole = database.rows("emissions", **keys)
        value = sum(other["emissions_t"] for other in whole if other["sector_code"] in codes)
        yield Part("main sectors of scope 1", value, row["release_id"], row["municipality_code"], codes, row["year"])


def _energy(database: _Database, row: Row) -> Iterator[Node]:
    """Energy times factor of every scope 2 row behind the number."""
    if row["boundary"] != "territory" or "2" not in row["scope"] or row.get("scope2_basis") == "printed":
        yield from _printed(database, row)
        return
    keys = {name: row[name] for name in ("release_id", "municipality_code", "year", "method")}
    lines = database.rows("inventory_territory", scope="2", **keys)
    for line in (line for line in lines if row.get("item") in (None, line["item"])):
        user, _, carrier = str(line["item"]).partition("/")
        place = {"municipality_code": row["municipality_code"], "year": row["year"], "carrier": carrier}
        use = _first(database.rows("energy_use", energy_user=user, **place))
        factors = database.rows("emission_factors", method=row["method"], **place)
        if not use:
            continue
        children = [Node("energy used", use["energy_mwh"], "MWh", {"source": use["source"]})]
        children += [
            Node(
                f"factor of {factor['gas']}",
                factor["factor_value"],
                factor["factor_unit"],
                {name: factor[name] for name in ("gwp_set", "printed_value", "source", "note") if factor[name]},
            )
            for factor in factors
        ]
        yield Node(f"scope 2, {line['item']}", line["emissions_t_co2e"], "t CO2e", {}, tuple(children))


def _printed(database: _Database, row: Row) -> Iterator[Node]:
    if row.get("scope2_basis") != "printed":
        return
    place = {"municipality_code": row["municipality_code"], "year": row["year"], "scopes": "2"}
    for line in database.rows("published_inventory", **place):
        if line["print_line"] != TOTAL and line["carrier"] is None:
            yield Node(f"printed scope 2, {line['print_line']}", line["published_t"], "t", {"source": line["source"]})


def _own_correction(database: _Database, row: Row) -> Iterator[Node]:
    keys = ("correction_id", "release_id", "municipality_code", "year")
    for other in database.rows("corrections", **{name: row[name] for name in keys}):
        if other["correction_status"] == "applied":
            yield _correction(other)


def _residual(database: _Database, row: Row) -> Iterator[Node]:
    keys = {name: row[name] for name in ("release_id", "sector_code", "year")}
    for other in database.rows("corrections", correction_status="applied", **keys):
        if other["correction_id"] in str(row["correction_ids"]).split():
            yield _correction(other)


_CHANGE = ("municipality_code", "target_id", "release_id_from", "release_id_to", "measure")


def _change(database: _Database, row: Row) -> Iterator[Part]:
    """Both sides of the change: the indicator's sectors in the last year of each release."""
    for side, sign in (("to", 1), ("from", -1)):
        place = {"municipality_code": row["municipality_code"], "release_id": row[f"release_id_{side}"]}
        year = row[f"year_{side}"]
        indicator = _first(database.rows("sector_indicators", target_id=row["target_id"], year=year, **place))
        codes = tuple(str(indicator.get("sector_codes", "")).split())
        if codes:
            label = f"{'later' if sign > 0 else 'earlier'} release {place['release_id']}, {year}"
            tonnes = indicator["emissions_t_co2e"]
            yield Part(label, tonnes, place["release_id"], row["municipality_code"], codes, year, sign=sign)


def _causes(database: _Database, row: Row) -> Iterator[Node]:
    """All causes of the same change, and that they sum to it."""
    causes = database.rows("indicator_change_explained", **{name: row[name] for name in _CHANGE})
    nodes = tuple(Node(other["cause"], other["part"]) for other in causes)
    known = [other["part"] for other in causes if other["part"] is not None]
    whole = None if None in (row["value_to"], row["value_from"]) else row["value_to"] - row["value_from"]
    agrees = whole is None or abs(sum(known) - whole) <= TOLERANCE_T
    words = "sum to it" if agrees else "DO NOT SUM to it"
    detail = {"value_from": row["value_from"], "value_to": row["value_to"], "agrees": agrees}
    yield Node(f"the whole change of {row['measure']}, whose parts {words}", whole, None, detail, nodes)


def _activity(_: _Database, row: Row) -> Iterator[Node]:
    if row["amount"] is not None:
        yield Node("activity", row["amount"], row["amount_unit"], {"carrier": row["carrier"], "source": row["source"]})


def _nothing(*_: object) -> tuple[()]:
    return ()


#: Tables whose figure is made from others, in the order of the pipeline.
DERIVED: Mapping[str, Derivation] = {
    "subsector_emissions": Derivation(
        "emissions_t",
        "the subsector's cell, or for not_split the sector less its subsectors; then corrections",
        _subsector,
        _subsector_corrections,
    ),
    "area_totals": Derivation(
        "emissions_reported_t", "as printed; unallocated = nation less its counties", _area, _nothing
    ),
    "corrections": Derivation("effect_t", "after - before", _cell, _own_correction),
    "correction_residuals": Derivation("residual_t", "sum of the effects that nothing balances", _nothing, _residual),
    "corrections_left_out": Derivation(
        "effect_t", "total with all corrections - without this one", _total, _own_correction
    ),
    "release_revisions": Derivation("revision_t_co2e", "later - earlier, both as reported", _revision, _nothing),
    "indicator_change_explained": Derivation(
        "part", "this cause's part of: indicator in the later release - in the earlier one", _change, _causes
    ),
    "base_year_review": Derivation(
        "base_corrected_t_co2e", "sum of the target's sectors in the baseline year", _base, _nothing
    ),
    "inventory_territory": Derivation(
        "emissions_t_co2e",
        "scope 1: corrected national figure of the mapped sector; scope 2: energy x factor",
        _national,
        _energy,
    ),
    "inventory_organisation": Derivation(
        "emissions_t_co2e", "amount x factor of its gases x global warming potentials", _nothing, _activity
    ),
    "scope_indicators": Derivation(
        "emissions_t_co2e",
        "scope 1: main sectors, memo apart; scope 2: sum of energy x factor; sums add them",
        _national,
        _energy,
    ),
}
