"""The permission table: which role may do what with which object.

Services ask it before every change, templates before they show a button, the admin through `User.has_perm`, and a
test walks every address with every role against it. Which rows a role sees is not decided here but by the walls of
the database (own agency) and by the querysets of each room (a patron's own projects).
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from agencies.exceptions import NotAllowed
from agencies.models.accounts import Role, User

VIEW, ADD, CHANGE, DELETE = "view", "add", "change", "delete"
READ_ONLY = frozenset({VIEW})
KEEP = frozenset({VIEW, ADD, CHANGE})
MANAGE = frozenset({VIEW, ADD, CHANGE, DELETE})

PUBLIC: dict[str, frozenset[str]] = {
    "site": READ_ONLY,
    "commune": frozenset({"search"}),
    "registration": frozenset({"register", "follow"}),
    "patron": frozenset({"register", "consent"}),
    "appointment": frozenset({"verify"}),
    "invitation": frozenset({"accept"}),
    "municipalaccess": frozenset({"accept"}),
    "idea": frozenset({"send", "read", "follow"}),
    "mailsettings": frozenset({"unsubscribe"}),
    "digest": frozenset({"choose"}),
    "story": frozenset({"read"}),
    "saving": frozenset({"read"}),
    "calendar": frozenset({"read"}),
    "trainingsession": frozenset({"read", "register"}),
    "enrolment": frozenset({"answer", "check_in"}),
    "trainingcertificate": frozenset({"verify"}),
    "feedback": frozenset({"answer"}),
}

ACCOUNT: dict[str, frozenset[str]] = {
    "account": frozenset({VIEW, CHANGE}),
}

# What belongs to a session of a training and names nobody: all staff read it, the session's agency keeps it.
SESSION_PARTS = ("furtherdate", "trainingmaterial", "exercise", "coachingresult", "slot")

TRAININGS: dict[str, frozenset[str]] = {
    "trainingseries": KEEP,
    "trainingsession": frozenset({*KEEP, "cancel"}),
    **dict.fromkeys(SESSION_PARTS, MANAGE),
    "exercisenote": frozenset({VIEW, ADD}),
    "enrolment": MANAGE,
    "guest": READ_ONLY,
    "attendee": READ_ONLY,
    "feedback": READ_ONLY,
}

STAFF: dict[str, frozenset[str]] = {
    "mailsettings": frozenset({"change_own"}),
    "desk": READ_ONLY,
    "figures": READ_ONLY,
    "state": READ_ONLY,
    "district": READ_ONLY,
    "commune": frozenset({VIEW, "search", "report"}),
    "topic": READ_ONLY,
    "programme": READ_ONLY,
    "participation": READ_ONLY,
    "phase": READ_ONLY,
    "agency": READ_ONLY,
    "membership": READ_ONLY,
    "target": READ_ONLY,
    "datasource": READ_ONLY,
    "participationwindow": READ_ONLY,
    "emissionfactor": READ_ONLY,
    "fundingprogramme": READ_ONLY,
    "callwindow": READ_ONLY,
    "trainingseries": READ_ONLY,
    "trainingsession": READ_ONLY,
    **dict.fromkeys(SESSION_PARTS, READ_ONLY),
    "phaseplan": READ_ONLY,
    "planmilestone": READ_ONLY,
    "plannedtask": READ_ONLY,
    "twinning": READ_ONLY,
    "calendarfeed": frozenset({"view_own", "renew_own"}),
    "holiday": READ_ONLY,
    "qualification": READ_ONLY,
    "qualificationpart": READ_ONLY,
}

CASE_WORK: dict[str, frozenset[str]] = {
    "registration": frozenset({VIEW, CHANGE, "register", "review", "ask_back", "accept", "decline", "wait"}),
    "partnership": frozenset({VIEW, CHANGE, "back", "end"}),
    "backing": KEEP,
    "offereddocument": frozenset({VIEW, "decide"}),
    "municipalaccess": frozenset({VIEW, "accept", "grant", "end"}),
    "dataproposal": frozenset({VIEW, "decide"}),
    "contact": MANAGE,
    "outreach": MANAGE,
    "patron": frozenset({VIEW, ADD, CHANGE, "register", "talk", "match", "appoint", "pause", "farewell", "merge"}),
    "appointment": frozenset({VIEW, "verify", "end", "revoke", "order"}),
    "appointmentday": frozenset({VIEW, ADD, CHANGE, "hold"}),
    "dayplace": frozenset({VIEW, ADD, DELETE}),
    "activity": MANAGE,
    "story": frozenset({VIEW, CHANGE, "read", "release"}),
    "post": frozenset({VIEW, "moderate"}),
    "project": frozenset({VIEW, ADD, CHANGE, "move", "release"}),
    "projectlead": MANAGE,
    "projectpartner": MANAGE,
    "milestone": MANAGE,
    "costitem": MANAGE,
    "financingpart": MANAGE,
    "supporter": MANAGE,
    "projectphoto": MANAGE,
    "projectdocument": MANAGE,
    "measure": frozenset({VIEW, ADD, CHANGE, "move"}),
    "saving": frozenset({VIEW, "recalculate"}),
    "measurereview": frozenset({VIEW, CHANGE}),
    "fundingprogramme": frozenset({"find"}),
    "fundingapplication": KEEP,
    "applicationdocument": MANAGE,
    "idea": frozenset({VIEW, CHANGE}),
    **TRAININGS,
    "deadline": MANAGE,
    "task": MANAGE,
    "runningplan": frozenset({VIEW, CHANGE, "apply"}),
    "quietcase": READ_ONLY,
    "remindersettings": frozenset({"change_own"}),
    "reminder": READ_ONLY,
    "outboxmail": frozenset({VIEW, "resend"}),
    "suppression": frozenset({VIEW, "lift"}),
    "job": frozenset({VIEW, "view_own", "retry"}),
    "report": frozenset({VIEW, "order"}),
    "owedreport": frozenset({*KEEP, "hand_in"}),
    "document": frozenset({VIEW, "download", "download_own"}),
    "sheetimport": frozenset({VIEW, "import"}),
    "transition": READ_ONLY,
}

AGENCY_ADMIN: dict[str, frozenset[str]] = {
    "mailsettings": frozenset({"change_agency"}),
    "commune": frozenset({ADD}),
    "agency": frozenset({VIEW, CHANGE}),
    "membership": KEEP,
    "invitation": MANAGE,
    "target": MANAGE,
    "textblock": MANAGE,
    "participationwindow": KEEP,
    "fundingprogramme": MANAGE,
    "callwindow": MANAGE,
    "remindersettings": KEEP,
    "twinning": MANAGE,
}

COORDINATOR: dict[str, frozenset[str]] = {
    "programme": KEEP,
    "phase": MANAGE,
    "phaseplan": MANAGE,
    "planmilestone": MANAGE,
    "plannedtask": MANAGE,
    "figures": frozenset({VIEW, "view_all_agencies"}),
    **TRAININGS,
    "qualification": MANAGE,
    "qualificationpart": MANAGE,
    "deadline": MANAGE,
    "task": MANAGE,
    "runningplan": frozenset({VIEW, CHANGE, "apply"}),
    "remindersettings": frozenset({"change_own"}),
    "owedreport": frozenset({*KEEP, "hand_in"}),
    "job": frozenset({VIEW, "view_own"}),
    "document": frozenset({"download_own"}),
}

PATRON: dict[str, frozenset[str]] = {
    "mailsettings": frozenset({"change_own"}),
    "portal": READ_ONLY,
    "directory": READ_ONLY,
    "profile": frozenset({"change_own"}),
    "story": frozenset({"read", "view_own", "add_own", "change_own"}),
    "post": frozenset({"view_shared", "add_own", "change_own", "delete_own", "report", "follow"}),
    "patron": frozenset({"register", "share_own", "pause_own", "farewell_own"}),
    "appointment": frozenset({"verify", "view_own"}),
    "enrolment": frozenset({"add_own", "cancel_own"}),
    "calendarfeed": frozenset({"view_own", "renew_own"}),
    "project": frozenset({"view_own", "add_own", "change_own"}),
    "idea": frozenset({"view_own", "take_up_own"}),
    "measure": frozenset({"add_own", "change_own"}),
    "saving": frozenset({"view_own"}),
    "fundingprogramme": frozenset({"find_own"}),
    "fundingapplication": frozenset({"view_own", "add_own", "change_own"}),
    "applicationdocument": frozenset({"view_own", "change_own"}),
    "activity": frozenset({"add_own", "delete_own"}),
    "deadline": frozenset({"view_own", "finish_own", "snooze_own"}),
    "remindersettings": frozenset({"change_own"}),
    "job": frozenset({"view_own"}),
    "document": frozenset({"download_own"}),
}

# Each of these only for the municipalities to which the account has access: `communes.access.accesses_of`.
MUNICIPALITY: dict[str, frozenset[str]] = {
    "municipality": READ_ONLY,
    "calendarfeed": frozenset({"view_own", "renew_own"}),
    "mailsettings": frozenset({"change_own"}),
    "municipalaccess": frozenset({"accept", "invite_own", "transfer_own"}),
    "dataproposal": frozenset({"propose_own"}),
    "backing": frozenset({"view_own"}),
    "remindersettings": frozenset({"change_own"}),
    "report": frozenset({"order_own"}),
    "enrolment": frozenset({"enrol_colleagues"}),
    "job": frozenset({"view_own"}),
    "document": frozenset({"download_own"}),
}

OPERATOR: dict[str, frozenset[str]] = {
    "desk": READ_ONLY,
    "operations": READ_ONLY,
    "programme": KEEP,
    "participation": MANAGE,
    "phase": MANAGE,
    "agency": KEEP,
    "topic": KEEP,
    "state": READ_ONLY,
    "district": READ_ONLY,
    "commune": frozenset({VIEW, "search"}),
    "datasource": READ_ONLY,
    "emissionfactor": KEEP,
}


def _merged(*tables: dict[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """Return the union of several tables."""
    merged: dict[str, frozenset[str]] = {}
    for table in tables:
        for name, actions in table.items():
            merged[name] = merged.get(name, frozenset()) | actions
    return merged


PERMISSIONS: dict[Role, dict[str, frozenset[str]]] = {
    Role.VISITOR: PUBLIC,
    Role.PATRON: _merged(PUBLIC, ACCOUNT, PATRON),
    Role.MUNICIPALITY: _merged(PUBLIC, ACCOUNT, MUNICIPALITY),
    Role.REGIONAL_MANAGER: _merged(PUBLIC, ACCOUNT, STAFF, CASE_WORK),
    Role.AGENCY_ADMIN: _merged(PUBLIC, ACCOUNT, STAFF, CASE_WORK, AGENCY_ADMIN),
    Role.COORDINATOR: _merged(PUBLIC, ACCOUNT, STAFF, COORDINATOR),
    Role.OPERATOR: _merged(PUBLIC, ACCOUNT, OPERATOR),
}


def role_of(user: User | AnonymousUser) -> Role:
    """Return the role in which somebody acts; visitor when not signed in."""
    return user.role if isinstance(user, User) and user.is_active else Role.VISITOR


def has_right(role: Role, object_name: str, action: str) -> bool:
    """Whether the table lets a role do `action` with `object_name`."""
    return action in PERMISSIONS[role].get(object_name, frozenset())


def allows(user: User | AnonymousUser, object_name: str, action: str, instance: models.Model | None = None) -> bool:
    """Whether the table lets `user` do `action` with `object_name`, and `instance` is of the user's own agency."""
    if not has_right(role_of(user), object_name, action):
        return False
    agency_id = getattr(instance, "agency_id", None)
    return agency_id is None or action == VIEW or agency_id == getattr(user, "agency_id", None)


def user_of(request: HttpRequest) -> User:
    """Return the account that is signed in. Raises PermissionDenied without one; guarded pages let nobody else in."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def require(user: User | AnonymousUser, object_name: str, action: str, instance: models.Model | None = None) -> None:
    """Go on only if the table allows it. Raises NotAllowed with a message for the reader."""
    if not allows(user, object_name, action, instance):
        raise NotAllowed(_("Your role does not allow this. Please ask your agency's administrator."))


def has_django_permission(user: User, perm: str, instance: models.Model | None = None) -> bool:
    """Answer Django's `app.action_model` from the table."""
    action, _separator, model_name = perm.partition(".")[2].partition("_")
    return user.is_active and allows(user, model_name, action, instance)


def permission_required(object_name: str, action: str) -> Callable[[Callable[..., HttpResponseBase]], Any]:
    """Let a view be entered only by roles that may do `action` with `object_name`.

    Visitors are sent to sign in, others get "403 forbidden". The view carries the pair as `permission`, which the
    test over all addresses reads.
    """

    def decorate(view: Callable[..., HttpResponseBase]) -> Any:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not allows(request.user, object_name, action):
                if not request.user.is_authenticated:
                    return redirect_to_login(request.get_full_path())
                require(request.user, object_name, action)
            return view(request, *args, **kwargs)

        guarded.permission = (object_name, action)  # type: ignore[attr-defined]
        return guarded

    return decorate
