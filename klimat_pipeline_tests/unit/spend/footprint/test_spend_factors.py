"""Kronor to kilograms by hand: the contract's own example, the direction of the deflator, what is refused."""

import pandas as pd
import pytest

from klimat_pipeline.configuration.spend_factors import IndexValue, Rate, SpendFactors
from klimat_pipeline.errors import ConfigurationError, ProblemsError
from klimat_pipeline.spend.footprint.spend_factors import factor_table, kg_of, load_factor_set
from klimat_pipeline_tests.support.shared import REPOSITORY, shared_path
from klimat_pipeline_tests.unit.spend.purchases import REFERENCE, computed, electricity, food

USEPA = "data/factors/usepa_supply_chain_v1.3.0_naics.csv"


def kg(category: str, year: int, **chosen: object) -> float:
    table = factor_table([year], REFERENCE, SpendFactors(**chosen)).set_index("category")
    return float(table.loc[category, "kg_per_sek"])


def test_a_million_kronor_of_food() -> None:
    """1,000,000 SEK / 11.48 SEK per EUR / 1000 x 429.23 kg = 37,389.37 kg."""
    found = kg_of(1e6, index_price_year=1, index_year=1, sek_per_unit=11.48, kg_per=1000, factor=429.23)
    assert round(found) == 37_389
    assert round(1e6 * kg("food_products", 2023)) == 37_389


def test_an_older_krona_bought_more() -> None:
    """Index 403.70 in 2023 and 343.19 in 2021: a krona of 2021 is 1.17632 kronor of 2023."""
    assert kg("food_products", 2021) / kg("food_products", 2023) == pytest.approx(403.70 / 343.19)
    assert kg("food_products", 2021) > kg("food_products", 2023)


def test_a_missing_index_stops_where_that_was_chosen() -> None:
    with pytest.raises(ProblemsError, match=r"price index kpi has no value for 2026: .* missing_index: last_known"):
        kg("food_products", 2026, missing_index="error")
    with pytest.raises(ProblemsError, match="price index kpi has no value for 2005"):
        kg("food_products", 2005)  # nothing is carried backward


def test_a_missing_index_is_the_last_known_and_says_so() -> None:
    table = factor_table([2027], REFERENCE, SpendFactors())
    assert set(table["note"]) == {"price index of 2025 stands in for 2027"}
    assert set(table["price_basis"]) == {"stands_in"}
    assert kg("food_products", 2027) == kg("food_products", 2025)


def test_an_own_index_value_counts() -> None:
    """Index 807.40 is twice that of 2023: the krona is worth half."""
    own = [IndexValue(year=2024, value=807.40, source="own")]
    assert kg("food_products", 2024, price_index=own) == pytest.approx(kg("food_products", 2023) / 2)


def test_an_own_index_value_on_another_base_is_refused() -> None:
    """SCB's KPI of 2023 is 403.70 with 1980 = 100; 124.5 for 2024 would be on the base 2020 = 100."""
    own = [IndexValue(year=2024, value=124.5, source="own")]
    with pytest.raises(ProblemsError, match=r"of 2024 is 124.5, where 2023 has 403.7 .*another base"):
        kg("food_products", 2024, price_index=own)


def test_a_category_may_have_an_index_of_its_own() -> None:
    own = [IndexValue(year=y, price_group="food_products", value=v, source="own") for y, v in ((2022, 80), (2023, 100))]
    assert kg("food_products", 2022, price_index=own) == pytest.approx(kg("food_products", 2023) * 100 / 80)
    assert kg("textiles", 2022, price_index=own) == pytest.approx(kg("textiles", 2023) * 403.70 / 371.91)


def test_a_deflator_that_nobody_knows_names_the_known_ones() -> None:
    with pytest.raises(ConfigurationError, match="'npi' has no values; known are itpi, kpi. Check deflator"):
        kg("food_products", 2023, deflator="npi")


def test_an_unknown_set_names_the_known_ones() -> None:
    with pytest.raises(ConfigurationError, match="'exiobase' is unknown; .* has figaro_se_2023, usepa_2022"):
        load_factor_set("exiobase", REFERENCE)


def test_a_set_that_is_not_shipped_needs_its_file() -> None:
    with pytest.raises(ConfigurationError, match="factor_files"):
        load_factor_set("usepa_2022", REFERENCE)


def test_the_foreign_set_loads_through_the_same_code() -> None:
    """Soybean farming begins the file at 0.532 kg per USD with margins; a category is the mean of its NAICS codes."""
    path = str(shared_path(USEPA))
    found = load_factor_set("usepa_2022", REFERENCE, {"usepa_2022": path})
    assert (found.currency, found.kg_per, found.price_year) == ("USD", 1.0, 2022)
    assert set(found.factors) == set(REFERENCE.category_codes) - {"public_administration"}
    chosen = {"factor_files": {"usepa_2022": path}}
    shipped = factor_table([2022], REFERENCE, SpendFactors(**chosen), set_id="usepa_2022").set_index("category")
    assert shipped.loc["food_products", "kg_per_sek"] == pytest.approx(found.factors["food_products"] / 10.1227)
    rate = Rate(year=2022, currency="USD", sek_per_unit=10.0, source="the test's input")
    table = factor_table([2022], REFERENCE, SpendFactors(**chosen, exchange_rates=[rate]), set_id="usepa_2022")
    row = table.set_index("category").loc["food_products"]
    assert row["kg_per_sek"] == pytest.approx(found.factors["food_products"] / 10)
    assert row["gwp_set"] == "not stated"


def test_the_concordance_is_a_mean_and_the_rate_is_what_was_stated(tmp_path) -> None:
    """Food is NAICS 311 and 312: (0.2 + 0.4 + 0.9) / 3 = 0.5 kg per USD of 2022.

    With 10 SEK per USD (the test's input), a krona of 2022 gives 0.05 kg; one of 2021, with the index 343.19 where 2022
    has 371.91, 0.05 x 371.91 / 343.19 = 0.05418427 kg. NAICS 9999 is no category's.
    """
    path = tmp_path / "naics.csv"
    path.write_text(
        "2017 NAICS Code,Supply Chain Emission Factors with Margins\n311111,0.2\n311920,0.4\n312110,0.9\n999900,7\n",
        encoding="utf-8",
    )
    chosen = SpendFactors(
        factor_files={"usepa_2022": str(path)},
        exchange_rates=[Rate(year=2022, currency="USD", sek_per_unit=10.0, source="the test's input")],
    )
    table = factor_table([2021, 2022], REFERENCE, chosen, set_id="usepa_2022").set_index(["year", "category"])
    assert table.loc[(2022, "food_products"), "kg_per_sek"] == pytest.approx(0.05)
    assert table.loc[(2021, "food_products"), "kg_per_sek"] == pytest.approx(0.05418427, rel=1e-6)
    assert table["kg_per_sek"].count() == 2
    row = table.loc[(2021, "food_products")]
    assert row["rate_source"] == "the test's input"
    assert (row["currency"], row["factor_price_year"], row["index_price_year"]) == ("USD", 2022, 371.91)


def test_a_file_with_a_text_for_a_factor_is_refused(tmp_path) -> None:
    path = tmp_path / "factors.csv"
    path.write_text("nace_code,total_purchaser_prices_with_margins\nA01,much\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"factors.csv:2: column total_purchaser.* found 'much'"):
        load_factor_set("figaro_se_2023", REFERENCE, {"figaro_se_2023": str(path)})


def test_another_vintage_counts_from_its_year_on() -> None:
    chosen = {
        "factor_set_by_year": {"2022": "usepa_2022"},
        "factor_files": {"usepa_2022": str(shared_path(USEPA))},
        "exchange_rates": [Rate(year=2022, currency="USD", sek_per_unit=10.0, source="the test's input")],
    }
    table = factor_table([2021, 2022, 2023], REFERENCE, SpendFactors(**chosen)).drop_duplicates("year")
    assert list(table["set_id"]) == ["figaro_se_2023", "usepa_2022", "usepa_2022"]
    # Fixed prices stay those of the first set, so that a change of factors is no change of volume.
    assert set(table["price_year"]) == {2023}


def test_the_second_set_as_a_sensitivity_states_currency_rate_and_concordance(tmp_path) -> None:
    """1,000 kronor of food in 2022 at 10 SEK per USD and 0.5 kg per USD: 50 kg. Electricity has no factor in this file."""
    path = tmp_path / "naics.csv"
    path.write_text("2017 NAICS Code,Supply Chain Emission Factors with Margins\n311111,0.5\n", encoding="utf-8")
    rows = [food(1, 1_000_00, year=2022), electricity(2, 500_00, year=2022)]
    chosen = {"sensitivity_sets": ["usepa_2022"], "factor_files": {"usepa_2022": str(path)}}
    rate = Rate(year=2022, currency="USD", sek_per_unit=10.0, source="the test's input")
    found = computed(tmp_path, rows, **chosen, exchange_rates=[rate])["spend/spend_sensitivity"]
    assert found["footprint_t_co2e"].tolist() == [pytest.approx(0.05)]
    assert found["mapped_sek"].tolist() == [1000.0]
    assert found["note"].tolist() == [
        "USD of 2022 at 10 SEK (the test's input); classes by data/reference/naics_categories.csv; no factor for "
        "energy_supply"
    ]
    shipped = computed(tmp_path / "again", rows, **chosen)["spend/spend_sensitivity"]
    assert shipped["footprint_t_co2e"].tolist() == [pytest.approx(0.5 / 10.1227)]


def test_the_second_set_runs_over_the_example_ledger(tmp_path) -> None:
    """Every category of the concordance at 0.2 kg per USD, 10 SEK per USD: 0.02 kg per krona of what is mapped."""
    from klimat_pipeline.spend.ledger.example import write_example
    from klimat_pipeline.spend.ledger.read_ledger import read_ledger
    from klimat_pipeline_tests.unit.spend.small import typed_lines, way

    write_example(tmp_path / "l.csv", lines=600, seed=3, year=2022, faults=True)
    read_ledger(tmp_path / "l.csv", "l.csv", way(), tmp_path / "typed")
    lines = [
        {**row, "municipality_code": "1283", "year": row["booked_on"].year} for row in typed_lines(tmp_path / "typed")
    ]
    classes = pd.read_csv(REPOSITORY / "data" / "reference" / "naics_categories.csv", dtype=str)
    codes = sorted(prefix.ljust(6, "1") for prefix in set(classes["naics_prefix"]))
    text = "2017 NAICS Code,Supply Chain Emission Factors with Margins\n" + "".join(f"{c},0.2\n" for c in codes)
    (tmp_path / "naics.csv").write_text(text, encoding="utf-8")
    chosen = {"sensitivity_sets": ["usepa_2022"], "factor_files": {"usepa_2022": str(tmp_path / "naics.csv")}}
    rate = Rate(year=2022, currency="USD", sek_per_unit=10.0, source="the test's input")
    found = computed(tmp_path / "results", lines, **chosen, exchange_rates=[rate])
    (row,) = found["spend/spend_sensitivity"].to_dict("records")
    by_category = found["spend/spend_by_category"].query("spend_category != 'unmapped'")
    assert row["mapped_sek"] > 0
    assert row["footprint_t_co2e"] == pytest.approx(row["mapped_sek"] * 0.02 / 1000)
    lacking = row["note"].partition("; no factor for ")[2].split(", ")
    mapped = by_category[~by_category["spend_category"].isin(lacking)]["spend_sek"].sum()
    assert row["mapped_sek"] == pytest.approx(mapped)
    assert row["note"].startswith(
        "USD of 2022 at 10 SEK (the test's input); classes by data/reference/naics_categories.csv"
    )
    assert row["factor_set"] == "usepa_2022" and row["factor_gwp_set"]
