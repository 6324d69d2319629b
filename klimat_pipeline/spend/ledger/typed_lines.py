"""The SQL that turns a ledger's cells, all of them text, into typed lines.

Amounts become whole oere, texts become dates, persons are withheld, and a line names the rule that leaves it out or
what is wrong with it. DuckDB reads ordinary values itself and asks Python (``amounts``, ``dates``,
``personal_numbers``) about the others. What does not belong here: reading cells (``csv_reader``, ``xlsx_reader``,
``parquet_reader``, ``sie_reader``), control sums (``control_sums``), tables and files (``parquet_writer``).
"""

import re
from collections.abc import Mapping
from typing import Any

from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.spend.ledger import dates, expressions, personal_numbers
from klimat_pipeline.spend.ledger.file_format import FileFormat
from klimat_pipeline.spend.ledger.person_names import LETTER
from klimat_pipeline.spend.ledger.reference import Rule
from klimat_pipeline.spend.ledger.supplier_ids import KIND, TOLD
from klimat_pipeline.spend.ledger.vat_rates import NO_RATE, RATE

#: Columns of the typed lines, in order: what the footprint reads. ``year`` and ``municipality_code`` are in the path.
COLUMNS = (
    "file_id",
    "line",
    "buyer_id",
    "unit",
    "voucher",
    "invoice_no",
    "supplier_id",
    "supplier_name",
    "supplier_kind",
    "account",
    "account_text",
    "amount_ore",
    "currency",
    "booked_on",
    "month",
    "contract_id",
    "cpv",
    "sni",
    "item_text",
    "quantity",
    "quantity_unit",
    "left_out_rule",
)
#: On a shifted line a name may stand anywhere: of a value that does not pass neither a word nor two short ones (Bo Ek)
#: are shown; a code such as SEK is.
_WORD = f"{LETTER}+(?:[^0-9{LETTER[1:]}+{LETTER}+)+|{LETTER}{{4,}}"
#: Quantities that may be a personal number; one of 2001 to 2009 has lost its zero.
_LIKE_A_PERSON = "abs(pieces) BETWEEN 100000000 AND 999999999999 AND pieces = floor(pieces)"
#: Prefix of ``left_out_rule`` of a line that does not pass; it never leaves the working folder.
QUARANTINE = "quarantine:"
#: Codes of what is no line at all: nothing stands there (or a heading, such as an account alone), or the header again.
BLANK, HEADER = "blank", "header"
#: Begins the account of a chart other than Kommun-Bas: 6110 is not 6110 there.
OTHER_CHART = "BAS "
#: Reasons by the code that the SQL gives, with the column at fault.
REASONS: Mapping[str, tuple[str, str]] = {
    "amount_missing": ("amount", "no amount"),
    "amount_personal": ("amount", "may be a personal number; are the columns shifted?"),
    "amount_text": (
        "amount",
        "no amount in the file's spelling, or too large, or a spreadsheet has left its digits out (1,23E+05)",
    ),
    "date_missing": ("booked_on", "no date"),
    "date_impossible": ("booked_on", "no such day"),
    "date_ahead": (
        "booked_on",
        "two years or more after nearly all other lines: a slip of the pen? Look at the export",
    ),
    "account_missing": ("account", "neither an account nor its text"),
    "account_text": ("account", "an account begins with digits; are the columns shifted?"),
    "currency_unknown": (
        "currency",
        "no rate for this currency and year in data/reference/exchange_rates.csv",
    ),
    "side_unknown": ("side", "neither debit (D) nor credit (K)"),
    "total_unmet": ("amount", "calls itself a total, but is not the sum of the lines above it; are lines missing?"),
    "vat_text": ("vat", "no amount in the file's spelling"),
    "vat_rate": ("vat", "no rate of VAT (25, 12, 6 or 0 per cent), as the others of the column are"),
    "vat_sign": ("vat", "VAT and amount have different signs, or VAT is the larger"),
    "too_long": ("item_text", "a cell of more than 65,536 characters"),
}
#: Texts that may hold a personal number, whatever their column is for.
TEXTS = (
    "supplier_name",
    "voucher",
    "invoice_no",
    "item_text",
    "account_text",
    "account",
    "unit",
    "buyer_name",
    "buyer_id",
    "contract_id",
    "cpv",
    "sni",
    "quantity_unit",
)
_OTHERS = ("supplier_id", "amount", "debit", "credit", "side", "vat", "currency", "booked_on", "quantity")
_ACCOUNT = r"[0-9]{2,}[0-9A-Za-zÅÄÖåäö .:/-]*"
#: An account as a spreadsheet writes a number.
_FIGURE = r"[0-9]{1,2}[ \x{A0}\x{202F}][0-9]{3}([.,]0+)?|[0-9]{3,8}[.,]0+"
#: An account and its text in one cell: ``6431 - Livsmedel``, ``(6431) Livsmedel``; ``Livsmedel (6431)``.
_JOINED = r"\(?([0-9]{3,8})\)?[\s:;,./|_–-]+([A-Za-zÅÄÖåäöÉé].*)"
_JOINED_CLOSE = r"([0-9]{3,8})([A-Za-zÅÄÖåäö][a-zåäö]{2}.*)"
_JOINED_AFTER = r"([A-Za-zÅÄÖåäöÉé].*?)[\s:;,./|_–(-]+([0-9]{3,8})\)?"
#: Texts that may be a total's, such as the sum of a supplier; and those by which a line surely calls itself one. A bar
#: stands between the cells that are searched.
MAY_BE_TOTAL = (
    r"(?i)(^|\|)\s*((del|slut|total)?(summa|summering)|totalt?|s:a|(att )?transport(eras?)?|från föregående sida)"
    r"([^A-Za-zÅÄÖåäö]|$)|\s(summa|totalt?|totalsumma|delsumma)\s*(\||$)"
)
TOTAL = (
    r"(?i)(^|\|)\s*((del|slut|total|års|månads|kontroll|grand |sub)?(summa|summering|total|totalt)|totalresultat|s:a|"
    r"sum|antal (poster|rader|fakturor|transaktioner)|"
    r"(ingående|utgående|ing|utg)\.? ?(balans|saldo))\s*"
    r"($|[|:0-9]|(konto|leverantör|förvaltning|period|för|per|av|enhet|ansvar|verksamhet|bolag|månad|år|faktur|"
    r"exkl|inkl|belopp|kostnad|sek|kr|januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|"
    r"december|q[1-4]|kvartal)\b)"
)
#: A total in the place of a voucher, or alone as a line's text.
_TOTAL_WORDS = "'summa', 'totalt', 'total', 'totalsumma', 'delsumma', 'slutsumma', 'summering', 's:a', 'sum'"
#: What stands in the place of a day, or behind its year, of a total over days: nothing else is said there.
TOTAL_OF_DAYS = r"(?i)^([0-9]{4}-)?(grand |sub ?)?((del|slut|total|[åa]rs)?summa|totalt?|sum|hel[åa]r(et)?)\b"
#: What stands for kronor in a column of currencies, in capital letters.
_KRONOR = "'', 'KR', 'KR.', 'SKR', 'KRONOR', 'SVENSKA KRONOR', 'SVENSK KRONA'"


def unclear_quantity(decimal_mark: str) -> str:
    """Expression for quantities such as 1.234 in a file whose amounts have a comma: thousands, or decimals.

    Quantities may have either mark: weights often come from another system than the amounts. For RE2 alone.
    """
    return rf"[+-]?[1-9][0-9]{{0,2}}(?:\{'.' if decimal_mark == ',' else ','}[0-9]{{3}})+"


def query(
    form: FileFormat,
    settings: SpendSettings,
    rules: tuple[Rule, ...],
    source: str,
    *,
    keeps_item_text: bool,
) -> tuple[str, dict[str, Any]]:
    """The statement and its parameters.

    Args:
        form: which fields there are, and how amounts and dates are spelt.
        settings: of the municipality.
        rules: what is left out, first match first.
        source: name of the registered batches.
        keeps_item_text: whether the free text of a line is kept.

    Returns:
        SQL that gives ``COLUMNS`` and, for what is done with the lines before they are written: ``vat_ore`` (VAT taken
        out of the amount), ``vat_of_amount`` (share that a column of VAT has of the amount), ``gross_ore`` (the amount
        as it stands), ``is_total`` and ``may_be_total`` (whether a line that lacks a supplier's number
        or a voucher calls itself a total, or may be one; the first also where a total stands in the place of its day),
        ``is_bare`` (whether it names neither supplier nor voucher), ``cells`` (of a line whose amount is none, or that
        is no line, in the order of ``form.fields``, with bars between them), ``credit_sign`` (sign that a credit is
        written with), ``has_zeros`` (whether zeros in front of its account were taken off) and ``year`` (0 for what
        does not pass).
    """
    given: dict[str, Any] = {"file_id": form.file_id, "candidate": personal_numbers.CANDIDATE, "account_form": _ACCOUNT}
    given |= {
        "word": _WORD,
        "between": personal_numbers.BETWEEN_CELLS,
        "unclear": unclear_quantity(form.decimal_mark),
        "total": TOTAL,
        "joined": _JOINED,
        "figure": _FIGURE,
        "joined_close": _JOINED_CLOSE,
        "joined_after": _JOINED_AFTER,
    }
    given |= {"may_be_total": MAY_BE_TOTAL, "total_of_days": TOTAL_OF_DAYS}
    given["zeros"] = expressions.ZEROS
    given["time"] = f"{dates.TIME_OF_DAY}$"
    day_alone = "regexp_replace(booked_on, $time, '')"  # with its time it looks like a personal number
    given["plain"] = expressions.plain_amount(form)
    has = form.fields
    rules = tuple(rule for rule in rules if rule.chart in ("", form.chart))
    absent = "".join(f"'' AS {name}, " for name in (*TEXTS, *_OTHERS) if name not in has and name != "booked_on")
    if "booked_on" not in has:
        absent += "$period AS booked_on, "
    if "supplier_id" not in has:
        absent += f"'unknown' AS {KIND}, '' AS {TOLD}, "
    booked_on = "booked_on"
    if form.year:
        given["year"], absent = form.year, absent.replace("'' AS year, ", "") + "$year AS year, "
    if "year" in has or form.year:  # the period is a month or a quarter alone
        two_digits = f"CASE strlen(booked_on) WHEN 1 THEN '{'Q' if form.holds_quarters else '0'}' ELSE '' END"
        booked_on = f"CASE WHEN booked_on <> '' THEN concat(given.year, '-', {two_digits}, booked_on) ELSE '' END"
    # An account's cell may hold its text.
    present = [name for name in TEXTS if name in has or (name == "account_text" and "account" in has)]
    # Nothing in the expression matches what stands between, so no number is found across two cells.
    suspicious = f"regexp_matches(concat_ws($between, {', '.join(present)}), $candidate)"
    anywhere = (*(name for name in present if name != "item_text"), "supplier_id", "booked_on")
    labels = ", ".join(name for name in anywhere if name in has or name in present)
    all_labels = f"{labels}, item_text" if "item_text" in has else labels
    # Of what every line has, a total lacks one.
    lacks = " OR ".join(f"{name} = ''" for name in ("supplier_id", "voucher") if name in has) or "true"
    lacks += "".join(f" OR lower({name}) IN ({_TOTAL_WORDS})" for name in ("voucher", "invoice_no") if name in has)
    vat_given, vat_kronor = (expressions.money("vat", form) if "vat" in has else "NULL::BIGINT"), "vat_given"
    source_columns, vat_problem = (
        "*",
        ("WHEN vat_given <> 0 AND (sign(vat_given) <> sign(gross) OR abs(vat_given) > abs(gross)) THEN 'vat_sign'"),
    )
    if form.vat_is_rate:
        source_columns, vat_problem = "* REPLACE (rtrim(vat, ' %') AS vat)", f"WHEN {NO_RATE} THEN 'vat_rate'"
        vat_given = RATE.format(oere=f"({vat_given} * 100 // {form.unit_ore})")
    if "currency" in has and not form.vat_is_rate:
        vat_kronor = (
            "CASE WHEN currency_code = 'SEK' THEN vat_given ELSE in_sek(vat_given, currency_code, year(day)) END"
        )
    gross, written, amount_problem = expressions.gross(form, settings, given)
    left_out, says_any = expressions.left_out(rules, settings, given)
    vat, net = expressions.vat(form, settings, given)
    sek = "currency_code = 'SEK'" if "currency" in has else "true"
    text_of = {
        name: f"CASE WHEN suspicious THEN withheld({name}) ELSE {name} END" if name in present else "''"
        for name in TEXTS
    }
    given["period"] = form.period
    account, account_text = expressions.joined(form)
    item_text = f"{_ABOUT_A_PERSON} ELSE {text_of['item_text']}" if keeps_item_text else "ELSE ''"
    chart = f"CASE WHEN account <> '' THEN '{OTHER_CHART}' ELSE '' END || " if form.chart == "bas" else ""
    vat_share = "CASE WHEN vat_given <> 0 AND gross <> 0 THEN abs(vat_given / gross) END"
    statement = f"""
    WITH given AS (
      SELECT {source_columns}, {absent} FROM {source}
    ), cells AS (
      SELECT * REPLACE ({account} AS account, {account_text} AS account_text, {written} AS amount,
          {booked_on} AS booked_on),
        upper(supplier_id) AS given_id,
        CASE WHEN upper(currency) IN ({_KRONOR}) THEN 'SEK' ELSE upper(currency) END AS currency_code,
        {gross} AS gross, {vat_given} AS vat_given
      FROM given
    ), numbered AS (
      SELECT * REPLACE ({expressions.without_zeros("account")} AS account),
        {expressions.has_zeros("account")} AS has_zeros
      FROM cells
    ), valued AS (
      SELECT *,
        CASE strlen(booked_on)
          WHEN 0 THEN NULL
          WHEN 10 THEN coalesce(TRY_CAST(booked_on AS DATE), odd_day(booked_on))
          WHEN 8 THEN coalesce(TRY_CAST(TRY_STRPTIME(booked_on, '%Y%m%d') AS DATE), odd_day(booked_on))
          ELSE odd_day(booked_on) END AS day,
        {says_any} AS says_any,
        {suspicious} AS suspicious,
        CASE WHEN regexp_full_match(quantity, $unclear) THEN odd_quantity(quantity)
             ELSE TRY_CAST(replace(replace(quantity, ' ', ''), ',', '.') AS DOUBLE) END AS pieces
      FROM numbered
    ), known AS (
      SELECT *, CASE WHEN {sek} THEN gross ELSE in_sek(gross, currency_code, year(day)) END AS in_kronor,
        {vat_kronor} AS vat_kronor
      FROM valued
    ), judged AS (
      SELECT *, {vat} AS vat_part,
        CASE WHEN suspicious AND holds_number(supplier_name) THEN 'personal' ELSE {KIND} END AS kind,
        CASE WHEN amount = '' AND (booked_on = '' OR booked_on = $period)
               AND (account = ''
                 OR (booked_on = '' AND given_id = '' AND supplier_name = '' AND voucher = '' AND invoice_no = ''))
               THEN '{BLANK}'
             WHEN amount = '' THEN 'amount_missing'
             WHEN gross IS NULL AND trim(regexp_replace(lower(amount), '\\s+', ' ', 'g')) = $header_amount
               THEN '{HEADER}'
             {amount_problem}
             WHEN gross IS NULL THEN 'amount_text'
             WHEN strlen(amount) >= 10 AND regexp_full_match(amount, '[+-]?[0-9]{{10}}([0-9]{{2}})?')
               AND holds_number(amount)
               THEN 'amount_personal'
             WHEN booked_on = '' THEN 'date_missing'
             WHEN day IS NULL OR year(day) IS NULL OR year(day) NOT BETWEEN {dates.YEARS[0]} AND {dates.YEARS[-1]}
               THEN 'date_impossible'
             WHEN account = '' AND account_text = '' THEN 'account_missing'
             WHEN account <> '' AND NOT regexp_full_match(account, $account_form) THEN 'account_text'
             WHEN in_kronor IS NULL THEN 'currency_unknown'
             {"WHEN vat <> '' AND vat_given IS NULL THEN 'vat_text'" if "vat" in has else ""}
             {vat_problem}
             WHEN strlen(item_text) > 65536 OR strlen(supplier_name) > 65536 OR strlen(voucher) > 65536
               OR strlen(account_text) > 65536 OR strlen(invoice_no) > 65536 THEN 'too_long'
             ELSE '' END AS problem
      FROM known
    )
    SELECT $file_id AS file_id, line, {text_of["buyer_id"]} AS buyer_id,
      CASE WHEN unit <> '' THEN {text_of["unit"]} ELSE {text_of["buyer_name"]} END AS unit,
      {text_of["voucher"]} AS voucher, {text_of["invoice_no"]} AS invoice_no,
      CASE WHEN kind = 'personal' AND NOT starts_with({TOLD}, 'p:') THEN '' ELSE {TOLD} END AS supplier_id,
      CASE WHEN kind = 'legal' THEN {text_of["supplier_name"]}
           WHEN kind <> 'personal' THEN '' WHEN starts_with({TOLD}, 'p:') THEN {TOLD} || noted(supplier_name)
           ELSE noted(supplier_name) END AS supplier_name,
      kind AS supplier_kind, {chart}{text_of["account"]} AS account, {text_of["account_text"]} AS account_text,
      CASE WHEN problem = '' THEN {net}
           WHEN problem IN ('currency_unknown', 'amount_personal') THEN NULL
           ELSE coalesce(in_kronor, gross) END AS amount_ore,
      CASE WHEN problem = '' THEN 'SEK' ELSE currency_code END AS currency, day AS booked_on,
      CAST(month(day) AS INTEGER) AS month,
      {text_of["contract_id"]} AS contract_id, {text_of["cpv"]} AS cpv, {text_of["sni"]} AS sni,
      CASE WHEN problem <> '' THEN
             CASE WHEN kind = 'personal' OR suspicious
                    OR regexp_matches(concat_ws($between, given_id, amount, {day_alone}, currency_code, vat, side),
                      $candidate)
                  THEN '{personal_numbers.WITHHELD}' ELSE regexp_replace(left(CASE split_part(problem, '_', 1)
                  WHEN 'amount' THEN amount WHEN 'date' THEN {day_alone} WHEN 'account' THEN account
                  WHEN 'currency' THEN currency_code WHEN 'vat' THEN vat WHEN 'side' THEN side
                  ELSE item_text END, 60), $word, '[text]', 'g') END
           {item_text} END AS item_text,
      CASE WHEN {_LIKE_A_PERSON} AND holds_number(printf('%010d', CAST(abs(pieces) AS BIGINT))) THEN NULL
           ELSE pieces END AS quantity,
      {text_of["quantity_unit"]} AS quantity_unit,
      CASE WHEN problem <> '' THEN '{QUARANTINE}' || problem ELSE {left_out} END AS left_out_rule,
      CASE WHEN problem = '' THEN vat_part ELSE 0 END AS vat_ore,
      {vat_share if "vat" in has else "NULL::DOUBLE"} AS vat_of_amount,
      gross AS gross_ore,
      CASE WHEN day IS NULL AND booked_on <> '' AND regexp_matches(booked_on, $total_of_days) THEN true
           WHEN {lacks} THEN regexp_matches(concat_ws('|', {all_labels}), $total) ELSE false END AS is_total,
      CASE WHEN strlen(item_text) BETWEEN 3 AND 11 AND lower(item_text) IN ({_TOTAL_WORDS}) THEN true
           WHEN {lacks} THEN regexp_matches(concat_ws('|', {labels}), $may_be_total) ELSE false END AS may_be_total,
      given_id = '' AND supplier_name = '' AND voucher = '' AS is_bare,
      {expressions.credit_sign(form)} AS credit_sign, has_zeros,
      CASE WHEN gross IS NULL AND (amount <> '' OR problem = '{BLANK}')
           THEN concat_ws('|', {", ".join(has)}) END AS cells,
      CASE WHEN problem <> '' THEN 0 ELSE CAST(year(day) AS INTEGER) END AS year
    FROM judged
    """
    return statement, {name: value for name, value in given.items() if re.search(rf"\${name}\b", statement)}


_ABOUT_A_PERSON = f"""
    WHEN kind = 'personal' OR (kind = 'unknown' AND given_id <> '' AND {TOLD} <> given_id) THEN ''
"""


#: Rules that stand in the balance besides those of the table; the last is VAT inside amounts that are counted.
COUNTED, QUARANTINED, OVERLAP, VAT_PART = "counted", "quarantined", "overlap", "vat_in_amounts"
