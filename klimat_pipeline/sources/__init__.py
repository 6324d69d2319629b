"""Stage 1: fetch bytes into the snapshot archive.

What belongs here: HTTP, the archive, and whether a file is what it claims to be from outside. What does not: parsing
(``raw``).
"""
