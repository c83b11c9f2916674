"""A patron in office who leads a project, and another one beside."""

from collections.abc import Callable

import pytest
from django.test import Client

from agencies.models import Agency, Programme, User
from agencies.models.accounts import Role
from communes.models import Commune
from klikks.tenancy import agency_context
from patrons.models import Patron
from projects.measures.factors import load_factors
from projects.models import Project
from tests import factories


@pytest.fixture(autouse=True)
def factors(db: None) -> None:
    load_factors()


@pytest.fixture
def commune(programme: Programme) -> Commune:
    return factories.commune()


@pytest.fixture
def patron(agency: Agency, programme: Programme, commune: Commune, account: Callable[..., User]) -> Patron:
    """A patron of the agency in office, with an account."""
    return in_office(agency, programme, commune, account(Role.PATRON))


@pytest.fixture
def other_patron(agency: Agency, programme: Programme, commune: Commune, account: Callable[..., User]) -> Patron:
    """A second patron of the same agency and municipality."""
    return in_office(agency, programme, commune, account(Role.PATRON))


@pytest.fixture
def project(agency: Agency, programme: Programme, commune: Commune, patron: Patron) -> Project:
    return factories.project(agency, programme, commune, led_by=patron)


@pytest.fixture
def portal(patron: Patron) -> Client:
    """A browser in which the patron is signed in."""
    return factories.browser(patron.user)


def in_office(agency: Agency, programme: Programme, commune: Commune, user: User) -> Patron:
    with agency_context(agency):
        made = factories.patron(agency, programme, commune, user=user, email=user.email, status="active")
        factories.appointment(agency, made, commune)
    return made
