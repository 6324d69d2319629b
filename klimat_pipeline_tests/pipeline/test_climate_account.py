"""The climate account: what it says is what is published, in both languages; and its form.

Expected figures are those of SMHI's releases (2025 and June 2026) and arithmetic on them by hand.
"""

import re
import sqlite3
from contextlib import closing
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from klimat_pipeline.errors import ConfigurationError
from klimat_pipeline.reports import climate_account as page_module
from klimat_pipeline.reports.climate_account import climate_account, file_name, write_accounts
from klimat_pipeline.settings import Settings, load_settings
from klimat_pipeline_tests.pipeline.commands import Klimat
from klimat_pipeline_tests.support.chromium import chromium
from klimat_pipeline_tests.support.default_refresh import Refresh

NBSP, MINUS = "\u00a0", "\u2212"
AXE = Path(__file__).parents[1] / "support" / "axe" / "axe.min.js.gz"
VOID = {"meta", "br", "wbr", "hr", "img", "link", "input"}


def settings_of(data: Path) -> Settings:
    return load_settings().model_copy(update={"data_dir": data})


@pytest.fixture(scope="module")
def pages(small_refresh: Refresh) -> dict[tuple[str, bool], str]:
    """Helsingborg's page by language and whether it is in brief."""
    settings = settings_of(small_refresh.data)
    return {
        (language, short): climate_account(settings, "1283", language=language, short=short)
        for language in ("sv", "en")
        for short in (False, True)
    }


@pytest.fixture(scope="module")
def without_folder(small_refresh: Refresh, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published tables as they would be, had the municipality no folder."""
    data = tmp_path_factory.mktemp("no_folder")
    (data / "published").mkdir()
    target = data / "published" / "klimat.sqlite"
    target.write_bytes((small_refresh.data / "published" / "klimat.sqlite").read_bytes())
    with closing(sqlite3.connect(target)) as database:
        for table in ("targets", "corrections", "climate_actions", "pathways", "target_probability", "gap_table"):
            database.execute(f"DELETE FROM {table}")
        for table in ("target_sensitivity", "neutrality_balance", "energy_use", "abatement_cost"):
            database.execute(f"DELETE FROM {table}")
        database.execute("DELETE FROM sector_indicators WHERE sector_codes = ''")
        database.execute(
            "UPDATE sector_indicators SET target_kind = 'generic', target_pct = NULL, target_year = NULL, "
            "target_t_co2e = NULL, gap_t_co2e = NULL, target_path_t_co2e = NULL, status = 'no_target'"
        )
        database.commit()
    return data


class Outline(HTMLParser):
    """Elements in their order, with attributes and text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"style", "svg"} & set(self.open):
            self.text.append(data)

    @property
    def read(self) -> str:
        return " ".join(" ".join(self.text).split())


def test_headline_is_what_is_published(pages: dict[tuple[str, bool], str]) -> None:
    swedish, english = (Outline(pages[language, False]).read for language in ("sv", "en"))
    # 516,011.87 / 1,081,244.42 - 1; the line of 2024 is 34 of 40 years from 1990 to 15 % of it.
    assert f"{MINUS}52,3 %" in swedish
    assert f"{MINUS}52.3%" in english
    assert "Från 1 081 244 till 516 012 ton CO₂e (AR5)" in swedish
    assert "From 1,081,244 to 516,012 tonnes CO₂e (AR5)" in english
    line = 1081244.42 * (1 - 0.85 * 34 / 40)
    assert f"{516011.87 - line:,.0f}" == "215,967"
    assert "215,967 behind tonnes above the straight line" in english
    assert "efter målet" in swedish


def test_sectors_sum_to_the_total_on_the_page(pages: dict[tuple[str, bool], str]) -> None:
    table = re.search(r"<caption>Emissions by main sector.*?</table>", pages["en", False], re.DOTALL)
    assert table is not None
    rows = re.findall(r'<th scope="row">(.*?)</th><td class="number">([\d,]+)</td>', table.group())
    tonnes = {name: int(value.replace(",", "")) for name, value in rows}
    assert len(tonnes) == 10
    assert tonnes.pop("Total") == 516012
    assert sum(tonnes.values()) == pytest.approx(516012, abs=len(tonnes) / 2)
    assert tonnes["Transport"] == 214046


def test_every_sector_says_what_year_its_change_counts_from(small_refresh: Refresh, tmp_path: Path) -> None:
    """A sector that is a target has the target's base year, which need not be that of its neighbours."""
    (tmp_path / "published").mkdir()
    copy = tmp_path / "published" / "klimat.sqlite"
    copy.write_bytes((small_refresh.data / "published" / "klimat.sqlite").read_bytes())
    with closing(sqlite3.connect(copy)) as database:
        database.execute(
            "UPDATE sector_indicators SET baseline_year = 2010, change_pct = 1.5 WHERE target_id = 'waste'"
        )
        database.commit()
    read = Outline(climate_account(settings_of(tmp_path), "1283", language="en")).read
    assert "Waste (incl. waste water) 14,846 2.9% 2010 +1.5%" in read
    assert f"Transport 214,046 41.5% 1990 {MINUS}12.5%" in read


def test_parts_of_the_change_sum_to_it(pages: dict[tuple[str, bool], str]) -> None:
    read = Outline(pages["en", False]).read
    # -56.737 % (2025's release, 2023) to -52.276 %: 4.46 points, of which the rest is what new years brought.
    assert "The difference is +4.46 percentage points" in read
    assert "Sum +4.46 +34,767" in read  # 516,011.87 - 481,245.08


def test_corrections_say_where_they_apply_and_why(pages: dict[tuple[str, bool], str]) -> None:
    read = Outline(pages["en", False]).read
    assert "0 corrections apply to the release shown here, 3 only to other releases" in read
    assert f"Work machinery 2022 50,355 20,000 {MINUS}30,355 smhi-ggt-2025" in read
    assert "the port has calculated its own machines" in read


def test_what_is_missing_is_no_zero(pages: dict[tuple[str, bool], str]) -> None:
    read = Outline(pages["en", False]).read
    assert "No action states a cost, so kronor per tonne cannot be computed (NE)" in read
    assert "International transport within Swedish borders 10 0.0% 1990 no figure no figure no figure" in read
    assert "No accounts payable ledger has been entered" in read


def test_sources_stand_with_their_hashes(pages: dict[tuple[str, bool], str], small_refresh: Refresh) -> None:
    with closing(sqlite3.connect(small_refresh.data / "published" / "klimat.sqlite")) as database:
        hashes = [value for (value,) in database.execute("SELECT sha256 FROM releases")]
        files = database.execute(
            "SELECT sha256 FROM run_manifest WHERE item_kind = 'configuration' AND item_name LIKE '%1283_helsingborg/%' "
            "AND item_name NOT LIKE '%.example.%'"
        ).fetchall()
    assert len(hashes) == 2
    assert len(files) > 5
    for value in [*hashes, *(value for (value,) in files)]:
        assert value in pages["sv", False]


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("short", [False, True])
def test_form(pages: dict[tuple[str, bool], str], language: str, short: bool) -> None:
    page = pages[language, short]
    assert len(page.encode()) < 3_000_000
    outline = Outline(page)
    assert outline.open == []
    tags = [tag for tag, _ in outline.found]
    assert dict(outline.found)["html"] == {"lang": language} | ({"class": "short"} if short else {})
    assert "script" not in tags
    assert "iframe" not in tags
    ids = [attributes["id"] for _, attributes in outline.found if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = [attributes["href"] for tag, attributes in outline.found if tag == "a"]
    assert all(link is not None and link[1:] in ids for link in links)
    levels = [int(tag[1]) for tag in tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert tags.count("caption") == tags.count("table") > 0
    assert all("scope" in attributes for tag, attributes in outline.found if tag == "th")
    assert tags.count("figcaption") == tags.count("figure") == tags.count("svg") > 0
    assert all(attributes.get("aria-label") for tag, attributes in outline.found if tag == "svg")


@pytest.mark.parametrize("language", ["sv", "en"])
def test_nothing_is_fetched(pages: dict[tuple[str, bool], str], language: str) -> None:
    """No address that a browser would load, and a policy that would stop it."""
    page = pages[language, False]
    assert re.findall(r"""(?:src|srcset|href|action|data)=["'](?!#)""", page) == []
    assert re.findall(r"url\((?!#)|@import", page) == []
    assert "default-src 'none'" in page


def test_a_municipality_without_a_folder_gets_what_is_known(without_folder: Path) -> None:
    page = climate_account(settings_of(without_folder), "1283", language="sv")
    read = Outline(page).read
    assert f"{MINUS}52,3 %" in read
    assert "Kommunen har inte lagt in något eget mål för sina samlade utsläpp" in read
    assert "Inga lokala rättelser" in read
    assert "Inga åtgärder är inlagda" in read
    assert "None" not in read
    assert "nan" not in read.split()


def test_the_invented_ledger_has_a_page_of_its_purchases(small_refresh: Refresh) -> None:
    read = Outline(climate_account(settings_of(small_refresh.data), "9999", language="sv")).read
    assert "Ett påhittat exempel" in read
    assert "Inköp 2023:" in read


def test_a_municipality_that_is_not_published_is_refused(small_refresh: Refresh) -> None:
    with pytest.raises(ConfigurationError, match="no municipality has the code '0000'"):
        climate_account(settings_of(small_refresh.data), "0000")


def test_texts_of_people_are_no_markup(without_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "published").mkdir()
    copy = tmp_path / "published" / "klimat.sqlite"
    copy.write_bytes((without_folder / "published" / "klimat.sqlite").read_bytes())
    with closing(sqlite3.connect(copy)) as database:
        database.execute("UPDATE municipalities SET municipality_name = '<script>alert(1)</script>\"&'")
        database.commit()
    page = climate_account(settings_of(tmp_path), "1283", language="en")
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_pages_are_written_beside_the_tables(small_refresh: Refresh, tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "published").mkdir()
    (tmp_path / "published" / "klimat.sqlite").write_bytes(
        (small_refresh.data / "published" / "klimat.sqlite").read_bytes()
    )
    monkeypatch.setattr(page_module, "_sections", lambda town, *, short: iter(()))
    written = list(write_accounts(settings_of(tmp_path), ["1283"]))
    assert [path.name for path in written] == [
        "klimatredovisning-1283.sv.html",
        "klimatredovisning-1283-kort.sv.html",
        "klimatredovisning-1283.en.html",
        "klimatredovisning-1283-kort.en.html",
    ]
    assert sorted(path.name for path in (tmp_path / "published" / "reports").iterdir()) == sorted(
        file_name("1283", language, short=short) for language in ("sv", "en") for short in (False, True)
    )


def test_the_command_writes_a_page_and_a_workbook(small_refresh: Refresh, tmp_path: Path) -> None:
    klimat = Klimat(small_refresh.data)
    page, book = tmp_path / "page.html", tmp_path / "book.xlsx"
    answer = klimat("report", "helsingborg", "--language", "en", "--short", "--output", str(page))
    assert answer.code == 0, answer.text
    assert '<html lang="en" class="short">' in page.read_text(encoding="utf-8")
    answer = klimat("export", "gpc", "1283", "--output", str(book))
    assert answer.code == 0, answer.text
    assert book.stat().st_size > 5000
    # The invented example is no municipality by name, but has a page of its purchases.
    assert klimat("report", "9999", "--output", str(page)).code == 0
    answer = klimat("report", "1283", "--language", "fi", "--output", str(page))
    assert (answer.code, "there are sv and en" in answer.text) == (1, True)


def numbers(text: str, thousands: str, decimal: str) -> list[str]:
    """The numbers of a sentence in any order, with their signs where they are no part of a name."""
    pattern = rf"(?:(?<=[ (])[-{MINUS}+])?(?:\d{{1,3}}(?:{thousands}\d{{3}})+|\d+)(?:[.{decimal}]\d+)?"
    found = re.findall(pattern, text)
    return sorted(one.replace(thousands, "").replace(decimal, ".").replace(MINUS, "-") for one in found)


def test_every_remark_on_a_municipality_has_the_same_figures_in_swedish(default_refresh: Refresh) -> None:
    with closing(sqlite3.connect(default_refresh.data / "published" / "klimat.sqlite")) as database:
        found = database.execute(
            "SELECT check_name, message, message_sv FROM data_quality WHERE outcome = 'failed' "
            "AND municipality_codes <> ''"
        ).fetchall()
    assert len({check for check, _, _ in found}) > 10
    assert [check for check, _, said in found if not said] == []
    for check, english, swedish in found:
        assert numbers(english, ",", ".") == numbers(swedish, NBSP, ","), (check, english, swedish)


def test_the_swedish_page_has_no_english_remark(default_refresh: Refresh) -> None:
    page = climate_account(settings_of(default_refresh.data), "1283", language="sv")
    assert 'lang="en"' not in page
    # Table of Helsingborg's plan: line AFOLU sources, columns 2 to 5.
    said = f"Helsingborg, \u201dJordbruk och markanvändning, källor\u201d: gapet, (3-4)-2, ger 4{NBSP}146 ton, "
    assert f"{said}tryckt är 6{NBSP}146 ton" in page
    assert '<span lang="">the contract says fossil emissions' in page


@pytest.mark.browser
@pytest.mark.parametrize(("language", "short", "dark"), [("sv", False, False), ("en", True, True)])
def test_axe_finds_nothing(
    pages: dict[tuple[str, bool], str], tmp_path: Path, language: str, short: bool, dark: bool
) -> None:
    """In light and dark colours, and nothing is loaded; axe-core is put into a copy of the page, which has no script."""
    import gzip
    import html
    import json

    script = gzip.decompress(AXE.read_bytes()).decode().replace("</script>", "<\\/script>")
    tell = (
        "axe.run(document).then(found => { document.title = 'done'; document.body.innerHTML = '<pre id=found>' + "
        "JSON.stringify([found.passes.length, performance.getEntriesByType('resource').length, found.violations.map(one => [one.id, one.impact, one.nodes[0].html])])"
        ".replace(/&/g, '&amp;').replace(/</g, '&lt;') + '</pre>' })"
    )
    page = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", pages[language, short])
    path = tmp_path / "page.html"
    path.write_text(page.replace("</body>", f"<script>{script}</script><script>{tell}</script></body>"), "utf-8")
    shown = chromium(path, *(["--blink-settings=preferredColorScheme=0"] if dark else []))
    found = re.search(r'<pre id="found">(.*?)</pre>', shown, re.DOTALL)
    assert found is not None, shown[-300:]
    passed, loaded, violations = json.loads(html.unescape(found.group(1)))
    assert passed > 10
    assert violations == []
    assert loaded == 0
