"""UTF-8 for the whole process, whatever the locale says, and output that never fails at a character.

Under a C or Latin-1 locale, Python and the libraries beneath it would read paths and files in that encoding. The
program begins anew in a UTF-8 locale then, and writes what the terminal understands, with ``?`` for the rest. What does
not belong here: the encodings of ledgers (``spend.ledger.text_encoding``).
"""

import os
import sys

_UTF8 = ("utf-8", "utf8")
#: Built into the C library; needs no package of locales.
_LOCALE = "C.UTF-8"
#: What a plain C locale claims to be; no terminal is, so it gets UTF-8, as from Python itself.
_ASCII = ("ansi_x3.4-1968", "us-ascii", "ascii", "646")


def speak_utf8() -> None:
    """Begin the program anew in a UTF-8 locale where it is in another one; ``?`` for what cannot be shown."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    codeset = _codeset()
    if codeset in _UTF8 or os.environ.get("LC_ALL") == _LOCALE:
        return
    shown = "utf-8" if codeset in _ASCII else codeset
    environment = {**os.environ, "LC_ALL": _LOCALE, "PYTHONUTF8": "1"}
    environment.setdefault("PYTHONIOENCODING", f"{shown}:replace")
    os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], environment)  # noqa: S606 - this very program


def _codeset() -> str:
    """Encoding of the locale, in lower case; UTF-8 where there are no such locales."""
    import locale

    return locale.nl_langinfo(locale.CODESET).lower() if hasattr(locale, "nl_langinfo") else "utf-8"
