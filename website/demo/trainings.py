"""Trainings of the demo: three coachings, trainings for patrons, municipalities and everybody, and a conference."""

from datetime import date, timedelta

from django.utils import timezone

from agencies.models import Agency, Membership, Phase, Programme
from communes.models import Commune
from klikks.tenancy import agency_context
from patrons.models import Patron
from trainings.models import (
    AttendanceEntry,
    CoachingResult,
    Enrolment,
    Exercise,
    FurtherDate,
    Guest,
    Slot,
    SlotChoice,
    TrainingMaterial,
    TrainingSeries,
    TrainingSession,
)
from website.demo.pilot import noon

COACHINGS = [
    (date(2022, 6, 15), "Coaching 1: Kommunen und Pat:innen finden und aktivieren"),
    (date(2022, 11, 16), "Coaching 2: Pat:innen begleiten und qualifizieren"),
    (date(2023, 5, 24), "Coaching 3: Projekte umsetzen und verstetigen"),
]
REGISTERED = date(2022, 3, 1)
# kind, title, task, minutes, roles
EXERCISES = [
    (
        Exercise.Kind.MAPPING,
        "Wer gehört alles dazu?",
        "Zeichnen Sie für eine Kommune auf, wer mitreden wird: Rat, Verwaltung, Landkreis, Vereine, Stadtwerke, Schulen.",
        40,
        "",
    ),
    (
        Exercise.Kind.ROLE_PLAY,
        "Das erste Gespräch im Rathaus",
        "Gewinnen Sie die Bürgermeisterin in zehn Minuten für ein Treffen mit dem Rat. Danach werden die Rollen getauscht.",
        45,
        "Bürgermeisterin: hat wenig Zeit und fragt zuerst nach den Kosten\n"
        "Regionalmanager: möchte ein Treffen mit dem Rat verabreden\n"
        "Beobachterin: notiert, was gewirkt hat",
    ),
    (Exercise.Kind.PLANNING, "Welche Aufgabe gehört in welche Phase?", "Ordnen Sie die Karten gemeinsam.", 30, ""),
]
# phase (position), what, days after the coaching
RESULTS = [
    (1, "Alle Landkreise nach ihren Klimaschutzbeauftragten fragen", 30),
    (2, "Zehn Kommunen anrufen, die schon einmal gefragt haben", 45),
    (3, "Aufruf für Ehrenamtliche an die Amtsblätter geben", 60),
]
# Rooms of the conference, in English where their name means something.
ROOMS = {
    "Saal": "Hall",
    "Raum 1": "Room 1",
    "Raum 2": "Room 2",
    "Treffpunkt: Haupteingang": "Meet at the main entrance",
}
ACCESS = "Stufenlos, Aufzug, Höranlage im Saal. Bitte sagen Sie uns, was Sie brauchen."
TRAVEL = "Fahrtkosten der Ehrenamtlichen erstattet die Energieagentur nach dem Reisekostengesetz."
IN_ENGLISH = {
    "access_note_en": "Step-free, lift, hearing loop in the hall. Please tell us what you need.",
    "travel_note_en": "Volunteers get their travel costs back from the energy agency, guests from abroad on request.",
}


def make_coachings(programme: Programme, agencies: dict[str, Agency]) -> None:
    """Make the three coachings, attended by the regional managers of all states, with exercises and results."""
    lead = agencies["rlp"]
    with agency_context(lead):
        coaching = TrainingSeries.objects.create(
            agency=lead,
            programme=programme,
            title="Coaching der Regionalmanager:innen",
            title_en="Coaching of the regional managers",
            audience=TrainingSeries.Audience.REGIONAL_MANAGERS,
            goals="Kommunen und Pat:innen erkennen und aktivieren, Akteure kartieren, die Ansprache im Rollenspiel üben, "
            "Aufgaben je Phase vereinbaren.",
            across_agencies=True,
        )
        venue = {"venue": "Kaiserslautern", "access_note": ACCESS, "trainers": "Jana Beispiel (Moderation)"}
        held = [session(coaching, day, title, hours=6, **venue) for day, title in COACHINGS]
        for position, (kind, title, task, minutes, roles) in enumerate(EXERCISES, start=1):
            Exercise.objects.create(
                session=held[0], position=position, kind=kind, title=title, task=task, minutes=minutes, roles=roles
            )
        phases = {phase.position: phase for phase in Phase.objects.filter(programme=programme)}
        for position, title, days in RESULTS:
            CoachingResult.objects.create(session=held[0], phase=phases.get(position), title=title, days=days)
    for participation in programme.participations.select_related("agency"):
        with agency_context(participation.agency):
            member = Membership.objects.get(role="regional_manager")
            for each in held:
                attended = Enrolment.objects.create(
                    session=each, member=member, status=Enrolment.Status.ATTENDED, created_at=noon(REGISTERED)
                )
                AttendanceEntry.objects.create(enrolment=attended, is_present=True, noted_at=each.starts_at)


def make_trainings(programme: Programme, agencies: dict[str, Agency]) -> None:
    """Make coming trainings: for patrons in two states, for municipalities, for everybody, and a conference."""
    for slug in ("rlp", "nds"):
        with agency_context(agencies[slug]):
            _for_patrons(programme, agencies[slug])
    with agency_context(agencies["rlp"]):
        _for_municipalities(programme, agencies["rlp"])
        _for_everybody(programme, agencies["rlp"])
        _conference(programme, agencies["rlp"])


def fill_lists(agency: Agency, commune: Commune) -> None:
    """Let a small training be full, with a place on offer and a waiting list, and a municipality enrol a colleague."""
    now = timezone.now()
    with agency_context(agency):
        small = TrainingSession.objects.get(agency=agency, title__startswith="Sprechstunde")
        patrons = Patron.objects.serving().exclude(email="patin@example.org").order_by("pk")[:4]
        states = [
            Enrolment.Status.ENROLLED,
            Enrolment.Status.OFFERED,
            Enrolment.Status.WAITING,
            Enrolment.Status.WAITING,
        ]
        for number, (patron, status) in enumerate(zip(patrons, states, strict=False)):
            Enrolment.objects.create(
                session=small,
                patron=patron,
                status=status,
                answer_by=now + timedelta(hours=30) if status == Enrolment.Status.OFFERED else None,
                created_at=now - timedelta(days=6 - number),
            )
        hall = TrainingSession.objects.get(agency=agency, series__audience=TrainingSeries.Audience.COMMUNES)
        colleague = Guest.objects.create(
            name="Kim Albers", email="kim.albers@example.org", organisation=commune.name, commune=commune
        )
        Enrolment.objects.create(session=hall, guest=colleague)
        meeting = TrainingSession.objects.get(agency=agency, series__audience=TrainingSeries.Audience.CONFERENCE)
        excursion = meeting.slots.get(kind=Slot.Kind.EXCURSION)
        excursion.places = 2
        excursion.save()
        # The excursion is full: one has a place, one is asked, one waits.
        for name, country, status, choice in [
            ("Ana Costa", "PT", Enrolment.Status.ENROLLED, SlotChoice.Status.CHOSEN),
            ("Rui Santos", "PT", Enrolment.Status.ENROLLED, SlotChoice.Status.OFFERED),
            ("Sanne de Vries", "NL", Enrolment.Status.ENROLLED, SlotChoice.Status.WAITING),
            ("Ona Petraitė", "LT", Enrolment.Status.UNCONFIRMED, ""),
        ]:
            guest = Guest.objects.create(
                name=name,
                email=f"{name.split()[0].lower()}@example.org",
                country=country,
                language="en",
                consented_at=now,
            )
            enrolment = Enrolment.objects.create(session=meeting, guest=guest, status=status)
            if choice:
                SlotChoice.objects.create(
                    enrolment=enrolment,
                    slot=excursion,
                    status=choice,
                    answer_by=now + timedelta(hours=40) if choice == SlotChoice.Status.OFFERED else None,
                )


def session(series: TrainingSeries, day: date, title: str, *, hours: int, **fields: object) -> TrainingSession:
    """Make a session that starts at noon, Berlin time."""
    return TrainingSession.objects.create(
        agency=series.agency,
        series=series,
        title=title,
        starts_at=noon(day),
        ends_at=noon(day) + timedelta(hours=hours),
        **fields,
    )


def make_programme(conference: TrainingSession, *, excursion: tuple[str, str]) -> None:
    """Give a conference its programme: two workshops at the same time, a break, and an excursion with few places."""
    # kind, hours after the beginning, hours, room, title in German and English, speaker, places
    slots = [
        ("talk", 0, 1, "Saal", "Begrüßung und gute Beispiele", "Welcome and good examples", "Rathaus", None),
        ("workshop", 1, 2, "Raum 1", "Bürger:innen gewinnen", "Winning citizens", "", 25),
        ("workshop", 1, 2, "Raum 2", "Fördermittel finden", "Finding funds", "", 25),
        ("break", 3, 1, "Foyer", "Mittagessen", "Lunch", "", None),
        ("excursion", 4, 3, "Treffpunkt: Haupteingang", *excursion, "", 20),
    ]
    for kind, after, hours, room, title, title_en, speaker, places in slots:
        begins = conference.starts_at + timedelta(hours=after)
        Slot.objects.create(
            session=conference,
            kind=kind,
            starts_at=begins,
            ends_at=begins + timedelta(hours=hours),
            room=room,
            room_en=ROOMS.get(room, ""),
            title=title[:160],
            title_en=title_en[:160],
            speaker=speaker,
            is_chosen=places is not None,
            places=places,
        )


def _for_patrons(programme: Programme, agency: Agency) -> None:
    today = timezone.localdate()
    basics = TrainingSeries.objects.create(
        agency=agency,
        programme=programme,
        title="Grundlagen für Klimaschutzpat:innen",
        title_en="Basics for climate patrons",
        audience=TrainingSeries.Audience.PATRONS,
        goals="Die eigene Rolle im Ort kennen, Menschen gewinnen, Fördermittel finden.",
        goals_en="Know one's own part in the place, win people, find funding.",
    )
    for days, title in [(18, "Grundlagen 1: Ihre Rolle im Ort"), (46, "Grundlagen 2: Fördermittel finden")]:
        planned = session(
            basics,
            today + timedelta(days=days),
            title,
            hours=2,
            places=20,
            minimum=5,
            mode=TrainingSession.Mode.ONLINE,
            online_link="https://treffen.example.org/grundlagen",
            trainers="Jana Beispiel (Energieagentur)",
        )
        TrainingMaterial.objects.create(
            session=planned, title="Zum Einlesen: zehn gute Beispiele", link="https://example.org/beispiele"
        )
        TrainingMaterial.objects.create(
            session=planned, title="Folien", link="https://example.org/folien", when=TrainingMaterial.When.AFTER
        )
    if agency.slug == "rlp":
        session(
            basics,
            today + timedelta(days=9),
            "Sprechstunde: Ihr Projekt im kleinen Kreis",
            title_en="Consultation: your project in a small circle",
            hours=2,
            places=3,
            venue="Mainz, Haus der Energie",
            access_note=ACCESS,
            travel_note=TRAVEL,
            answer_hours=36,
        )


def _for_municipalities(programme: Programme, agency: Agency) -> None:
    today = timezone.localdate()
    series = TrainingSeries.objects.create(
        agency=agency,
        programme=programme,
        title="Klimaschutz im kleinen Rathaus",
        audience=TrainingSeries.Audience.COMMUNES,
        title_en="Climate action in a small town hall",
        goals="Was eine kleine Verwaltung mit ihren Pat:innen erreichen kann und wie der Rat mitgenommen wird.",
        goals_en="What a small town hall can reach with its patrons, and how to win the council.",
        across_agencies=True,
    )
    first = session(
        series,
        today + timedelta(days=24),
        "Zwei Nachmittage für Verwaltung und Rat",
        title_en="Two afternoons for town hall and council",
        hours=3,
        places=30,
        minimum=8,
        mode=TrainingSession.Mode.HYBRID,
        venue="Bingen am Rhein, Rathaus",
        online_link="https://treffen.example.org/rathaus",
        access_note=ACCESS,
        register_until=today + timedelta(days=17),
    )
    again = first.starts_at + timedelta(days=7)
    FurtherDate.objects.create(
        session=first, starts_at=again, ends_at=again + timedelta(hours=3), what="Aus der Praxis zweier Orte"
    )


def _for_everybody(programme: Programme, agency: Agency) -> None:
    series = TrainingSeries.objects.create(
        agency=agency,
        programme=programme,
        title="Klimaschutz zum Mitmachen",
        audience=TrainingSeries.Audience.OPEN,
        title_en="Climate action to join in",
        goals="Was man im eigenen Ort tun kann, auch ohne Vorwissen.",
        goals_en="What can be done in one's own place, without any training.",
        across_agencies=True,
    )
    session(
        series,
        timezone.localdate() + timedelta(days=33),
        "Offener Abend: Strom vom eigenen Balkon",
        title_en="Open evening: power from your own balcony",
        hours=2,
        places=60,
        venue="Mainz, Bürgerhaus",
        access_note=ACCESS,
        register_from=timezone.localdate() + timedelta(days=5),
    )


def _conference(programme: Programme, agency: Agency) -> None:
    series = TrainingSeries.objects.create(
        agency=agency,
        programme=programme,
        title="Netzwerktagung der Klimaschutzpat:innen",
        title_en="Meeting of the network of climate patrons",
        audience=TrainingSeries.Audience.CONFERENCE,
        goals="Gute Beispiele sehen, Menschen aus anderen Orten kennenlernen, gemeinsame Vorhaben verabreden.",
        goals_en="See good examples, meet people from other places, agree on joint projects.",
        across_agencies=True,
    )
    meeting = session(
        series,
        timezone.localdate() + timedelta(days=70),
        "Netzwerktagung mit Exkursion",
        hours=7,
        title_en="Network meeting with excursion",
        places=120,
        held_in=TrainingSession.HeldIn.BOTH,
        venue="Mainz, Alte Lokhalle",
        access_note=ACCESS,
        travel_note=TRAVEL,
        **IN_ENGLISH,
    )
    make_programme(meeting, excursion=("Ein Dorf heizt mit Holz und Sonne", "A village that heats with wood and sun"))
