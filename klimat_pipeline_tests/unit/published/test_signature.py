"""A publication says what was changed in it, and whether it was signed by whom one expects."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from klimat_pipeline.errors import ConfigurationError
from klimat_pipeline.published.publication import prepare, publish
from klimat_pipeline.published.signature import SIGNATURE, faults, private_key, public_key
from klimat_pipeline.settings import Settings
from klimat_pipeline_tests.unit.published.examples import CONTRACTS, FIRST, NOW, tables

PEM = serialization.Encoding.PEM
PLAIN = serialization.NoEncryption()


def written(path: Path, key: Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> Path:
    path.write_bytes(key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, PLAIN))
    return path


@pytest.fixture
def key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


@pytest.fixture
def signed(tmp_path: Path, key: Ed25519PrivateKey) -> Path:
    settings = Settings(data_dir=tmp_path, database_url=None, signing_key=written(tmp_path / "signing.pem", key))
    publish(tables(FIRST), publication_id=FIRST, settings=settings, now=NOW, contracts=CONTRACTS)
    return settings.published_dir / "parquet" / FIRST


def test_what_was_published_is_verified(signed: Path, key: Ed25519PrivateKey) -> None:
    assert faults(signed, key.public_key()) == []


def test_the_same_tables_have_the_same_signature_whenever_they_are_published(
    signed: Path, tmp_path: Path, key: Ed25519PrivateKey
) -> None:
    before = (signed / SIGNATURE).read_bytes()
    again = Settings(data_dir=tmp_path / "b", database_url=None, signing_key=written(tmp_path / "again.pem", key))
    later = NOW.replace(year=NOW.year + 1)
    publish(tables(FIRST), publication_id=FIRST, settings=again, now=later, contracts=CONTRACTS)
    assert (again.published_dir / "parquet" / FIRST / SIGNATURE).read_bytes() == before


def test_every_change_is_named(signed: Path, key: Ed25519PrivateKey) -> None:
    (signed / "emissions.parquet").write_bytes(b"other")
    (signed / "sectors.parquet").unlink()
    (signed / "more.parquet").write_bytes(b"")
    assert faults(signed, key.public_key()) == [
        "emissions.parquet was changed",
        "sectors.parquet is missing",
        "more.parquet belongs to no table",
    ]


def test_a_description_that_was_changed_with_its_file_is_noticed(signed: Path, key: Ed25519PrivateKey) -> None:
    path = signed / "datapackage.json"
    path.write_text(path.read_text(encoding="utf-8").replace("Emissions.", "Omissions."), encoding="utf-8")
    assert faults(signed, None) == []
    assert faults(signed, key.public_key()) == [f"{SIGNATURE} is not of this key, or datapackage.json was changed"]


def test_somebody_elses_signature_and_none(signed: Path, key: Ed25519PrivateKey) -> None:
    other = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key()
    assert faults(signed, other) == [f"{SIGNATURE} is not of this key, or datapackage.json was changed"]
    (signed / SIGNATURE).unlink()
    assert faults(signed, key.public_key()) == ["it is not signed"]


def test_keys_of_another_kind_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    path = written(tmp_path / "other.pem", ec.generate_private_key(ec.SECP256R1()))
    with pytest.raises(ConfigurationError, match=r"other.pem: no private Ed25519 key"):
        private_key(path)
    with pytest.raises(ConfigurationError, match=r"other.pem: no public Ed25519 key"):
        public_key(path)
    with pytest.raises(ConfigurationError, match=r"none.pem: No such file"):
        private_key(tmp_path / "none.pem")
    with pytest.raises(ConfigurationError, match="no private Ed25519 key"):
        prepare(Settings(data_dir=tmp_path / "data", database_url=None, signing_key=path))
    assert not list((tmp_path / "data").rglob("*.parquet"))
