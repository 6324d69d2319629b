"""The reference tables under ``data/reference``, read once: names, codes, units, each row with its source or reason.

What does not belong here: their columns (``reference_tables``), whether they fit each other (``reference_misfits``),
what a municipality configures for itself (``configuration``).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from klimat_pipeline.clean.reference_misfits import refuse_misfits
from klimat_pipeline.clean.reference_tables import TABLES
from klimat_pipeline.configuration.csv_file import read_csv
from klimat_pipeline.errors import ConfigurationError, ProblemsError
from klimat_pipeline.text import fold, place_key


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of a source: whether it weighs CO2 equivalents or mass, and its size in tonnes."""

    unit_sv: str
    basis: str
    tonnes_per_unit: float


@dataclass(frozen=True, slots=True)
class Substance:
    """A substance whose unit we know: the pipeline computes on it, so another unit is refused.

    Attributes:
        substance: code of the source.
        basis: whether its unit is of CO2 equivalents, mass, or either.
        tonnes_only: whether it comes in tonnes and never in kilograms.
        gas_basis: what indicators on it speak of; None for a part of all gases, which has no indicators of its own.
        gwp_set: set of warming potentials that the source has weighted it with.
        gas: which gas it is; several substances may be one (fluorinated).
        gwp_gases: gases of ``gwp.csv`` whose potential values a mass of it; it has none where they differ.
    """

    substance: str
    basis: str
    tonnes_only: bool
    gas_basis: str | None
    gwp_set: str
    gas: str
    gwp_gases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """All reference tables, and the lookups from folded names to codes."""

    municipalities: pd.DataFrame
    sectors: pd.DataFrame
    subsectors: pd.DataFrame
    sector_names: dict[str, str]
    subsector_names: dict[tuple[str, str], str]
    municipality_names: dict[str, str]
    county_names: dict[str, str]
    area_names: dict[str, str]
    units: dict[str, Unit]
    substances: dict[str, Substance]
    source_titles: dict[str, str]
    inventory_lines: pd.DataFrame
    inventory_mapping: pd.DataFrame
    inventory_notation: pd.DataFrame
    energy_users: pd.DataFrame
    gpc: pd.DataFrame
    gwp: pd.DataFrame
    refrigerants: pd.DataFrame
    fuels: pd.DataFrame
    fuel_blends: pd.DataFrame
    construction_references: pd.DataFrame
    population: pd.DataFrame
    consumption: pd.DataFrame
    _any_sector: dict[str, tuple[str, str]] = field(repr=False)

    @property
    def lines(self) -> tuple[str, ...]:
        """Lines of the inventory."""
        return tuple(self.inventory_lines["line"])

    @property
    def sector_codes(self) -> tuple[str, ...]:
        return tuple(self.sectors["sector_code"])

    @property
    def subsector_codes(self) -> dict[str, tuple[str, ...]]:
        """Subsectors by main sector."""
        groups = self.subsectors.groupby("sector_code")["subsector_code"]
        return {str(sector): tuple(codes) for sector, codes in groups}

    @property
    def fuels_by_use(self) -> dict[str, tuple[str, ...]]:
        """Fuels by use, and the blends whose fuels all have it."""
        uses = {str(use): tuple(own) for use, own in self.fuels.groupby("use")["fuel"]}
        parts = {str(blend): set(own) for blend, own in self.fuel_blends.groupby("blend")["fuel"]}
        return {use: (*own, *(blend for blend, of in parts.items() if of <= set(own))) for use, own in uses.items()}

    @property
    def sector_lines(self) -> dict[str, tuple[str, ...]]:
        """Lines of the inventory that hold a whole main sector, by sector."""
        whole = self.inventory_mapping[self.inventory_mapping["subsector_code"] == "*"]
        return {str(sector): tuple(dict.fromkeys(lines)) for sector, lines in whole.groupby("sector_code")["line"]}

    @property
    def municipality_by_code(self) -> dict[str, str]:
        return dict(
            zip(self.municipalities["municipality_code"], self.municipalities["municipality_name"], strict=True)
        )

    def source_title(self, source_id: str) -> str:
        """How the source is to be named."""
        return self.source_titles[source_id]

    def label_sv(self, subsector_code: str) -> str:
        """Swedish label of a subsector that every sector may have."""
        return self._any_sector[subsector_code][0]

    def label_en(self, subsector_code: str) -> str:
        """English label of a subsector that every sector may have."""
        return self._any_sector[subsector_code][1]

    def label(self, key: str, known: Mapping[str, str]) -> str:
        """Readable name behind a folded key, for messages."""
        code = known[key]
        names = (
            self.sectors.set_index("sector_code")["sector_name_sv"].to_dict()
            | self.municipality_by_code
            | self.municipalities.set_index("county_code")["county_name"].to_dict()
        )
        return str(names.get(code, code))


def load_reference(reference_dir: Path) -> Reference:
    """Read and cross-check all reference tables; once until a file changes, since nearly every table asks for them.

    Raises:
        ConfigurationError: a table is malformed, an alias points nowhere, or two names fold into one.
        ProblemsError: the form of several tables is wrong.
    """
    stats = ((path.name, path.stat()) for path in reference_dir.glob("*.csv"))
    return _loaded(reference_dir, tuple(sorted((name, stat.st_mtime_ns, stat.st_size) for name, stat in stats)))


@lru_cache(maxsize=2)
def _loaded(reference_dir: Path, stamps: tuple[tuple[str, int, int], ...]) -> Reference:
    del stamps  # what tells one state of the files from another
    read = _read_all(reference_dir)
    refuse_misfits(read)
    municipalities, sectors, subsectors = read["municipalities"], read["sectors"], read["subsectors"]
    everywhere = subsectors[subsectors["sector_code"] == "*"]
    subsectors = subsectors[subsectors["sector_code"] != "*"].reset_index(drop=True)
    lines, aliases = read["inventory_lines"], read["subsector_aliases"]
    return Reference(
        inventory_lines=lines.assign(is_memo=lines["is_memo"] == "true").sort_values("line_order"),
        inventory_mapping=read["inventory_mapping"],
        inventory_notation=read["inventory_notation"],
        energy_users=read["energy_users"],
        gpc=read["gpc"],
        gwp=read["gwp"],
        refrigerants=read["refrigerants"],
        fuels=read["fuels"],
        fuel_blends=read["fuel_blends"].astype({"year": "Int64"}),
        construction_references=read["construction_references"],
        population=read["population"],
        consumption=read["consumption"],
        municipalities=municipalities.drop(columns="source").merge(
            read["municipality_groups"].drop(columns="source"), on="municipality_code", how="left"
        ),
        sectors=sectors.drop(columns="source")
        .merge(read["sector_quality"].drop(columns="source"), on="sector_code", how="left", validate="one_to_one")
        .sort_values("sector_order")
        .reset_index(drop=True),
        subsectors=subsectors.drop(columns="source"),
        sector_names=_lookup(
            "sectors.csv, sector_aliases.csv",
            [
                *zip(map(fold, sectors["sector_name_sv"]), sectors["sector_code"], strict=True),
                *zip(map(fold, read["sector_aliases"]["alias_sv"]), read["sector_aliases"]["sector_code"], strict=True),
            ],
        ),
        subsector_names=_lookup(
            "subsectors.csv, subsector_aliases.csv",
            [
                *(
                    ((row.sector_code, fold(row.subsector_name_sv)), row.subsector_code)
                    for row in subsectors.itertuples()
                ),
                *(((row.sector_code, fold(row.alias_sv)), row.subsector_code) for row in aliases.itertuples()),
            ],
        ),
        municipality_names=_lookup(
            "municipalities.csv, municipality_aliases.csv", _municipality_forms(municipalities, read)
        ),
        county_names=_lookup("municipalities.csv", _county_forms(municipalities)),
        area_names=_lookup(
            "areas.csv, municipalities.csv",
            [
                *zip(read["areas"]["area_code"], read["areas"]["area_name"], strict=True),
                *zip(municipalities["county_code"], municipalities["county_name"], strict=True),
                *zip(municipalities["municipality_code"], municipalities["municipality_name"], strict=True),
            ],
        ),
        units=_units(read["units"]),
        substances=_substances(read["substances"]),
        source_titles=dict(zip(read["sources"]["source_id"], read["sources"]["source"], strict=True)),
        _any_sector={
            row.subsector_code: (row.subsector_name_sv, row.subsector_name_en) for row in everywhere.itertuples()
        },
    )


def _read_all(reference_dir: Path) -> dict[str, Any]:
    tables, problems = {}, []
    for name in TABLES:
        try:
            tables[name] = _read(reference_dir, name)
        except ConfigurationError as error:
            problems += error.problems
    if problems:
        raise ProblemsError(problems)
    return tables


def _read(reference_dir: Path, name: str) -> Any:
    columns, key = TABLES[name]
    rows = read_csv(reference_dir / f"{name}.csv", columns=columns, base=reference_dir, key=key)
    return pd.DataFrame(rows, columns=[column.name for column in columns])


def _substances(frame: pd.DataFrame) -> dict[str, Substance]:
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return {
        row["substance"]: Substance(
            **{str(name): row[name] for name in ("substance", "basis", "gas_basis", "gwp_set", "gas")},
            tonnes_only=row["tonnes_only"] == "true",
            gwp_gases=tuple((row["gwp_gases"] or "").split()),
        )
        for row in rows
    }


def _units(table: Any) -> dict[str, Unit]:
    """Units by folded name; two that fold into one would let the later one decide."""
    _lookup("units.csv", [(fold(row.unit_sv), row.unit_sv) for row in table.itertuples()])
    return {fold(row.unit_sv): Unit(row.unit_sv, row.basis, row.tonnes_per_unit) for row in table.itertuples()}


def _lookup(file: str, pairs: Iterable[tuple[Any, str]]) -> dict[Any, str]:
    """One code per folded name.

    Raises:
        ConfigurationError: two codes would answer to the same name.
    """
    known: dict[Any, str] = {}
    for name, code in pairs:
        if known.setdefault(name, code) != code:
            shown = name if isinstance(name, str) else " / ".join(name)
            raise ConfigurationError(f"data/reference/{file}: '{shown}' would mean both {known[name]} and {code}.")
    return known


def _genitive(name: str) -> str:
    return name if name.endswith(("s", "x", "z")) else f"{name}s"


def _municipality_forms(municipalities: Any, read: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The name alone, with ``kommun`` or ``stad``, plain or in the genitive; then the aliases in the same forms."""
    aliases = read["municipality_aliases"]
    names = [
        *zip(municipalities["municipality_name"], municipalities["municipality_code"], strict=True),
        *zip(aliases["alias"], aliases["municipality_code"], strict=True),
    ]
    return [
        (place_key(form), code)
        for name, code in names
        for form in (name, *(f"{stem} {word}" for stem in (name, _genitive(name)) for word in ("kommun", "stad")))
    ]


def _county_forms(municipalities: Any) -> list[tuple[str, str]]:
    """The county's name with and without ``län``, and without the genitive s."""
    forms = []
    for name, code in set(zip(municipalities["county_name"], municipalities["county_code"], strict=True)):
        short = name.removesuffix(" län")
        forms += [(place_key(form), code) for form in (name, short, short.removesuffix("s"))]
    return forms
