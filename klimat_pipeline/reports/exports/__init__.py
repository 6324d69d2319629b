"""Exports: what is published, laid out as others ask for it, as workbooks.

``formats`` lists them, ``workbook`` writes; every other module is one format. What we do not hold gets a notation key
(NE not estimated, IE included elsewhere, NO not occurring, C confidential), never a zero. What does not belong here:
computing a figure (the stages).
"""
