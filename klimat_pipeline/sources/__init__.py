"""Stage 1: fetch bytes into the snapshot archive.

What belongs here: HTTP, the archive, and whether a file is of the kind that it claims to be. What does not: parsing
(``raw``).
"""
