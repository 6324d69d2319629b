"""DCAT-AP-SE 3.0: the catalogue of an open data folder as RDF (Turtle), with the profile's mandatory fields.

Mandatory are of a catalogue title, description, publisher, licence and data sets; of a data set title, description and
publisher; of a distribution its access address; of an agent its name. The recommended ones that we know are there too.
What does not belong here: writing the files that it describes (``open_data``).
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from klimat_pipeline.contracts import MART, Table
from klimat_pipeline.errors import ConfigurationError

CATALOGUE = "dcat.ttl"
_EU = "http://publications.europa.eu/resource/authority"
_PREFIXES = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_TITLE = {"sv": "Klimatredovisning för kommuner", "en": "Climate accounts of municipalities"}
_DESCRIPTION = {
    "sv": "Utsläpp av växthusgaser per kommun, sektor och år, mål och gap, inköpens utsläpp och kontroller; ett "
    "stjärnschema med nycklar. En siffra som saknas är inte noll.",
    "en": "Greenhouse gas emissions by municipality, sector and year, targets and gaps, emissions of purchases, and "
    "checks; a star schema with keys. A missing figure is no zero.",
}
_KEYWORDS = {"sv": ("klimat", "växthusgaser", "utsläpp", "kommun"), "en": ("climate", "greenhouse gases", "emissions")}
#: The metadata themselves are free; the figures have their sources' terms.
_CC0 = "https://creativecommons.org/publicdomain/zero/1.0/"
_ADDRESS = re.compile(r"(?:https?://|mailto:)[^\s<>\"{}|\\^`]+")
_MAIL = re.compile(r"[^\s@<>\"]+@[^\s@<>\"]+\.[^\s@<>\"]+")


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who answers for the data set.

    Attributes:
        name: as people know it.
        uri: its identifier, such as the organisation's address.
        mail: where questions go.
        url: address that the folder is served at.
        licence: address of the licence of the figures, which whoever publishes has to have checked.
    """

    name: str
    uri: str
    mail: str
    url: str
    licence: str

    def __post_init__(self) -> None:
        for what, value in (("--publisher-uri", self.uri), ("--url", self.url), ("--license", self.licence)):
            if not _ADDRESS.fullmatch(value):
                raise ConfigurationError(f"{what} {value!r} is no address; give one that begins with https://")
        if not _MAIL.fullmatch(self.mail):
            raise ConfigurationError(f"--contact {self.mail!r} is no mail address")
        if not self.name.strip():
            raise ConfigurationError("--publisher is empty: a catalogue names who answers for it")


def catalogue(version: Path, publisher: Publisher, published_at: datetime, years: tuple[int, int]) -> str:
    """The catalogue of a version.

    Args:
        version: folder with the CSV files.
        publisher: who answers for it.
        published_at: when the figures were published.
        years: the first year with figures and the last.
    """
    base = publisher.url.rstrip("/")
    prefixes = [f"@prefix {name}: <{address}> ." for name, address in _PREFIXES.items()]
    blocks = [
        _catalogue(base, publisher, published_at),
        _agent(publisher),
        _contact(base, publisher),
        _data_set(base, version, publisher, published_at, years),
        *(_distribution(base, version, name, contract, publisher) for name, contract in MART.items()),
    ]
    return "\n".join(prefixes) + "\n\n" + "\n\n".join(blocks) + "\n"


def _catalogue(base: str, publisher: Publisher, at: datetime) -> str:
    return _block(
        f"{base}/#catalogue",
        "dcat:Catalog",
        [
            *_texts("dcterms:title", _TITLE),
            *_texts("dcterms:description", _DESCRIPTION),
            ("dcterms:publisher", _uri(publisher.uri)),
            ("dcterms:license", _uri(_CC0)),
            ("dcterms:language", _uri(f"{_EU}/language/SWE")),
            ("dcterms:language", _uri(f"{_EU}/language/ENG")),
            ("dcterms:modified", _date(at)),
            ("foaf:homepage", _uri(f"{base}/")),
            ("dcat:dataset", _uri(f"{base}/#dataset")),
        ],
    )


def _agent(publisher: Publisher) -> str:
    kind = _uri("http://purl.org/adms/publishertype/LocalAuthority")
    return _block(publisher.uri, "foaf:Agent", [("foaf:name", _text(publisher.name)), ("dcterms:type", kind)])


def _contact(base: str, publisher: Publisher) -> str:
    return _block(
        f"{base}/#contact",
        "vcard:Organization",
        [("vcard:fn", _text(publisher.name)), ("vcard:hasEmail", _uri(f"mailto:{publisher.mail}"))],
    )


def _data_set(base: str, version: Path, publisher: Publisher, at: datetime, years: tuple[int, int]) -> str:
    first, last = (_text(f"{year:04d}-{day}", "xsd:date") for year, day in zip(years, ("01-01", "12-31"), strict=True))
    keywords = [("dcat:keyword", _text(word, f"@{lang}")) for lang, words in _KEYWORDS.items() for word in words]
    return _block(
        f"{base}/#dataset",
        "dcat:Dataset",
        [
            *_texts("dcterms:title", _TITLE),
            *_texts("dcterms:description", _DESCRIPTION),
            ("dcterms:publisher", _uri(publisher.uri)),
            ("dcterms:identifier", _text(f"{base}/#dataset")),
            ("dcterms:modified", _date(at)),
            ("dcat:version", _text(version.name)),
            ("dcat:contactPoint", _uri(f"{base}/#contact")),
            *keywords,
            ("dcat:theme", _uri(f"{_EU}/data-theme/ENVI")),
            ("dcterms:accessRights", _uri(f"{_EU}/access-right/PUBLIC")),
            ("dcterms:accrualPeriodicity", _uri(f"{_EU}/frequency/ANNUAL")),
            ("dcterms:spatial", _uri(f"{_EU}/country/SWE")),
            ("dcterms:temporal", f"[ a dcterms:PeriodOfTime ; dcat:startDate {first} ; dcat:endDate {last} ]"),
            ("dcterms:language", _uri(f"{_EU}/language/SWE")),
            ("dcterms:source", _uri("https://nationellaemissionsdatabasen.smhi.se")),
            ("foaf:page", _uri(f"{base}/{version.name}/datapackage.json")),
            *(("dcat:distribution", _uri(f"{base}/#{name}")) for name in MART),
        ],
    )


def _distribution(base: str, version: Path, name: str, contract: Table, publisher: Publisher) -> str:
    path = version / f"{name}.csv"
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    checksum = (
        "[ a spdx:Checksum ; spdx:algorithm spdx:checksumAlgorithm_sha256 ; "
        f"spdx:checksumValue {_text(digest, 'xsd:hexBinary')} ]"
    )
    address = f"{base}/{version.name}/{name}.csv"
    return _block(
        f"{base}/#{name}",
        "dcat:Distribution",
        [
            ("dcterms:title", _text(name)),
            ("dcterms:description", _text(contract.description_sv or contract.description, "@sv")),
            ("dcterms:description", _text(contract.description, "@en")),
            ("dcat:accessURL", _uri(address)),
            ("dcat:downloadURL", _uri(address)),
            ("dcterms:format", _uri(f"{_EU}/file-type/CSV")),
            ("dcat:mediaType", _uri("http://www.iana.org/assignments/media-types/text/csv")),
            ("dcterms:license", _uri(publisher.licence)),
            ("dcatap:availability", _uri(f"{_EU}/planned-availability/STABLE")),
            ("dcat:byteSize", _text(str(path.stat().st_size), "xsd:nonNegativeInteger")),
            ("spdx:checksum", checksum),
        ],
    )


def _block(subject: str, kind: str, values: list[tuple[str, str]]) -> str:
    lines = [f"{_uri(subject)} a {kind}", *(f"    {name} {value}" for name, value in values)]
    return " ;\n".join(lines) + " ."


def _texts(name: str, texts: dict[str, str]) -> Iterator[tuple[str, str]]:
    yield from ((name, _text(text, f"@{lang}")) for lang, text in texts.items())


def _date(at: datetime) -> str:
    return _text(f"{at:%Y-%m-%dT%H:%M:%SZ}", "xsd:dateTime")


def _uri(address: str) -> str:
    return f"<{address}>"


def _text(text: str, kind: str = "") -> str:
    """A literal, whatever the text holds; of a language (@sv) or a data type."""
    signs = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    escaped = "".join(signs.get(sign, sign) for sign in text)
    return f'"{escaped}"' + (kind if kind.startswith("@") or not kind else f"^^{kind}")
