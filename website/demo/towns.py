"""KlimaPartnerschaft: five twinned towns, each host of a conference on its field of action."""

from datetime import UTC, date, datetime
from typing import Any

from agencies.models import Agency, Programme
from communes.models import Commune, Partnership, Twinning
from klikks.tenancy import agency_context
from projects.models import Idea, Project, ProjectPartner
from trainings.models import TrainingSeries
from website.demo.trainings import make_programme, session

# name, country, inhabitants (rounded), latitude, longitude, topic, day of the conference (invented), and the excursion
# in German and English (invented)
ABROAD = [
    ("Borne", "NL", 24_000, 52.300, 6.750, "mobility", date(2012, 10, 11),
     "Mit dem Rad zu Schulwegen und Fahrradstraßen", "By bicycle to school routes and cycle streets"),
    ("Leiria", "PT", 130_000, 39.744, -8.807, "nature", date(2013, 4, 18),
     "Wiederaufforstung im Küstenwald", "Reforestation in the coastal forest"),
    ("Trakai", "LT", 5_000, 54.638, 24.934, "consumption", date(2013, 9, 19),
     "Ein Tauschhaus und ein Wochenmarkt ohne Verpackung", "A swap house and a market without packaging"),
]  # fmt: skip
GERMAN = [
    ("15089030", "energy", date(2012, 5, 10), "Solarpark auf einer alten Deponie", "A solar park on an old landfill"),
    ("05566076", "awareness", date(2014, 5, 15), "Klimawerkstatt in der Schule", "The climate workshop of a school"),
]
# topic, title and summary of joint projects (invented)
JOINT = [
    ("awareness", "Gemeinsamer Schulwettbewerb der Partnerstädte", "Schulklassen aller fünf Städte haben ein Jahr lang "
     "Strom gespart und ihre Wege verglichen. Die Siegerklasse besuchte eine Partnerstadt."),
    ("mobility", "Radtag der Partnerstädte", "An einem Sonntag im Mai fuhren in vier Städten zugleich mehrere Hundert "
     "Menschen mit dem Rad zu guten Beispielen am Ort."),
]  # fmt: skip


def build_towns(agency: Agency, programme: Programme) -> None:
    """Make the five towns, their conferences with excursions, joint projects and citizens' ideas."""
    towns: list[Any] = [(Commune.objects.get(ags=ags), *rest) for ags, *rest in GERMAN]
    for name, country, population, latitude, longitude, *rest in ABROAD:
        commune, _created = Commune.objects.get_or_create(
            official_name=name,
            country=country,
            defaults={
                "kind": Commune.Kind.ABROAD,
                "population": population,
                "latitude": latitude,
                "longitude": longitude,
            },
        )
        towns.append((commune, *rest))
    with agency_context(agency):
        series = TrainingSeries.objects.create(
            agency=agency,
            programme=programme,
            title="Konferenzen der Partnerstädte",
            audience=TrainingSeries.Audience.CONFERENCE,
            title_en="Conferences of the twinned towns",
            goals="Gute Beispiele vor Ort ansehen und gemeinsame Projekte verabreden.",
            goals_en="See good examples on the spot and agree on joint projects.",
            across_agencies=True,
        )
        for commune, topic, day, excursion, excursion_en in towns:
            host = Twinning.objects.create(agency=agency, programme=programme, commune=commune, topic_id=topic)
            Partnership.objects.create(
                programme=programme,
                commune=commune,
                status=Partnership.Status.ENDED,
                since=programme.starts_on,
                ended_on=programme.ends_on,
            )
            conference = session(
                series,
                day,
                f"Konferenz in {commune} mit Exkursion",
                hours=7,
                venue=commune.name,
                host=host,
                excursion=excursion,
                excursion_en=excursion_en,
                title_en=f"Conference in {commune} with excursion",
                held_in="de_en",
            )
            make_programme(conference, excursion=(excursion, excursion_en))
        _make_joint_projects(programme, [town[0] for town in towns])
        _make_ideas(programme, [town[0] for town in towns])


def _make_joint_projects(programme: Programme, towns: list[Commune]) -> None:
    """Make two projects that several towns carried together, shown to the public."""
    for number, (topic, title, summary) in enumerate(JOINT):
        project = Project.objects.create(
            programme=programme,
            commune=towns[number],
            topic_id=topic,
            title=title,
            public_summary=summary,
            status=Project.Status.DONE,
            starts_on=date(2013, 2, 1),
            ends_on=date(2013, 7, 1),
            done_on=date(2013, 6, 28),
            released_at=datetime(2013, 7, 15 + number, tzinfo=UTC),
        )
        for town in towns[number + 1 :]:
            ProjectPartner.objects.create(project=project, commune=town)


def _make_ideas(programme: Programme, towns: list[Commune]) -> None:
    """Make an idea that is shown and one that still waits to be read."""
    Idea.objects.create(
        programme=programme,
        commune=towns[1],
        topic_id="mobility",
        title="Mit dem Rad zur Partnerstadt",
        text="Eine Radtour von Rheine nach Borne, die für kurze Wege mit dem Rad wirbt.",
        author="Gisela Vogt",
        shows_author=True,
        status=Idea.Status.RELEASED,
        received_at=datetime(2013, 3, 4, 18, 20, tzinfo=UTC),
        released_at=datetime(2013, 3, 6, 9, 0, tzinfo=UTC),
    )
    Idea.objects.create(
        programme=programme,
        title="Rezepte ohne weite Wege",
        text="Jede Stadt sammelt Gerichte aus dem, was bei ihr wächst; zusammen wird es ein Kochbuch.",
        author="Rui Santos",
    )
