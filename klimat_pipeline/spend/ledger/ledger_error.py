"""The error that stops the reading of a ledger file. Nothing else belongs here."""

from klimat_pipeline.errors import KlimatError


class LedgerError(KlimatError):
    """A ledger file cannot be read, or more of it than allowed; the message never holds personal data."""
