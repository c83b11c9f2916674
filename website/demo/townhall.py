"""The town hall of the demo's login: it has opened its mailed link, and proposes new data."""

from agencies.models import Agency, User
from communes import access, master_data
from communes.models import Commune, CommuneProfile, MunicipalAccess
from klikks.tenancy import agency_context
from website.demo.accounts import DEMO_PASSWORD, TOWN_HALL


def make_town_hall(agency: Agency, commune: Commune, by: User) -> None:
    """Give the mayor of a municipality access by the real services, a colleague an invitation, and staff a proposal."""
    with agency_context(agency):
        CommuneProfile.objects.create(
            commune=commune,
            street="Hauptstraße 12",
            postcode=commune.postcodes[0] if commune.postcodes else "",
            town=commune.name,
            email="rathaus@example.org",
            website="https://rathaus.example.org",
        )
        invited = access.grant(commune, by=by, name=TOWN_HALL.name, email=TOWN_HALL.email)
    mayor = access.accept(invited, language="de")
    with agency_context(agency):
        mayor.set_password(DEMO_PASSWORD)
        mayor.save()
        own = MunicipalAccess.objects.get(pk=invited.pk)
        access.invite_colleague(own, by=mayor, name="Ole Petersen", email="bauamt@example.org")
        values = dict(master_data.known_about(commune).values)
        manager = {"name": "Katja Lorenz", "email": "klima@example.org", "phone": ""}
        wished: dict[str, master_data.Value] = {"street": "Am Markt 1", "climate_manager": manager}
        master_data.propose(own, by=mayor, values=values | wished, note="Wir sind ins neue Rathaus gezogen.")
