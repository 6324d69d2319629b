"""Price index and exchange rate of a category and year, each with its source, and what stands in where one is missing.

What does not belong here: the formula (``spend_factors``), and where indices come from (``prices``).
"""

from dataclasses import dataclass, replace

from klimat_pipeline.configuration.spend_factors import SpendFactors
from klimat_pipeline.errors import ConfigurationError, ProblemsError
from klimat_pipeline.spend.footprint.mappings import SpendReference

#: Times by which an own value may differ from that of the nearest year; bases differ by more (1980 and 2020: 3.4).
_OTHER_BASE = 2.5


#: Of a figure: rests on indices and rates of the years that it is about, or on what stands in for one.
OWN_YEAR, STANDS_IN = "own_year", "stands_in"


@dataclass(frozen=True, slots=True)
class Index:
    """A value of a price index, where it is from, and what stands in where it has a note."""

    value: float
    source: str
    note: str = ""


class Prices:
    """Index and rates of the reference tables, with a municipality's own additions."""

    def __init__(self, reference: SpendReference, chosen: SpendFactors) -> None:
        own = reference.price_index[reference.price_index["index_id"] == chosen.deflator]
        groups = reference.price_groups[reference.price_groups["index_id"] == chosen.deflator]
        if own.empty and not chosen.price_index:
            known = sorted({*reference.price_index["index_id"], *reference.price_groups["index_id"]})
            raise ConfigurationError(
                f"price index {chosen.deflator!r} has no values; known are {', '.join(known)}. "
                + ("Fetch it: klimat prices fetch." if not groups.empty else "Check deflator in spend.yaml.")
            )
        self.categories = reference.category_codes
        self.index_id = chosen.deflator
        self._chosen = chosen
        #: Categories that have a group of their own, whether or not the group has values.
        self._grouped = {*groups["price_group"]} - {"*"}
        self._index: dict[str, dict[int, Index]] = {}
        for row in own.itertuples():
            self._index.setdefault(row.price_group, {})[int(row.year)] = Index(float(row.index_value), row.source)
        self._refuse_other_base(chosen)
        for value in chosen.price_index:
            self._index.setdefault(value.price_group, {})[value.year] = Index(value.value, value.source)
        self._rates = reference.rates.with_own(chosen.exchange_rates)

    def _refuse_other_base(self, chosen: SpendFactors) -> None:
        """Own values on another base than the series they join would deflate by nonsense, unseen.

        Raises:
            ProblemsError: a value is far from that of the nearest year.
        """
        problems = []
        for value in chosen.price_index:
            series = self._index.get(value.price_group, {})
            others = [year for year in series if year != value.year]
            if not others:
                continue
            nearest = min(others, key=lambda year: (abs(year - value.year), year))
            beside = series[nearest]
            if max(value.value / beside.value, beside.value / value.value) > _OTHER_BASE:
                problems.append(
                    f"spend.yaml: price_index {value.price_group} of {value.year} is {value.value:g}, where {nearest} "
                    f"has {beside.value:g} ({beside.source}): is it on another base? Give it on the base of the others."
                )
        if problems:
            raise ProblemsError(problems)

    def index(self, category: str, year: int) -> Index:
        """The category's own index where there is one, else that of all; with a note where another stands in."""
        note = ""
        values = self._index.get(category)
        if not values:
            values = self._index.get("*", {})
            if category in self._grouped:
                if self._chosen.missing_index == "error":
                    raise ConfigurationError(
                        f"price index {self.index_id} has no values for the group of {category}: fetch it (klimat "
                        "prices fetch), change its line in data/reference/price_groups.csv, or choose missing_index: "
                        "last_known, with which the general index stands in."
                    )
                note = "the general price index stands in for the category's own"
        if year in values:
            return replace(values[year], note=note)
        earlier = [known for known in values if known < year]
        if self._chosen.missing_index == "last_known" and earlier:
            said = f"price index of {max(earlier)} stands in for {year}"
            return replace(values[max(earlier)], note=f"{note}; {said}" if note else said)
        raise ConfigurationError(
            f"price index {self._chosen.deflator} has no value for {year}: fetch it (klimat prices fetch), add it with "
            "its source to data/reference/price_index.csv or to price_index in spend.yaml, or choose missing_index: "
            "last_known."
        )

    def rate(self, currency: str, year: int) -> Index:
        """Kronor for one unit of the currency, annual mean; with a note where an earlier year's stands in."""
        found = self._rates.of(currency, year)
        if found is None or (found.year != year and self._chosen.missing_index == "error"):
            raise ConfigurationError(
                f"no exchange rate of {currency} for {year}: fetch it (klimat rates fetch), add it with its source to "
                "data/reference/exchange_rates.csv or to exchange_rates in spend.yaml, or choose missing_index: "
                "last_known."
            )
        note = "" if found.year == year else f"exchange rate of {found.year} stands in for {year}"
        return Index(found.sek_per_unit, found.source, note)
