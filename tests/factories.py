"""Small makers of rows for tests. Each makes one row with sensible values; keyword arguments override them."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.test import Client
from django.utils import timezone

from agencies.models import Agency, Membership, Participation, Programme, State, Topic, User
from agencies.models.accounts import Role
from communes.models import Commune, District, MunicipalAccess, ParticipationWindow, Partnership, Registration
from klikks.tenancy import account_context, agency_context
from patrons.models import Appointment, Patron
from projects.models import EmissionFactor, Measure, Project, ProjectLead, Saving

_numbers = count(1)
# Keys of municipalities begin anew after a thousand; no test needs more of them at once.
_keys = count(100)


def programme(**fields: Any) -> Programme:
    """Make a programme with a topic and two states around it."""
    for code, key, name in [("DE-RP", "07", "Rheinland-Pfalz"), ("DE-NI", "03", "Niedersachsen")]:
        State.objects.get_or_create(code=code, defaults={"key": key, "name": name})
    topic, _created = Topic.objects.get_or_create(slug="energy", defaults={"name": "Energie", "name_en": "Energy"})
    values = {
        "slug": f"programme-{next(_numbers)}",
        "name": "KlikKS",
        "starts_on": date(2022, 3, 1),
        "ends_on": timezone.localdate() + timedelta(days=700),
        **fields,
    }
    made = Programme.objects.create(**values)
    made.topics.add(topic)
    return made


def agency(of: Programme, slug: str, state: State, *, coordinates: bool = False) -> Agency:
    """Make an agency that takes part in a programme, with an open participation window."""
    made = Agency.objects.create(
        slug=slug, name=f"Energieagentur {state.name}", short_name=state.name, state=state, email=f"{slug}@example.org"
    )
    today = timezone.localdate()
    with agency_context(made):
        Participation.objects.create(agency=made, programme=of, coordinates=coordinates)
        ParticipationWindow.objects.create(
            agency=made, programme=of, opens_on=today - timedelta(days=30), closes_on=today + timedelta(days=30)
        )
    return made


def account(role: Role, of: Agency) -> User:
    """Make an account with a role; its password is "a long test password"."""
    email = f"{role}-{next(_numbers)}@example.org"
    if role == Role.OPERATOR:
        with account_context(email=email):
            return User.objects.create_user(email, "a long test password", agency=None, is_operator=True)
    with agency_context(of):
        user = User.objects.create_user(email, "a long test password", agency=of)
        Membership.objects.create(user=user, role=role, name=f"{Role(role).label} {of.short_name}")
    return user


def browser(user: User) -> Client:
    """Return a browser in which somebody is signed in."""
    client = Client()
    with account_context(account_id=user.pk):
        client.force_login(user)
    return client


def district(ags: str = "07339", name: str = "Mainz-Bingen", state: str = "DE-RP") -> District:
    """Make a district."""
    made, _created = District.objects.get_or_create(ags=ags, defaults={"kind": "44", "name": name, "state_id": state})
    return made


def commune(name: str = "Bingen am Rhein, Stadt", ags: str | None = None, **fields: Any) -> Commune:
    """Make a municipality in Rheinland-Pfalz."""
    values = {
        "ags": ags or f"07339{next(_keys) % 1000:03d}",
        "official_name": name,
        "state_id": "DE-RP",
        "population": 25_000,
        "postcodes": ["55411"],
        "longitude": 7.9,
        "latitude": 49.97,
        **fields,
    }
    if values["ags"] and values["ags"].startswith("07339"):
        values.setdefault("district", district())
    return Commune.objects.create(**values)


def registration(of: Agency, in_programme: Programme, where: Commune, **fields: Any) -> Registration:
    """Make a registration, confirmed unless said otherwise."""
    values = {
        "agency": of,
        "programme": in_programme,
        "commune": where,
        "status": Registration.Status.CONFIRMED,
        "contact_name": "Petra Beispiel",
        "email": f"gemeinde-{next(_numbers)}@example.org",
        "confirmed_at": timezone.now(),
        **fields,
    }
    with agency_context(of):
        return Registration.objects.create(**values)


def partnership(of: Agency, in_programme: Programme, where: Commune, **fields: Any) -> Partnership:
    """Make an official partnership."""
    values = {
        "agency": of,
        "programme": in_programme,
        "commune": where,
        "status": Partnership.Status.OFFICIAL,
        "since": date(2023, 5, 2),
        **fields,
    }
    with agency_context(of):
        return Partnership.objects.create(**values)


def access(of: Agency, where: Commune, who: User, **fields: Any) -> MunicipalAccess:
    """Give an account access to a municipality's pages."""
    with agency_context(of):
        values = {
            "agency": of,
            "commune": where,
            "user": who,
            "name": f"Rathaus {where}",
            "email": who.email,
            "status": MunicipalAccess.Status.ACTIVE,
            "since": date(2023, 5, 2),
            **fields,
        }
        return MunicipalAccess.objects.create(**values)


def patron(of: Agency, in_programme: Programme, home: Commune, **fields: Any) -> Patron:
    """Make a patron who has confirmed the interest."""
    values = {
        "agency": of,
        "programme": in_programme,
        "home": home,
        "status": Patron.Status.CONFIRMED,
        "first_name": "Erika",
        "last_name": "Muster",
        "email": f"patin-{next(_numbers)}@example.org",
        "confirmed_at": timezone.now(),
        **fields,
    }
    with agency_context(of):
        return Patron.objects.create(**values)


def appointment(of: Agency, who: Patron, where: Commune, **fields: Any) -> Appointment:
    """Make an appointment in force."""
    values = {
        "agency": of,
        "patron": who,
        "commune": where,
        "appointed_on": date(2023, 6, 1),
        "signed_by": "Bürgermeisterin Beispiel",
        **fields,
    }
    with agency_context(of):
        return Appointment.objects.create(**values)


def project(of: Agency, in_programme: Programme, where: Commune, **fields: Any) -> Project:
    """Make a project; `led_by=patron` adds its lead."""
    led_by = fields.pop("led_by", None)
    values = {
        "agency": of,
        "programme": in_programme,
        "commune": where,
        "topic_id": "energy",
        "title": "Neue Straßenlampen",
        **fields,
    }
    with agency_context(of):
        made = Project.objects.create(**values)
        if led_by:
            ProjectLead.objects.create(agency=of, project=made, patron=led_by)
    return made


def electricity_factor(year: int = 2019, value: str = "0.401") -> EmissionFactor:
    """Make the factor of the German electricity mix of a year."""
    made, _created = EmissionFactor.objects.get_or_create(
        key="electricity-mix",
        year=year,
        edition="",
        defaults={
            "name": "Strommix Deutschland",
            "name_en": "German electricity mix",
            "value": Decimal(value),
            "published_on": date(year + 1, 4, 1),
            "scope": "direct CO2, without upstream",
            "source": f"Umweltbundesamt, preliminary value for {year}",
            "valid_from": date(year, 1, 1),
            "valid_to": date(year + 1, 1, 1),
        },
    )
    return made


def saving(measure: Measure, kg: str = "5", **fields: Any) -> Saving:
    """Make a saving of a measure that somebody has calculated; how, does not matter."""
    values = {"kind": measure.kind, "formula": "kwh_used * electricity", "inputs": {}, "kg_per_year": Decimal(kg)}
    values["is_estimate"] = fields.get("quality") == Saving.Quality.ESTIMATED
    return Saving.objects.create(measure=measure, **(values | fields))
