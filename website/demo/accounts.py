"""The demo's logins, one a role. They work only while `DEBUG` is on."""

from collections.abc import Iterator
from dataclasses import dataclass

from agencies.accounts import DEMO_PASSWORD
from agencies.models import Agency, Membership, User
from agencies.models.accounts import STAFF_ROLES, Role
from klikks.tenancy import account_context, agency_context
from website.demo.people import Person, fiction_phone

__all__ = ["DEMO_LOGINS", "DEMO_PASSWORD", "Login", "make_colleagues", "make_operator", "make_staff"]


@dataclass(frozen=True)
class Login:
    """A demo account."""

    role: Role
    agency: str
    email: str
    name: str


TOWN_HALL = Login(Role.MUNICIPALITY, "rlp", "rathaus@example.org", "Silke Morgenroth")
DEMO_LOGINS = [
    Login(Role.REGIONAL_MANAGER, "rlp", "regional.rlp@example.org", "Jana Sommerfeld"),
    Login(Role.REGIONAL_MANAGER, "nds", "regional.nds@example.org", "Torben Harms"),
    Login(Role.AGENCY_ADMIN, "rlp", "leitung.rlp@example.org", "Miriam Adler"),
    Login(Role.COORDINATOR, "rlp", "koordination@example.org", "Stefan Wiesner"),
    Login(Role.PATRON, "rlp", "patin@example.org", "Helga Brandt"),
    TOWN_HALL,
    Login(Role.OPERATOR, "", "betrieb@example.org", ""),
]


def make_staff(agencies: dict[str, Agency]) -> dict[str, User]:
    """Make the demo's staff accounts; return them by address. Patrons and town halls get theirs by their services."""
    made = {}
    for login in DEMO_LOGINS:
        if login.role not in STAFF_ROLES:
            continue
        with agency_context(agencies[login.agency]):
            user = User.objects.create_user(login.email, DEMO_PASSWORD, agency=agencies[login.agency])
            Membership.objects.create(
                user=user, role=login.role, name=login.name, phone=fiction_phone(DEMO_LOGINS.index(login))
            )
        made[login.email] = user
    return made


def make_colleagues(agencies: dict[str, Agency], people: Iterator[Person]) -> None:
    """Give each agency without a demo login a regional manager, who signs in by code only."""
    with_login = {login.agency for login in DEMO_LOGINS}
    for slug, agency in agencies.items():
        if slug in with_login or agency.state_id is None:
            continue
        person = next(people)
        with agency_context(agency):
            user = User.objects.create_user(f"regional.{slug}@example.org", agency=agency)
            Membership.objects.create(user=user, role=Role.REGIONAL_MANAGER, name=person.name, phone=person.phone)


def make_operator() -> None:
    """Make the demo's operator."""
    login = next(login for login in DEMO_LOGINS if login.role == Role.OPERATOR)
    with account_context(email=login.email):
        User.objects.create_user(login.email, DEMO_PASSWORD, agency=None, is_operator=True)
