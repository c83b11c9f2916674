"""How far the idea of a project has spread, over all agencies."""

from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects.models import ProjectCopy


@dataclass(frozen=True)
class Spread:
    """How often a project was copied, and the municipalities that may be named."""

    count: int
    places: list[str]

    @property
    def words(self) -> str:
        """Say it: "copied 4 times, in Bingen and Borne"; empty where nobody has copied it yet."""
        if not self.count:
            return ""
        times = ngettext("copied %(count)d time", "copied %(count)d times", self.count) % {"count": self.count}
        if not self.places:
            return times
        said = {"times": times, "places": ", ".join(self.places)}
        if len(self.places) < self.count:
            return _("%(times)s, among others in %(places)s") % said
        return _("%(times)s, in %(places)s") % said


def spread_of(project_id: int) -> Spread:
    """Return how far the idea of a project has spread; one query."""
    copies = ProjectCopy.objects.filter(source_id=project_id).order_by("commune__search_name", "pk")
    return spread(list(copies.values_list("commune__name", flat=True)))


def spread(copies: list[str | None]) -> Spread:
    """Return how far an idea has spread from what `copies_of_each` says."""
    return Spread(len(copies), list(dict.fromkeys(place for place in copies if place)))


def copies_of_each() -> ArraySubquery:
    """Return the municipality of each copy, or nothing where it may not be named, as part of another query."""
    copies = ProjectCopy.objects.filter(source_id=OuterRef("pk")).order_by("commune__search_name", "pk")
    return ArraySubquery(copies.values("commune__name"))


def copy_count() -> Coalesce:
    """Return how often a project was copied, as part of another query."""
    counted = ProjectCopy.objects.filter(source_id=OuterRef("pk")).values("source_id").annotate(count=Count("pk"))
    return Coalesce(Subquery(counted.values("count")), 0)
