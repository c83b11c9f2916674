"""What tests share: a database made by its owner and used through the application's role, and one person a role."""

import gc
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client
from django.utils import translation
from django_rls_tenants.tenants.state import (
    reset_current_tenant_id,
    reset_rls_context_active,
    set_current_tenant_id,
    set_rls_context_active,
)

from agencies.models import Agency, Membership, Programme, State, User
from agencies.models.accounts import Role
from klikks.tenancy import CURRENT_AGENCY, agency_context, current_agency_id
from tests import factories

pytest_plugins = ["tests.services", "tests.browser"]


def pytest_configure() -> None:
    """Save time: passwords are hashed fast, where the real way is slow on purpose, and garbage is collected seldom.

    Static files are looked up when they are asked for; otherwise each of the many browsers would begin by listing all.
    """
    gc.set_threshold(100_000, 20, 50)
    settings.WHITENOISE_AUTOREFRESH = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take long, so that no process works on one when the others have nothing left to do."""
    long = {item.path for item in items if {"browser", "worker", "slow"} & {mark.name for mark in item.iter_markers()}}
    items.sort(key=lambda item: item.path not in long)


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, django_test_environment: None, django_db_blocker: pytest.FixtureRequest
) -> Iterator[None]:
    """Make the test database as its owner; tests then use it through the role of the application."""
    suffix = getattr(request.config, "workerinput", {}).get("workerid", "")
    owner, application = connections["owner"], connections["default"]
    test_name = f"test_{owner.settings_dict['NAME']}{'_' + suffix if suffix else ''}"
    owner.settings_dict["TEST"] |= {"NAME": test_name, "TEMPLATE": os.environ.get("TEST_TEMPLATE")}
    keep = request.config.getvalue("reuse_db")
    with django_db_blocker.unblock():
        owner.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False, keepdb=keep)
        application.close()
        application.settings_dict["NAME"] = test_name
        application.settings_dict["CONN_MAX_AGE"] = 0  # threads of the test server keep none to the end
        yield
        for role in (application, owner):
            _end_other_sessions(role)
        owner.creation.destroy_test_db(owner.settings_dict["NAME"], verbosity=0, keepdb=keep)


def _end_other_sessions(of_role: BaseDatabaseWrapper) -> None:
    """End what a role still has open in the test database, such as connections of threads that have ended."""
    with of_role.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
        )
    of_role.close()


@pytest.fixture(autouse=True)
def german() -> Iterator[None]:
    """Start each test in German, as the portal does, with nothing left in the cache."""
    cache.clear()
    with translation.override("de"):
        yield


@pytest.fixture(autouse=True, scope="session")
def requests_come_from_outside() -> None:
    """Let no agency of the test's context reach into a request, nor a request take it from the test.

    Whatever the test does in its own name, the portal sees a request as it sees any other. Goes past Django's cursor,
    so that tests that count queries count only the portal's.
    """
    original = Client.request

    def request(self: Client, **environ: Any) -> Any:
        if current_agency_id() is None or connection.connection is None or connection.needs_rollback:
            return original(self, **environ)
        agency = connection.connection.execute("SELECT current_setting(%s, true)", [CURRENT_AGENCY]).fetchone()[0]
        connection.connection.execute("SELECT set_config(%s, '', false)", [CURRENT_AGENCY])
        tokens = set_current_tenant_id(None), set_rls_context_active(False)
        try:
            return original(self, **environ)
        finally:
            reset_current_tenant_id(tokens[0])
            reset_rls_context_active(tokens[1])
            if connection.connection is not None and not connection.needs_rollback:
                connection.connection.execute("SELECT set_config(%s, %s, false)", [CURRENT_AGENCY, agency])

    Client.request = request  # type: ignore[method-assign]


@pytest.fixture
def programme(db: None) -> Programme:
    """A running programme of two agencies."""
    return factories.programme()


@pytest.fixture
def agency(programme: Programme) -> Agency:
    """The agency in whose name most tests act: it also coordinates the programme."""
    return factories.agency(programme, "rlp", State.objects.get(code="DE-RP"), coordinates=True)


@pytest.fixture
def other_agency(programme: Programme) -> Agency:
    """Another agency of the same programme, whose rows must stay unseen."""
    return factories.agency(programme, "nds", State.objects.get(code="DE-NI"))


@pytest.fixture
def inside(agency: Agency) -> Iterator[Agency]:
    """Run the test in the context of the agency."""
    with agency_context(agency):
        yield agency


@pytest.fixture
def account(agency: Agency) -> Callable[..., User]:
    """Make an account of a role: `account(Role.PATRON)`; by default in the test's agency."""

    def make(role: Role = Role.REGIONAL_MANAGER, of: Agency | None = None) -> User:
        return factories.account(role, of or agency)

    return make


@pytest.fixture
def manager(account: Callable[..., User]) -> User:
    """A regional manager of the agency."""
    return account(Role.REGIONAL_MANAGER)


@pytest.fixture
def membership(manager: User) -> Membership:
    """The regional manager's membership."""
    with agency_context(manager.agency_id):
        return Membership.objects.get(user=manager)


@pytest.fixture
def as_role(account: Callable[..., User]) -> Callable[..., Client]:
    """Return a browser signed in with a role: `as_role(Role.AGENCY_ADMIN)`."""

    def sign_in(role: Role, of: Agency | None = None) -> Client:
        return Client() if role == Role.VISITOR else factories.browser(account(role, of))

    return sign_in


@pytest.fixture
def desk(manager: User) -> Client:
    """A browser in which the regional manager is signed in."""
    return factories.browser(manager)
