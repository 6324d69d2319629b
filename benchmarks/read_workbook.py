"""Reading the national workbook into checked, labelled arrays, against calamine's own read of the same file."""

import os
from io import BytesIO
from pathlib import Path

from benchmarks.ratio import PROJECT, compare

WORKBOOK = "ned_co2_report_2024-04-18_all.xlsx"


def main() -> None:
    folder = Path(os.environ.get("KLIMAT_SHARED_DIR") or PROJECT.parent / "shared") / "data" / "ned"
    if not (folder / WORKBOOK).is_file():
        print(f"    -  reading a workbook: left out, {WORKBOOK} is not in {folder}")
        return
    from python_calamine import CalamineWorkbook

    from klimat_pipeline.raw.smhi_workbook import read_workbook

    content = (folder / WORKBOOK).read_bytes()

    def theirs() -> None:
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        for name in book.sheet_names:
            book.get_sheet_by_name(name).to_python()

    compare(
        "reading a workbook against calamine's own read", lambda: read_workbook(content, WORKBOOK), theirs, limit=1.3
    )


if __name__ == "__main__":
    main()
