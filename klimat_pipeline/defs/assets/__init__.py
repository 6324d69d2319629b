"""Assets, a file a stage: each asks its stage's function and hands the tables to ``asset_factory``.

What does not belong here: arithmetic.
"""
