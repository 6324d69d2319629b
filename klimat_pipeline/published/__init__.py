"""Publishing: all tables of one publication become visible at once, or not at all, in every target.

``publication`` is the entry point: it stages the tables in all targets, audits them there, and only then switches the
targets one after the other. ``sqlite``, ``parquet`` and ``postgres`` know one target each, ``candidate`` checks what
is to be published, ``files`` keeps files whole when a process is killed. What does not belong here: arithmetic, and
which tables and columns exist (``contracts``).
"""
