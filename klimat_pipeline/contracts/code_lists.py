"""Code lists that contracts, edited files and computations share: each stands here once.

What belongs here: lists of an outside standard (GHG Protocol, GPC, IPCC). What does not: lists of one column alone
(``contracts.columns``) and codes that are data (``data/reference``).
"""

from typing import Literal, get_args

GwpSet = Literal["AR4", "AR5", "AR6"]
GWP_SETS: tuple[str, ...] = get_args(GwpSet)
#: Of a figure in CO2e that somebody else has summed.
GWP_SETS_STATED = (*GWP_SETS, "not stated")
Grade = Literal["high", "medium", "low"]
GRADES: tuple[str, ...] = get_args(Grade)
NOTATION_KEYS = ("NO", "NE", "IE", "C")
SCOPES = ("1", "2", "3")
#: Scopes, and what sums or leaves them; the scopes that each is made of.
SUMMED_SCOPES = {scope: scope.split("+") for scope in (*SCOPES, "1+2", "1+2+3", "memo")}
