"""Typed settings; the only file that knows the names of environment variables (all begin with ``KLIMAT_``).

What people edit and the embedded snapshots are in the checkout (``project_dir/data``); whatever the pipeline writes
goes below ``data_dir`` (by default the same folder). What does not belong here: settings of one municipality
(``configuration``).
"""

import hashlib
import hmac
import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from klimat_pipeline.errors import ConfigurationError
from klimat_pipeline.input_items import Item


def _default_project_dir() -> Path:
    beside_package = Path(__file__).resolve().parent.parent
    return beside_package if (beside_package / "data" / "reference").is_dir() else Path.cwd()


_PREFIX = "KLIMAT_"


class Settings(BaseSettings):
    """What can be set from outside; every field is ``KLIMAT_<FIELD>`` in the environment."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, extra="ignore", env_ignore_empty=True, frozen=True)

    project_dir: Path = Field(default_factory=_default_project_dir, description="Checkout with data/reference.")
    data_dir: Path | None = Field(default=None, description="Root of everything that is written.")
    tables_url: str = Field(
        default="", description="Folder or bucket (any fsspec URL) of the tables between stages, if not below data_dir."
    )
    database_url: SecretStr | None = Field(default=None, description="PostgreSQL to publish to, besides the files.")
    live: bool = Field(default=False, description="Fetch from the live source before a refresh.")
    live_prices: bool = Field(
        default=True, description="A live refresh asks for prices and residents (SCB) and rates (the Riksbank) too."
    )
    personal_key: SecretStr | None = Field(
        default=None,
        min_length=16,
        description="Key of the pseudonyms of sole traders in ledgers; without it their ids are dropped.",
    )
    examples: bool = Field(default=False, description="Read the invented *.example.csv of municipalities too.")
    draws: int = Field(default=1000, ge=2, le=1_000_000, description="Simulated futures behind pathways.")
    smhi_url: str = Field(
        default="https://nationellaemissionsdatabasen.smhi.se/api/getexcelfile/",
        description="The national emission database's workbook service.",
    )
    scb_url: str = Field(
        default="https://api.scb.se/OV0104/v1/doris/sv/ssd/",
        description="SCB's statistical database, version 1: tables by folders and name.",
    )
    scb_url_v2: str = Field(
        default="https://statistikdatabasen.scb.se/api/v2/tables/",
        description="The same, version 2: tables by number (TAB6596).",
    )
    riksbank_url: str = Field(
        default="https://api.riksbank.se/swea/v1/", description="The Riksbank's service of exchange rates."
    )
    substances: str = Field(default="GGT", description="Comma-separated substance codes to fetch.")
    http_connect_timeout_s: float = Field(default=10.0, gt=0)
    http_read_timeout_s: float = Field(default=60.0, gt=0)
    http_deadline_s: float = Field(default=300.0, gt=0, description="Total time for one download, all tries together.")
    http_attempts: int = Field(default=4, ge=1, le=10)
    http_retry_after_cap_s: float = Field(default=120.0, ge=0, description="Longest Retry-After that is obeyed.")
    http_backoff_s: float = Field(default=1.0, ge=0, description="First pause between tries; doubles, with jitter.")
    max_snapshot_bytes: int = Field(default=64 * 1024 * 1024, gt=0)
    source_max_age_days: int = Field(default=30, ge=0, description="Refuse to run on a source unreachable longer.")
    wait_s: float = Field(default=900.0, ge=0, description="How long a run waits for another one that goes on now.")
    keep_publications: int = Field(default=3, ge=1, description="How many published versions are kept.")
    run_retention_days: int = Field(
        default=90,
        ge=1,
        description="Runs in Dagster's history, and events without a run, older than this are deleted.",
    )
    keep_runs: int = Field(
        default=20, ge=1, description="How many runs Dagster's history keeps at most; one takes 6 to 8 MB."
    )
    dagster_database_url: SecretStr | None = Field(
        default=None,
        description="PostgreSQL for Dagster's own history (postgresql+psycopg2://), in the place of its SQLite files.",
    )
    celery_url: SecretStr | None = Field(
        default=None,
        description="Redis that Celery's workers get runs of the daemon and the UI from, and report to (redis://).",
    )
    alert_smtp_url: SecretStr | None = Field(
        default=None, description="Mail server for alerts: smtp://user:password@host:587, or smtps://."
    )
    alert_from: str = Field(default="klimat@localhost", description="Sender of alerts.")
    alert_to: str = Field(default="", description="Comma-separated recipients of alerts.")
    alert_webhook_url: SecretStr | None = Field(default=None, description="Address that alerts are posted to as JSON.")
    alert_silent_days: int = Field(default=3, ge=1, description="A source that is silent so long is told about.")
    late_after_h: float = Field(
        default=26.0, gt=0, description="A refresh is late when none has ended well for so many hours."
    )
    heartbeat_url: SecretStr | None = Field(
        default=None, description="Address that is posted to after every refresh that ended well: a dead man's switch."
    )
    metrics_file: Path | None = Field(default=None, description="File of OpenMetrics, renewed at every refresh.")
    log_file: Path | None = Field(default=None, description="File of events, a line of JSON each; turned over.")
    signing_key: Path | None = Field(
        default=None, description="Private key (Ed25519, PEM) that signs each publication; klimat verify checks it."
    )
    ledger_places: str = Field(
        default="https://,s3://,gs://,abfs://,sftp://",
        description="Comma-separated beginnings of paths and addresses that spend: ledgers may name, besides the "
        "folders of configuration and data; an address on this machine or a private network only with its host.",
    )

    @property
    def config_dir(self) -> Path:
        """Folder of the configuration, the reference tables and the embedded snapshots."""
        return (self.project_dir / "data").resolve()

    @property
    def written_dir(self) -> Path:
        """Root of everything that is written."""
        return (self.data_dir or self.project_dir / "data").expanduser().resolve()

    @property
    def municipalities_dir(self) -> Path:
        return self.config_dir / "municipalities"

    @property
    def reference_dir(self) -> Path:
        return self.config_dir / "reference"

    @property
    def embedded_snapshots_dir(self) -> Path:
        return self.config_dir / "snapshots" / "embedded"

    @property
    def snapshots_dir(self) -> Path:
        return self.written_dir / "snapshots" / "fetched"

    def embedded_series_dir(self, series: str) -> Path:
        """Answers of a reference series (prices, rates, population) that the checkout carries."""
        return self.config_dir / "snapshots" / f"embedded_{series}"

    def series_dir(self, series: str) -> Path:
        """Those that were fetched."""
        return self.written_dir / "snapshots" / series

    @property
    def intermediate_dir(self) -> Path:
        return self.written_dir / "intermediate"

    @property
    def tables_root(self) -> Path | str:
        """Where the tables between stages are; the lines of ledgers are always in ``intermediate_dir``."""
        return self.tables_url or self.intermediate_dir

    @property
    def published_dir(self) -> Path:
        return self.written_dir / "published"

    @property
    def status_dir(self) -> Path:
        """How refreshes ended, and what people were told."""
        return self.written_dir / "status"

    @property
    def dagster_home(self) -> Path:
        return self.written_dir / "dagster"

    @property
    def history_url(self) -> str:
        """Address of the database with Dagster's history; empty where that is in files.

        Raises:
            ConfigurationError: it names another driver than Dagster's library for PostgreSQL uses.
        """
        url = self.dagster_database_url.get_secret_value() if self.dagster_database_url else ""
        if url and not url.startswith("postgresql+psycopg2://"):
            raise ConfigurationError(
                "KLIMAT_DAGSTER_DATABASE_URL must begin with postgresql+psycopg2:// (Dagster's library for PostgreSQL, "
                "klimat_pipeline[dagster-postgres], uses that driver); it is not shown here, since it may hold a "
                "password."
            )
        return url

    @property
    def workers_url(self) -> str:
        """Address of the Redis whose workers do the runs; empty where every run is a process beside its launcher.

        Raises:
            ConfigurationError: it names something else.
        """
        url = self.celery_url.get_secret_value() if self.celery_url else ""
        if url and not url.startswith(("redis://", "rediss://")):
            raise ConfigurationError(
                "KLIMAT_CELERY_URL must begin with redis:// or rediss://; it is not shown here, since it may hold a "
                "password."
            )
        return url

    @property
    def substance_codes(self) -> tuple[str, ...]:
        return tuple(code.strip() for code in self.substances.split(",") if code.strip())


def load_settings() -> Settings:
    """Read the settings from the environment; once while it stays the same, since every asset asks for them.

    Raises:
        ConfigurationError: a variable has a value that does not fit; the message names it.
    """
    ours = sorted((name, value) for name, value in os.environ.items() if name.startswith(_PREFIX))
    return _read_settings(tuple(ours), Path.cwd())


@lru_cache(maxsize=8)
def _read_settings(environment: tuple[tuple[str, str], ...], folder: Path) -> Settings:
    del environment, folder
    try:
        return Settings()
    except ValidationError as error:
        lines = [
            f"environment variable KLIMAT_{'_'.join(str(p) for p in e['loc']).upper()}: {e['msg']}"
            for e in error.errors(include_input=False)
        ]
        raise ConfigurationError("\n".join(lines)) from None


def inputs(settings: Settings) -> Iterator[Item]:
    """Settings that change results."""
    if settings.examples:
        yield Item("option", "invented examples", "read")
    if settings.personal_key is not None:
        yield Item("option", "key of pseudonyms", _fingerprint(settings.personal_key.get_secret_value()))
    yield Item("option", "draws", str(settings.draws))


def _fingerprint(key: str) -> str:
    """Tells that a key is another one, with too few digits to search for the key by."""
    return hmac.new(key.encode(), b"klimat publication", hashlib.sha256).hexdigest()[:8]
