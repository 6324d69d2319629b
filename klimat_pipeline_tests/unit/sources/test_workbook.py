"""What is let in as a workbook, and in which words the rest is refused (rows 4-9 of the fault list)."""

import zipfile
import zlib
from io import BytesIO

import pytest

from klimat_pipeline.errors import WorkbookError
from klimat_pipeline.sources import workbook as limits
from klimat_pipeline.sources.workbook import check_workbook
from klimat_pipeline_tests.support.shared import shared_path
from klimat_pipeline_tests.support.workbooks import lines_for, workbook

REAL = ("ned_co2_report_2024-04-18_all.xlsx", "ned_ggt_release_2025_sectors.xlsx")
MEBIBYTE = 1024 * 1024


@pytest.fixture(scope="module")
def sound() -> bytes:
    return workbook(lines_for((("Skåne län", "Helsingborg"),), (1990, 2020)))


def zipped(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in ({"xl/workbook.xml": b"<workbook/>"} | parts).items():
            archive.writestr(name, content)
    return buffer.getvalue()


def refusal(content: bytes, *, full: bool = True, content_type: str | None = None) -> str:
    with pytest.raises(WorkbookError) as caught:
        check_workbook(content, name="book.xlsx", content_type=content_type, full=full)
    assert caught.value.place.file == "book.xlsx"
    message = str(caught.value)
    assert message.startswith("book.xlsx: ") and "expected an xlsx workbook" in message
    return message


def passes(content: bytes) -> bool:
    check_workbook(content, name="book.xlsx", full=False)
    check_workbook(content, name="book.xlsx", full=True)
    return True


def test_sound_workbook_passes(sound: bytes) -> None:
    assert passes(sound)


@pytest.mark.parametrize("name", REAL)
def test_real_workbooks_pass_with_a_wide_margin(name: str) -> None:
    content = shared_path("data", "ned", name).read_bytes()
    assert passes(content)
    entries = zipfile.ZipFile(BytesIO(content)).infolist()
    assert len(entries) * 10 < limits.MAX_ENTRIES
    assert sum(entry.file_size for entry in entries) * 10 < limits.MAX_UNPACKED_BYTES
    assert max(entry.file_size for entry in entries) * 5 < limits.MAX_ENTRY_BYTES
    assert max(entry.file_size / max(entry.compress_size, 1) for entry in entries) * 10 < limits.MAX_RATIO


def test_the_look_from_outside_unpacks_nothing(sound: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def unpacked(*args: object, **values: object) -> None:
        raise AssertionError("unpacked")

    monkeypatch.setattr(zipfile.ZipFile, "open", unpacked)
    monkeypatch.setattr(zipfile.ZipFile, "read", unpacked)
    check_workbook(sound, name="book.xlsx", full=False)
    assert "(unpacked)" in refusal(sound)


def test_6_empty_file() -> None:
    message = refusal(b"", full=False)
    assert "the file is empty" in message and "empty answer" in message


def test_5_web_page_with_its_type_and_beginning() -> None:
    page = "\n\t<html><body>Tjänsten är tillfälligt otillgänglig" + "!" * 100
    message = refusal(page.encode(), content_type="text/html; charset=utf-8", full=False)
    assert "of type text/html; charset=utf-8" in message
    beginning = "<html><body>Tjänsten är tillfälligt otillgänglig" + "!" * 32
    assert len(beginning) == 80
    assert f"beginning with '{beginning}'" in message


def test_5_other_bytes_are_shown_printable() -> None:
    message = refusal(b"\x00\x1b[31mhej\xff" + bytes(50), full=False)
    assert message.isprintable()
    assert "of type" not in message and "[31mhej" in message


def test_7_password_protected_or_old() -> None:
    message = refusal(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(500), full=False)
    assert "password-protected, or an old .xls" in message and "save it as .xlsx" in message


@pytest.mark.parametrize("per_mille", [100, 500, 900, 999])
def test_4_truncated(sound: bytes, per_mille: int) -> None:
    cut = sound[: len(sound) * per_mille // 1000]
    message = refusal(cut, full=False)
    assert f"cut off or damaged after {len(cut):,} bytes" in message and "interrupted" in message


@pytest.mark.parametrize("per_mille", [100, 500, 900, 999])
def test_4_real_workbook_truncated(per_mille: int) -> None:
    content = shared_path("data", "ned", REAL[0]).read_bytes()
    assert "cut off or damaged" in refusal(content[: len(content) * per_mille // 1000], full=False)


def test_4_byte_changed_inside_an_entry(sound: bytes) -> None:
    entry = zipfile.ZipFile(BytesIO(sound)).getinfo("xl/worksheets/sheet1.xml")
    at = entry.header_offset + 30 + len(entry.filename) + entry.compress_size // 2
    changed = bytearray(sound)
    changed[at] ^= 0xFF
    check_workbook(bytes(changed), name="book.xlsx", full=False)  # cannot be seen from outside
    message = refusal(bytes(changed))
    assert "'xl/worksheets/sheet1.xml' is damaged" in message


def test_4_checksum_that_does_not_fit() -> None:
    content = zipped({"xl/a.xml": b"<a>1234567</a>"}, zipfile.ZIP_STORED)
    assert "'xl/a.xml' is damaged" in refusal(content.replace(b"1234567", b"1234568"))


def test_zip_of_something_else() -> None:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", "<document/>")
    assert "without xl/workbook.xml" in refusal(buffer.getvalue(), full=False)


def test_8_bomb_by_ratio() -> None:
    content = zipped({"xl/worksheets/sheet1.xml": bytes(5 * MEBIBYTE)})
    assert len(content) < 10_000
    message = refusal(content, full=False)
    assert "'xl/worksheets/sheet1.xml' unpacks to" in message and "more than 200" in message and "zip bomb" in message


def test_8_small_entries_may_compress_well() -> None:
    assert passes(zipped({"xl/styles.xml": b"<a>" + b" " * 3 * MEBIBYTE + b"</a>"}))


def announcing(size: int) -> bytes:
    """A workbook whose directory announces another size of its last entry than it has."""
    content = zipped({"xl/a.bin": b"0123456789"}, zipfile.ZIP_STORED)
    at = content.rindex(b"PK\x01\x02") + 24
    return content[:at] + size.to_bytes(4, "little") + content[at + 4 :]


def test_8_entry_beyond_its_limit() -> None:
    message = refusal(announcing(150 * MEBIBYTE), full=False)
    assert "'xl/a.bin' would unpack to 157,286,400 bytes, more than 104,857,600" in message


def test_8_whole_beyond_its_limit() -> None:
    message = refusal(announcing(300 * MEBIBYTE), full=False)
    assert "more than 209,715,200" in message and "it would unpack" in message


def test_8_too_many_entries() -> None:
    assert passes(zipped({f"xl/{n}.xml": b"<a/>" for n in range(999)}))
    message = refusal(zipped({f"xl/{n}.xml": b"<a/>" for n in range(1000)}), full=False)
    assert "1,001 entries" in message and "1,000" in message


def test_8_too_many_entries_spread_by_comments() -> None:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for n in range(1001):
            entry = zipfile.ZipInfo(f"xl/{n}.xml")
            entry.comment = bytes(600)
            archive.writestr(entry, "<a/>")
    assert "1,001 entries" in refusal(buffer.getvalue(), full=False)


def test_8_entry_larger_than_it_announces() -> None:
    """The checksum is that of the announced beginning, so nothing but the size gives it away."""
    inside = b"<a>" + b"x" * 5 * MEBIBYTE + b"</a>"
    content = bytearray(zipped({"xl/a.xml": inside}))
    announced = 1000
    checksum = zlib.crc32(inside[:announced]).to_bytes(4, "little")
    local, central = content.rindex(b"PK\x03\x04"), content.rindex(b"PK\x01\x02")
    content[local + 14 : local + 18] = content[central + 16 : central + 20] = checksum
    content[local + 22 : local + 26] = content[central + 24 : central + 28] = announced.to_bytes(4, "little")
    assert zipfile.ZipFile(BytesIO(content)).read("xl/a.xml") == inside[:announced]  # Python is taken in
    message = refusal(bytes(content))
    assert "'xl/a.xml'" in message


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_8_methods_that_unpack_without_limit(method: int) -> None:
    assert f"packed by method {method}" in refusal(zipped({"xl/a.xml": b"<a/>"}, method), full=False)


def test_entry_twice() -> None:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("xl/workbook.xml", "<other/>")
    assert "'xl/workbook.xml' stands twice" in refusal(buffer.getvalue(), full=False)


def test_7_encrypted_entry() -> None:
    content = bytearray(zipped({}))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert "password-protected" in refusal(bytes(content), full=False)


BOMB = '<?xml version="1.0"?>\n<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;">]><a>&c;</a>'


@pytest.mark.parametrize(
    "part",
    [
        BOMB.encode(),
        BOMB.encode("utf-8-sig"),
        BOMB.encode("utf-16"),
        BOMB.encode("utf-16-be"),
        b"<!-- " + b"long " * 10_000 + b"-->" + BOMB.encode()[22:],
    ],
    ids=["utf-8", "with mark", "utf-16", "utf-16 without mark", "after a comment"],
)
@pytest.mark.parametrize("name", ["xl/sharedStrings.xml", "_rels/.rels", "xl/sheet.bin"])
def test_9_entity_declarations(part: bytes, name: str) -> None:
    content = zipped({name: part})
    check_workbook(content, name="book.xlsx", full=False)  # cannot be seen from outside
    message = refusal(content)
    assert f"{name!r} declares XML entities" in message and "do not open it" in message


def test_9_text_that_speaks_of_entities_is_none() -> None:
    assert passes(
        zipped({"xl/sharedStrings.xml": b"<t>&lt;!ENTITY and &lt;!DOCTYPE</t>", "xl/media/a.png": b"\x89PNG"})
    )
