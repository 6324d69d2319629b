"""Whether amounts include VAT: what a column of VAT, or the name of the amounts, says against the settings.

What speaks for VAT beyond doubt stops the file with the setting that decides; the rest is a warning. What does not
belong here: whether a column of VAT holds kronor or rates (``vat_rates``), and taking VAT out (``expressions``).
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.spend.ledger.file_format import FileFormat
from klimat_pipeline.spend.ledger.ledger_error import LedgerError

if TYPE_CHECKING:
    import duckdb

#: VAT rates of Sweden: 25, 12 and 6 per cent of the net amount.
_RATES = (0.25, 0.12, 0.06)
#: Shares are compared on amounts from a hundred kronor on, so that whole oere do not blur them.
_SHARES = """
    SELECT count(*) FILTER (list_bool_or([abs(vat_of_amount - share) < 0.001 FOR share IN $gross])),
        count(*) FILTER (list_bool_or([abs(vat_of_amount - share) < 0.001 FOR share IN $net])), count(*)
    FROM typed_lines WHERE vat_of_amount > 0 AND abs(gross_ore) >= 10000
"""
#: Lines whose amount includes VAT that are no accident among others that do not.
_ENOUGH_GROSS = 3


def vat_in_amounts(connection: "duckdb.DuckDBPyConnection", form: FileFormat, settings: SpendSettings) -> Iterator[str]:
    """The ratio tells: VAT is 20 % of an amount that includes it at 25 %, and 25 % of one that does not.

    Args:
        connection: with the table ``typed_lines``.
        form: how the file was read.
        settings: decide.

    Raises:
        LedgerError: the amounts include VAT, and nobody has said so; or nothing tells whether they do.
    """
    if "vat" not in form.fields:
        if not settings.vat.included and _says_gross(form):
            raise LedgerError(
                f"{form.file}: the column {form.header[form.amount_place]!r} includes VAT by its name, and no other "
                "holds amounts without it. Say it in municipality.yaml, spend: vat: {included: true, rate_pct: 25}, or "
                "name another column in spend: columns."
            )
        if settings.vat.included is None and form.amount_is_of_invoice:
            yield (
                f"the column {form.header[form.amount_place]!r} holds what is invoiced or paid, which with most "
                "systems includes VAT: if it does, say it in municipality.yaml, spend: vat: {included: true, rate_pct: "
                "25}; included: false if it does not"
            )
        return
    if form.vat_is_rate:
        yield from _told_by_rates(form, settings)
        return
    shares = {"gross": [rate / (1 + rate) for rate in _RATES], "net": list(_RATES)}
    ((gross, net, lines),) = connection.execute(_SHARES, shares).fetchall()
    vat, amount = form.header[form.fields["vat"]], form.header[form.amount_place]
    if settings.vat.included is None and 2 * gross > lines:
        raise LedgerError(
            f"{form.file}: column {vat!r} is the VAT inside column {amount!r} on {gross:,} of {lines:,} lines (20 % "
            "where the rate is 25 %): the amounts include VAT. Say so in municipality.yaml, spend: vat: "
            "{included: true}; or false, if they do not."
        )
    if settings.vat.included and settings.vat.rate_pct is None and 2 * net > lines:
        raise LedgerError(
            f"{form.file}: amounts are said to include VAT (spend: vat: included), but column {vat!r} is the VAT on "
            f"top of column {amount!r} on {net:,} of {lines:,} lines (25 %). Take the setting out, or say false."
        )
    if settings.vat.included is None and gross >= _ENOUGH_GROSS and 2 * net > lines:
        yield (
            f"column {vat!r} is the VAT inside column {amount!r} on {gross:,} of {lines:,} lines, and on top of it on "
            f"{net:,}: are some of the amounts with VAT? All are taken as without"
        )
    if settings.vat.included is None and lines and 2 * net <= lines:
        yield f"column {vat!r} tells neither that {amount!r} includes VAT nor that it does not: taken as without"


def _told_by_rates(form: FileFormat, settings: SpendSettings) -> Iterator[str]:
    """A rate says how much VAT there is, and not whether the amounts include it."""
    if settings.vat.included is not None:
        return
    vat, amount = form.header[form.fields["vat"]], form.header[form.amount_place]
    if "net" not in form.amount_meaning:
        raise LedgerError(
            f"{form.file}: column {vat!r} holds the rates of VAT (25, 12, 6, 0 per cent), and nothing tells whether "
            f"column {amount!r} includes it. Say it in municipality.yaml, spend: vat: {{included: true}}, and it is "
            "taken out of every line at the line's rate; or false, if the amounts are without it."
        )
    yield f"column {vat!r} holds the rates of VAT; {amount!r} is without it by its name, so they are not used"


def _says_gross(form: FileFormat) -> bool:
    return "amount" in form.fields and "gross" in form.amount_meaning
