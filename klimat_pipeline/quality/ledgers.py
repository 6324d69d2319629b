"""Checks of reading ledgers: no krona is lost, nothing counts twice, and how much is in quarantine.

What does not belong here: checks of what is made from the lines (``spend``).
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from klimat_pipeline.quality.findings import Finding, failed, keys_of, not_applicable, passed
from klimat_pipeline.text import counted, number_text

if TYPE_CHECKING:
    import pandas as pd

Tables = Mapping[str, "pd.DataFrame"]
#: A larger share of a file's kronor in quarantine is worth a look, however few the lines, per cent.
QUARANTINE_PCT = 1.0
#: Status of a file that is no kind of ledger that is read.
NOT_READ = "not read"


def ledgers_balance(tables: Tables) -> Sequence[Finding]:
    """All that the files hold is counted, left out by a rule, found twice or in quarantine, to the oere."""
    scope, files = tables["spend/ledger_totals"], tables["spend/spend_files"]
    if files.empty:
        return [not_applicable("no municipality has a ledger")]
    held = files.groupby("municipality_code")["amount_ore"].sum()
    went = scope.groupby("municipality_code")["amount_ore"].sum().reindex(held.index, fill_value=0)
    off = (held - went)[held != went]
    if off.empty:
        return [
            passed(f"{len(held)} municipalities: {held.sum() / 100:,.2f} SEK, all accounted for", threshold="0 oere")
        ]
    frame = off.rename("off").reset_index()
    return [
        failed(
            f"{len(off)} municipalities: {off.abs().sum() / 100:,.2f} SEK of the ledgers are not accounted for",
            observed=f"{off.abs().sum()} oere",
            threshold="0 oere",
            keys=keys_of(frame, ["municipality_code", "off"]),
            count=len(off),
            likely_cause="a line was lost or counted twice between the files and the rules",
        )
    ]


def ledger_lines_kept(tables: Tables) -> Sequence[Finding]:
    """Every line of the files is read, found twice or in quarantine, and is counted once in the totals."""
    scope, files, quarantine = (
        tables["spend/ledger_totals"],
        tables["spend/spend_files"],
        tables["spend/spend_quarantine"],
    )
    if files.empty:
        return [not_applicable("no municipality has a ledger")]
    whole = files["lines_read"] + files["lines_quarantined"] + files["lines_duplicate"]
    wrong = files[(whole != files["ledger_lines"]) | (files["lines_read"] < 0)]
    own = files[~files["file_status"].str.startswith("same_bytes_as")]["ledger_lines"].sum()
    there = scope["ledger_lines"].sum()
    held = int(files["lines_quarantined"].sum())
    if wrong.empty and own == there and held == len(quarantine):
        return [passed(f"{own:,} lines, each in one place", threshold="0 lines")]
    return [
        failed(
            f"{own:,} lines in the files, {there:,} in the totals; {held:,} in quarantine, {len(quarantine):,} listed",
            observed=f"{own - there} lines",
            threshold="0 lines",
            keys=keys_of(wrong, ["municipality_code", "ledger_file"]),
            count=max(len(wrong), 1),
            likely_cause="a line was lost between the reader and the tables",
        )
    ]


def quarantine_is_small(tables: Tables) -> Sequence[Finding]:
    """How many kronor are in quarantine, file by file."""
    files, quarantine = tables["spend/spend_files"], tables["spend/spend_quarantine"]
    if files.empty:
        return [not_applicable("no municipality has a ledger")]
    findings: list[Finding] = []
    apart = quarantine.assign(size=quarantine["amount_ore"].abs().astype("float64"))
    sums = apart.groupby(["municipality_code", "ledger_file"])["size"].sum()
    for row in files.itertuples():
        size = float(sums.get((row.municipality_code, row.ledger_file), 0.0))
        share = 100 * size / abs(row.amount_ore) if row.amount_ore else 0.0
        text = (
            f"{row.ledger_file}: {row.lines_quarantined:,} of {row.ledger_lines:,} lines and {size / 100:,.0f} SEK "
            "in quarantine"
        )
        if share > QUARANTINE_PCT:
            findings.append(
                failed(
                    text,
                    message_sv=f"{row.ledger_file}: {number_text(row.lines_quarantined)} av "
                    f"{number_text(row.ledger_lines)} rader och {number_text(size / 100)} kronor i karantän",
                    observed=f"{share:.2f} %",
                    threshold=f"{QUARANTINE_PCT:g} %",
                    keys=(f"municipality_code={row.municipality_code}, ledger_file={row.ledger_file}",),
                    count=row.lines_quarantined,
                    likely_cause="spend_quarantine names line and reason",
                )
            )
        else:
            findings.append(passed(text, observed=f"{share:.2f} %", threshold=f"{QUARANTINE_PCT:g} %"))
    return findings


def every_ledger_file_is_read(tables: Tables) -> Sequence[Finding]:
    """Every file in the folders of ledgers is of a kind that is read."""
    files = tables["spend/spend_files"]
    if files.empty:
        return [not_applicable("no municipality has a ledger")]
    beside = files[files["file_status"] == NOT_READ]
    if beside.empty:
        return [passed(f"{len(files)} files")]
    # All in one finding, so that a refresh names each of them.
    named = "; ".join(f"{row.ledger_file}: {row.ledger_warnings}" for row in beside.itertuples())
    return [
        failed(
            f"{counted(len(beside), 'file')} beside ledgers: {named}",
            message_sv=f"{counted(len(beside), 'fil', 'filer')} bland reskontrorna läses inte: "
            f"{', '.join(beside['ledger_file'])}",
            observed=counted(len(beside), "file"),
            threshold="0 files",
            keys=keys_of(beside, ["municipality_code", "ledger_file"]),
            count=len(beside),
            likely_cause="kronor in these files are in no figure",
        )
    ]


def ledgers_read_beyond_doubt(tables: Tables) -> Sequence[Finding]:
    """What to look at in how a ledger was read: letters, dates, signs, missing columns, corrected vouchers."""
    files = tables["spend/spend_files"]
    if files.empty:
        return [not_applicable("no municipality has a ledger")]
    doubtful = files[(files["ledger_warnings"] != "") & (files["file_status"] != NOT_READ)]
    if doubtful.empty:
        return [passed(f"{len(files)} ledger files")]
    return [
        failed(
            f"{row.ledger_file}: {row.ledger_warnings}",
            # What a reader warns of is worded where ledgers are read, in English.
            message_sv=f"{row.ledger_file}: läst, men inte utan tvekan; `klimat ledger check` på filen säger vad det "
            "gäller",
            observed=row.file_status,
            threshold="no warning",
            keys=(f"municipality_code={row.municipality_code}, ledger_file={row.ledger_file}",),
            count=1,
            likely_cause="`klimat ledger check` on the file says how it was read",
        )
        for row in doubtful.itertuples()
    ]
