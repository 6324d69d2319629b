"""An invented ledger with the shapes of a real one, the same bytes on every machine for the same number of lines.

Heavy-tailed amounts, credit notes, sole traders (born in 1890, so that nobody has their numbers), purchases inside the
group, wages and grants that do not count, two encodings, two spellings of numbers. Nothing in it is anybody's.

Whole-number arithmetic only: what depends on a random generator or a logarithm would differ between versions. What does
not belong here: reading ledgers.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BUYER = ("2120009991", "Exempelstad")
#: A company of the group: purchases from it are left out.
INTERNAL = "5590009998"
_PRIME = 2_147_483_647
UNITS = (
    "Barn- och utbildningsförvaltningen",
    "Vård- och omsorgsförvaltningen",
    "Stadsbyggnadsförvaltningen",
    "Kultur- och fritidsförvaltningen",
    "Kommunledningsförvaltningen",
    "Exempelbostäder AB",
)


@dataclass(frozen=True, slots=True)
class _Account:
    """An account, how often it is booked (of all weights), what an ordinary line costs, and who supplies it."""

    number: str
    text: str
    weight: int
    usual_sek: int
    trade: str
    cpv: str = ""


_ACCOUNTS = (
    _Account("6410", "Livsmedel", 140, 900, "food", "15000000"),
    _Account("6420", "Måltider, köpta portioner", 40, 6_000, "food", "55520000"),
    _Account("4610", "Entreprenad, köp av huvudverksamhet", 45, 48_000, "construction", "45000000"),
    _Account("1179", "Pågående nyanläggning, byggnader", 12, 220_000, "construction", "45200000"),
    _Account("6610", "Reparation och underhåll av fastigheter", 70, 5_500, "construction"),
    _Account("6210", "Elenergi", 35, 9_000, "energy", "09310000"),
    _Account("6230", "Fjärrvärme", 25, 14_000, "energy", "09323000"),
    _Account("6250", "Drivmedel", 45, 1_100, "fuel"),
    _Account("7010", "Persontransporter, skolskjuts och färdtjänst", 30, 12_000, "transport", "60100000"),
    _Account("7050", "Biljetter och resor", 40, 1_400, "transport"),
    _Account("6910", "Leasing av personbilar", 20, 3_600, "transport"),
    _Account("6810", "Telefoni och datakommunikation", 35, 1_800, "it"),
    _Account("6860", "Programvarulicenser", 30, 8_500, "it", "48000000"),
    _Account("6440", "Datorer och kringutrustning", 30, 4_200, "it", "30200000"),
    _Account("6430", "Sjukvårdsmaterial och läkemedel", 45, 1_600, "health", "33000000"),
    _Account("4630", "Köp av vård och omsorg", 25, 60_000, "health", "85000000"),
    _Account("6510", "Kontorsmaterial och trycksaker", 40, 700, "office"),
    _Account("6470", "Möbler och inventarier", 20, 6_400, "office", "39100000"),
    _Account("7420", "Konsulttjänster", 45, 22_000, "services"),
    _Account("7440", "Städ och renhållning", 30, 4_800, "services"),
    _Account("7310", "Försäkringar", 6, 15_000, "services"),
    _Account("6010", "Lokalhyror", 30, 32_000, "internal"),
    _Account("7690", "Övriga främmande tjänster", 25, 3_000, "sole_trader"),
    _Account("4650", "Uppdrag enskild firma", 15, 7_500, "sole_trader"),
    _Account("9870", "Diverse", 12, 2_100, "services"),
    _Account("5010", "Löner, timanställda", 10, 14_000, "services"),
    _Account("4510", "Bidrag till föreningar", 12, 9_000, "services"),
    _Account("8410", "Räntekostnader", 3, 40_000, "services"),
)
_TRADES = {
    "food": (["Exempel Livs AB", "Påhittade Grönsaker AB", "Exempelbageriet AB", "Storkök i Exempelstad AB"], "10"),
    "construction": (
        ["Exempelbygg AB", "Påhittad Mark & Anläggning AB", "Exempelrör AB", "Fasad i Exempelstad AB"],
        "41",
    ),
    "energy": (["Exempelkraft AB", "Påhittad Fjärrvärme AB"], "35"),
    "fuel": (["Exempelmack AB", "Påhittad Biogas AB"], "47"),
    "transport": (["Exempeltaxi AB", "Påhittade Bussar AB", "Exempelresor AB"], "49"),
    "it": (["Exempeldata AB", "Påhittad Telefoni AB", "Exempelmoln AB"], "62"),
    "health": (["Exempelvård AB", "Påhittad Medicinteknik AB"], "86"),
    "office": (["Exempelkontor AB", "Påhittade Möbler AB"], "46"),
    "services": (["Exempelkonsult AB", "Påhittad Städ AB", "Exempeltjänst AB", "Påhittad Revision AB"], "70"),
    "internal": (["Exempellokaler AB"], "68"),
    "sole_trader": ([f"Firma Påhittad {n}" for n in range(1, 13)], "43"),
}


def write_example(folder: Path, lines: int, *, first_year: int, seed: int = 1) -> list[Path]:
    """Write the ledger of two years: UTF-8 with semicolons and decimal commas, then Latin-1 with commas and points.

    Args:
        folder: where the files go; it is made.
        lines: lines of both files together, headings not counted.
        first_year: year of the first file; the second holds the year after.
        seed: another number gives another ledger.

    Returns:
        The two files.
    """
    import duckdb

    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"leverantorsreskontra_{first_year + n}.csv" for n in range(2)]
    with duckdb.connect() as connection:
        connection.execute("SET threads TO 1")  # lines keep their order without being sorted
        _tables(connection)
        for n, path in enumerate(paths):
            count = lines // 2 + (lines % 2 if n else 0)
            draft = path.with_suffix(".part")
            drawn = connection.sql(
                _LINES, params={"lines": count, "year": first_year + n, "seed": seed * 2 + n, "decimal": ",."[n]}
            )
            drawn.write_csv(str(draft), sep=";,"[n], header=True)
            if n:
                _recoded(draft, path)
            else:
                draft.replace(path)
    return paths


def _tables(connection: Any) -> None:
    suppliers = list(_suppliers())
    connection.execute("CREATE TABLE suppliers (trade VARCHAR, number BIGINT, name VARCHAR, id VARCHAR, sni VARCHAR)")
    connection.executemany("INSERT INTO suppliers VALUES (?, ?, ?, ?, ?)", suppliers)
    connection.execute(
        "CREATE TABLE accounts (first BIGINT, last BIGINT, number VARCHAR, text VARCHAR, usual BIGINT, trade VARCHAR, "
        "cpv VARCHAR, of_trade BIGINT)"
    )
    start, rows = 0, []
    for a in _ACCOUNTS:
        rows.append((start, start + a.weight, a.number, a.text, a.usual_sek, a.trade, a.cpv, len(_TRADES[a.trade][0])))
        start += a.weight
    connection.executemany("INSERT INTO accounts VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
    connection.execute("CREATE TABLE units (number BIGINT, name VARCHAR)")
    connection.executemany("INSERT INTO units VALUES (?, ?)", list(enumerate(UNITS)))


def _suppliers() -> Iterator[tuple[str, int, str, str, str]]:
    serial = 0
    for trade, (names, sni) in _TRADES.items():
        for number, name in enumerate(names):
            serial += 1
            if trade == "internal":
                yield trade, number, name, _dashed(INTERNAL), sni
            elif trade == "sole_trader":
                yield trade, number, name, _spelt(f"1890{number + 1:02}15{980 + number % 10}", number), sni
            else:
                yield trade, number, name, _dashed(with_check_digit(f"5590{serial:05}")), sni


def with_check_digit(nine: str) -> str:
    """Nine digits of a Swedish identity number and their check digit (Luhn)."""
    total = 0
    for position, digit in enumerate(nine):
        product = int(digit) * (2 - position % 2)
        total += product - 9 if product > 9 else product
    return nine + str(-total % 10)


def _dashed(ten: str) -> str:
    return f"{ten[:6]}-{ten[6:]}"


def _spelt(eleven: str, number: int) -> str:
    """A personal number in one of the spellings that ledgers hold: with century, with a hyphen, bare."""
    short = with_check_digit(eleven[2:])
    return (f"{eleven[:8]}-{short[6:]}", f"{short[:6]}+{short[6:]}", f"{eleven[:2]}{short}")[number % 3]


def _lines() -> str:
    """The query of a file's lines; every field is drawn by a multiplicative hash of the voucher or the line."""

    def drawn(what: str, salt: int, size: str) -> str:
        # A Mersenne prime: products of two numbers below it fit 64 bits, and it spreads them evenly.
        seeded = f"($seed::BIGINT % {_PRIME}) * {442_695_041 + salt}"
        mixed = f"(({what} + 1) * {663_608_941 + 7919 * salt} + {seeded}) % {_PRIME}"
        return f"(((({mixed}) * {1_202_034_521 + 104_729 * salt}) % {_PRIME}) >> 5) % ({size})"

    total = sum(account.weight for account in _ACCOUNTS)
    return f"""
      WITH lines AS (
        SELECT i, i // 2 AS voucher, {drawn("i", 1, "4096")} AS tail, {drawn("i", 2, "1000")} AS within,
               {drawn("i", 3, "40")} AS credit, {drawn("i // 2", 4, str(total))} AS account_at,
               {drawn("i // 2", 5, "1000")} AS supplier_at, {drawn("i // 2", 6, str(len(UNITS)))} AS unit_at,
               {drawn("i // 2", 7, "3")} AS contract_at
        FROM range($lines) AS r(i)
      ), booked AS (
        SELECT *, make_date($year::INTEGER, 1, 1) + (voucher * 2 * 365 // greatest($lines, 1))::INTEGER AS booked_on,
          -- Each halving of the chance doubles the amount: a tail as heavy as real ledgers have.
          CASE WHEN tail < 2048 THEN 1 WHEN tail < 3072 THEN 2 WHEN tail < 3584 THEN 4 WHEN tail < 3840 THEN 8
               WHEN tail < 3968 THEN 16 WHEN tail < 4032 THEN 32 WHEN tail < 4064 THEN 64 ELSE 128 END AS times
        FROM lines
      ), priced AS (
        SELECT b.*, a.number AS account, a.text AS account_text, a.cpv, s.name, s.id, s.sni, a.trade,
          CASE WHEN credit = 0 THEN -1 ELSE 1 END * (a.usual * times * (500 + within) // 10 + within % 97) AS ore
        FROM booked b JOIN accounts a ON account_at >= a.first AND account_at < a.last
        JOIN suppliers s ON s.trade = a.trade AND s.number = (supplier_at * supplier_at // 1000) % a.of_trade
      )
      SELECT '{_dashed(BUYER[0])}' AS kopare_id, '{BUYER[1]}' AS kopare,
        printf('L%d-%07d', $year::INTEGER, voucher) AS verifikationsnummer, p.name AS leverantor, p.id AS leverantor_id,
        account AS konto_nr, account_text AS konto_text,
        CASE WHEN ore < 0 THEN '-' ELSE '' END || (abs(ore) // 100) || $decimal || printf('%02d', abs(ore) % 100)
          AS belopp,
        strftime(booked_on, '%Y-%m-%d') AS datum, u.name AS forvaltning, printf('F%08d', voucher * 7 + 13)
          AS fakturanummer,
        CASE WHEN contract_at = 0 AND cpv <> '' THEN 'A-' || account ELSE '' END AS avtal,
        CASE WHEN contract_at = 0 THEN cpv ELSE '' END AS cpv_kod,
        CASE WHEN contract_at = 1 THEN sni ELSE '' END AS sni_kod
      FROM priced p JOIN units u ON u.number = unit_at ORDER BY p.i
    """  # noqa: S608 - constants of this module; figures are bound


def _recoded(draft: Path, path: Path) -> None:
    """From UTF-8 to Latin-1, a piece at a time."""
    with draft.open(encoding="utf-8", newline="") as source, path.open("w", encoding="latin-1", newline="") as target:
        while text := source.read(1 << 20):
            target.write(text)
    draft.unlink()


_LINES = _lines()
