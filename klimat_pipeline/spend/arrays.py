"""Columns of text as arrays of bytes and codes: plain decimals, possible personal numbers, dictionaries.

What does not belong here: anything that knows what a column is for (``quick``).
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from klimat_pipeline.spend import personal

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

    Codes = npt.NDArray[np.int32]
    Flags = npt.NDArray[np.bool_]
    Whole = npt.NDArray[np.int64]

#: A cell beyond this is out of the ordinary.
_LONGEST = 65536
#: Whole numbers of at most eight digits: as many as fit in a machine word.
_WHOLE = 8
#: A byte is a digit when its upper half is 3, and still is when 6 is added.
_ALL_DIGITS = 0x3333333333333333
#: A personal number of digits alone has ten.
_DIGITS = 10


def harmless(texts: "pa.StringArray") -> "Flags":
    """Values with too few digits, or of which the expression for personal numbers says no."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    offsets, data = _bytes(texts)
    lengths = np.diff(offsets)
    fine = lengths <= _LONGEST
    fewest = personal.FEWEST_DIGITS if _may_be_dashed(data) else _DIGITS
    if not len(lengths) or lengths.max() < fewest:
        return fine
    counted = np.zeros(len(data) + 1, dtype=np.int32)
    np.cumsum(data - ord("0") < 10, out=counted[1:])  # below "0" the byte wraps round
    held = counted[offsets]
    doubtful = np.flatnonzero(held[1:] - held[:-1] >= fewest)
    if len(doubtful):
        found = pc.match_substring_regex(texts.take(pa.array(doubtful)), personal.CANDIDATE)
        fine[doubtful] &= ~found.to_numpy(zero_copy_only=False)
    return fine


def _may_be_dashed(data: "npt.NDArray[np.uint8]") -> bool:
    """Whether any of the bytes is, or begins, a sign that may stand between a date and a number with letters."""
    if not len(data):
        return False
    held = data.tobytes()
    return not held.isascii() or any(sign in held for sign in map(str.encode, personal.DASHES))


def decimals(texts: "pa.StringArray", marks: str, *, places: int) -> "tuple[Whole, Flags]":
    """Plain decimal numbers as whole numbers of the given place, and which texts are such.

    Plain: a minus or plus, one to eight digits, and a mark with one to ``places`` digits behind it, or none. The eight
    bytes before the mark are read as one number, and its digits are joined in pairs, fours and eights.
    """
    import numpy as np

    offsets, data = _bytes(texts)
    count = len(offsets) - 1
    if not count or not len(data):
        return np.zeros(count, dtype=np.int64), np.zeros(count, dtype=bool)
    ends, lengths = offsets[1:], np.diff(offsets)
    # Room for eight bytes before the first text.
    data = np.concatenate([np.zeros(_WHOLE, dtype=np.uint8), data])
    first = data[np.minimum(offsets[:-1] + _WHOLE, len(data) - 1)]
    negative = first == ord("-")
    decimals = np.zeros(count, dtype=np.int64)
    mark_at = np.zeros(count, dtype=np.int32)
    fine = np.ones(count, dtype=bool)
    signs = [ord(mark) for mark in marks]
    behind = [data[ends + (_WHOLE - 1 - place)] for place in range(places + 1)]
    for place in range(1, places + 1):
        byte = behind[place]
        is_mark = byte == signs[0]
        for sign in signs[1:]:
            is_mark |= byte == sign
        is_mark &= (mark_at == 0) & (lengths > place)
        found = np.flatnonzero(is_mark)
        if not len(found):
            continue
        own, digits = np.zeros(len(found), dtype=np.int64), np.ones(len(found), dtype=bool)
        for at in range(place - 1, -1, -1):
            digit = behind[at][found] - ord("0")  # below "0" the byte wraps round
            digits &= digit < 10
            own = own * 10 + digit
        mark_at[found] = place
        decimals[found] = own * 10 ** (places - place)
        fine[found] = digits
    whole = lengths - mark_at - (mark_at > 0) - (negative | (first == ord("+")))
    fine &= (whole >= 1) & (whole <= _WHOLE)
    eight = np.ndarray(len(data) - _WHOLE + 1, dtype="<u8", buffer=data, strides=(1,))
    held = eight[ends - mark_at - (mark_at > 0)].astype(np.uint64, copy=False)
    # What stands before the number becomes zeros.
    before = (8 * (_WHOLE - np.clip(whole, 1, _WHOLE))).astype(np.uint64)
    zeros = np.uint64(0x3030303030303030)
    held = ((held >> before) << before) | (zeros & ((np.uint64(1) << before) - np.uint64(1)))
    high = np.uint64(0xF0F0F0F0F0F0F0F0)
    fine &= ((held & high) | (((held + np.uint64(0x0606060606060606)) & high) >> np.uint64(4))) == _ALL_DIGITS
    held = ((held & np.uint64(0x0F0F0F0F0F0F0F0F)) * np.uint64(2561)) >> np.uint64(8)
    held = ((held & np.uint64(0x00FF00FF00FF00FF)) * np.uint64(6553601)) >> np.uint64(16)
    held = ((held & np.uint64(0x0000FFFF0000FFFF)) * np.uint64(42949672960001)) >> np.uint64(32)
    value = held.astype(np.int64) * 10**places + decimals
    return np.where(negative, -value, value), fine


def _bytes(texts: "pa.StringArray") -> "tuple[npt.NDArray[np.int32], npt.NDArray[np.uint8]]":
    """Offsets and bytes of texts, the bytes beginning where the first text does."""
    import numpy as np

    _, places, held = texts.buffers()
    if not len(texts):
        return np.zeros(1, dtype=np.int32), np.zeros(0, dtype=np.uint8)
    offsets = np.frombuffer(places, dtype=np.int32, count=texts.offset + len(texts) + 1)[texts.offset :]
    data = np.frombuffer(held, dtype=np.uint8) if held is not None else np.zeros(0, dtype=np.uint8)
    return offsets - offsets[0], data[offsets[0] : offsets[-1]]


def lengths(texts: "pa.StringArray") -> "npt.NDArray[np.int32]":
    """Bytes of every text."""
    import numpy as np

    return np.diff(_bytes(texts)[0])


def each(answers: Iterable[bool], codes: "Codes") -> "Flags":
    """What is true of every line, from what is true of the values."""
    import numpy as np

    return np.array(list(answers), dtype=bool).take(codes)


def kept(values: "pa.Array", mask: "pa.Array | None") -> "pa.Array":
    """The values that a mask keeps; all where there is none."""
    return values if mask is None else values.filter(mask)


def constant(value: str, count: int) -> "pa.DictionaryArray":
    """One value for so many lines."""
    import numpy as np
    import pyarrow as pa

    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(count, dtype=np.int32)), pa.array([value]), safe=False)


def dictionary(codes: "Codes", values: "pa.Array | Sequence[str]") -> "pa.DictionaryArray":
    """Codes with the values that they use, each once: nothing else of the batch is written."""
    import numpy as np
    import pyarrow as pa

    values = values if isinstance(values, pa.Array) else pa.array(values, pa.string())
    used = np.bincount(codes, minlength=len(values)) > 0
    chosen = (values if used.all() else values.filter(pa.array(used))).dictionary_encode()
    if len(chosen.dictionary) < len(values):
        place = np.cumsum(used, dtype=np.int32) - 1
        place[used] = chosen.indices.to_numpy(zero_copy_only=True)
        codes = place.take(codes)
    return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), chosen.dictionary, safe=False)
