"""Accounts payable ledgers: recognise a file, read it, give its lines types, withhold persons, write Parquet.

What does not belong here: what purchases cost the climate (``footprint``).
"""
