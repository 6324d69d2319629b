"""The mart: a star schema of the headline series, made from the published tables, that a tool can drag from.

A module a table, each a query over the published tables (and facts before dimensions, which hold a row for every key
that a fact has); ``star`` runs them. What belongs here: choosing, naming and joining. What does not: computing a
figure (the stages), and writing the tables anywhere (``published``).
"""
