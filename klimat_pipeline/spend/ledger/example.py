"""An invented ledger, the same for the same seed: for the example municipality, for benchmarks and for trying out.

Whole numbers only, so that every machine writes the same bytes. Sole traders have dates of birth in the 1890s and birth
numbers 980-989: the numbers have the right form and check digit, and belong to nobody alive. What does not belong here:
anything real.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

_ROWS = 200_000
BUYER = "212000-9999"
#: account, text, typical amount in kronor, weight, CPV of its contracts, unit of its quantities, text of the line.
_ACCOUNTS = (
    ("4110", "Livsmedel", 900, 90, "15000000", "kg", "Livsmedel enligt följesedel"),
    ("4120", "Kött och chark", 1500, 30, "15100000", "kg", "Nötfärs och kyckling"),
    ("4130", "Mejeriprodukter", 700, 35, "15500000", "kg", "Mjölk ost och yoghurt"),
    ("4210", "Läromedel", 1200, 40, "22111000", "st", "Läromedel"),
    ("4330", "Entreprenad byggnad", 60000, 22, "45210000", "", "Byggentreprenad delbetalning"),
    ("4340", "Entreprenad gata och park", 30000, 20, "45233000", "", "Beläggningsarbete"),
    ("4510", "Föreningsbidrag", 9000, 14, "", "", "Bidrag enligt beslut"),
    ("4630", "Köp av vård och omsorg", 45000, 25, "85000000", "", "Vårddygn"),
    ("4640", "Köp av utbildning", 38000, 12, "80000000", "", "Skolpeng"),
    ("5010", "Löner", 20000, 6, "", "", "Lönekörning"),
    ("6010", "Hyra lokaler", 22000, 30, "70220000", "", "Hyra kvartal"),
    ("6210", "El", 8000, 28, "09310000", "kWh", "Elförbrukning"),
    ("6220", "Fjärrvärme", 11000, 20, "09323000", "kWh", "Fjärrvärme"),
    ("6410", "Förbrukningsinventarier", 2500, 60, "39100000", "st", "Möbler"),
    ("6430", "Datorer och surfplattor", 9000, 25, "30200000", "st", "Bärbar dator"),
    ("6450", "Förbrukningsmaterial", 600, 110, "33760000", "st", "Papper och städmaterial"),
    ("6480", "Arbetskläder", 800, 25, "18100000", "st", "Arbetskläder"),
    ("6620", "Reparation av fordon", 3500, 24, "50110000", "", "Service fordon"),
    ("6820", "Telefoni och datakommunikation", 1100, 30, "64200000", "", "Abonnemang"),
    ("6910", "Drivmedel diesel", 1600, 34, "09134000", "l", "Diesel"),
    ("6920", "Drivmedel HVO100", 1900, 16, "09134000", "l", "HVO100"),
    ("7010", "Skolskjuts", 14000, 16, "60130000", "", "Skolskjuts"),
    ("7050", "Tjänsteresor tåg", 700, 24, "60210000", "km", "Tågresa"),
    ("7060", "Tjänsteresor flyg", 2600, 7, "60400000", "km", "Flygresa"),
    ("7410", "IT-konsulter", 26000, 22, "72000000", "", "Konsulttimmar"),
    ("7420", "Konsulter övrigt", 17000, 26, "79400000", "", "Utredning"),
    ("7600", "Diverse", 500, 30, "", "", "Övrigt"),
    ("8510", "Räntekostnader", 5000, 3, "", "", "Ränta"),
)
_UNITS = (
    "Barn- och utbildningsförvaltningen",
    "Vård- och omsorgsförvaltningen",
    "Stadsbyggnadsförvaltningen",
    "Kulturförvaltningen",
    "Socialförvaltningen",
    "Exempelstads Fastighets AB",
)
_FIRST = ("Öresunds", "Skånska", "Norra", "Åkarps", "Söderåsens", "Exempel", "Kullens", "Rååns")
_SECOND = ("Livs", "Bygg", "El", "Data", "Transport", "Kontor", "Omsorg", "Konsult", "Städ", "Verkstad")
_GIVEN = ("Ada", "Bror", "Dagny", "Evald", "Frideborg", "Gottfrid", "Hulda", "Ivar")
_FAMILY = ("Exempelsson", "Påhittsdotter", "Uppdiktad", "Övningsson")
_SUPPLIERS, _PERSONS = 900, 60
HEADER = [
    "kopare_id",
    "kopare",
    "verifikationsnummer",
    "leverantor",
    "leverantor_id",
    "konto_nr",
    "konto_text",
    "belopp",
    "datum",
    "forvaltning",
    "fakturanummer",
    "avtal",
    "cpv",
    "sni",
    "text",
    "antal",
    "mattenhet",
]


def write_example(
    target: Path,
    *,
    lines: int,
    seed: int,
    year: int,
    months: tuple[int, int] = (1, 12),
    encoding: str = "utf-8",
    separator: str = ";",
    faults: bool = False,
) -> None:
    """Write an invented ledger as CSV.

    Args:
        target: the file.
        lines: how many, the header not counted.
        seed: another one gives another ledger.
        year: of all lines.
        months: first and last month.
        encoding: utf-8, utf-8-sig or latin-1.
        separator: between cells; with a comma the decimal mark is a point.
        faults: add three lines that do not pass: a date that never was, a text for an amount, a cell too few.
    """
    import pyarrow.csv as arrow_csv

    mark = "." if separator == "," else ","
    options = arrow_csv.WriteOptions(include_header=False, delimiter=separator, quoting_style="none")
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as file:
        file.write(separator.join(HEADER).encode(encoding) + b"\n")
        for table in _tables(lines, seed, year, months, mark):
            if encoding == "latin-1":
                from io import BytesIO

                held = BytesIO()
                arrow_csv.write_csv(table, held, options)
                file.write(held.getvalue().decode().encode("latin-1"))
            else:
                arrow_csv.write_csv(table, file, options)
        for cells in _faults(year, mark) if faults else ():
            file.write(separator.join(cells).encode(encoding) + b"\n")


def _tables(lines: int, seed: int, year: int, months: tuple[int, int], mark: str) -> Iterator["pa.Table"]:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    accounts = np.repeat(np.arange(len(_ACCOUNTS)), [account[3] for account in _ACCOUNTS])
    scale = np.array([account[2] for account in _ACCOUNTS], dtype=np.int64)
    names, ids, sni = _suppliers()
    days = pa.array([f"{year}-{m:02d}-{d:02d}" for m in range(months[0], months[1] + 1) for d in range(1, 29)])

    def column(values: Any, places: Any) -> Any:
        return pa.array(values, pa.string()).take(pa.array(places))

    def padded(numbers: Any, width: int) -> Any:
        return pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width, "0")

    for start in range(0, lines, _ROWS):
        count = min(_ROWS, lines - start)
        draw = np.random.default_rng([seed, start])
        account = accounts[draw.integers(0, len(accounts), count)]
        # A heavy tail without logarithms: one over a uniform number is Pareto distributed with exponent one.
        ore = scale[account] * 30_000 // (1 + draw.integers(0, 1000, count)) + draw.integers(0, 10_000, count)
        credit = draw.integers(0, 100, count) < 3
        supplier = np.minimum(draw.integers(0, _SUPPLIERS, count), draw.integers(0, _SUPPLIERS, count))
        person = draw.integers(0, 100, count) < 3
        supplier = np.where(person, _SUPPLIERS + draw.integers(0, _PERSONS, count), supplier)
        contract = (draw.integers(0, 100, count) < 40) & ~person
        number = np.where(contract, 1 + (supplier * 7 + account) % 240, 0)
        cpv = [""] + [account[4] for account in _ACCOUNTS]
        units = [""] + [account[5] for account in _ACCOUNTS]
        counted = (draw.integers(0, 100, count) < 50) & np.array([bool(a[5]) for a in _ACCOUNTS])[account]
        quantity = np.where(counted, 1 + ore // (1 + scale[account] * 10), 0)
        voucher = 1 + (start + np.arange(count)) // 3
        sign = column(["", "-"], credit.astype(np.int64))
        amount = pc.binary_join_element_wise(
            pc.binary_join_element_wise(sign, pa.array(ore // 100).cast(pa.string()), ""), padded(ore % 100, 2), mark
        )
        order = draw.integers(0, len(days), count)
        yield pa.table(
            [
                column([BUYER], np.zeros(count, dtype=np.int64)),
                column(["Exempelstad (påhittad)"], np.zeros(count, dtype=np.int64)),
                pc.binary_join_element_wise(f"V{seed}-", padded(voucher, 8), ""),
                names.take(pa.array(supplier)),
                ids.take(pa.array(supplier)),
                column([a[0] for a in _ACCOUNTS], account),
                column([a[1] for a in _ACCOUNTS], account),
                amount,
                days.take(pa.array(order)),
                column(_UNITS, np.minimum(draw.integers(0, 6, count), draw.integers(0, 6, count))),
                pc.binary_join_element_wise("F", padded(draw.integers(0, 1_000_000, count), 6), ""),
                column(["", *(f"AVT-{n:04d}" for n in range(1, 241))], number),
                column(cpv, np.where(contract, account + 1, 0)),
                sni.take(pa.array(supplier)),
                column([a[6] for a in _ACCOUNTS], account),
                pc.if_else(pa.array(counted), pa.array(quantity).cast(pa.string()), ""),
                column(units, np.where(counted, account + 1, 0)),
            ],
            names=HEADER,
        )


def _faults(year: int, mark: str) -> Iterator[list[str]]:
    first = [BUYER, "Exempelstad (påhittad)", "V0-00000001", "Rååns Livs 007 AB", "559700-7490", "4110", "Livsmedel"]
    last = [_UNITS[0], "F000001", "", "", "", "Livsmedel", "", ""]
    yield [*first, f"100{mark}00", f"{year}-02-30", *last]
    yield [*first, "se bilaga", f"{year}-03-01", *last]
    yield [*first[1:], f"250{mark}50", f"{year}-03-02", *last]


def _suppliers() -> tuple[Any, Any, Any]:
    """Names, ids and industries: companies first, sole traders after them, in several spellings."""
    import pyarrow as pa

    industries = ("10130", "41200", "35110", "62010", "49410", "46660", "88100", "71122", "81210", "45201")
    names, ids, sni = [], [], []
    for n in range(_SUPPLIERS):
        names.append(f"{_FIRST[n % len(_FIRST)]} {_SECOND[n // 8 % len(_SECOND)]} {n:03d} AB")
        nine = f"55{90 + n % 10}{n:03d}{n * 7 % 100:02d}"
        ids.append(f"{nine[:6]}-{nine[6:]}{_check_digit(nine)}" if n % 3 else f"{nine}{_check_digit(nine)}")
        sni.append(industries[n // 8 % 10] if n % 4 else "")
    for n in range(_PERSONS):
        nine = f"{90 + n % 9}{1 + n % 12:02d}{1 + n % 28 + (60 if n % 10 == 9 else 0):02d}98{n % 10}"
        ten = f"{nine}{_check_digit(nine)}"
        names.append(f"{_GIVEN[n % 8]} {_FAMILY[n // 8 % 4]}")
        ids.append((f"18{ten[:6]}-{ten[6:]}", f"18{ten}", f"{ten[:6]}+{ten[6:]}")[n % 3])
        sni.append("")
    return pa.array(names), pa.array(ids), pa.array(sni)


def _check_digit(nine: str) -> int:
    total = 0
    for place, digit in enumerate(nine):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return -total % 10
