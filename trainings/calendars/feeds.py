"""What stands in a calendar: of one person, or what an agency tells everybody."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Agency, User
from agencies.models.accounts import STAFF_ROLES
from communes.models import ParticipationWindow
from deadlines.models import Deadline
from deadlines.selectors import desk_path, portal_path
from trainings.calendars.ics import Entry, uid
from trainings.models import Enrolment, TrainingSeries, TrainingSession

# How far back a calendar reaches, and how much it holds at most.
BACK = timedelta(days=92)
MOST = 500


def entries_of(user: User) -> list[Entry]:
    """Return a person's own trainings and deadlines (tasks are among them), in the active language; three queries.

    To be called in the context of the person's agency.
    """
    return [*_own_sessions(user), *_own_deadlines(user)]


def entries_of_agency(agency: Agency) -> list[Entry]:
    """Return what an agency tells everybody: its public trainings, and when municipalities may register; 2 queries."""
    return [*_public_sessions(agency), *_windows(agency)]


def session_entry(session: TrainingSession) -> Entry:
    """Return a session as an entry of a calendar; `session.series` is loaded."""
    return Entry(
        uid=uid("session", session.pk),
        summary=session.title or session.series.title,
        starts=session.starts_at,
        ends=session.ends_at,
        stamp=session.starts_at,
        description="\n\n".join(filter(None, [session.series.goals, session.online_link])),
        location=session.venue or (_("online") if session.online_link else ""),
    )


def _own_sessions(user: User) -> Iterator[Entry]:
    on_the_list = [Enrolment.Status.ENROLLED, Enrolment.Status.ATTENDED, Enrolment.Status.WAITING]
    enrolments = Enrolment.objects.filter(
        Q(patron__user=user) | Q(member__user=user), status__in=on_the_list, session__ends_at__gte=timezone.now() - BACK
    )
    for enrolment in enrolments.select_related("session__series").order_by("session__starts_at")[:MOST]:
        yield session_entry(enrolment.session)


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
        ends_at__gte=timezone.now() - BACK,
        cancelled_at=None,
    )
    for session in sessions.select_related("series").order_by("starts_at")[:MOST]:
        # The link to an online meeting is for those who have a place.
        yield replace(session_entry(session), description=session.series.goals)


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
