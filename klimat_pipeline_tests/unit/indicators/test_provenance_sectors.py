"""Provenance of sector indicators against cells and sums written by hand."""

import numpy as np
import pandas as pd

from klimat_pipeline.contracts.tables.indicators import PROVENANCE
from klimat_pipeline.indicators.provenance_sectors import sectors_traced

SHEET = "Växthusgaser totalt (GGT)"
#: release, municipality, sector, year: row, column, tonnes
FIGURES = {
    ("r1", "1283", "transport", 1990): (8, "E", 300.0),
    ("r1", "1283", "waste", 1990): (15, "E", 100.0),
    ("r1", "1283", "transport", 2022): (8, "N", 200.5),
    ("r1", "1283", "waste", 2022): (15, "N", 50.25),
    ("r2", "1283", "transport", 2022): (9, "AB", 190.0),
    ("r2", "1283", "waste", 2022): (11, "AB", 40.0),
    ("r1", "0180", "transport", 2022): (1008, "N", 7.0),
}


def emissions() -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "release_id": release,
                "municipality_code": municipality,
                "sector_code": sector,
                "year": year,
                "emissions_reported_t": tonnes,
                "sheet": SHEET,
                "source_row": row,
                "source_column": column,
            }
            for (release, municipality, sector, year), (row, column, tonnes) in FIGURES.items()
        ]
    )


def indicator(release: str, target: str, sectors: str, year: int, **other: object) -> dict[str, object]:
    return {
        "municipality_code": "1283",
        "target_id": target,
        "release_id": release,
        "year": year,
        "sector_codes": sectors,
        "baseline_year": 1990,
        "correction_ids": "",
    } | other


def computed(*rows: dict[str, object]) -> pd.DataFrame:
    indicators = pd.DataFrame(list(rows)).astype({"baseline_year": "Int64"})
    return sectors_traced(indicators, emissions())


def test_cells_and_sum_of_every_row() -> None:
    frame = computed(
        indicator("r1", "total", "transport waste", 2022, correction_ids="a b"),
        indicator("r1", "total", "transport waste", 1990),
        indicator("r1", "waste", "waste", 2022),
    )
    assert list(frame.columns) == PROVENANCE.column_names
    assert frame.sort_values(["indicator_id", "year"]).to_dict("records") == [
        {
            "table_name": "sector_indicators",
            "municipality_code": "1283",
            "indicator_id": "total",
            "release_id": "r1",
            "year": 1990,
            "sheet": SHEET,
            "source_cells": "E8 E15",
            "baseline_cells": "E8 E15",
            "source_sum_t": 400.0,
            "local_rows": "",
            "correction_ids": "",
        },
        {
            "table_name": "sector_indicators",
            "municipality_code": "1283",
            "indicator_id": "total",
            "release_id": "r1",
            "year": 2022,
            "sheet": SHEET,
            "source_cells": "N8 N15",
            "baseline_cells": "E8 E15",
            "source_sum_t": 250.75,
            "local_rows": "",
            "correction_ids": "a b",
        },
        {
            "table_name": "sector_indicators",
            "municipality_code": "1283",
            "indicator_id": "waste",
            "release_id": "r1",
            "year": 2022,
            "sheet": SHEET,
            "source_cells": "N15",
            "baseline_cells": "E15",
            "source_sum_t": 50.25,
            "local_rows": "",
            "correction_ids": "",
        },
    ]


def test_cells_stand_in_the_order_of_the_sectors() -> None:
    assert computed(indicator("r1", "total", "waste transport", 2022))["source_cells"].tolist() == ["N15 N8"]


def test_each_release_has_its_own_cells() -> None:
    frame = computed(
        indicator("r2", "total", "transport waste", 2022), indicator("r1", "total", "transport waste", 2022)
    )
    frame = frame.sort_values("release_id")
    assert frame[["release_id", "source_cells", "source_sum_t"]].to_numpy().tolist() == [
        ["r1", "N8 N15", 250.75],
        ["r2", "AB9 AB11", 230.0],
    ]


def test_a_baseline_that_the_release_lacks_has_no_cells() -> None:
    assert computed(indicator("r2", "waste", "waste", 2022))["baseline_cells"].tolist() == [""]
    assert computed(indicator("r1", "waste", "waste", 2022, baseline_year=None))["baseline_cells"].tolist() == [""]
    assert computed(indicator("r1", "waste", "waste", 2022, baseline_year=1989))["baseline_cells"].tolist() == [""]


def test_a_target_that_national_data_cannot_quantify() -> None:
    frame = computed(
        indicator("r1", "construction", "", 2022, baseline_year=None), indicator("r1", "waste", "waste", 2022)
    )
    row = frame.iloc[0]
    assert row[["sheet", "source_cells", "baseline_cells"]].tolist() == ["", "", ""]
    assert np.isnan(row["source_sum_t"])
    alone = computed(indicator("r1", "construction", "", 2022, baseline_year=None)).iloc[0]
    assert alone["source_cells"] == ""
    assert np.isnan(alone["source_sum_t"])


def test_a_sector_that_the_municipality_lacks_is_left_out() -> None:
    frame = computed(indicator("r1", "total", "transport waste", 2022, municipality_code="0180"))
    assert frame[["source_cells", "baseline_cells", "source_sum_t"]].to_numpy().tolist() == [["N1008", "", 7.0]]


def test_nothing_in_gives_nothing_out() -> None:
    indicators = pd.DataFrame([indicator("r1", "waste", "waste", 2022)])
    frame = sectors_traced(indicators.head(0), emissions().head(0))
    assert frame.empty
    assert list(frame.columns) == PROVENANCE.column_names


def test_the_whole_country_at_once() -> None:
    sectors = [f"s{i}" for i in range(9)]
    targets = {"total": " ".join(sectors), **{f"t{i}": sectors[i] for i in range(8)}, "pair": "s1 s2"}
    index = pd.MultiIndex.from_product(
        [["r1", "r2", "r3"], [f"{i:04}" for i in range(290)], sectors, range(2000, 2012)],
        names=["release_id", "municipality_code", "sector_code", "year"],
    )
    cells = index.to_frame(index=False).assign(emissions_reported_t=1.0, sheet=SHEET, source_column="N")
    cells["source_row"] = np.arange(len(cells)) + 8
    index = pd.MultiIndex.from_product(
        [[f"{i:04}" for i in range(290)], list(targets), ["r1", "r2", "r3"], range(2000, 2012)],
        names=["municipality_code", "target_id", "release_id", "year"],
    )
    indicators = index.to_frame(index=False).assign(baseline_year=2000, correction_ids="")
    indicators["sector_codes"] = indicators["target_id"].map(targets)
    frame = sectors_traced(indicators, cells)
    assert len(frame) == 290 * 10 * 12 * 3
    assert set(frame.loc[frame["indicator_id"] == "total", "source_sum_t"]) == {9.0}
