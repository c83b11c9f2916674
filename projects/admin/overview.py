"""The list of projects as a board and as a map, with the same search and filters."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, QuerySet, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from communes.maps import Dot, dots_map
from projects.models import Project

# More cards than this do not help anybody to see where things stand; the list has them all.
CARDS_A_COLUMN = 30
MOST_PLACES = 400


@dataclass(frozen=True)
class Card:
    """A project on the board: who leads it, and where it may move from here."""

    project: Project
    leads: str
    moves: list[tuple[str, str]]


@dataclass(frozen=True)
class Column:
    """The projects in one state: the first ones as cards, how many there are, and how many are not shown."""

    status: str
    label: str
    cards: list[Card]
    count: int

    @property
    def hidden(self) -> int:
        """How many projects have no card."""
        return self.count - len(self.cards)


@dataclass(frozen=True)
class Place:
    """A municipality on the map with the number of its projects, and the list of them."""

    name: str
    count: int
    url: str


def board_of(projects: QuerySet[Any]) -> list[Column]:
    """Return the board of some projects, a column a state, what ends soonest or ended last first; three queries."""
    order = [F("done_on").desc(nulls_last=True), F("ends_on").asc(nulls_last=True), F("pk").desc()]
    first = Window(RowNumber(), partition_by=[F("status")], order_by=order)
    in_column = Window(Count("pk"), partition_by=[F("status")])
    numbered = projects.order_by().annotate(place=first, column_count=in_column).filter(place__lte=CARDS_A_COLUMN)
    rows: dict[str, list[Any]] = {status: [] for status in Project.Status.values}
    for project in numbered.prefetch_related("leads__patron", "leads__member").order_by("place"):
        rows[project.status].append(project)
    return [
        Column(
            status=status.value,
            label=str(status.label),
            cards=[_card(project) for project in rows[status.value]],
            count=rows[status.value][0].column_count if rows[status.value] else 0,
        )
        for status in Project.Status
    ]


def map_of(projects: QuerySet[Any], query: str) -> tuple[SafeString, list[Place]]:
    """Return the map of some projects and its municipalities, the most projects first; one query.

    `query` is what the list was asked for, so that each municipality leads to its part of it.
    """
    places = ("commune", "commune__name", "commune__state", "commune__longitude", "commune__latitude")
    rows = projects.order_by().values(*places).annotate(count=Count("pk", distinct=True))
    found = list(rows.order_by("-count", "commune__search_name")[:MOST_PLACES])
    dots = [
        Dot(row["commune__name"], float(row["commune__longitude"]), float(row["commune__latitude"]), row["count"])
        for row in found
        if row["commune__longitude"] is not None and row["commune__latitude"] is not None
    ]
    states = sorted({row["commune__state"] for row in found if row["commune__state"]})
    total = sum(row["count"] for row in found)
    words = ngettext("Map with %(count)d project", "Map with %(count)d projects", total) % {"count": total}
    listed = [Place(row["commune__name"], row["count"], _list_url(row["commune"], query)) for row in found]
    return dots_map(dots, states, _("%(map)s; the list below names the municipalities.") % {"map": words}), listed


def _card(project: Any) -> Card:
    moves = [(status.value, str(status.label)) for status in Project.Status if project.may_move_to(status)]
    return Card(project, ", ".join(str(lead) for lead in project.leads.all()), moves)


def _list_url(commune: int, query: str) -> str:
    part = urlencode({"commune__id__exact": commune})
    return f"{reverse('admin:projects_project_changelist')}?{'&'.join(filter(None, [query, part]))}"
