"""What was achieved: the only place that adds up tonnes, euro and people.

How each figure is counted stands in the migration `0002_figures`. What a scope has reached, for whom, is asked here:
`for_scope` (own agency to the day, all agencies by month), `by_agency` (the coordinators' table) and `public_totals`.
"""

from reports.figures.leverage import leverage, leverage_text, with_leverage
from reports.figures.scopes import AgencyFigures, by_agency, for_scope, public_totals, public_totals_of
from reports.figures.values import FigureValue, Period, in_words

__all__ = [
    "AgencyFigures",
    "FigureValue",
    "Period",
    "by_agency",
    "for_scope",
    "in_words",
    "leverage",
    "leverage_text",
    "public_totals",
    "public_totals_of",
    "with_leverage",
]
