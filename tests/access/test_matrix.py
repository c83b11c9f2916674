"""Every address × every role × own and other agency, against the permission table.

The walk finds all addresses by itself. One without an entry in the table, or one that needs an object which the
world of this test does not have, fails the test.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models, transaction
from django.template.response import SimpleTemplateResponse
from django.test import Client, RequestFactory
from django.urls import URLPattern, get_resolver, reverse
from django.urls.exceptions import NoReverseMatch
from django.utils import timezone

from agencies.history import keeps_history
from agencies.models import Agency, Programme, SheetImport, State, User
from agencies.models.accounts import Role
from agencies.permissions import PERMISSIONS, PUBLIC
from communes.models import Backing, MunicipalAccess, OfferedDocument, Partnership
from deadlines.models import Deadline, Job
from klikks.tenancy import PublicReadWall, agency_context
from patrons.models import Activity, Appointment, Patron, Post, Story
from projects.models import (
    ApplicationDocument,
    CostItem,
    FinancingPart,
    FundingApplication,
    Idea,
    Measure,
    Milestone,
    Project,
    ProjectDocument,
    ProjectPhoto,
    Saving,
    Supporter,
)
from reports.models import Document
from tests import factories
from tests.access.world import World, make_world
from trainings.models import Enrolment, TrainingMaterial, TrainingSession

pytestmark = pytest.mark.django_db

ROLES = list(Role)
STAFF = {Role.REGIONAL_MANAGER, Role.AGENCY_ADMIN, Role.COORDINATOR, Role.OPERATOR}

# What the named arguments of our own pages refer to.
OBJECTS: dict[str, tuple[type[models.Model], str, str]] = {
    "deadlines:job": (Job, "key", "key"),
    "deadlines:retry_job": (Job, "key", "key"),
    "deadlines:finish": (Deadline, "pk", "pk"),
    "deadlines:snooze": (Deadline, "pk", "pk"),
    "communes:backing_file": (Backing, "pk", "pk"),
    "communes:offered_file": (OfferedDocument, "pk", "pk"),
    "patrons:remove_hours": (Activity, "pk", "pk"),
    "patrons:edit_post": (Post, "pk", "pk"),
    "patrons:remove_post": (Post, "pk", "pk"),
    "patrons:helpful": (Post, "pk", "pk"),
    "patrons:edit_story": (Story, "pk", "pk"),
    "patrons:own_story_photo": (Story, "pk", "pk"),
    "patrons:take_home_story": (Story, "pk", "pk"),
    "projects:detail": (Project, "pk", "pk"),
    "projects:change": (Project, "pk", "pk"),
    "projects:move": (Project, "pk", "pk"),
    **{
        f"projects:{page}": (Project, "pk", "pk")
        for page in (
            "propose",
            "plan",
            "add_milestone",
            "add_supporter",
            "add_cost",
            "add_financing",
            "files",
            "add_photo",
            "add_document",
        )
    },
    "projects:change_milestone": (Milestone, "pk", "pk"),
    "projects:tick_milestone": (Milestone, "pk", "pk"),
    "projects:change_supporter": (Supporter, "pk", "pk"),
    "projects:change_cost": (CostItem, "pk", "pk"),
    "projects:change_financing": (FinancingPart, "pk", "pk"),
    "projects:change_photo": (ProjectPhoto, "pk", "pk"),
    "projects:own_photo": (ProjectPhoto, "pk", "pk"),
    "projects:desk_photo": (ProjectPhoto, "pk", "pk"),
    "projects:change_document": (ProjectDocument, "pk", "pk"),
    "projects:own_document": (ProjectDocument, "pk", "pk"),
    "projects:desk_document": (ProjectDocument, "pk", "pk"),
    "projects:add_measure": (Project, "pk", "pk"),
    "projects:change_measure": (Measure, "pk", "pk"),
    "projects:finish_measure": (Measure, "pk", "pk"),
    "projects:drop_measure": (Measure, "pk", "pk"),
    "projects:saving": (Saving, "pk", "pk"),
    "projects:take_up_idea": (Idea, "pk", "pk"),
    "projects:funding": (Project, "pk", "pk"),
    "projects:application": (FundingApplication, "pk", "pk"),
    "projects:hand_in": (FundingApplication, "pk", "pk"),
    "projects:discard_draft": (FundingApplication, "pk", "pk"),
    "projects:need_document": (FundingApplication, "pk", "pk"),
    "projects:tick_document": (ApplicationDocument, "pk", "pk"),
    "projects:attach_file": (ApplicationDocument, "pk", "pk"),
    "projects:own_document_file": (ApplicationDocument, "pk", "pk"),
    "projects:document_file": (ApplicationDocument, "pk", "pk"),
    "trainings:enrol": (TrainingSession, "pk", "pk"),
    **{
        f"trainings:{page}": (TrainingSession, "pk", "pk")
        for page in ("attendance", "code", "order_list", "close_list")
    },
    "trainings:record": (Patron, "pk", "pk"),
    "reports:feedback": (TrainingSession, "pk", "pk"),
    "trainings:cancel": (TrainingSession, "pk", "pk"),
    "trainings:desk_material": (TrainingMaterial, "pk", "pk"),
    "reports:download": (Document, "pk", "pk"),
    **{
        f"municipality:{page}": (MunicipalAccess, "pk", "pk")
        for page in (
            "start",
            "partnership",
            "patrons",
            "projects",
            "documents",
            "order_report",
            "backing_file",
            "data",
            "people",
            "hand_over",
            "take_back",
            "trainings",
            "cancel_training",
        )
    },
    "admin:patrons_patron_fitting": (Partnership, "pk", "pk"),
    "admin:agencies_sheetimport_confirm": (SheetImport, "pk", "pk"),
    "admin:agencies_sheetimport_drop": (SheetImport, "pk", "pk"),
    "admin:agencies_sheetimport_faulty": (SheetImport, "pk", "pk"),
}
# What further arguments of our own pages refer to.
FURTHER: dict[str, tuple[type[models.Model], str]] = {
    "municipality:backing_file": (Backing, "backing"),
    "municipality:take_back": (MunicipalAccess, "person"),
    "municipality:cancel_training": (Enrolment, "enrolment"),
}
# Pages about something that belongs to no patron: each may go there.
OPEN_TO_PATRONS = {"trainings:enrol"}
# Pages that are opened by a secret or a name in the address; whose row it is does not matter.
OPENED_BY_ADDRESS: dict[str, dict[str, str]] = {
    "agencies:invitation": {"token": "x"},
    "communes:confirm": {"token": "x"},
    "municipality:invitation": {"token": "x"},
    "communes:register": {"slug": "rlp"},
    "communes:window": {"slug": "klikks", "agency": "rlp"},
    "communes:embedded_window": {"slug": "klikks", "agency": "rlp"},
    "communes:embedded_thanks": {"slug": "klikks", "agency": "rlp"},
    "communes:status": {"token": "x"},
    "communes:answer": {"token": "x"},
    "communes:offer_document": {"token": "x"},
    "communes:correct_contact": {"token": "x"},
    "communes:take_back": {"token": "x"},
    "patrons:confirm": {"token": "x"},
    "patrons:consent": {"token": "x"},
    "patrons:digest": {"token": "x"},
    "patrons:stories": {"slug": "no-such-programme"},
    "patrons:story": {"pk": "999999999"},
    "patrons:story_photo": {"pk": "999999999"},
    "patrons:verify": {"code": "ABCDEFGHJKMN"},
    "admin:agencies_sheetimport_template": {"kind": "communes"},
    "trainings:session": {"pk": "999999999"},
    "trainings:place": {"token": "x"},
    "trainings:material": {"token": "x", "pk": "999999999"},
    "website:network": {"slug": "towns"},
    "website:network_in": {"slug": "towns", "language": "pt"},
    "projects:send_idea": {"slug": "towns"},
    "projects:released_project": {"pk": "999999999"},
    "projects:released_saving": {"pk": "999999999"},
    "reports:calculation": {"pk": "999999999"},
    "projects:public_photo": {"pk": "999999999"},
    "projects:public_document": {"pk": "999999999"},
    "projects:send_to_network": {"slug": "towns"},
    "projects:ideas": {"slug": "no-such-programme"},
    "projects:idea": {"pk": "999999999"},
    "projects:idea_photo": {"pk": "999999999"},
    "projects:follow_idea": {"pk": "999999999"},
    "projects:confirm_follow": {"token": "x"},
    "projects:unfollow_idea": {"token": "x"},
    "deadlines:mails_off": {"kind": "reminders", "token": "x"},
    "projects:own_idea": {"token": "x"},
    "trainings:check_in": {"token": "x"},
    "trainings:feedback": {"token": "x"},
    "trainings:verify": {"code": "ABCDEFGHJKMN"},
    "trainings:public_calendar": {"slug": "rlp"},
    "trainings:private_calendar": {"slug": "rlp", "secret": "x"},
}
# Pages that all patrons of a programme share; tests/patrons/test_exchange.py asks who sees them.
SHARED: dict[str, tuple[type[models.Model], str, str]] = {
    "patrons:thread": (Post, "pk", "pk"),
    "patrons:follow": (Post, "pk", "pk"),
    "patrons:report_post": (Post, "pk", "pk"),
    "patrons:board": (Post, "board", "board"),
    "patrons:follow_board": (Post, "board", "board"),
}
# Pages of the desk that belong to no object.
DESK_PAGES = {
    "index",
    "logout",
    "password_change",
    "password_change_done",
    "jsi18n",
    "app_list",
    "search",
    "view_on_site",
    "autocomplete",
}
# The account library's pages: those for everybody, and those for people who have signed in.
ACCOUNT_OPEN = {
    "account_login",
    "account_logout",
    "account_inactive",
    "account_signup",
    "account_email_verification_sent",
    "account_confirm_email",
    "account_reset_password",
    "account_confirm_password_reset_code",
    "account_complete_password_reset",
    "account_password_reset_completed",
    "account_request_login_code",
    "account_confirm_login_code",
    "mfa_authenticate",
}
ACCOUNT_OWN = {
    "account_reauthenticate",
    "account_email",
    "account_change_password",
    "account_set_password",
    "mfa_index",
    "mfa_reauthenticate",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "mfa_reauthenticate_webauthn",
    "mfa_remove_webauthn",
    "mfa_edit_webauthn",
}


@dataclass(frozen=True)
class Address:
    """One address of the portal: its name, its arguments, and what the table says of it."""

    name: str
    path: str
    pattern: URLPattern

    @property
    def arguments(self) -> list[str]:
        """The names of the address's arguments."""
        return re.findall(r"<(?:\w+:)?(\w+)>", self.path)

    def url(self, **arguments: Any) -> str:
        """Return the address with its arguments filled."""
        return reverse(self.name, kwargs=arguments) if self.name else f"/{self.path}"


def addresses() -> Iterator[Address]:
    """Find every address of the portal."""

    def walk(patterns: list[Any], namespaces: tuple[str, ...], before: str) -> Iterator[Address]:
        for pattern in patterns:
            path = before + str(pattern.pattern)
            if isinstance(pattern, URLPattern):
                yield Address(":".join([*namespaces, pattern.name or ""]), path, pattern)
            else:
                inner = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
                yield from walk(pattern.url_patterns, inner, path)

    return walk(get_resolver().url_patterns, (), "")


ALL = list(addresses())
OWN = [one for one in ALL if hasattr(one.pattern.callback, "permission")]
DESK = [one for one in ALL if one.name.startswith("admin:") and one.name != "admin:" and one not in OWN]


def listed(wrong: list[Any]) -> str:
    """Return what is wrong, one a line."""
    return "\n".join(str(one) for one in wrong)


def allowed(role: Role, object_name: str, action: str) -> bool:
    """Whether the table gives a role a right."""
    return action in PERMISSIONS[role].get(object_name, frozenset())


def desk_model(address: Address) -> tuple[Any, str] | None:
    """Return the model's admin and the kind of page that an address of the desk belongs to."""
    name = address.name.removeprefix("admin:")
    for model, model_admin in admin.site._registry.items():
        prefix = f"{model._meta.app_label}_{model._meta.model_name}_"
        if name.startswith(prefix):
            return model_admin, name.removeprefix(prefix)
    return None


class Recorder(dict[str, Any]):
    """Stands in for a role's line of the permission table: grants everything and notes what was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def get(self, object_name: str, default: Any = None) -> Any:
        """Return the object's actions, which contain every action."""
        recorder = self

        class Actions(frozenset[str]):
            def __contains__(self, action: object) -> bool:
                recorder.asked.append((object_name, str(action)))
                return True

        return Actions()


def asked_by(question: Callable[..., bool]) -> list[tuple[str, str]]:
    """Return which rights of the table a page of the desk asks for."""
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    recorder = Recorder()
    before, PERMISSIONS[Role.VISITOR] = PERMISSIONS[Role.VISITOR], recorder
    try:
        question(request)
    finally:
        PERMISSIONS[Role.VISITOR] = before
    return recorder.asked


def rights_of(model_admin: Any, page: str) -> list[tuple[str, str]]:
    """Return which rights of the table a page of the desk needs: (object, action) pairs."""
    own = model_admin.opts.model_name
    if page in {"changelist", "export", "history", "change"}:
        return [(own, "view")]
    if page in {"add", "delete"}:
        return [(own, page)]
    needed = getattr(getattr(model_admin, page), "allowed_permissions", ())
    rights = [right for name in needed for right in asked_by(getattr(model_admin, f"has_{name}_permission"))]
    assert rights, f"{model_admin}.{page} asks the permission table for nothing"
    return rights


def is_readable_by_all(model: type[models.Model]) -> bool:
    """Whether rows of another agency may be read, because they name no person."""
    belongs = any(field.is_relation and field.related_model is Agency for field in model._meta.concrete_fields)
    return not belongs or any(isinstance(rule, PublicReadWall) for rule in model._meta.constraints)


@dataclass(frozen=True)
class Visitor:
    """A browser of a role, with the role's name for messages."""

    role: Role
    client: Client
    user: User | None = None
    sent_to: set[str] = field(default_factory=set)

    def may(self, question: Callable[..., bool]) -> bool:
        """Whether a page of the desk would let the visitor in."""
        request = RequestFactory().get("/")
        request.user = self.user or AnonymousUser()
        if self.user is None or self.user.agency_id is None:
            return question(request)
        with agency_context(self.user.agency_id):
            return question(request)

    def ask(self, url: str, *, post: bool = False) -> tuple[int, str, str]:
        """Return status, target of a redirect, and content of an address."""
        answer = self.client.post(url) if post else self.client.get(url)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        return answer.status_code, answer.headers.get("Location", ""), content.decode(errors="replace")

    def is_refused(self, url: str, *, post: bool) -> bool:
        """Whether the visitor is turned away: to sign in, or with "403 forbidden"."""
        status, target, _content = self.ask(url, post=post)
        to_sign_in = status == 302 and target.startswith(("/accounts/login/", "/admin/login/"))
        return status == 403 or (to_sign_in and self.role not in STAFF)

    def gets_in(self, url: str) -> bool:
        """Whether the visitor gets the page, is sent on, or is told that it takes another method."""
        status, target, _content = self.ask(url)
        return status in {200, 405} or (status == 302 and not target.startswith(("/accounts/login/", "/admin/login/")))


@pytest.fixture
def unrendered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare the drawing of the desk's pages: who is let in is decided before."""

    def emptied(response: SimpleTemplateResponse) -> SimpleTemplateResponse:
        response.content = b""
        return response

    monkeypatch.setattr(SimpleTemplateResponse, "render", emptied)
    monkeypatch.setattr("website.desk.navigation", lambda request: [])


@pytest.fixture(scope="module")
def worlds(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[World, World]]:
    """The rows of the own agency and those of another one, made once for all tests of this module."""
    with django_db_blocker.unblock(), transaction.atomic():
        programme = factories.programme()
        states = [State.objects.get(code="DE-RP"), State.objects.get(code="DE-NI")]
        own = factories.agency(programme, "rlp", states[0], coordinates=True)
        other = factories.agency(programme, "nds", states[1])
        yield make_world(own, programme), make_world(other, programme)
        transaction.set_rollback(True)


@pytest.fixture
def visitor(worlds: tuple[World, World]) -> Callable[[Role], Visitor]:
    """Return a visitor of a role; the patron is the one to whom the own world's rows belong."""

    def make(role: Role) -> Visitor:
        if role == Role.VISITOR:
            return Visitor(role, Client())
        own = {Role.PATRON: worlds[0].patron_account, Role.MUNICIPALITY: worlds[0].municipality_account}
        user = own.get(role) or factories.account(role, worlds[0].agency)
        return Visitor(role, factories.browser(user), user)

    return make


def test_every_address_has_an_entry() -> None:
    known = {f"admin:{page}" for page in DESK_PAGES} | {"admin:login", "set_language"} | ACCOUNT_OPEN | ACCOUNT_OWN
    without = [
        one.name or str(one.pattern.pattern)
        for one in ALL
        if not hasattr(one.pattern.callback, "permission")
        and one.name not in known
        and not (one.name.startswith("admin:") and (one.name == "admin:" or desk_model(one)))
    ]
    assert without == []
    for one in OWN:
        object_name, action = one.pattern.callback.permission
        assert any(allowed(role, object_name, action) for role in ROLES), f"nobody may enter {one.name}"


def test_every_list_of_the_desk_has_a_row_in_both_worlds(worlds: tuple[World, World]) -> None:
    missing = {model._meta.label for model in admin.site._registry for world in worlds if world.rows.get(model) is None}
    assert missing == set()


@pytest.mark.parametrize("role", ROLES)
def test_our_own_pages_let_in_whom_the_table_lets_in(
    role: Role, visitor: Callable[[Role], Visitor], worlds: tuple[World, World]
) -> None:
    own, other = worlds
    who = visitor(role)
    wrong = []
    for one in OWN:
        object_name, action = one.pattern.callback.permission
        is_public = action in PUBLIC.get(object_name, frozenset())
        if one.name in OPENED_BY_ADDRESS and one.arguments and is_public:
            if who.ask(one.url(**OPENED_BY_ADDRESS[one.name]))[0] not in {200, 302, 400, 404, 410}:
                wrong.append((one.name, "opened by its address"))
            continue
        urls = [one.url(**_arguments(one, world, role)) for world in worlds]
        if not allowed(role, object_name, action):
            if not (who.is_refused(urls[0], post=False) and who.is_refused(urls[0], post=True)):
                wrong.append((one.name, "should be refused"))
            continue
        if not who.gets_in(urls[0]):
            wrong.append((one.name, "should be let in", *who.ask(urls[0])[:2]))
        if (
            one.name in OBJECTS
            and one.arguments
            and not {who.ask(urls[1])[0], who.ask(urls[1], post=True)[0]} <= {403, 404, 405}
        ):
            wrong.append((one.name, "of another agency should not exist"))
    assert not wrong, listed(wrong)
    assert own.agency != other.agency


def test_a_patron_reaches_nothing_that_belongs_to_another_patron(worlds: tuple[World, World]) -> None:
    agency, programme = worlds[0].agency, worlds[0].of(Programme)
    stranger = factories.account(Role.PATRON, agency)
    home = factories.commune("Anderswo")
    who = Visitor(Role.PATRON, factories.browser(stranger))
    patron = factories.patron(agency, programme, home, user=stranger, status=Patron.Status.ACTIVE)
    factories.appointment(agency, patron, home)
    reached = []
    for one in OWN:
        if one.name in OBJECTS.keys() - OPEN_TO_PATRONS and allowed(Role.PATRON, *one.pattern.callback.permission):
            url = one.url(**_arguments(one, worlds[0]))
            if not _is_gone(who, url):
                reached.append(one.name)
    assert not reached, reached
    assert Appointment in worlds[0].rows


def test_a_municipality_reaches_nothing_that_belongs_to_another_municipality_of_the_agency(
    worlds: tuple[World, World],
) -> None:
    agency, own = worlds[0].agency, worlds[0]
    stranger = factories.account(Role.MUNICIPALITY, agency)
    access = factories.access(agency, factories.commune("Nebenan"), stranger)
    former = factories.access(
        agency, own.of(MunicipalAccess).commune, stranger, status="ended", ended_on=timezone.localdate()
    )
    who = Visitor(Role.MUNICIPALITY, factories.browser(stranger))
    reached = []
    for one in OWN:
        if one.name not in OBJECTS or not allowed(Role.MUNICIPALITY, *one.pattern.callback.permission):
            continue
        arguments = _arguments(one, own)
        urls = [one.url(**arguments)]
        if one.name.startswith("municipality:"):
            assert one.url(**arguments | {"pk": former.pk}) not in urls
            urls.append(one.url(**arguments | {"pk": former.pk}))
        if one.name in FURTHER:  # the own access with somebody else's row
            urls.append(one.url(**arguments | {"pk": access.pk}))
        reached += [url for url in urls if not _is_gone(who, url)]
        if one.name.startswith("municipality:") and one.name not in FURTHER:
            content = who.ask(one.url(pk=access.pk))[2]
            reached += [
                (one.name, word) for word in (f"Geheim {agency.slug}", f"Ort von {agency.slug}") if word in content
            ]
    assert not reached, listed(reached)


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_the_desk_lets_in_whom_the_table_lets_in(
    role: Role, visitor: Callable[[Role], Visitor], worlds: tuple[World, World], request: pytest.FixtureRequest
) -> None:
    if role not in {Role.AGENCY_ADMIN, Role.COORDINATOR}:  # who together see all that staff see
        request.getfixturevalue("unrendered")
    who = visitor(role)
    wrong = []
    for one in DESK:
        found = desk_model(one)
        if found:
            wrong += [(one.name, *problem) for problem in _problems_of(one, *found, who, worlds)]
        elif one.name not in {"admin:login", "admin:logout", "admin:autocomplete", "admin:view_on_site"}:
            url = one.url(**({"app_label": "communes"} if one.arguments else {}))
            if who.gets_in(url) != (role in STAFF):
                wrong.append((one.name, "desk page", *who.ask(url)[:2]))
    wrong += _told_by_redirects(who, worlds[1])
    assert not wrong, listed(wrong)


@pytest.mark.parametrize("role", ROLES)
def test_the_desks_helpers_show_nothing_of_another_agency(
    role: Role, visitor: Callable[[Role], Visitor], worlds: tuple[World, World]
) -> None:
    who, other = visitor(role), worlds[1]
    secret = f"Geheim {other.agency.slug}"
    for query in ["", "?app_label=communes&model_name=outreach&field_name=contact&term=Geheim"]:
        status, _target, content = who.ask(f"/admin/autocomplete/{query}")
        assert secret not in content
        assert status == 200 if query and allowed(role, "contact", "view") else status in {302, 403}
    kind = ContentType.objects.get_for_model(Project)
    status, target, _content = who.ask(f"/admin/r/{kind.pk}/{other.of(Project).pk}/")
    assert status in {302, 403, 404}
    assert not target or target.startswith("/admin/login/")


@pytest.mark.parametrize("role", ROLES)
def test_the_pages_of_the_own_account_need_a_sign_in(role: Role, visitor: Callable[[Role], Visitor]) -> None:
    who = visitor(role)
    for one in [one for one in ALL if one.name in ACCOUNT_OPEN | ACCOUNT_OWN]:
        values = {"pk": 1, "key": "x"}
        url = one.url(**{name: values[name] for name in one.arguments})
        status, target, _content = who.ask(url)
        assert status in {200, 302, 404}, (one.name, status)
        if role == Role.VISITOR and one.name in ACCOUNT_OWN:
            assert (status, target.partition("?")[0]) == (302, "/accounts/login/"), one.name


def test_no_view_that_crosses_agencies_shows_a_person() -> None:
    personal = {"name", "first_name", "last_name", "contact_name", "email", "phone", "note", "message", "motivation"}
    personal |= {"user_id", "patron_id", "owner_id", "recipient", "text", "by_id", "author", "description"}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT viewname, definition FROM pg_views JOIN pg_class ON relname = viewname"
            " WHERE schemaname = 'public' AND viewowner <> current_user"
            " AND NOT coalesce(array_to_string(reloptions, ','), '') LIKE '%security_invoker%'"
        )
        views = dict(cursor.fetchall())
        assert "reports_figuremonth" in views
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_name = ANY(%s)", [list(views)]
        )
        columns = cursor.fetchall()
    assert [(view, column) for view, column in columns if column in personal and view not in MAY_NAME_SOMEBODY] == []
    assert {view for view, definition in views.items() if ".*" in definition} == set()


# The public check of a certificate shows whom it was issued to, and nothing else; the directory blanks each column
# until the person has released it (tests/patrons/test_directory.py); an idea or a report is shown once staff released
# it, with the author's name where that was agreed to; an organiser sees the names of those who come to a session
# (tests/trainings/test_waiting_list.py).
MAY_NAME_SOMEBODY = {
    "patrons_verification",
    "trainings_certifiedtraining",
    "patrons_face",
    "patrons_publicstory",
    "projects_publicidea",
    "projects_ideacredit",
    "trainings_attendee",
}


def _is_gone(who: Visitor, url: str) -> bool:
    """Whether an address answers as if there was nothing."""
    return {who.ask(url)[0], who.ask(url, post=True)[0]} <= {403, 404, 405}


def _arguments(one: Address, world: World, role: Role | None = None) -> dict[str, Any]:
    """Return the arguments that lead an address of ours to a row of a world."""
    if not one.arguments:
        return {}
    if one.name in OPENED_BY_ADDRESS:
        return OPENED_BY_ADDRESS[one.name]
    assert one.name in OBJECTS or one.name in SHARED, f"{one.name} needs an entry in OBJECTS"
    model, argument, attribute = OBJECTS.get(one.name) or SHARED[one.name]
    further, name = FURTHER.get(one.name, (None, ""))
    return {argument: getattr(world.of(model, role), attribute)} | ({name: world.of(further).pk} if further else {})


def _problems_of(
    one: Address, model_admin: Any, page: str, who: Visitor, worlds: tuple[World, World]
) -> Iterator[tuple[Any, ...]]:
    """Compare one page of a model's admin with the table, for the rows of both worlds."""
    model = model_admin.model
    rights = rights_of(model_admin, page)
    entitled = all(allowed(who.role, *right) for right in rights)
    if page in {"add", "delete"}:  # some lists grow and shrink by actions only
        entitled = entitled and who.may(getattr(model_admin, f"has_{page}_permission"))
    try:
        own, other = ([one.url(**_desk_arguments(one, world.of(model)))] for world in worlds)
    except NoReverseMatch:
        own = other = [one.url()]
    if not entitled:
        if not all(who.is_refused(own[0], post=post) for post in (False, True)):
            yield ("should be refused", *who.ask(own[0])[:2])
        return
    if (page == "history" and not keeps_history(model)) or (page == "export" and not model_admin.is_exported):
        return
    if not who.gets_in(own[0]):
        yield ("should be let in", *who.ask(own[0])[:2])
    if not one.arguments or worlds[0].of(model) == worlds[1].of(model):
        return
    if is_readable_by_all(model):
        if page not in {"change", "history"} and who.role != Role.OPERATOR and model in _agency_bound():
            yield from _hidden(who, other[0], worlds[1])
        return
    yield from _hidden(who, other[0], worlds[1])


def _hidden(who: Visitor, url: str, other: World) -> Iterator[tuple[Any, ...]]:
    """Say what is wrong when another agency's row is reached; where redirects lead is noted, to be looked at later."""
    for post in (False, True):
        status, target, content = who.ask(url, post=post)
        if status == 302:
            who.sent_to.add(target)
        if status not in {302, 403, 404} or any(secret in content for secret in _secrets(other)):
            yield ("another agency's row is reached", "POST" if post else "GET", status, target)


def _told_by_redirects(who: Visitor, other: World) -> Iterator[tuple[Any, ...]]:
    """Say what the pages tell of another agency to which the walk was sent on, with all messages that wait there."""
    for target in sorted(who.sent_to):
        content = who.ask(target)[2]
        if any(secret in content for secret in _secrets(other)):
            yield ("another agency's row is told of", target)


def _secrets(world: World) -> list[str]:
    return [f"Geheim {world.agency.slug}", f"Ort von {world.agency.slug}"]


def _agency_bound() -> set[type[models.Model]]:
    """Return the models whose rows all may read and only their agency may change."""
    return {
        model
        for model in apps.get_models()
        if any(isinstance(rule, PublicReadWall) for rule in model._meta.constraints)
    }


def _desk_arguments(one: Address, row: Any) -> dict[str, Any]:
    return {"object_id": row.pk} if one.arguments else {}
