"""The mart as open data: what a portal and a spreadsheet read, held against the mart and the contracts."""

import csv
import json
import re
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from klimat_pipeline.contracts import MART
from klimat_pipeline.errors import ConfigurationError
from klimat_pipeline.reports.dcat import Publisher, _text
from klimat_pipeline.reports.open_data import harmless, write_open_data
from klimat_pipeline.settings import Settings, load_settings
from klimat_pipeline_tests.support.default_refresh import Refresh

US = Publisher(
    name='Stad "A"\n',
    uri="https://a.example/",
    mail="data@a.example",
    url="https://a.example/klimat/",
    licence="https://creativecommons.org/licenses/by/4.0/",
)
#: Mandatory properties of DCAT-AP-SE 3.0, by class.
MANDATORY = {
    "dcat:Catalog": {"dcterms:title", "dcterms:description", "dcterms:publisher", "dcterms:license", "dcat:dataset"},
    "dcat:Dataset": {"dcterms:title", "dcterms:description", "dcterms:publisher"},
    "dcat:Distribution": {"dcat:accessURL"},
    "foaf:Agent": {"foaf:name"},
}
_TYPES = {
    "integer": re.compile(r"-?\d+"),
    "number": re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?"),
    "boolean": re.compile("true|false"),
    "datetime": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"),
    "string": re.compile(r".*", re.DOTALL),
}


def settings_of(data: Path) -> Settings:
    return load_settings().model_copy(update={"data_dir": data})


@pytest.fixture(scope="module")
def folder(small_refresh: Refresh, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("open")
    written = write_open_data(settings_of(small_refresh.data), folder, US)
    assert written.is_new
    return folder


def rows_of(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "latest" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_files_are_what_the_package_says(folder: Path) -> None:
    """As the standard's validator does: types, required values, patterns, bounds, keys and foreign keys."""
    package = json.loads((folder / "latest" / "datapackage.json").read_text(encoding="utf-8"))
    assert {resource["name"] for resource in package["resources"]} == set(MART)
    read = {name: rows_of(folder, name) for name in MART}
    for resource in package["resources"]:
        name, schema = resource["name"], resource["schema"]
        content = (folder / "latest" / resource["path"]).read_bytes()
        assert resource["hash"] == f"sha256:{sha256(content).hexdigest()}"
        rows = read[name]
        assert list(rows[0]) == [field["name"] for field in schema["fields"]]
        for field in schema["fields"]:
            rules = field.get("constraints", {})
            for value in {row[field["name"]] for row in rows}:
                if value in schema["missingValues"]:
                    assert not rules.get("required"), (name, field["name"])
                    continue
                assert _TYPES[field["type"]].fullmatch(value), (name, field["name"], value)
                assert "pattern" not in rules or re.fullmatch(rules["pattern"], value), (name, field["name"], value)
                assert "enum" not in rules or value in map(str, rules["enum"]), (name, field["name"], value)
                assert "minimum" not in rules or float(value) >= rules["minimum"], (name, field["name"], value)
                assert "maximum" not in rules or float(value) <= rules["maximum"], (name, field["name"], value)
        keys = [tuple(row[column] for column in schema["primaryKey"]) for row in rows]
        assert len(keys) == len(set(keys)), name
        for foreign in schema["foreignKeys"]:
            (column,), of = foreign["fields"], foreign["reference"]
            known = {row[of["fields"][0]] for row in read[of["resource"]]}
            assert {row[column] for row in rows} - {""} <= known, (name, column)


def test_csv_holds_the_mart(folder: Path, small_refresh: Refresh) -> None:
    mart = small_refresh.data / "published" / "parquet" / "mart" / "latest"
    for name, column in (("fact_emissions", "emissions_t_co2e"), ("fact_spend", "spend_sek")):
        table = pq.read_table(mart / f"{name}.parquet", partitioning=None)
        rows = rows_of(folder, name)
        assert len(rows) == table.num_rows > 0
        assert [float(row[column]) for row in rows] == table[column].to_pylist()


def test_no_spreadsheet_runs_a_text() -> None:
    table = pa.table({"t": ["=1+1", "+1", "-x", "@a", "\tb", "plain", "a=b", None], "n": [-1.5, *[0.0] * 7]})
    shown = harmless(table)
    assert shown["t"].to_pylist() == ["'=1+1", "'+1", "'-x", "'@a", "'\tb", "plain", "a=b", None]
    assert shown["n"].to_pylist() == table["n"].to_pylist()


def test_catalogue_has_the_mandatory_fields(folder: Path) -> None:
    text = (folder / "dcat.ttl").read_text(encoding="utf-8")
    blocks = [block for block in text.split("\n\n") if not block.startswith("@prefix")]
    found = dict.fromkeys(MANDATORY, 0)
    for block in blocks:
        kind = re.match(r"<[^>]+> a (\S+) ;", block)
        assert kind is not None, block[:80]
        assert block.rstrip().endswith(".")
        names = set(re.findall(r"^    (\S+) ", block, re.MULTILINE))
        assert MANDATORY.get(kind.group(1), set()) <= names
        if kind.group(1) in found:
            found[kind.group(1)] += 1
    assert found == {"dcat:Catalog": 1, "dcat:Dataset": 1, "dcat:Distribution": len(MART), "foaf:Agent": 1}
    assert '    foaf:name "Stad \\"A\\"\\n" ;' in text
    version = (folder / "latest").readlink().name
    assert f"dcat:downloadURL <https://a.example/klimat/{version}/fact_emissions.csv>" in text


def test_a_literal_ends_where_it_should() -> None:
    assert _text('a"b\\c\n', "@sv") == '"a\\"b\\\\c\\n"@sv'
    assert _text("1", "xsd:integer") == '"1"^^xsd:integer'


def test_a_version_does_not_change(folder: Path, small_refresh: Refresh, tmp_path: Path) -> None:
    settings = settings_of(small_refresh.data)
    write_open_data(settings, tmp_path, US)
    assert not write_open_data(settings, tmp_path, US).is_new
    changed = tmp_path / "latest" / "dim_scope.csv"
    changed.write_text(changed.read_text(encoding="utf-8") + "x\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"other contents \(dim_scope.csv\)"):
        write_open_data(settings, tmp_path, US)
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".new")) == []


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("uri", "helsingborg", "--publisher-uri 'helsingborg' is no address"),
        ("url", "https://a b", "--url"),
        ("licence", "CC BY", "--license 'CC BY'"),
        ("mail", "nobody", "--contact 'nobody'"),
        ("name", " ", "--publisher is empty"),
    ],
)
def test_a_publisher_is_one(field: str, value: str, said: str) -> None:
    whole = {name: getattr(US, name) for name in ("name", "uri", "mail", "url", "licence")}
    with pytest.raises(ConfigurationError, match=said):
        Publisher(**whole | {field: value})
