"""Reads of ideas. Each says how many queries it takes."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, F, OuterRef, QuerySet, Value, When
from django.db.models.functions import JSONObject

from agencies.models import User
from patrons.models import Appointment
from projects.models import Idea, PublicIdea


def public_ideas() -> QuerySet[PublicIdea]:
    """Return the released ideas with all that their pages show; one query."""
    return PublicIdea.objects.select_related("commune__district", "topic", "programme", "agency", "project")


def ideas_to_take_up(user: User) -> QuerySet[PublicIdea]:
    """Return the released ideas for the municipalities a patron serves, those without a project first; one query."""
    places = Appointment.objects.open().filter(patron__user=user).values("commune")
    rows = public_ideas().filter(commune__in=places, agency=user.agency_id)
    return rows.order_by("is_adopted", "-released_at", "-pk")


def ideas_behind() -> ArraySubquery:
    """Return what each project of a query began with: dicts with the pk of each idea, its title, whether all may read
    it (`is_public`), and its `author` where the person agreed to be named; no query of its own.
    """
    author = Case(When(shows_author=True, then=F("author")), default=Value(""))
    is_public = Case(When(released_at__isnull=False, then=Value(True)), default=Value(False))
    row = JSONObject(pk="pk", title="title", author=author, is_public=is_public)
    return ArraySubquery(Idea.objects.filter(project=OuterRef("pk")).order_by("pk").values(row=row))
