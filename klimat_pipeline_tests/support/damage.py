"""What a disk may do to a file."""

from pathlib import Path


def wrong_byte(path: Path, per_cent: float) -> None:
    """One byte of a file becomes another.

    Args:
        path: of the file.
        per_cent: of the file that stands before the byte.
    """
    content = bytearray(path.read_bytes())
    content[int(per_cent * len(content) / 100)] ^= 0xFF
    path.chmod(0o644)
    path.write_bytes(content)
