"""The section ``spend:`` of ``municipality.yaml``: which ledgers are read, and how.

What belongs here: form of the section. What does not: factors and deflators of the footprint
(``configuration.spend_factors``), reading (``spend``).
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

#: Reserved for the invented example; it is no municipality and stands in no national table.
EXAMPLE_CODE, EXAMPLE_NAME = "9999", "Example (invented)"

_Text = Annotated[str, Field(strict=True, pattern=r"\S")]
_Share = Annotated[float, Field(strict=True, ge=0, le=100, allow_inf_nan=False)]

#: What a ledger line may hold, in the words of the typed lines.
Field_ = Literal[
    "buyer_id",
    "unit",
    "buyer_name",
    "voucher",
    "invoice_no",
    "supplier_id",
    "supplier_name",
    "account",
    "account_text",
    "amount",
    "debit",
    "credit",
    "side",
    "vat",
    "currency",
    "booked_on",
    "year",
    "contract_id",
    "cpv",
    "sni",
    "item_text",
    "quantity",
    "quantity_unit",
]

#: Dates that may be read in two ways; the last two are days that a spreadsheet counts from 1900 or 1904.
DateForms = Literal[
    "DD/MM/YYYY",
    "MM/DD/YYYY",
    "DD/MM/YY",
    "MM/DD/YY",
    "YY-MM-DD",
    "YYMMDD",
    "DDMMYY",
    "DDMMYYYY",
    "YYYYMM",
    "YYMM",
    "YYYY",
    "excel",
    "excel-1904",
]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Vat(_Strict):
    """Whether amounts include VAT; what is VAT is left out, visibly."""

    included: Annotated[bool, Field(strict=True)] | None = Field(
        default=None,
        description="true where the amounts include VAT: by the column with the VAT or its rates, or at rate_pct; "
        "false where they do not; null to stop where a column with the VAT or its rates leaves it open.",
    )
    rate_pct: _Share | None = Field(
        default=None,
        description="One rate for all lines; null where a column has the VAT or its rates.",
    )


class SpendSettings(_Strict):
    """Which ledgers are read, how their columns are called, and what is refused."""

    ledgers: list[_Text] = Field(
        default=["ledger/"],
        description="Files or folders, relative to the municipality's folder, absolute, or any fsspec path (s3://...).",
    )
    columns: dict[_Text, Field_] = Field(
        default={}, description="Header in the ledger: what it is. Goes before data/reference/ledger_columns.csv."
    )
    separator: Literal[",", ";", "\t", "|"] | None = Field(
        default=None, description="Between cells; null to detect it, per file."
    )
    decimal_mark: Literal[",", "."] | None = Field(default=None, description="Of amounts; null to detect it, per file.")
    amount_unit: Literal["kr", "tkr", "mkr", "öre"] | None = Field(
        default=None,
        description="What amounts are stated in: kronor, thousands, millions or oere; null for kronor, or what the "
        "column's name says.",
    )
    encoding: Literal["utf-8", "cp1252", "latin-1", "cp850", "cp437", "mac-roman"] | None = Field(
        default=None, description="Of the letters of text files; null to detect it, per file."
    )
    date_form: DateForms | None = Field(
        default=None,
        description="Of dates that may be read in two ways (03/04/2023, 230707, 45000); null to detect it.",
    )
    periods: dict[_Text, Annotated[str, Field(strict=True, pattern=r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$")]] = Field(
        default={},
        description="Period of ledgers without a column of dates, by name (such as *_mars*): 2016-03; the year alone "
        "(2016) where a column holds months or quarters.",
    )
    chart: Literal["kommun_bas", "bas"] | None = Field(
        default=None, description="Chart of accounts; null for Kommun-Bas, or what an SIE file says (#KPTYP)."
    )
    purchases_are_negative: Annotated[bool, Field(strict=True)] = Field(
        default=False, description="true where purchases have a minus and credit notes have none."
    )
    vat: Vat = Field(default=Vat(), description="Whether amounts include VAT.")
    group_organisation_numbers: list[Annotated[str, Field(strict=True, pattern=r"^[0-9]{6}-?[0-9]{4}$")]] = Field(
        default=[],
        description="Organisation numbers of the municipal group, quoted: purchases from them are internal.",
    )
    quarantine_limit_pct: _Share = Field(
        default=1.0, description="More lines of a file in quarantine, in per cent, stop the run."
    )
    overlap: Literal["drop", "keep", "fail"] = Field(
        default="drop",
        description="Lines that another file of the same days, or another part of the file, holds already: drop them, "
        "keep them, or stop. Keep says that whatever stands twice is bought twice.",
    )
    overlap_share_pct: _Share = Field(
        default=50.0,
        description="Two files overlap when at least this share of the lines of their common days is the same.",
    )
    publish_supplier_from_sek: Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)] = Field(
        default=100_000.0, description="Suppliers with less in a year are published together, not by name."
    )

    @property
    def group_numbers(self) -> tuple[str, ...]:
        """Organisation numbers of the group, ten digits each."""
        return tuple(number.replace("-", "") for number in self.group_organisation_numbers)
