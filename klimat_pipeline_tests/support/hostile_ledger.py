"""A hostile ledger: every kind of person, amounts that are none, a cell of fifty million letters.

What does not belong here: what comes of it (``pipeline/test_hostile_ledger``).
"""

from pathlib import Path

HEADER = (
    "kopare_id;verifikationsnummer;leverantor;leverantor_id;konto_nr;konto_text;belopp;datum;fakturanummer;text;moms"
)
#: The number that Skatteverket shows (Luhn holds), a coordination number made of it (24 August is day 84), and another.
NUMBERS = ("6408233234", "6408833231", "8112289874")
NAME = "Anna Exempelsson"
#: One person of every kind that is told by something else than a personal number in digits: each with a name of its own.
OTHERS: dict[str, dict[str, str]] = {
    "Dodsbosson": {"name": "Dödsboet efter Berit Dodsbosson"},
    "Sterbsson": {"name": "Carl Sterbsson DB"},
    "Gudmansson": {"name": "God man för Doris Gudmansson"},
    "Skyddsson": {"name": "Skyddade uppgifter, Erik Skyddsson"},
    "Hemsson": {"name": "Familjehemmet Frida Hemsson"},
    "Familjsson": {"item": "Arvode familjehem Frida Familjsson"},
    "Elevsson": {"item": "Resa för elev Gustav Elevsson"},
    "Vardsson": {"item": "Placering Nils Vardsson"},
    "Tfsson": {"item": "Hanna Tfsson 640823TF12"},
    "Bredsson": {"item": "Lars Bredsson \uff16\uff14\uff10\uff18\uff12\uff13-\uff13\uff12\uff13\uff14"},
    "Kontosson": {"text": "Dödsbo: Maja Kontosson"},
    "VERSALSSON": {"text": "FAMILJEHEM ANNA VERSALSSON"},
    "IDSSON": {"name": "Anna Idsson", "id": "ANNA IDSSON"},
    "Sekelsson": {"name": "Anna Sekelsson 19640823"},
    "Avlsson": {"name": "Anna Avlsson, avl."},
    "Kommasson": {"item": "Ove Kommasson 640823, 3234"},
    "Reservsson": {"name": "Ivan Reservsson", "id": "640823TF12"},
    "Fodelsson": {"name": "Jan Fodelsson", "id": "19640823"},
    "Masksson": {"name": "Karin Masksson", "id": "XXXXXX-8249"},
    "Fullsson": {"name": "Per Fullsson", "id": "\uff18\uff11\uff11\uff12\uff12\uff18-\uff19\uff18\uff17\uff14"},
}


def row(number: int, amount: str, **own: str) -> str:
    cells = {
        "name": "Firma AB",
        "id": "556677-8899",
        "text": "Livsmedel",
        "item": "",
        "day": "2023-03-01",
        "vat": "",
    } | own
    return (
        f"212000-1157;V{number};{cells['name']};{cells['id']};4110;{cells['text']};{amount};{cells['day']};F{number};"
        f"{cells['item']};{cells['vat']}"
    )


def hostile() -> tuple[bytes, int]:
    """The ledger and its oere (by hand, beside each line)."""
    rows: list[tuple[str, int]] = [
        (row(1, "1 234,50"), 123_450),
        (row(2, "100,00-", name=NAME, id="640823-3234", item="Städ 640823 3234"), -10_000),
        (row(3, "50,00", name=NAME, id=""), 5_000),
        (row(4, "60,00", item=f"Arvode {NAME} 19640823-3234"), 6_000),
        (row(5, "70,00", id="196408833231", name=NAME), 7_000),
        (row(6, "80,00", id="811228+9874", text="Bidrag 8112289874"), 8_000),
        (row(7, "6408233234"), 0),  # a number in the place of an amount: no amount can be told
        (row(8, "90,00", name="=cmd|'/c calc'!A0"), 9_000),
        (row(9, "10,00", vat="-2,50"), 1_000),
        (row(10, "11,00", day="2023-02-29", item="640823-3234"), 1_100),
        ("V11;" + row(11, "12,00", name=f"{NAME} 640823-3234"), 1_200),
        (row(12, "13,00") + ";;;", 1_300),
        (row(13, "14,00", item="x" * 50_000_000), 1_400),
        (row(14, "-1 234,50"), -123_450),
        (row(1, "1 234,50"), 123_450),
        (row(15, NAME), 0),
    ]
    text = "\n".join((HEADER, *(line for line, _ in rows))) + "\n"
    return text.encode("latin-1"), sum(ore for _, ore in rows)


def put_hostile_ledgers(folder: Path) -> int:
    """Write them into a municipality's folder, and what its ``municipality.yaml`` says of them; their sum in oere."""
    content, ore = hostile()
    (folder / "ledger").mkdir()
    (folder / "ledger" / "l.csv").write_bytes(content)
    (folder / "ledger" / "bom.csv").write_bytes(
        b"\xef\xbb\xbf" + f"{HEADER}\n{row(90, '1,00', day='2022-01-01', id='640823-3234', name=NAME)}\n".encode()
    )
    kinds = [row(100 + place, "1,00", **own) for place, own in enumerate(OTHERS.values())]
    kinds += [row(200 + place, "1,00", day="2021-02-30", **own) for place, own in enumerate(OTHERS.values())]
    (folder / "ledger" / "kinds.csv").write_text("\n".join((HEADER, *kinds)) + "\n", encoding="utf-8")
    with (folder / "municipality.yaml").open("a", encoding="utf-8") as file:
        file.write("\nspend:\n  quarantine_limit_pct: 100.0\n  columns: {moms: vat}\n")
    return ore + 100 + 100 * len(kinds)
