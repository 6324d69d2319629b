"""Stage 3: codes instead of names, canonical units, long form; totals leave and stay as reference.

A source's misspelling is mended here, once, in a table under ``data/reference``. What does not belong here: local
corrections (``corrected``), anything that adds sectors up to an answer (``indicators``).
"""
