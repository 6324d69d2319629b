"""Publishing: all tables of one publication become visible at once, or not at all, in every target.

``publication`` is the door: it stages the tables in all targets, audits them there, and only then switches the
targets one after the other. ``sqlite``, ``parquet`` and ``postgres`` know one target each, ``candidate`` checks what
is to be published, ``files`` holds what has to survive a kill. What does not belong here: arithmetic, and which
tables and columns exist (``contracts``).
"""
