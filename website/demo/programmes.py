"""The three programmes of the demo, as data."""

from datetime import date
from decimal import Decimal

from agencies.models import Agency, Participation, Phase, Programme, State, Target, Topic
from agencies.models.programmes import Figure
from communes.models import Commune
from klikks.tenancy import agency_context

TOPICS = [
    ("energy", "Energie", "Energy"),
    ("buildings", "Gebäude und Wärme", "Buildings and heat"),
    ("mobility", "Mobilität", "Mobility"),
    ("lighting", "Beleuchtung", "Lighting"),
    ("nature", "Natur und Boden", "Nature and soil"),
    ("awareness", "Bewusstsein und Bildung", "Awareness and education"),
    ("consumption", "Konsum und Abfall", "Consumption and waste"),
    ("water", "Wasser", "Water"),
]

# slug, name, short name, state, grant reference, target of partner municipalities
AGENCIES = [
    ("rlp", "Energieagentur Rheinland-Pfalz", "Rheinland-Pfalz", "DE-RP", "", 40),
    ("bw", "Landesenergieagentur Baden-Württemberg", "Baden-Württemberg", "DE-BW", "", 20),
    ("be", "Landesenergieagentur Berlin", "Berlin", "DE-BE", "", 8),
    ("mv", "Landesenergie- und Klimaschutzagentur Mecklenburg-Vorpommern (LEKA MV)", "LEKA MV", "DE-MV", "67KF0172F", 15),
    ("nds", "Klimaschutz- und Energieagentur Niedersachsen (KEAN)", "KEAN", "DE-NI", "", 17),
    ("nrw", "NRW.Energy4Climate", "NRW.Energy4Climate", "DE-NW", "", 20),
    ("sl", "Landesenergieagentur Saarland", "Saarland", "DE-SL", "", 10),
    ("th", "Thüringer Energie- und GreenTech-Agentur (ThEGA)", "ThEGA", "DE-TH", "67KF0172H", 15),
]  # fmt: skip

PHASES = [
    ("Vorbereitung", "Preparation"),
    ("Kommunen gewinnen", "Winning municipalities"),
    ("Pat:innen finden", "Finding patrons"),
    ("Qualifizieren", "Qualifying"),
    ("Umsetzen", "Implementing"),
    ("Verstetigen", "Making it last"),
    ("Abschluss", "Closing"),
]

# Urban districts of Berlin that take part: name, inhabitants (rounded), latitude, longitude
QUARTERS = [
    ("Neukölln", 330_000, 52.4815, 13.4354),
    ("Pankow", 410_000, 52.5693, 13.4019),
    ("Treptow-Köpenick", 280_000, 52.4417, 13.5745),
]


def make_quarters() -> None:
    """Make the urban districts that take part in the place of a whole city."""
    berlin = Commune.objects.get(ags="11000000")
    for name, population, latitude, longitude in QUARTERS:
        Commune.objects.get_or_create(
            official_name=name,
            kind=Commune.Kind.QUARTER,
            parent=berlin,
            defaults={
                "state_id": berlin.state_id,
                "district_id": berlin.district_id,
                "population": population,
                "latitude": latitude,
                "longitude": longitude,
            },
        )


def make_topics() -> None:
    """Make the fields of action."""
    for slug, name, name_en in TOPICS:
        Topic.objects.update_or_create(slug=slug, defaults={"name": name, "name_en": name_en})


def make_agencies() -> dict[str, Agency]:
    """Make the eight agencies and the office of the town network; return them by short name."""
    agencies = {
        slug: Agency.objects.create(
            slug=slug,
            name=name,
            short_name=short,
            state=State.objects.get(code=state),
            email=f"{slug}@example.org",
            website=f"https://{slug}.example.org",
        )
        for slug, name, short, state, _reference, _target in AGENCIES
    }
    agencies["klimapartnerschaft"] = Agency.objects.create(
        slug="klimapartnerschaft",
        name="Koordinationsbüro KlimaPartnerschaft",
        short_name="KlimaPartnerschaft",
        email="klimapartnerschaft@example.org",
    )
    return agencies


def make_klikk_aktiv(agency: Agency) -> Programme:
    """Make the pilot programme of Rheinland-Pfalz."""
    programme = Programme.objects.create(
        slug="klikk-aktiv",
        name="KlikK aktiv",
        name_en="KlikK aktiv",
        summary="Das Pilotvorhaben in Rheinland-Pfalz: Ehrenamtliche Klimaschutzpat:innen bringen in kleinen "
        "Kommunen Projekte auf den Weg.",
        summary_en="The pilot in Rhineland-Palatinate: volunteer climate patrons get projects going in small "
        "municipalities.",
        funder="Nationale Klimaschutzinitiative",
        starts_on=date(2018, 1, 1),
        ends_on=date(2021, 12, 31),
    )
    programme.topics.set(Topic.objects.exclude(slug="water"))
    with agency_context(agency):
        Participation.objects.create(agency=agency, programme=programme, coordinates=True)
    return programme


def make_klikks(agencies: dict[str, Agency]) -> Programme:
    """Make KlikKS with its eight agencies, grants, phases and targets."""
    programme = Programme.objects.create(
        slug="klikks",
        name="KlikKS – Klimaschutz in kleinen Kommunen und Stadtteilen",
        name_en="KlikKS – climate action in small municipalities and districts",
        summary="Landesenergieagenturen gewinnen kleine Kommunen, Dörfer und Stadtteile als Partner, finden und "
        "begleiten ehrenamtliche Klimaschutzpat:innen und helfen, Projekte umzusetzen.",
        summary_en="State energy agencies win small municipalities, villages and urban districts as partners, find "
        "and support volunteer climate patrons, and help to carry out projects.",
        funder="Nationale Klimaschutzinitiative",
        starts_on=date(2022, 3, 1),
        ends_on=date(2025, 2, 28),
    )
    programme.topics.set(Topic.objects.exclude(slug="water"))
    for position, (name, name_en) in enumerate(PHASES, start=1):
        Phase.objects.create(programme=programme, position=position, name=name, name_en=name_en)
    for slug, _name, _short, _state, reference, communes in AGENCIES:
        agency = agencies[slug]
        targets = {
            Figure.COMMUNES_OFFICIAL: communes,
            Figure.PATRONS_APPOINTED: communes,
            Figure.PROJECTS: communes * 3,
            Figure.MEASURES_DONE: communes * 2,
            Figure.KG_DONE: communes * 10_000,
            Figure.FUNDING_APPLIED: communes * 20_000,
        }
        with agency_context(agency):
            Participation.objects.create(
                agency=agency, programme=programme, coordinates=slug == "rlp", grant_reference=reference
            )
            for figure, value in targets.items():
                Target.objects.create(programme=programme, figure=figure, value=Decimal(value))
    return programme


def make_klimapartnerschaft(agency: Agency) -> Programme:
    """Make the network of five twinned towns."""
    programme = Programme.objects.create(
        slug="klimapartnerschaft",
        kind=Programme.Kind.TWINNING,
        name="KlimaPartnerschaft – Städtepartner übernehmen Klimaverantwortung",
        name_en="KlimaPartnerschaft – twinned towns take responsibility for the climate",
        summary="Fünf Partnerstädte aus vier Ländern lernen voneinander: Jede ist Gastgeberin einer Konferenz zu ihrem "
        "Handlungsfeld mit einer Exkursion zu guten Beispielen.",
        summary_en="Five twinned towns of four countries learn from each other: each hosts a conference on its field "
        "of action with an excursion to good examples.",
        funder="EU-Programm für Bürgerinnen und Bürger; Bundesumweltministerium",
        goal="20 % weniger CO2 bis 2020",
        goal_en="20 % less CO2 by 2020",
        starts_on=date(2012, 1, 1),
        ends_on=date(2014, 12, 31),
    )
    programme.topics.set(Topic.objects.filter(slug__in=["energy", "mobility", "consumption", "nature", "awareness"]))
    with agency_context(agency):
        Participation.objects.create(agency=agency, programme=programme, coordinates=True)
    return programme
