"""Where each figure was counted: the list of the staff desk that shows its rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

from agencies.models import Programme
from agencies.models.programmes import Figure
from communes.models import Commune, District
from reports.figures.values import Period


@dataclass(frozen=True)
class Rows:
    """A list of the desk and the filter that leaves the rows of one figure; `path` leads to programme and commune."""

    model: str
    filters: Mapping[str, str] = field(default_factory=dict)
    path: str = ""
    commune: str = "commune"
    day: str = ""


# `state` is the filter of a list that hides what is closed unless asked for all.
PROJECTS = "projects_project"
MEASURES = "projects_measure"
FUNDING = "projects_fundingapplication"

ROWS = {
    Figure.COMMUNES_INTERESTED: Rows("communes_registration", {"state": "all", "confirmed_at__isnull": "False"}),
    Figure.COMMUNES_OFFICIAL: Rows(
        "communes_partnership", {"state": "all", "status__in": "official,ended"}, day="since"
    ),
    Figure.PATRONS_INTERESTED: Rows("patrons_patron", {"confirmed_at__isnull": "False"}, commune="home"),
    Figure.PATRONS_APPOINTED: Rows(
        "patrons_patron", {"status__in": "appointed,active,pausing,farewell"}, commune="matched_commune"
    ),
    Figure.VOLUNTEER_HOURS: Rows("patrons_activity", path="patron__", commune="matched_commune", day="on"),
    Figure.TRAININGS: Rows("trainings_trainingsession", path="series__", commune=""),
    Figure.TRAINING_PARTICIPANTS: Rows(
        "trainings_enrolment", {"status__exact": "attended"}, path="session__series__", commune=""
    ),
    Figure.PROJECTS: Rows(PROJECTS, {"status__in": "idea,planned,funding_applied,under_way,done"}),
    Figure.MEASURES_DONE: Rows(MEASURES, {"status__exact": "done"}, path="project__", day="done_on"),
    Figure.KG_DONE: Rows(MEASURES, {"status__exact": "done"}, path="project__", day="done_on"),
    Figure.KG_PLANNED: Rows(MEASURES, {"status__exact": "planned"}, path="project__"),
    Figure.FUNDING_APPLIED: Rows(FUNDING, {"status__in": "submitted,granted,rejected"}, path="project__"),
    Figure.FUNDING_GRANTED: Rows(FUNDING, {"status__exact": "granted"}, path="project__"),
    Figure.INVESTED: Rows(PROJECTS, {"status__in": "under_way,done"}),
}


def url(
    figure: Figure,
    programme: Programme,
    *,
    commune: Commune | None = None,
    district: District | None = None,
    period: Period | None = None,
) -> str:
    """Return the address of the list with the rows of a figure; empty where the desk has no such list."""
    rows = ROWS[figure]
    try:
        address = reverse(f"admin:{rows.model}_changelist")
    except NoReverseMatch:
        return ""
    filters = {f"{rows.path}programme__id__exact": str(programme.pk), **rows.filters}
    if commune is not None and rows.commune:
        filters[f"{rows.path}{rows.commune}__id__exact"] = str(commune.pk)
    if district is not None and rows.commune:
        filters[f"{rows.path}{rows.commune}__district__ags__exact"] = district.pk
    if period is not None and rows.day:
        filters[f"{rows.day}__gte"] = period.starts_on.isoformat()
        filters[f"{rows.day}__lte"] = period.ends_on.isoformat()
    return f"{address}?{urlencode(filters)}"
