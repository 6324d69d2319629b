"""What readers see in PostgreSQL: views with plain names in the schema ``klimat``, over the one-row pointer.

A view is touched only when its columns have changed, because changing it makes readers queue. Grants, comments and
the views that others built on it are kept; where that is impossible, publishing stops and names them. What does not
belong here: rows (``postgres_store``).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from klimat_pipeline.contracts.model import Table
from klimat_pipeline.errors import PublishError
from klimat_pipeline.published.postgres_store import PHYSICAL, STORE, column_types, physical_name, stored

if TYPE_CHECKING:
    from psycopg import sql

    from klimat_pipeline.published.postgres_connection import Connection

VIEWS = "klimat"

# Objects that a view reads from.
_READS = """
SELECT DISTINCT s.nspname::text, c.relname::text
FROM pg_rewrite r
JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
    AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> r.ev_class
JOIN pg_class c ON c.oid = d.refobjid
JOIN pg_namespace s ON s.oid = c.relnamespace
WHERE r.ev_class = %s
"""


@dataclass(frozen=True)
class _View:
    """A view as it stands in the database."""

    oid: int
    columns: dict[str, str]
    reads: frozenset[tuple[str, str]]


def view_of(name: str) -> "sql.Identifier":
    """The view of a published table, quoted."""
    from psycopg import sql

    return sql.Identifier(VIEWS, name)


def bring_views_up_to_date(connection: "Connection", contracts: dict[str, Table]) -> None:
    """Create, extend or replace the views that are not as their contracts say, in the transaction of the switch.

    Raises:
        PublishError: others' views depend on a column that is gone, or the name is taken.
    """
    if connection.execute("SELECT to_regnamespace('klimat')").fetchone() == (None,):
        connection.execute("CREATE SCHEMA klimat")
    if connection.execute("SELECT to_regclass('klimat.publication')").fetchone() == (None,):
        # Since when readers have what they see.
        connection.execute("CREATE VIEW klimat.publication AS SELECT * FROM klimat_store.pointer")
    for name, contract in contracts.items():
        _bring_up_to_date(connection, name, contract)
    for name in _former_views(connection, contracts):
        # Left there it would show an empty table, and its readers would not know why.
        _drop(connection, name, "is not published any more")


def _bring_up_to_date(connection: "Connection", name: str, contract: Table) -> None:
    expected = column_types(name, contract)
    view = _find(connection, name)
    if view is None:
        _create(connection, name, contract, list(expected))
        return
    if view.columns == expected and view.reads == {(STORE, physical_name(name, contract)), (STORE, "pointer")}:
        return
    if view.columns.items() <= expected.items():
        # Only columns to add: at the end, wherever the contract has them, so that the view itself can stay.
        added = [column for column in expected if column not in view.columns]
        _create(connection, name, contract, [*view.columns, *added], added=added)
        return
    grants = _grants(connection, view.oid)
    comments = _comments(connection, view.oid)
    _drop(connection, name, "has other columns now")
    _create(connection, name, contract, list(expected), comments=comments)
    _grant(connection, name, [grant for grant in grants if grant[0] is None or grant[0] in expected])


def _find(connection: "Connection", name: str) -> _View | None:
    found = connection.execute(
        "SELECT oid::bigint, relkind::text FROM pg_class "
        "WHERE relnamespace = to_regnamespace('klimat') AND relname = %s",
        (name,),
    ).fetchone()
    if found is None:
        return None
    oid, kind = found
    if kind != "v":
        raise PublishError(
            f"PostgreSQL: {VIEWS}.{name} is somebody's own table, not the published view. The last good version "
            "stays; rename it and run the command again"
        )
    columns = connection.execute(
        "SELECT attname::text, format_type(atttypid, atttypmod) FROM pg_attribute "
        "WHERE attrelid = %s AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
        (oid,),
    ).fetchall()
    return _View(oid, dict(columns), frozenset(connection.execute(_READS, (oid,)).fetchall()))


def _create(
    connection: "Connection",
    name: str,
    contract: Table,
    columns: list[str],
    *,
    added: list[str] | None = None,
    comments: dict[str | None, str] | None = None,
) -> None:
    """Create the view, or with ``added`` extend it; new parts get their kept comment, or else the contract's."""
    from psycopg import sql

    connection.execute(
        sql.SQL(
            "CREATE {}VIEW {} AS SELECT {} FROM {} AS t "
            "WHERE t.publication_id = (SELECT p.publication_id FROM klimat_store.pointer AS p)"
        ).format(
            sql.SQL("" if added is None else "OR REPLACE "),
            view_of(name),
            sql.SQL(", ").join(sql.Identifier("t", column) for column in columns),
            stored(name, contract),
        )
    )
    kept = comments or {}
    if added is None:
        connection.execute(
            sql.SQL("COMMENT ON VIEW {} IS {}").format(view_of(name), sql.Literal(kept.get(None, contract.description)))
        )
    for column in columns if added is None else added:
        described = contract.column(column)
        comment = described.description + (f" Unit: {described.unit}." if described.unit else "")
        connection.execute(
            sql.SQL("COMMENT ON COLUMN {} IS {}").format(
                sql.Identifier(VIEWS, name, column), sql.Literal(kept.get(column, comment))
            )
        )


def _drop(connection: "Connection", name: str, why: str) -> None:
    import psycopg
    from psycopg import sql

    try:
        with connection.transaction():
            connection.execute(sql.SQL("DROP VIEW {}").format(view_of(name)))
    except psycopg.errors.DependentObjectsStillExist as error:
        dependents = "; ".join((error.diag.message_detail or "").splitlines())
        raise PublishError(
            f"PostgreSQL: {VIEWS}.{name} {why}, but others build on it: {dependents}. Nothing of theirs is dropped "
            "and the last good version stays; change or drop those first, or publish the table under a new name"
        ) from None


def _former_views(connection: "Connection", contracts: dict[str, Table]) -> list[str]:
    """Views of ours without a contract: those that read the pointer and a physical table of their own name."""
    rows = connection.execute(
        "SELECT oid::bigint, relname::text FROM pg_class "
        "WHERE relnamespace = to_regnamespace('klimat') AND relkind = 'v' AND NOT relname = ANY(%s)",
        (list(contracts),),
    ).fetchall()
    physical = set(
        connection.execute(
            "SELECT relnamespace::regnamespace::text, relname::text FROM pg_class "
            "WHERE relnamespace = to_regnamespace('klimat_store') AND relname ~ %s",
            (PHYSICAL,),
        ).fetchall()
    )
    former = []
    for oid, name in rows:
        reads = set(connection.execute(_READS, (oid,)).fetchall())
        tables = reads - {(STORE, "pointer")}
        ours = len(reads) == 2 and len(tables) == 1 and tables <= physical
        if ours and tables.pop()[1].rpartition("__")[0] == name:
            former.append(name)
    return former


def _comments(connection: "Connection", oid: int) -> dict[str | None, str]:
    """Comments by column, the view's own under None."""
    rows = connection.execute(
        "SELECT a.attname::text, d.description FROM pg_description d "
        "LEFT JOIN pg_attribute a ON a.attrelid = d.objoid AND a.attnum = d.objsubid AND d.objsubid > 0 "
        "WHERE d.classoid = 'pg_class'::regclass AND d.objoid = %s",
        (oid,),
    ).fetchall()
    return dict(rows)


def _grants(connection: "Connection", oid: int) -> list[tuple[str | None, str | None, str, bool]]:
    """Column (None for the whole view), grantee (None for PUBLIC), privilege, whether it may be passed on."""
    return connection.execute(
        "SELECT granted.attname, CASE acl.grantee WHEN 0 THEN NULL ELSE pg_get_userbyid(acl.grantee)::text END, "
        "acl.privilege_type, acl.is_grantable FROM ("
        "  SELECT NULL::text AS attname, relacl AS acl, relowner AS owner FROM pg_class WHERE oid = %(oid)s"
        "  UNION ALL SELECT a.attname::text, a.attacl, c.relowner FROM pg_attribute a "
        "    JOIN pg_class c ON c.oid = a.attrelid WHERE a.attrelid = %(oid)s AND a.attacl IS NOT NULL"
        ") AS granted, aclexplode(granted.acl) AS acl WHERE acl.grantee <> granted.owner",
        {"oid": oid},
    ).fetchall()


def _grant(connection: "Connection", name: str, grants: list[tuple[str | None, str | None, str, bool]]) -> None:
    from psycopg import sql

    keywords = {
        "SELECT": sql.SQL("SELECT"),
        "INSERT": sql.SQL("INSERT"),
        "UPDATE": sql.SQL("UPDATE"),
        "DELETE": sql.SQL("DELETE"),
        "TRUNCATE": sql.SQL("TRUNCATE"),
        "REFERENCES": sql.SQL("REFERENCES"),
        "TRIGGER": sql.SQL("TRIGGER"),
        "MAINTAIN": sql.SQL("MAINTAIN"),
    }
    for column, grantee, privilege, may_pass_on in grants:
        connection.execute(
            sql.SQL("GRANT {}{} ON {} TO {}{}").format(
                keywords[privilege],
                sql.SQL("") if column is None else sql.SQL(" ({})").format(sql.Identifier(column)),
                view_of(name),
                sql.SQL("PUBLIC") if grantee is None else sql.Identifier(grantee),
                sql.SQL(" WITH GRANT OPTION" if may_pass_on else ""),
            )
        )
