"""KlikKS: eight agencies at work, with cases in every state of the life cycles, so that each list has something in it.

Dates that must lie ahead are counted from the day the demo is loaded.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from django.utils import timezone

from agencies.models import Agency, Membership, Programme, Transition, User
from communes.models import Backing, Commune, Contact, Outreach, ParticipationWindow, Partnership, Registration
from communes.windows import keep_deadline_of
from deadlines.models import Deadline, Task
from deadlines.services import set_deadline
from klikks.tenancy import agency_context
from patrons import services as patrons
from patrons.models import Activity, Appointment, AppointmentDay, DayPlace, Patron
from projects import services as projects
from projects.funding import services as funding_services
from projects.funding.reference import load_programmes
from projects.measures import services as measures
from projects.measures.kinds import MeasureKind
from projects.models import (
    CallWindow,
    FundingApplication,
    FundingProgramme,
    Idea,
    IdeaFollow,
    Measure,
    Project,
    ProjectLead,
    PublicIdea,
)
from trainings.models import Enrolment, TrainingSession
from website.demo.accounts import DEMO_PASSWORD
from website.demo.people import Person, fiction_phone
from website.demo.pilot import freeze, noon

PARTNERS = {"rlp": 12, "bw": 8, "be": 3, "mv": 7, "nds": 17, "nrw": 9, "sl": 4, "th": 11}
WINDOW = (date(2022, 3, 1), date(2023, 3, 31))
PROJECTS = [
    ("lighting", "LED-Straßenbeleuchtung im Ortskern", MeasureKind.LED_STREET_LIGHTING, 48_000, 14_500, "92000"),
    ("energy", "Solarstrom auf dem Rathausdach", MeasureKind.PV_OWN_USE, 21_000, None, "61000"),
    ("buildings", "Heizungsoptimierung in der Turnhalle", MeasureKind.HEAT_SAVING_GAS, 160_000, 118_000, "18500"),
    ("buildings", "Dämmung des Feuerwehrhauses", MeasureKind.HEAT_SAVING_OIL, 74_000, 39_000, "143000"),
    ("energy", "Energiemanagement in der Grundschule", MeasureKind.POWER_SAVING, 61_000, 47_000, "9500"),
    ("awareness", "Stromsparcheck für alle Haushalte", MeasureKind.AWARENESS, None, None, "3000"),
]
# name, level, funder, rate, higher rate, least and highest grant, days until the call closes, states
FUNDING = [
    (
        "Klimaschutz in kleinen Orten (Beispiel der Demo)",
        "federal",
        "Bundesstelle (erfunden)",
        25,
        40,
        1000,
        None,
        75,
        [],
    ),
    ("Kommunales Klimaschutzprogramm (Beispiel der Demo)", "state", "Land (erfunden)", 60, None, 5000, 50_000, 24, []),
    ("Dorfentwicklung (Beispiel der Demo)", "eu", "Land und EU (erfunden)", 53, None, None, None, 160, ["DE-RP"]),
]
DOCUMENTS = "Kostenschätzung oder Angebot\nRatsbeschluss\nZeitplan\nErklärung zu anderen Fördermitteln"

# Topic, title, text, author, and how far the idea has come.
IDEAS = [
    (
        "mobility",
        "Mitfahrbank am Ortsausgang",
        "Wer in die Stadt will, setzt sich auf die Bank und wird mitgenommen.",
        "Lena Wiese",
        Idea.Status.RECEIVED,
    ),
    (
        "nature",
        "Bäume für den Schulhof",
        "Im Sommer ist es dort sehr heiß. Wir würden beim Pflanzen helfen.",
        "Familie Albrecht",
        Idea.Status.RELEASED,
    ),
    (
        "energy",
        "Balkonkraftwerke gemeinsam bestellen",
        "Viele im Ort wollen eines, allein ist es mühsam. Eine Sammelbestellung mit einem Abend zum Anschließen hülfe.",
        "",
        Idea.Status.RELEASED,
    ),
    (
        "lighting",
        "Licht am Marktplatz nachts dimmen",
        "Nach Mitternacht braucht dort niemand die volle Helligkeit.",
        "Torsten Falk",
        Idea.Status.ADOPTED,
    ),
    (
        "awareness",
        "Werkzeug im Dorf teilen",
        "Eine Bohrmaschine für die ganze Straße genügt. Ein Raum im alten Feuerwehrhaus steht leer.",
        "Mina Öztürk",
        Idea.Status.RECEIVED,
    ),
]


def make_windows(programme: Programme, agencies: dict[str, Agency]) -> None:
    """Open the historical participation windows and one that is open on the day the demo is loaded."""
    today = timezone.localdate()
    closes = date(today.year + (today > date(today.year, 3, 1)), 3, 31)
    for slug in PARTNERS:
        with agency_context(agencies[slug]):
            ParticipationWindow.objects.create(
                agency=agencies[slug],
                programme=programme,
                opens_on=WINDOW[0],
                closes_on=WINDOW[1],
                places=17 if slug == "nds" else None,
            )
            window = ParticipationWindow.objects.create(
                agency=agencies[slug],
                programme=programme,
                opens_on=today - timedelta(days=30),
                closes_on=closes,
                places=20 if slug == "nds" else None,
            )
            keep_deadline_of(window)


def make_funding(agency: Agency, programme: Programme) -> list[FundingProgramme]:
    """Make some invented funding programmes to apply at, beside the list of real ones; all agencies read them."""
    today = timezone.localdate()
    made = []
    with agency_context(agency):
        load_programmes(agency, programme)
        for name, level, funder, rate, higher, least, most, days, states in FUNDING:
            invented = FundingProgramme.objects.create(
                agency=agency,
                name=name,
                level=level,
                funder=funder,
                link="https://foerderung.example.org",
                states=states,
                applicants=["municipality", "district"],
                only_before_start=level != "eu",
                rate=Decimal(rate),
                higher_rate=higher,
                higher_rate_for="finanzschwache Kommunen" if higher else "",
                grant_min=least,
                grant_max=most,
                combinability=FundingProgramme.Combinability.FREE,
                documents=DOCUMENTS,
            )
            CallWindow.objects.create(funding_programme=invented, closes_on=today + timedelta(days=days))
            made.append(invented)
    return made


def make_work(
    agency: Agency,
    programme: Programme,
    communes: list[Commune],
    crowd: Iterator[Person],
    funding: list[FundingProgramme],
    count: int,
) -> None:
    """Give an agency partner municipalities with contacts, patrons, projects and funding."""
    random = Random(agency.slug)  # noqa: S311  (the demo shall look the same everywhere)
    with agency_context(agency):
        manager = Membership.objects.select_related("user").get(role="regional_manager")
        for number, commune in enumerate(communes[:count]):
            _partner(programme, commune, manager, next(crowd), number)
            patron = _patron(programme, commune, next(crowd), random)
            _projects(programme, commune, patron, funding, manager.user, number, random)
            _keep_in_touch(commune, patron, manager, number)


def _keep_in_touch(commune: Commune, patron: Patron, manager: Membership, number: int) -> None:
    """Log a call of the last weeks; with some it is so long ago that they count as quiet."""
    weeks = number % 7 * 2 + 1
    said = ["Alles läuft, nächstes Treffen im Gemeindehaus.", "Wartet auf ein Angebot für die Dämmung.", ""]
    Outreach.objects.create(
        commune=commune,
        subject=patron,
        by=manager,
        on=timezone.localdate() - timedelta(weeks=weeks),
        outcome=Outreach.Outcome.TALKED if number % 5 else Outreach.Outcome.NOT_REACHED,
        result=said[number % 3],
    )


def _partner(programme: Programme, commune: Commune, manager: Membership, mayor: Person, number: int) -> None:
    since = date(2022, 9, 1) + timedelta(days=12 * number)
    registration = Registration.objects.create(
        programme=programme,
        commune=commune,
        status=Registration.Status.ACCEPTED,
        contact_name=mayor.name,
        contact_function="Bürgermeister:in",
        email=mayor.email,
        phone=mayor.phone,
        received_at=noon(since - timedelta(days=95)),
        consented_at=noon(since - timedelta(days=95)),
        confirmed_at=noon(since - timedelta(days=94)),
        assigned_to=manager,
    )
    partnership = Partnership.objects.create(
        programme=programme,
        commune=commune,
        registration=registration,
        status=Partnership.Status.OFFICIAL,
        since=since,
        manager=manager,
        created_at=noon(since - timedelta(days=70)),
    )
    Backing.objects.create(
        partnership=partnership, kind=Backing.Kind.RESOLUTION, decided_on=since - timedelta(days=20), reference="TOP 5"
    )
    if commune.district and not commune.district.contacts.exists():
        Contact.objects.create(
            district=commune.district,
            function=Contact.Function.DISTRICT_COUNCIL,
            organisation=f"Klimaschutzmanagement {commune.district}",
            email=f"klimaschutz-{commune.district_id}@example.org",
        )
    contact = Contact.objects.create(
        commune=commune, function=Contact.Function.MAYOR, name=mayor.name, email=mayor.email, phone=mayor.phone
    )
    Outreach.objects.create(
        commune=commune,
        contact=contact,
        by=manager,
        on=since - timedelta(days=60),
        outcome=Outreach.Outcome.INTERESTED,
        result="Erstgespräch, Interesse an Straßenbeleuchtung und Nahwärme.",
    )
    by = manager.user
    _course(registration, by, ["interested", "confirmed", "in_review", "accepted"], since - timedelta(days=70))
    _course(partnership, by, ["awaiting_backing", "official"], since)


def _patron(programme: Programme, commune: Commune, person: Person, random: Random) -> Patron:
    appointed_on = date(2023, 1, 10) + timedelta(days=random.randrange(500))
    patron = Patron.objects.create(
        programme=programme,
        status=Patron.Status.ACTIVE,
        first_name=person.first_name,
        last_name=person.last_name,
        email=person.email,
        phone=person.phone,
        home=commune,
        matched_commune=commune,
        topics=random.sample(["energy", "buildings", "mobility", "nature"], 2),
        hours_a_month=random.choice([4, 6, 8, 12]),
        received_at=noon(appointed_on - timedelta(days=90)),
        consented_at=noon(appointed_on - timedelta(days=90)),
        confirmed_at=noon(appointed_on - timedelta(days=89)),
    )
    Appointment.objects.create(
        patron=patron, commune=commune, appointed_on=appointed_on, place=commune.name, signed_by=f"Gemeinde {commune}"
    )
    for month in range(3):
        Activity.objects.create(
            patron=patron,
            on=appointed_on + timedelta(days=30 * month + 5),
            hours=Decimal(random.choice(["1.5", "2", "3", "4"])),
            what=random.choice(["Gespräch im Gemeinderat", "Infostand", "Begehung", "Förderantrag vorbereitet"]),
        )
    _course(patron, None, ["confirmed", "talk_held", "matched", "appointed", "active"], appointed_on)
    return patron


def _projects(
    programme: Programme,
    commune: Commune,
    patron: Patron,
    funding: list[FundingProgramme],
    by: User,
    number: int,
    random: Random,
) -> None:
    today = timezone.localdate()
    for offset in range(2):
        topic, title, kind, before, after, investment = PROJECTS[(number * 2 + offset) % len(PROJECTS)]
        done = random.random() < 0.5
        done_on = date(2023, 9, 1) + timedelta(days=random.randrange(500))
        project = Project.objects.create(
            programme=programme,
            commune=commune,
            topic_id=topic,
            title=title,
            status=Project.Status.DONE if done else Project.Status.UNDER_WAY,
            starts_on=done_on - timedelta(days=150),
            ends_on=done_on if done else today + timedelta(days=random.randrange(5, 200)),
            done_on=done_on if done else None,
            investment=Decimal(investment),
            public_summary=f"{title} in {commune}: angestoßen von ehrenamtlichen Klimaschutzpat:innen.",
            created_at=noon(done_on - timedelta(days=200)),
            released_at=noon(done_on) if done else None,
        )
        ProjectLead.objects.create(project=project, patron=patron)
        inputs = {"kwh_used": str(before)} if after is None else {"kwh_before": str(before), "kwh_after": str(after)}
        measure = Measure.objects.create(
            project=project,
            kind=kind,
            status=Measure.Status.DONE if done else Measure.Status.PLANNED,
            done_on=done_on if done else None,
            inputs=inputs if before else {},
            created_at=noon(done_on - timedelta(days=160)),
        )
        if before:
            freeze(measure, by, done_on)
        if done:
            _course(project, by, ["idea", "planned", "under_way", "done"], done_on)
        else:
            _course(project, by, ["idea", "planned", "under_way"], done_on - timedelta(days=150))
            set_deadline(
                project, Deadline.Kind.MILESTONE, title=title, due_on=project.ends_on or today, owner=patron.user
            )
        if random.random() < 0.6:
            amount = Decimal(investment) * Decimal("0.25")
            FundingApplication.objects.create(
                project=project,
                funding_programme=random.choice(funding),
                status=FundingApplication.Status.GRANTED if done else FundingApplication.Status.SUBMITTED,
                applied_for=amount,
                granted=amount if done else None,
                submitted_on=done_on - timedelta(days=120),
                decided_on=done_on - timedelta(days=60) if done else None,
            )


def _course(subject: Registration | Partnership | Patron | Project, by: User | None, way: list[str], end: date) -> None:
    """Write down the moves that led an object to where it is, two weeks apart, the last on `end`."""
    last = len(way) - 2
    Transition.objects.bulk_create(
        Transition(
            agency_id=subject.agency_id,
            subject=subject,
            source=way[place],
            target=way[place + 1],
            by=by,
            at=noon(end - timedelta(days=14 * (last - place))),
        )
        for place in range(last + 1)
    )


def make_open_cases(
    agency: Agency, programme: Programme, communes: list[Commune], crowd: Iterator[Person], by: User
) -> None:
    """Give an agency work in every open state: registrations, volunteers, partnerships, ideas, deadlines and tasks."""
    with agency_context(agency):
        manager = Membership.objects.get(user=by)
        places = iter(communes)
        _registrations(programme, places, crowd, manager)
        _volunteers(programme, places, crowd)
        _appointment_day(programme)
        _awaiting_backing(programme, places, crowd, manager)
        _ideas(programme)
        _deadlines(manager)


def _registrations(
    programme: Programme, places: Iterator[Commune], crowd: Iterator[Person], manager: Membership
) -> None:
    status = Registration.Status
    now = timezone.now()
    waiting = [status.CONFIRMED] * 4 + [status.IN_REVIEW] * 2 + [status.ASKED_BACK] * 2
    for days, wanted in enumerate([*waiting, status.WAITING_LIST, status.INTERESTED, status.DECLINED], start=1):
        person = next(crowd)
        registration = Registration.objects.create(
            programme=programme,
            commune=next(places),
            status=wanted,
            contact_name=person.name,
            contact_function="Bürgermeister:in",
            email=person.email,
            phone=person.phone,
            message="Wir haben über den Landkreis von Ihrem Angebot gehört und möchten gerne mitmachen.",
            received_at=now - timedelta(days=days * 2),
            consented_at=now - timedelta(days=days * 2),
            confirmed_at=None if wanted == status.INTERESTED else now - timedelta(days=days * 2, hours=-1),
            question="Gibt es schon einen Ratsbeschluss?" if wanted == status.ASKED_BACK else "",
            assigned_to=None if wanted in {status.CONFIRMED, status.INTERESTED} else manager,
        )
        if wanted not in {status.CONFIRMED, status.INTERESTED}:
            _course(registration, manager.user, ["interested", "confirmed", wanted], timezone.localdate())


def _volunteers(programme: Programme, places: Iterator[Commune], crowd: Iterator[Person]) -> None:
    now = timezone.now()
    wanted = [Patron.Status.CONFIRMED] * 3 + [Patron.Status.TALK_HELD] * 2 + [Patron.Status.MATCHED]
    for days, status in enumerate(wanted, start=2):
        person, home = next(crowd), next(places)
        Patron.objects.create(
            programme=programme,
            status=status,
            first_name=person.first_name,
            last_name=person.last_name,
            email=person.email,
            phone=person.phone,
            home=home,
            matched_commune=home if status == Patron.Status.MATCHED else None,
            topics=["energy", "mobility"],
            motivation="Ich habe Zeit und möchte im Ort etwas bewegen.",
            received_at=now - timedelta(days=days),
            consented_at=now - timedelta(days=days),
            confirmed_at=now - timedelta(days=days, hours=-2),
        )


def _appointment_day(programme: Programme) -> None:
    """A day in three weeks on which the matched volunteers shall be appointed, and one of them registered twice."""
    day = AppointmentDay.objects.create(
        programme=programme,
        on=timezone.localdate() + timedelta(days=21),
        place="Mainz",
        signed_by="Jana Beispiel",
        signed_function="Geschäftsführerin",
    )
    for patron in Patron.objects.filter(status=Patron.Status.MATCHED):
        DayPlace.objects.create(day=day, patron=patron, commune=patron.home)
        Patron.objects.create(
            programme=programme,
            status=Patron.Status.CONFIRMED,
            first_name=patron.first_name,
            last_name=patron.last_name,
            email=patron.email.replace("@", ".privat@"),
            home=patron.home,
            languages=["de", "en"],
            confirmed_at=timezone.now() - timedelta(days=1),
        )


def _awaiting_backing(
    programme: Programme, places: Iterator[Commune], crowd: Iterator[Person], manager: Membership
) -> None:
    """Two municipalities were accepted and owe us the resolution of their council."""
    today = timezone.localdate()
    for days in (20, 45):
        commune, person = next(places), next(crowd)
        registration = Registration.objects.create(
            programme=programme,
            commune=commune,
            status=Registration.Status.ACCEPTED,
            contact_name=person.name,
            contact_function="Bürgermeister:in",
            email=person.email,
            phone=person.phone,
            received_at=timezone.now() - timedelta(days=days + 12),
            consented_at=timezone.now() - timedelta(days=days + 12),
            confirmed_at=timezone.now() - timedelta(days=days + 11),
            assigned_to=manager,
        )
        partnership = Partnership.objects.create(
            programme=programme,
            commune=commune,
            registration=registration,
            manager=manager,
            created_at=noon(today - timedelta(days=days)),
        )
        _course(registration, manager.user, ["interested", "confirmed", "accepted"], today - timedelta(days=days))
        set_deadline(
            partnership,
            Deadline.Kind.FIRST_VISIT,
            title=f"Erster Besuch: {commune}",
            due_on=today + timedelta(days=42 - days),
            owner=manager.user,
        )


def _ideas(programme: Programme) -> None:
    """Make ideas that wait to be read, some that are shown, one of them with followers, and one that is a project."""
    partners = Partnership.objects.official().filter(programme=programme).select_related("commune").order_by("pk")
    communes = [partner.commune for partner in partners[:2]]
    now = timezone.now()
    for number, (topic, title, text, author, status) in enumerate(IDEAS if communes else []):
        if PublicIdea.objects.filter(title=title).exists():  # another agency shows it already
            continue
        received = now - timedelta(days=3 + 11 * number)
        idea = Idea(
            programme=programme,
            commune=communes[number % len(communes)],
            topic_id=topic,
            title=title,
            text=text,
            author=author,
            shows_author=bool(author) and status != Idea.Status.RECEIVED,
            status=status,
            received_at=received,
        )
        if status != Idea.Status.RECEIVED:
            idea.released_at = received + timedelta(days=2)
        if status == Idea.Status.ADOPTED:
            idea.project = Project.objects.filter(commune=idea.commune).order_by("pk").first()
        idea.save()
        if status == Idea.Status.RELEASED:
            IdeaFollow.objects.create(idea=idea, email="jonas.nachbar@example.org", confirmed_at=now)


def _deadlines(manager: Membership) -> None:
    today = timezone.localdate()
    for application in FundingApplication.objects.filter(status=FundingApplication.Status.GRANTED).order_by("pk")[:1]:
        funding_services.change_application(
            application,
            by=manager.user,
            begins_on=today - timedelta(days=300),
            ends_on=today + timedelta(days=10),
            proof_due_on=today + timedelta(days=40),
            conditions="Das Schild mit dem Hinweis auf die Förderung bleibt fünf Jahre hängen.",
        )
    for partnership, days in zip(Partnership.objects.official()[:6], [-3, 0, 2, 5, 9, 13], strict=False):
        set_deadline(
            partnership,
            Deadline.Kind.FOLLOW_UP,
            title=f"Nachfassen: {partnership.commune}",
            due_on=today + timedelta(days=days),
            owner=manager.user,
        )
    for title, days in [
        ("Zwischennachweis vorbereiten", 20),
        ("Einladung zum Netzwerktreffen verschicken", 4),
        ("Ansprechpersonen der Landkreise prüfen", -1),
    ]:
        Task.objects.create(title=title, due_on=today + timedelta(days=days), owner=manager.user)


def _drafted(project: Project, by: User) -> None:
    """Draft an application for a project, half of whose documents are ready."""
    application = funding_services.apply_for_funding(
        project, by=by, funding_programme=FundingProgramme.objects.get(name=FUNDING[0][0])
    )
    for document in application.documents.all()[:2]:
        funding_services.tick_document(document, by=by)


def make_helga(agency: Agency, programme: Programme, commune: Commune, by: User) -> None:
    """Take the patron of the demo's login through interest, talk, match and appointment by the real services."""
    today = timezone.localdate()
    with agency_context(agency):
        helga = Patron.objects.create(
            programme=programme,
            status=Patron.Status.CONFIRMED,
            first_name="Helga",
            last_name="Brandt",
            email="patin@example.org",
            phone=fiction_phone(9),
            home=commune,
            topics=["energy", "buildings"],
            motivation="Nach dreißig Jahren als Lehrerin möchte ich im Ort etwas weitergeben.",
            received_at=noon(today - timedelta(days=90)),
            confirmed_at=noon(today - timedelta(days=90)),
        )
        patrons.hold_talk(helga, by=by)
        patrons.match(helga, commune, by=by)
        patrons.appoint(
            helga,
            commune,
            by=by,
            on=today - timedelta(days=40),
            place=commune.name,
            signed_by="Silke Morgenroth",
            signed_function="Ortsbürgermeisterin",
        )
        helga.refresh_from_db()
        assert helga.user is not None  # noqa: S101  (appointing makes the account)
        helga.user.set_password(DEMO_PASSWORD)
        helga.user.save()
        _work_of(helga, commune)


def _work_of(helga: Patron, commune: Commune) -> None:
    """Give the demo's patron two projects, hours and a training."""
    today, user = timezone.localdate(), helga.user
    assert user is not None  # noqa: S101
    lamps = projects.create_project(
        by=user,
        programme=helga.programme,
        commune=commune,
        topic_id="lighting",
        title="Neue Lampen für den Dorfplatz",
        description="Die alten Leuchten brauchen viel Strom. Der Gemeinderat hat ein Angebot für LED eingeholt.",
        ends_on=today + timedelta(days=3),
        investment=Decimal(24_000),
    )
    measures.add_measure(
        lamps,
        by=user,
        kind=MeasureKind.LED_STREET_LIGHTING,
        inputs={"kwh_before": Decimal(18_500), "kwh_after": Decimal(6_200)},
    )
    projects.move_project(lamps, Project.Status.PLANNED, by=user)
    projects.move_project(lamps, Project.Status.UNDER_WAY, by=user)
    bench = projects.create_project(
        by=user,
        programme=helga.programme,
        commune=commune,
        topic_id="mobility",
        title="Mitfahrbank an der Hauptstraße",
        ends_on=today + timedelta(days=60),
        investment=Decimal(4_200),
    )
    _drafted(bench, user)
    patrons.log_hours(helga, by=user, on=today - timedelta(days=6), hours=Decimal(2), what="Infostand auf dem Markt")
    for coming in TrainingSession.objects.filter(agency=helga.agency, starts_at__gt=timezone.now())[:1]:
        Enrolment.objects.create(session=coming, patron=helga)
