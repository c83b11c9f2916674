"""KlimaPartnerschaft: five twinned towns, each host of a conference on its field of action."""

from datetime import date

from agencies.models import Agency, Programme
from communes.models import Commune, Partnership, Twinning
from klikks.tenancy import agency_context
from projects.models import Idea, Project
from trainings.models import TrainingSeries
from website.demo.running import session

# name, country, latitude, longitude, topic, day of the conference (invented)
ABROAD = [
    ("Borne", "NL", 52.300, 6.750, "mobility", date(2012, 10, 11)),
    ("Leiria", "PT", 39.744, -8.807, "nature", date(2013, 4, 18)),
    ("Trakai", "LT", 54.638, 24.934, "consumption", date(2013, 9, 19)),
]
GERMAN = [("15089030", "energy", date(2012, 5, 10)), ("05566076", "awareness", date(2014, 5, 15))]


def build_towns(agency: Agency, programme: Programme) -> None:
    """Make the five towns, their conferences, a joint project and a citizen's idea."""
    towns = [(Commune.objects.get(ags=ags), topic, day) for ags, topic, day in GERMAN]
    for name, country, latitude, longitude, topic, day in ABROAD:
        commune, _created = Commune.objects.get_or_create(
            official_name=name,
            country=country,
            defaults={"kind": Commune.Kind.ABROAD, "latitude": latitude, "longitude": longitude},
        )
        towns.append((commune, topic, day))
    with agency_context(agency):
        series = TrainingSeries.objects.create(
            agency=agency,
            programme=programme,
            title="Konferenzen der Partnerstädte",
            audience=TrainingSeries.Audience.CONFERENCE,
            goals="Gute Beispiele vor Ort ansehen und gemeinsame Projekte verabreden.",
            across_agencies=True,
        )
        for commune, topic, day in towns:
            Twinning.objects.create(
                agency=agency, programme=programme, commune=commune, topic_id=topic, conference_on=day
            )
            Partnership.objects.create(
                programme=programme,
                commune=commune,
                status=Partnership.Status.ENDED,
                since=programme.starts_on,
                ended_on=programme.ends_on,
            )
            session(series, day, f"Konferenz in {commune} mit Exkursion", hours=7, venue=commune.name)
        Project.objects.create(
            programme=programme,
            commune=towns[0][0],
            topic_id="awareness",
            title="Gemeinsamer Schulwettbewerb der Partnerstädte",
            status=Project.Status.DONE,
            starts_on=date(2013, 2, 1),
            ends_on=date(2013, 7, 1),
            done_on=date(2013, 6, 28),
        )
        Idea.objects.create(
            programme=programme,
            commune=towns[1][0],
            topic_id="mobility",
            title="Mit dem Rad zur Partnerstadt",
            text="Eine Radtour von Rheine nach Borne, die für kurze Wege mit dem Rad wirbt.",
        )
