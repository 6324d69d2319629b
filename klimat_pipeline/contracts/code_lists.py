"""Code lists that contracts, edited files and computations share: each stands here once.

What belongs here: lists of an outside standard (GHG Protocol, GPC, IPCC). What does not: lists of one column alone
(``contracts.columns``) and codes that are data (``data/reference``).
"""

from typing import Literal, get_args

GwpSet = Literal["AR4", "AR5", "AR6"]
GWP_SETS: tuple[str, ...] = get_args(GwpSet)
#: Of a figure in CO2e that somebody else has summed.
GWP_SETS_STATED = (*GWP_SETS, "not stated")
#: Of a sum: 'mixed' over several sets.
GWP_SETS_SUMMED = (*GWP_SETS, "none", "not stated", "mixed")
#: Greenhouse gases as inventories report them; fluorinated ones together.
GASES = ("co2", "ch4", "n2o", "fluorinated")
Grade = Literal["high", "medium", "low"]
GRADES: tuple[str, ...] = get_args(Grade)
#: The national emission database's own classes of a main sector, 1 the best; a range where it differs within it.
QUALITY_CLASSES = ("1", "2", "3", "1-2", "1-3", "2-3")
NOTATION_KEYS = ("NO", "NE", "IE", "C")
SCOPES = ("1", "2", "3")
#: Layouts of a printed gap table: what its columns of targets, residual and actions hold.
TargetColumn = Literal["level", "reduction"]
ResidualColumn = Literal["left_by_actions", "left_by_target"]
ActionsColumn = Literal["alone", "with_residual"]
PlansColumn = Literal["saved", "left"]
TARGET_COLUMNS: tuple[str, ...] = get_args(TargetColumn)
RESIDUAL_COLUMNS: tuple[str, ...] = get_args(ResidualColumn)
ACTIONS_COLUMNS: tuple[str, ...] = get_args(ActionsColumn)
PLANS_COLUMNS: tuple[str, ...] = get_args(PlansColumn)
#: Scopes, and what sums or leaves them; the scopes that each is made of.
SUMMED_SCOPES = {scope: scope.split("+") for scope in (*SCOPES, "1+2", "1+3", "2+3", "1+2+3", "memo")}
