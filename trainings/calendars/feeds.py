"""What stands in a calendar: of one person, or what an agency tells everybody."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Agency, User
from agencies.models.accounts import STAFF_ROLES
from communes.models import ParticipationWindow
from deadlines.models import Deadline
from deadlines.selectors import desk_path, portal_path
from trainings.calendars.ics import Entry, uid
from trainings.calendars.invitations import place_of
from trainings.calendars.models import CalendarInvite
from trainings.models import Enrolment, TrainingSeries, TrainingSession

# How far back a calendar reaches, and how much it holds at most.
BACK = timedelta(days=92)
MOST = 500


def entries_of(user: User) -> list[Entry]:
    """Return a person's own trainings and deadlines (tasks are among them), in the active language; four queries.

    To be called in the context of the person's agency.
    """
    return [*_own_sessions(user), *_own_deadlines(user)]


def entries_of_agency(agency: Agency) -> list[Entry]:
    """Return what an agency tells everybody: its public trainings, and when municipalities may register; 3 queries."""
    return [*_public_sessions(agency), *_windows(agency)]


def _own_sessions(user: User) -> Iterator[Entry]:
    """Yield each date of the trainings in which a person has a place or waits for one."""
    mine = Q(patron__user=user) | Q(member__user=user) | Q(guest__email__iexact=user.email)
    on_the_list = [*Enrolment.TO_COME, Enrolment.Status.ATTENDED]
    enrolments = Enrolment.objects.filter(mine, status__in=on_the_list, session__over_at__gte=timezone.now() - BACK)
    invites = CalendarInvite.objects.filter(enrolment=OuterRef("pk")).order_by("position")
    full = enrolments.annotate(uids=ArraySubquery(invites.values("uid"))).select_related("session__series")
    full = full.prefetch_related("session__further_dates")
    for enrolment in full.order_by("session__starts_at")[:MOST]:
        waits = enrolment.status in {Enrolment.Status.WAITING, Enrolment.Status.OFFERED}
        summary = _("Waiting list: %(session)s") if waits else "%(session)s"
        for entry in _entries(enrolment.session, enrolment.uids):
            yield replace(
                entry,
                summary=summary % {"session": entry.summary},
                status="TENTATIVE" if waits else "CONFIRMED",
                description="\n\n".join(filter(None, [entry.description, enrolment.session.online_link])),
            )


def _entries(session: TrainingSession, uids: Sequence[str] = ()) -> Iterator[Entry]:
    """Yield an entry for each date of a session, without the link that only participants may know.

    `uids` are those under which the dates were mailed, by their order.
    """
    for position, one in enumerate(session.dates):
        yield Entry(
            uid=uids[position] if position < len(uids) else uid("date" if position else "session", one.pk),
            summary=session.name,
            starts=one.starts_at,
            ends=one.ends_at,
            stamp=session.changed_at,
            sequence=session.revision,
            description=session.series.goals_text,
            location=place_of(session),
            url=settings.BASE_URL + session.get_absolute_url(),
        )


def _own_deadlines(user: User) -> Iterator[Entry]:
    deadlines = Deadline.objects.open().of(user).order_by("due_on", "pk")
    if user.role not in STAFF_ROLES:
        deadlines = deadlines.prefetch_related("subject")
    for deadline in deadlines[:MOST]:
        path = desk_path(deadline, user.role) if user.role in STAFF_ROLES else portal_path(deadline)
        words = _("Task: %(what)s") if deadline.kind == Deadline.Kind.TASK else _("Due: %(what)s")
        yield Entry(
            uid=uid("deadline", deadline.pk),
            summary=words % {"what": deadline.heading},
            starts=deadline.due_on,
            stamp=deadline.created_at,
            description=str(deadline.get_kind_display()),
            url=settings.BASE_URL + path,
        )


def _public_sessions(agency: Agency) -> Iterator[Entry]:
    sessions = TrainingSession.objects.filter(
        agency=agency,
        series__audience__in=TrainingSeries.FOR_MUNICIPALITIES,  # all but what is for patrons or staff only
        over_at__gte=timezone.now() - BACK,
        cancelled_at=None,
    )
    for session in sessions.select_related("series").prefetch_related("further_dates").order_by("starts_at")[:MOST]:
        yield from _entries(session)


def _windows(agency: Agency) -> Iterator[Entry]:
    windows = ParticipationWindow.objects.filter(agency=agency, closes_on__gte=timezone.localdate() - BACK)
    for window in windows.select_related("programme").order_by("opens_on")[:MOST]:
        for day, kind, words in [
            (window.opens_on, "opens", _("%(programme)s: municipalities may register from today")),
            (window.closes_on, "closes", _("%(programme)s: last day on which municipalities may register")),
        ]:
            yield Entry(
                uid=uid(f"window-{kind}", window.pk),
                summary=words % {"programme": window.programme},
                starts=day,
                stamp=timezone.make_aware(datetime.combine(window.opens_on, time())),
            )
