"""The quick way for ordinary lines: what a column repeats is asked once for each value, never once a line.

Whatever a value means is decided by the statement of ``typed``, here as there: each new value of a column is put to it
in a line of its own, and the answer is kept. Only plain amounts and quantities are read here, in arrays. A line with
anything out of the ordinary (a spelling, a possible personal number, another currency, VAT, a fault) goes to the
statement whole. So both ways give the same lines, which a test holds against each other. What does not belong here:
rules (``typed``), writing (``placed``).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from klimat_pipeline.configuration.spend import SpendSettings
from klimat_pipeline.spend import arrays, typed
from klimat_pipeline.spend.detect import Form
from klimat_pipeline.spend.names import People
from klimat_pipeline.spend.reference import Rule

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from klimat_pipeline.spend.arrays import Codes, Flags, Whole

#: Spellings of kronor; any other goes the long way.
_KRONOR = frozenset(["", "SEK", "sek", "Sek", "KR", "kr", "Kr"])
#: Texts that differ from line to line.
_SINGLE = ("voucher", "invoice_no")
#: Decimals of a quantity.
_DECIMALS = 3
#: Answers that are kept; a column that does not repeat itself begins anew.
_KEPT = 200_000
#: A text column that says at least this many lines with one value is kept as a dictionary.
_REPEATS = 4
_PROBE = "_asked"


class Quick:
    """Ordinary lines of one file.

    Args:
        connection: with the functions of ``typed.register``.
        form: of the file.
        settings: of the municipality.
        rules: what is left out.
        people: hears the names of persons.
    """

    def __init__(
        self,
        connection: "duckdb.DuckDBPyConnection",
        form: Form,
        settings: SpendSettings,
        rules: tuple[Rule, ...],
        people: People,
    ) -> None:
        self._connection, self._form, self._people = connection, form, people
        self._group = frozenset(settings.group_numbers)
        self._statement, self._given = typed.query(form, settings, rules, _PROBE)
        self._all_odd = settings.vat.included
        self._suppliers: dict[str, tuple[str, str]] = {}
        self._days: dict[str, int | None] = {}
        self._rules: dict[tuple[str, str, bool], str | None] = {}
        self._item_repeats: bool | None = None

    def split(self, batch: "pa.RecordBatch") -> "tuple[pa.Table | None, pa.RecordBatch | None]":
        """The ordinary lines of a batch, typed, and the others as they were.

        Args:
            batch: of ``lines`` or ``sheets``: ``line`` and a text for each field.

        Returns:
            Columns of ``typed.COLUMNS`` and ``year``, None where no line is ordinary; and what is not, None where all
            are. A dictionary holds what its lines say and nothing else.
        """
        import numpy as np
        import pyarrow as pa

        if self._all_odd:
            return None, batch
        fine = np.ones(batch.num_rows, dtype=bool)
        columns = _Columns(batch)
        ore, plain = arrays.decimals(columns.text("amount"), self._form.decimal_mark, places=2)
        fine &= plain
        fine &= self._vat(columns, ore)
        quantity = self._quantity(columns, fine)
        for name in typed.TEXTS:
            if columns.has(name):
                fine &= columns.harmless(name)
        if columns.has("currency"):
            codes, values = columns.coded("currency")
            fine &= arrays.each((value in _KRONOR for value in values.to_pylist()), codes)
        supplier, given = columns.coded("supplier_id")
        day, days = columns.coded("booked_on")
        asked_for = given.to_pylist()
        self._ask(self._suppliers, asked_for, ("supplier_id",))
        self._ask(self._days, days.to_pylist(), ("booked_on",))
        told = [self._suppliers[value] for value in asked_for]
        of_day = [self._days[value] for value in days.to_pylist()]
        fine &= arrays.each((value is not None for value in of_day), day)
        rule, rules = self._rule(columns, arrays.each((who in self._group for _, who in told), supplier))
        fine &= arrays.each((name is not None for name in rules), rule)
        if not fine.any():
            return None, batch

        all_fine = bool(fine.all())  # mostly nothing is odd, and nothing has to be copied
        count = batch.num_rows if all_fine else int(np.count_nonzero(fine))

        def of(codes: "Codes", values: "pa.Array | Sequence[str]") -> "pa.DictionaryArray":
            return arrays.dictionary(codes if all_fine else codes[fine], values)

        is_person = arrays.each((kind == "personal" for kind, _ in told), supplier)
        # An id that may be a person's with a slip of the pen: it is unknown whose, and withheld.
        is_withheld = is_person | arrays.each(
            (
                kind == "unknown" and bool(id_) and who != id_.upper()
                for (kind, who), id_ in zip(told, asked_for, strict=True)
            ),
            supplier,
        )
        dates = np.array([0 if value is None else value for value in of_day], dtype=np.int32)
        months = dates.astype("datetime64[D]").astype("datetime64[M]").astype(np.int32)
        booked = day if all_fine else day[fine]
        kept = None if all_fine else pa.array(fine)
        nothing = arrays.constant("", count)
        made: dict[str, Any] = {
            "file_id": arrays.constant(self._form.file_id, count),
            "line": arrays.kept(batch.column("line"), kept),
            "unit": of(*_unit(columns)),
            "supplier_id": of(supplier, [who for _, who in told]),
            "supplier_name": of(*self._name(columns, supplier, told, is_person & fine)),
            "supplier_kind": of(supplier, [kind for kind, _ in told]),
            "amount_ore": pa.array(ore if all_fine else ore[fine]),
            "currency": arrays.constant("SEK", count),
            "booked_on": pa.array(dates.take(booked)).cast(pa.date32()),
            "month": pa.array((months % 12 + 1).take(booked)),
            "item_text": self._item(columns, is_withheld, kept) if columns.has("item_text") else nothing,
            "quantity": arrays.kept(quantity, kept),
            "left_out_rule": of(rule, [name or "" for name in rules]),
            "year": pa.array((1970 + months // 12).take(booked)),
        }
        for name in _SINGLE:
            made[name] = arrays.kept(columns.text(name), kept)
        for name in ("buyer_id", "account", "account_text", "contract_id", "cpv", "sni", "quantity_unit"):
            made[name] = of(*columns.coded(name)) if columns.has(name) else nothing
        order = [*typed.COLUMNS, "year"]
        odd = None if all_fine else batch.filter(pa.array(~fine))
        return pa.table([made[name] for name in order], names=order), odd

    def _name(
        self, columns: "_Columns", supplier: "Codes", told: Sequence[tuple[str, str]], is_person: "Flags"
    ) -> "tuple[Codes, pa.Array]":
        """Names of suppliers as codes; those of persons are noted.

        A person's pseudonym stands for the name too; without a key nothing does. Who is not known to be a legal person
        has no name here.
        """
        import numpy as np
        import pyarrow as pa

        names, name_of = columns.coded("supplier_name")
        said = name_of.to_pylist()
        for code in np.unique(names[is_person]).tolist():
            self._people.note(said[code])
        own = {"personal": range(len(said), len(said) + len(told)), "legal": [-1] * len(told)}
        nameless = [len(said) + len(told)] * len(told)
        places = [own.get(kind, nameless)[place] for place, (kind, _) in enumerate(told)]
        codes = np.array(places, dtype=np.int32).take(supplier)
        codes = np.where(codes < 0, names, codes)
        return codes, pa.concat_arrays([name_of, pa.array([*(who for _, who in told), ""], pa.string())])

    def _vat(self, columns: "_Columns", ore: "Whole") -> "Flags":
        """Lines whose VAT is plain, has the sign of the amount and is not the larger; none is zero."""
        import numpy as np

        if not columns.has("vat"):
            return np.ones(len(ore), dtype=bool)
        vat, plain = arrays.decimals(columns.text("vat"), self._form.decimal_mark, places=2)
        empty = arrays.lengths(columns.text("vat")) == 0
        vat[empty] = 0
        fits = (vat == 0) | ((np.sign(vat) == np.sign(ore)) & (np.abs(vat) <= np.abs(ore)))
        return np.asarray(fits & (plain | empty), dtype=bool)

    def _quantity(self, columns: "_Columns", fine: "Flags") -> "pa.Array":
        """Quantities, none where the cell is empty; what is not plain is taken out of the fine lines."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if not columns.has("quantity"):
            return pa.nulls(len(fine), pa.float64())
        text = columns.text("quantity")
        none = arrays.lengths(text) == 0
        found, plain = arrays.decimals(text, ",.", places=_DECIMALS)
        fine &= plain | none
        unclear = pc.match_substring_regex(text, f"^(?:{typed.unclear_quantity(self._form.decimal_mark)})$")
        fine &= ~unclear.to_numpy(zero_copy_only=False)
        return pa.array(found / 10**_DECIMALS, mask=none)

    def _item(self, columns: "_Columns", is_withheld: "Flags", kept: "pa.Array | None") -> "pa.Array":
        """Texts of the lines, none where a person is the supplier; a dictionary where they repeat themselves."""
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        if self._item_repeats is None:
            codes, values = columns.coded("item_text")
            self._item_repeats = len(values) * _REPEATS <= len(codes)
        if self._item_repeats:
            codes, values = columns.coded("item_text")
            codes = np.where(is_withheld, len(values), codes)
            codes = codes if kept is None else codes[kept.to_numpy(zero_copy_only=False)]
            return arrays.dictionary(codes, pa.concat_arrays([values, pa.array([""])]))
        return arrays.kept(pc.if_else(pa.array(is_withheld), "", columns.text("item_text")), kept)

    def _rule(self, columns: "_Columns", internal: "Flags") -> "tuple[Codes, list[str | None]]":
        """The rule that every line meets, by account, its text and whether the group itself sells; None for a fault."""
        import numpy as np

        accounts, account_of = columns.coded("account")
        texts, text_of = columns.coded("account_text")
        pairs = (accounts.astype(np.int64) * len(text_of) + texts) * 2 + internal
        span = len(account_of) * len(text_of) * 2
        if span <= 4 * len(pairs) + 1000:
            seen = np.zeros(span, dtype=bool)
            seen[pairs] = True
            present = np.flatnonzero(seen)
            place = np.cumsum(seen, dtype=np.int32) - 1
            codes = place[pairs]
        else:
            present, codes = np.unique(pairs, return_inverse=True)
        account_list, text_list = account_of.to_pylist(), text_of.to_pylist()
        asked = [
            (account_list[pair // 2 // len(text_list)], text_list[pair // 2 % len(text_list)], bool(pair % 2))
            for pair in present.tolist()
        ]
        self._ask(self._rules, asked, ("account", "account_text", "supplier_id"))
        return codes.astype(np.int32), [self._rules[key] for key in asked]

    def _ask(self, known: dict[Any, Any], keys: Iterable[Any], fields: tuple[str, ...]) -> None:
        """Put what is not known yet to the statement, each in an otherwise ordinary line."""
        keys = set(keys)
        new = list(keys - known.keys())
        if not new:
            return
        if len(known) + len(new) > _KEPT:
            known.clear()
            new = list(keys)
        usual = {"amount": "1", "booked_on": "2000-01-01", "account": "1000", "account_text": "x"}
        rows = []
        for key in new:
            row = {name: usual.get(name, "") for name in self._form.fields}
            if fields == ("account", "account_text", "supplier_id"):
                account, text, internal = key
                own = {"account": account, "account_text": text}
                own["supplier_id"] = min(self._group) if internal else ""
            else:
                own = {fields[0]: key}
            rows.append(row | {name: value for name, value in own.items() if name in row})
        for key, answer in zip(new, self._answers(rows), strict=True):
            kind, who, rule, day = answer
            passes = not rule.startswith(typed.QUARANTINE)
            if fields == ("supplier_id",):
                known[key] = (kind, who)
            elif fields == ("booked_on",):
                known[key] = day if passes else None
            else:
                known[key] = rule if passes else None

    def _answers(self, rows: Sequence[Mapping[str, str]]) -> list[tuple[str, str, str, int | None]]:
        import pyarrow as pa

        names = list(self._form.fields)
        arrays = [pa.array(range(len(rows)), pa.int64())]
        arrays += [pa.array([row[name] for row in rows], pa.string()) for name in names]
        self._connection.register(_PROBE, pa.table(arrays, names=["line", *names]))
        found = self._connection.execute(
            "SELECT supplier_kind, supplier_id, left_out_rule, date_diff('day', DATE '1970-01-01', booked_on) "  # noqa: S608
            f"FROM ({self._statement}) ORDER BY line",
            self._given,
        ).fetchall()
        self._connection.unregister(_PROBE)
        return found


class _Columns:
    """The columns of a batch as codes of distinct values or as texts; a field that the file lacks is empty."""

    def __init__(self, batch: "pa.RecordBatch") -> None:
        self._batch = batch
        self._names = set(batch.schema.names)
        self._coded: dict[str, tuple[Any, Any]] = {}

    def has(self, name: str) -> bool:
        return name in self._names

    def coded(self, name: str) -> "tuple[Codes, pa.Array]":
        """Place of every line's value among the values."""
        import numpy as np
        import pyarrow as pa

        if name not in self._coded:
            if self.has(name):
                column = self._batch.column(name)
                column = column if isinstance(column, pa.DictionaryArray) else column.dictionary_encode()
                self._coded[name] = (column.indices.to_numpy(zero_copy_only=True), column.dictionary)
            else:
                self._coded[name] = (np.zeros(self._batch.num_rows, dtype=np.int32), pa.array([""]))
        return self._coded[name]

    def text(self, name: str) -> "pa.StringArray":
        """Every line's text."""
        import pyarrow as pa

        if not self.has(name):
            return pa.repeat(pa.scalar("", pa.string()), self._batch.num_rows)
        column = self._batch.column(name)
        return column.dictionary_decode() if isinstance(column, pa.DictionaryArray) else column

    def harmless(self, name: str) -> "Flags":
        """Lines whose value cannot hold a personal number and is of usual length."""
        import pyarrow as pa

        if isinstance(self._batch.column(name), pa.DictionaryArray):
            codes, values = self.coded(name)
            return arrays.harmless(values).take(codes)
        return arrays.harmless(self._batch.column(name))


def _unit(columns: _Columns) -> "tuple[Codes, pa.Array]":
    """Units as codes; where a line names none, its buyer."""
    import numpy as np
    import pyarrow as pa

    units, unit_of = columns.coded("unit")
    empty = [value == "" for value in unit_of.to_pylist()]
    if not any(empty):
        return units, unit_of
    buyers, buyer_of = columns.coded("buyer_name")
    return np.where(arrays.each(empty, units), len(unit_of) + buyers, units), pa.concat_arrays([unit_of, buyer_of])
