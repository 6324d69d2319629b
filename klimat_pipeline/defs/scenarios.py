"""Assets of the stage ``scenarios``: the gap, what neutralises the rest, and whose the shared facilities are."""
