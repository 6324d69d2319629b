"""Stage 2: parse a source's file in the source's own words, strict about its shape.

One module per source. What does not belong here: codes, canonical names, other units (``clean``), HTTP (``sources``).
"""
