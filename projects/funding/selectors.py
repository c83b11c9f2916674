"""Reads for the funding finder and for applications. Each says how many queries it takes."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Prefetch, QuerySet
from django.utils import timezone

from agencies.models import State, Topic, User
from agencies.models.programmes import in_readers_language
from projects.funding.finder import Facts, Found, find
from projects.models import (
    Applicant,
    ApplicationDocument,
    FundingApplication,
    FundingProgramme,
    FundingWatch,
    Project,
    Supporter,
)

BEGUN = frozenset({Project.Status.UNDER_WAY, Project.Status.DONE})
# As which kind of applicant somebody who helps with a project could apply.
MAY_APPLY = {
    Supporter.Kind.CLUB: Applicant.CLUB,
    Supporter.Kind.UTILITY: Applicant.MUNICIPAL_COMPANY,
    Supporter.Kind.SCHOOL: Applicant.SCHOOL,
    Supporter.Kind.COMPANY: Applicant.COMPANY,
}


def with_helpers(projects: QuerySet[Any]) -> QuerySet[Any]:
    """Return projects with what the finder needs, without a query of its own.

    `helper_kinds` are the kinds of those who help with them, `watched` the programmes whose calls somebody waits for.
    """
    helpers = Supporter.objects.filter(project=OuterRef("pk")).order_by()
    watches = FundingWatch.objects.filter(project=OuterRef("pk")).order_by()
    return projects.annotate(
        helper_kinds=ArraySubquery(helpers.values("kind").distinct()),
        watched=ArraySubquery(watches.values("funding_programme")),
    )


def funding_for(project: Any, *, applicant: str = "") -> Found:
    """Return the programmes that fit a project, and those that nearly fit.

    `applicant` says who would apply; if it is empty, the municipality or one of those who help. The project comes
    from `with_helpers`, with its municipality. Four queries.
    """
    helpers = {MAY_APPLY[kind].value for kind in project.helper_kinds if kind in MAY_APPLY}
    programmes = list(FundingProgramme.objects.prefetch_related("calls"))
    facts = Facts(
        today=timezone.localdate(),
        state=project.commune.state_id or "",
        topic=project.topic_id,
        cost=project.investment,
        begun=project.status in BEGUN,
        applicants=frozenset({applicant} if applicant else {Applicant.MUNICIPALITY.value, *helpers}),
        applications=applications_of(project),
        names=_names(),
        watched=frozenset(project.watched),
    )
    rows = ((programme, list(programme.calls.all())) for programme in programmes)
    return find(rows, facts, agency_id=project.agency_id)


def applications_of(project: Project) -> list[FundingApplication]:
    """Return a project's applications with their programmes, the newest first. One query."""
    return list(project.funding_applications.select_related("funding_programme"))


def applications_led_by(user: User) -> QuerySet[FundingApplication]:
    """Return the applications of projects an account leads as patron, with their documents. Two queries."""
    documents = ApplicationDocument.objects.select_related("done_by__membership", "done_by__patron")
    return (
        FundingApplication.objects.filter(project__leads__patron__user=user)
        .select_related("project__commune", "project__topic", "funding_programme")
        .prefetch_related(Prefetch("documents", documents))
    )


def _names() -> dict[str, str]:
    """Return the names of states and topics by their keys. One query."""
    states = State.objects.order_by().values_list("code", "name", "name")
    topics = Topic.objects.order_by().values_list("slug", "name", "name_en")
    return {key: in_readers_language(name, name_en) for key, name, name_en in states.union(topics, all=True)}
