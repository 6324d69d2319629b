"""What a row of ``activity.csv`` must be beyond its form: scope, category, carrier and number have to fit together.

What belongs here: the rules of the GHG Protocol for a row. What does not: the form of the file
(``configuration.local_tables``), units and factors (``clean``, ``inventory``).
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

#: Where the factor of an activity comes from, when it is no use of fuels.
REFRIGERANT, GAS, LOCAL = "refrigerant", "gas", "local"
SCOPE_3 = "3"


@dataclass(frozen=True, slots=True)
class Category:
    """What a category allows.

    Attributes:
        scopes: scopes that it may stand in.
        factor_kind: a use of ``fuels.csv`` (``stationary`` is buildings), or where else its factor comes from.
        scope3: categories of scope 3 that it may stand in; empty for any.
    """

    scopes: tuple[str, ...]
    factor_kind: str = LOCAL
    scope3: tuple[int, ...] = ()


#: Sources of one's own may stand in scope 3 where somebody else operates them (leased assets, franchises, contractors).
_OPERATED = ("1", SCOPE_3)
CATEGORIES: Mapping[str, Category] = {
    "stationary_combustion": Category(_OPERATED, "stationary"),
    "energy_industry": Category(_OPERATED, "energy_industry"),
    "mobile_combustion": Category(_OPERATED, "road"),
    "aviation": Category(_OPERATED, "aviation"),
    "shipping": Category(_OPERATED, "shipping"),
    "machinery": Category(_OPERATED, "machinery"),
    "process": Category(_OPERATED),
    "refrigerant": Category(_OPERATED, REFRIGERANT),
    "waste_treatment": Category(_OPERATED),
    "direct_measurement": Category(_OPERATED, GAS),
    "purchased_electricity": Category(("2",)),
    "purchased_heat": Category(("2",)),
    "purchased_cooling": Category(("2",)),
    "fuel_upstream": Category((SCOPE_3,), scope3=(3,)),
    "business_travel": Category((SCOPE_3,), scope3=(6,)),
    "commuting": Category((SCOPE_3,), scope3=(7,)),
    "waste": Category((SCOPE_3,), scope3=(5, 12)),
    "meals": Category((SCOPE_3,), scope3=(1,)),
    "purchased_goods": Category((SCOPE_3,), scope3=(1,)),
    "capital_goods": Category((SCOPE_3,), scope3=(2,)),
    "other": Category((SCOPE_3,)),
}


def activity_problems(
    row: Mapping[str, Any], carriers: Mapping[str, Collection[str]], gases: Collection[str]
) -> Iterator[str]:
    """Everything that is wrong with a row, each as ``column <name>: <problem>``.

    Args:
        row: a row of ``activity.csv``.
        carriers: known fuels by use, and refrigerants.
        gases: gases with a global warming potential.
    """
    category = CATEGORIES[row["category"]]
    yield from _scope_problems(row, category)
    if (row["scope3_category"] is None) == (row["scope"] == SCOPE_3):
        expected = "1 to 15 in scope 3" if row["scope"] == SCOPE_3 else f"nothing in scope {row['scope']}"
        yield f"column scope3_category: expected {expected}, found {row['scope3_category'] or ''!r}"
    if (row["amount"] is None) == (row["notation_key"] is None):
        yield (
            "column amount: expected a number or a notation key (NO, NE, IE, C), found "
            + ("neither" if row["amount"] is None else f"{row['amount']:g} and {row['notation_key']}")
        )
    if row["amount"] is not None and row["unit"] is None:
        yield "column unit: expected the unit of the amount, found ''"
    yield from _carrier_problems(row, category, carriers, gases)
    if row["supplier_unit"] is not None and row["scope"] == "1":
        yield f"column supplier_unit: expected nothing in scope 1, found {row['supplier_unit']!r}"
    if row["supplier_unit"] == row["organisation_unit"]:
        yield f"column supplier_unit: expected another unit, found the unit itself ({row['supplier_unit']!r})"


def _scope_problems(row: Mapping[str, Any], category: Category) -> Iterator[str]:
    if row["scope"] not in category.scopes:
        yield f"column scope: expected {' or '.join(category.scopes)} for {row['category']}, found {row['scope']!r}"
    number = row["scope3_category"]
    if number is not None and category.scope3 and number not in category.scope3:
        expected = " or ".join(map(str, category.scope3))
        yield f"column scope3_category: expected {expected} for {row['category']}, found {number}"


def _carrier_problems(
    row: Mapping[str, Any], category: Category, carriers: Mapping[str, Collection[str]], gases: Collection[str]
) -> Iterator[str]:
    """A measured gas stands in ``gas``, everything else in ``carrier``; what has no number may leave both out."""
    measured = category.factor_kind == GAS
    used, other = ("gas", "carrier") if measured else ("carrier", "gas")
    if row[other] is not None:
        yield f"column {other}: expected nothing for {row['category']} (it has a {used}), found {row[other]!r}"
    if row[used] is None:
        if row["amount"] is not None:
            yield f"column {used}: expected a value for {row['category']}, found ''"
        return
    known = gases if measured else carriers.get(category.factor_kind)
    if known is not None and row[used] not in known:
        yield _not_among(used, row[used], known)


def _not_among(column: str, found: str, known: Collection[str]) -> str:
    near = get_close_matches(found, list(known), n=1)
    return f"column {column}: expected one of {', '.join(known)}, found {found!r}" + (
        f" (nearest: {near[0]})" if near else ""
    )
