"""What waits for an agency, counted and listed. Each function asks the database once."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import CharField, Count, F, QuerySet, Value
from django.db.models.functions import Concat
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from agencies.models.accounts import Role, User
from agencies.permissions import VIEW, has_right, role_of
from communes.models import DataProposal, Registration
from deadlines.models import Deadline, Job, OutboxMail, Task, heading
from klikks.tenancy import current_agency_id
from patrons.exchange.selectors import reported_posts
from patrons.models import Patron
from projects.measures.plausibility import open_questions
from projects.models import Idea, Project

SOON_DAYS = 14
SHOWN = 8
PAGES = {
    "registration": "admin:communes_registration_change",
    "patron": "admin:patrons_patron_change",
    "project": "admin:projects_project_change",
}


@dataclass(frozen=True)
class Due:
    """A deadline or task, as the dashboard lists it."""

    title: str
    due_on: date | None
    who: str
    url: str
    days: int | None
    done_url: str = ""

    @property
    def is_overdue(self) -> bool:
        """Whether the day has passed."""
        return self.days is not None and self.days < 0


@dataclass(frozen=True)
class Waiting:
    """A registration, person or project that waits, as the dashboard lists it."""

    kind: str
    title: str
    subtitle: str
    status: str
    url: str
    days: int


def waiting_counts(request: HttpRequest) -> dict[str, int]:
    """Count what waits for the reader's agency, as far as the reader may see it; once a request."""
    if not hasattr(request, "_waiting_counts"):
        request._waiting_counts = _count(request)  # type: ignore[attr-defined]
    counts: dict[str, int] = request._waiting_counts  # type: ignore[attr-defined]
    return counts


def due(user: User, *, only_own: bool) -> list[Due]:
    """Return open deadlines and tasks of the coming two weeks, what is overdue first.

    With `only_own`, those of the reader and those without an owner.
    """
    until = timezone.localdate() + timedelta(days=SOON_DAYS)
    deadlines = Deadline.objects.open().filter(due_on__lte=until)
    tasks = Task.objects.filter(status=Task.Status.OPEN, due_on__lte=until)
    rows = _rows(deadlines.annotate(sort=F("kind")), "deadline", user, only_own).union(
        _rows(tasks.annotate(sort=Value("", CharField())), "task", user, only_own), all=True
    )
    return [_due(row) for row in rows.order_by("due_on", "what", "pk")[:SHOWN]]


def waiting() -> list[Waiting]:
    """Return what waits for the next move: registrations, volunteers, and projects that the public may see."""
    registrations = Registration.objects.filter(
        status__in=[*Registration.WAITING_FOR_US, Registration.Status.ASKED_BACK]
    )
    volunteers = Patron.objects.waiting_for_us()
    columns = ("what", "pk", "status", "title", "subtitle", "since")
    rows = (
        registrations.order_by()
        .annotate(
            what=Value("registration", CharField()),
            title=F("commune__name"),
            subtitle=F("contact_name"),
            since=F("confirmed_at"),
        )
        .values_list(*columns)
        .union(
            volunteers.order_by()
            .annotate(
                what=Value("patron", CharField()),
                title=Concat("first_name", Value(" "), "last_name"),
                subtitle=F("home__name"),
                since=F("confirmed_at"),
            )
            .values_list(*columns),
            Project.objects.filter(proposed_at__isnull=False)
            .order_by()
            .annotate(what=Value("project", CharField()), subtitle=F("commune__name"), since=F("proposed_at"))
            .values_list(*columns),
            all=True,
        )
    )
    today = timezone.localdate()
    return [
        Waiting(
            kind=what,
            title=title,
            subtitle=subtitle,
            status=status,
            url=reverse(PAGES[what], args=[pk]),
            days=(today - timezone.localdate(since)).days,
        )
        for what, pk, status, title, subtitle, since in rows.order_by("since")[: 3 * SHOWN]
    ]


def _count(request: HttpRequest) -> dict[str, int]:
    """Ask for all counts at once."""
    agency_id = current_agency_id()
    if agency_id is None:
        return {}
    sql, values = _count_statement(role_of(request.user), agency_id, timezone.localdate())
    if not sql:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return dict(cursor.fetchall())


@lru_cache(maxsize=1024)
def _count_statement(role: Role, agency_id: int, today: date) -> tuple[str, tuple[Any, ...]]:
    """Return the SQL that counts what a role may see, and its values; empty if it may see nothing.

    It stands on each page of the desk: to have Django put it together anew takes longer than to run it.
    """
    countable: dict[str, tuple[str, QuerySet[Any]]] = {
        "registrations": ("registration", Registration.objects.waiting_for_us()),
        "proposals": ("dataproposal", DataProposal.objects.filter(status=DataProposal.Status.RECEIVED)),
        "patrons": ("patron", Patron.objects.waiting_for_us()),
        "reports": ("post", reported_posts()),
        "releases": ("project", Project.objects.filter(proposed_at__isnull=False)),
        "ideas": ("idea", Idea.objects.filter(status=Idea.Status.RECEIVED)),
        "oddities": ("measurereview", open_questions()),
        "deadlines": ("deadline", Deadline.objects.open().filter(due_on__lt=today)),
        "mails": ("outboxmail", OutboxMail.objects.filter(status=OutboxMail.Status.FAILED)),
        "jobs": ("job", Job.objects.filter(status=Job.Status.FAILED)),
    }
    queries = [
        rows.order_by().annotate(what=Value(name, CharField())).values("what").annotate(count=Count("pk"))
        for name, (object_name, rows) in countable.items()
        if has_right(role, object_name, VIEW)
    ]
    if not queries:
        return "", ()
    sql, values = queries[0].union(*queries[1:], all=True).values_list("what", "count").query.sql_with_params()
    return sql, tuple(values)


def _rows(queryset: QuerySet[Any], what: str, user: User, only_own: bool) -> QuerySet[Any]:
    if only_own:
        queryset = queryset.filter(owner__isnull=True) | queryset.filter(owner=user)
    return (
        queryset.order_by()
        .annotate(what=Value(what, CharField()), who=F("owner__membership__name"))
        .values_list("what", "pk", "sort", "title", "due_on", "who")
    )


def _due(row: tuple[str, int, str, str, date | None, str | None]) -> Due:
    what, pk, kind, title, due_on, who = row
    return Due(
        title=heading(kind, title),
        due_on=due_on,
        who=who or "",
        url=reverse(f"admin:deadlines_{what}_change", args=[pk]),
        days=(due_on - timezone.localdate()).days if due_on else None,
        done_url=reverse(f"admin:deadlines_{what}_finish", args=[pk]),
    )
