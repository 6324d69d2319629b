"""``klimat db``: the database that figures are published to. What does not belong here: SQL (``published``)."""

import typer

from klimat_pipeline.cli.terminal import out
from klimat_pipeline.errors import ConfigurationError

app = typer.Typer(help="The database that figures are published to.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keep ``init`` a subcommand although it is the only one."""


@app.command()
def init() -> None:
    """Make the schemas and the role klimat_reader, which may read them and nothing else; may be run again."""
    from klimat_pipeline.published.postgres_roles import READER, prepare_database
    from klimat_pipeline.settings import load_settings

    url = load_settings().database_url
    if url is None:
        raise ConfigurationError("KLIMAT_DATABASE_URL is not set: there is no database to prepare")
    for line in prepare_database(url):
        out.print(line)
    out.print(f"next: give {READER} a password (\\password {READER} in psql), then klimat refresh")
