"""What is to be mapped next: the largest first, harmless in a spreadsheet, and read back once filled in."""

import csv
from io import StringIO
from itertools import product
from pathlib import Path

import pandas as pd
import pytest

from klimat_pipeline.charts.spend import coverage, largest_categories, pareto, shown_on_pages, unmapped_markdown
from klimat_pipeline.errors import ProblemsError
from klimat_pipeline.spend.results.unmapped import as_csv, for_spreadsheet
from klimat_pipeline_tests.support.ledgers import line
from klimat_pipeline_tests.unit.spend.purchases import computed, electricity, food, own_files
from klimat_pipeline_tests.unit.spend.towns import FoundIn, Towns

ROWS = [
    line(1, amount_ore=100_00, account="9901", account_text="=cmd|' /C calc'!A0"),
    line(2, amount_ore=-900_00, account="9902", account_text="Okänt | <b>"),
    electricity(3, 500_00),
]
TOWNS = Towns()
found_in = TOWNS.fixture()
USUAL = TOWNS.add(ROWS)


def test_the_largest_first_by_size(found_in: FoundIn) -> None:
    found = found_in(USUAL)
    assert list(found["unmapped/accounts"]["account_prefix"]) == ["9902", "9901"]
    assert found["unmapped/suppliers"][["supplier_id", "spend_sek"]].to_numpy().tolist() == [["5560000001", -800.0]]


def test_no_spreadsheet_runs_what_a_ledger_holds(found_in: FoundIn) -> None:
    text = as_csv(found_in(USUAL)["unmapped/accounts"])
    assert [row["account_text"] for row in csv.DictReader(StringIO(text))] == ["Okänt | <b>", "'=cmd|' /C calc'!A0"]
    assert next(csv.DictReader(StringIO(text)))["spend_sek"] == "-900.0"


def test_filled_in_it_is_read_back(tmp_path: Path, found_in: FoundIn) -> None:
    listed = as_csv(found_in(USUAL)["unmapped/accounts"])
    # Only two cells of every row are written: category and reason stand behind the account.
    filled = listed.replace("9902,,,", "9902,textiles,we know,").replace("9901,,,", "9901,textiles,we know,")
    left = []
    for name, text in (("untouched", listed), ("filled", filled)):
        same_town = Towns()
        assert same_town.add(ROWS, files={"spend_accounts": text}) == USUAL
        left.append(same_town.computed(tmp_path / name)(USUAL)["unmapped/accounts"])
    assert len(left[0]) == 2
    assert left[1].empty
    assert unmapped_markdown(left[1]) == "Everything that counts has a category."


TEXTS = ('Div. "övrigt"; 25 %', "Div. ”Vår by”", "Div. Škoda, a;b\tc", "Div.\nrad två", "=1+1;2")
#: The same texts, by what stands before the accounts' numbers.
OF_CHART = {
    chart: [line(n, account=f"{chart}99{n:02}", account_text=text) for n, text in enumerate(TEXTS)]
    for chart in ("", "BAS ")
}
TOWN_OF_CHART = {chart: TOWNS.add(rows) for chart, rows in OF_CHART.items()}


@pytest.mark.parametrize("chart", OF_CHART)
def test_a_spreadsheet_saves_it_with_what_texts_hold(tmp_path: Path, found_in: FoundIn, chart: str) -> None:
    """Quotation marks of both kinds, separators, line breaks and letters of names, as texts of accounts hold them.

    However it is saved, the same is read.
    """
    listed = for_spreadsheet(found_in(TOWN_OF_CHART[chart])["unmapped/accounts"]).decode("utf-8-sig")
    header, *cells = csv.reader(StringIO(listed, newline=""), delimiter=";")
    assert len(cells) == len(TEXTS)
    filled = [["1283", account, "textiles", 'our "plan"; all', *rest] for _, account, _, _, *rest in cells]
    read = []
    for separator, encoding in product((";", "\t", ","), ("utf-8-sig", "cp1252", "utf-16")):
        saved = StringIO()
        csv.writer(saved, delimiter=separator, lineterminator="\r\n").writerows([header, *filled])
        own = own_files(tmp_path, spend_accounts=saved.getvalue().encode(encoding))
        read.append((separator, encoding, own))
    for separator, encoding, own in read:
        assert own.accounts.equals(read[0][2].accounts), (separator, encoding)
        assert len(own.accounts) == len(TEXTS), (separator, encoding)
    found = computed(tmp_path, OF_CHART[chart], own=read[0][2])
    assert found["unmapped/accounts"].empty
    assert set(found["spend/spend_mapping"]["category"]) == {"textiles"}


@pytest.mark.parametrize("encoding", ["mac-roman", "cp850"])
def test_a_list_in_another_code_page_is_refused(tmp_path: Path, encoding: str) -> None:
    text = "account_prefix;category;reason\r\n6430;textiles;kläder på förråd\r\n"
    with pytest.raises(ProblemsError, match=r"spend_accounts.csv:2: neither UTF-8 nor Windows-1252"):
        own_files(tmp_path, spend_accounts=text.encode(encoding))


def test_a_category_needs_a_reason(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError, match=r"spend_accounts.csv:2: 9902: a category needs a reason"):
        own_files(tmp_path, spend_accounts="account_prefix,category,reason\n9902,textiles,\n")


def test_pages(tmp_path: Path) -> None:
    found = computed(tmp_path, [*ROWS, food(4, 100_00, municipality_code="9999")])
    pages = shown_on_pages(found)
    assert "<b>" not in pages["spend/spend_reconciliation"]["to be mapped next"]
    assert "'=cmd" in pages["spend/spend_reconciliation"]["to be mapped next"]
    charts = largest_categories(found["spend/spend_by_category"])
    assert charts["9999"]["title"]["text"].startswith("invented ledger: ")
    assert "invented" not in charts["1283"]["title"]["text"]
    assert "| 9999 (example) | 2023 | 100.0% | ████████████████████ |" in coverage(found["spend/spend_quality"])


def test_the_pareto_line_is_the_cumulative_share() -> None:
    """Seventeen categories of 17, 16, ... 1 t, 153 t in all: the first two are 33 / 153 = 21.5686 %, the rest of two 3 t."""
    rows = pd.DataFrame(
        {
            "spend_category": [f"c{number:02}" for number in range(17)],
            "category_name_en": [f"Category {number}" for number in range(17)],
            "purchase_area": "food",
            "footprint_t_co2e": [float(number + 1) for number in range(17)],
        }
    )
    found = pareto(rows)
    assert [row["t"] for row in found] == [17.0, 16.0, *(float(n) for n in range(15, 2, -1)), 3.0]
    assert found[1]["cumulative_pct"] == pytest.approx(21.5686, abs=1e-4)
    assert (found[-1]["category"], found[-1]["cumulative_pct"]) == ("2 other categories", pytest.approx(100.0))
    shares = [row["cumulative_pct"] for row in found]
    assert shares == sorted(shares)
    nothing = pareto(rows.assign(footprint_t_co2e=0.0))
    assert {row["cumulative_pct"] for row in nothing} == {None}


def test_the_chart_draws_bars_and_line_of_the_same_rows(found_in: FoundIn) -> None:
    chart = largest_categories(found_in(USUAL)["spend/spend_by_category"])[USUAL]
    bars, line = chart["layer"]
    assert (bars["mark"]["type"], line["mark"]["type"]) == ("bar", "line")
    assert (bars["encoding"]["x"]["field"], line["encoding"]["x"]["field"]) == ("t", "cumulative_pct")
    assert chart["data"]["values"][-1]["cumulative_pct"] == pytest.approx(100.0)


def test_pages_of_nobody_are_empty(tmp_path: Path) -> None:
    assert shown_on_pages(computed(tmp_path, [])) == {}
