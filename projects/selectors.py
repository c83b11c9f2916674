"""Reads of projects for the people who lead them. Each says how many queries it takes."""

from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Count, ExpressionWrapper, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils.translation import get_language

from agencies.models import User
from klikks.tenancy import AgencyQuerySet
from projects.copying.selectors import copies_of_each
from projects.ideas.selectors import ideas_behind
from projects.models import (
    EmissionFactor,
    FundingApplication,
    Measure,
    Project,
    ProjectPartner,
    ProjectPhoto,
    Saving,
    Supporter,
)
from projects.planning.plan import with_plan


def projects_led_by(user: User) -> AgencyQuerySet:
    """Return the projects an account leads as patron, running ones first; one query, with the number of measures."""
    closed = ExpressionWrapper(Q(status__in=[Project.Status.DONE, Project.Status.DROPPED]), output_field=BooleanField())
    return (
        Project.objects.filter(leads__patron__user=user)
        .select_related("commune", "topic")
        .annotate(measure_count=Count("measures", distinct=True))
        .order_by(closed, "ends_on", "-pk")
    )


def project_page(user: User) -> QuerySet[Any]:
    """Return the projects an account leads with all that their page shows; four queries, however much there is.

    With measures and their current savings, milestones, the sums of the plan, `joint_with` (names of municipalities),
    `helpers` (the supporters as dicts), `applied` (applications for funding as dicts), `spread_to` (whom the idea has
    reached), `ideas_behind` (of citizens), and `photo_id` with `photo_alt`.
    """
    first_photo = ProjectPhoto.objects.filter(project=OuterRef("pk")).order_by("position", "pk")
    partners = ProjectPartner.objects.filter(project=OuterRef("pk")).order_by("commune__search_name")
    supporters = Supporter.objects.filter(project=OuterRef("pk")).order_by("pk")
    applications = FundingApplication.objects.filter(project=OuterRef("pk")).order_by("-pk")
    application = JSONObject(pk="pk", status="status", name="funding_programme__name")
    as_object = JSONObject(**{name: name for name in ("pk", "kind", "name", "role", "contact")})
    return with_plan(
        Project.objects.filter(leads__patron__user=user)
        .select_related("commune", "topic", "programme", "copied_from__commune")
        .prefetch_related(Prefetch("measures", measures_with_savings()), "milestones")
    ).annotate(
        joint_with=ArraySubquery(partners.values("commune__name")),
        helpers=ArraySubquery(supporters.values(helper=as_object)),
        applied=ArraySubquery(applications.values(application=application)),
        spread_to=copies_of_each(),
        ideas_behind=ideas_behind(),
        photo_id=Subquery(first_photo.values("pk")[:1]),
        photo_alt=Subquery(first_photo.values("alt")[:1]),
    )


def measures_with_savings() -> QuerySet[Any, Any]:
    """Return measures with their current saving as `current_savings`, a list of one or none; two queries."""
    current = Saving.objects.filter(replaced_at__isnull=True)
    return Measure.objects.prefetch_related(Prefetch("savings", current, to_attr="current_savings"))


def factor_names(keys: Iterable[str]) -> dict[str, str]:
    """Return the names of confirmed emission factors by short name, in the reader's language; one query."""
    column = "name_en" if get_language() == "en" else "name"
    confirmed = EmissionFactor.objects.filter(key__in=list(keys), is_confirmed=True).order_by("published_on")
    return dict(confirmed.values_list("key", column))
