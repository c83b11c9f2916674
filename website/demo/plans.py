"""Plans of the demo's projects: milestones, costs, financing, helpers, photos, and ideas that were copied."""

from datetime import timedelta
from decimal import Decimal

from django.db.models import QuerySet
from django.utils import timezone

from agencies.models import Agency, Programme, User
from communes.models import Partnership
from klikks.photos import clean_photo
from klikks.tenancy import agency_context
from patrons.models import Patron
from projects import services as projects
from projects.copying.services import copy_project
from projects.files import services as files
from projects.models import CostItem, FinancingPart, Milestone, Project, PublicProject, Supporter
from projects.planning import services as planning
from website.demo import pictures

# Days from today, and what is to be done; what lies behind is done.
MILESTONES = [
    (-30, "Angebote einholen"),
    (-9, "Beschluss des Gemeinderats"),
    (3, "Leuchten bestellen"),
    (40, "Montage am Dorfplatz"),
]
COSTS = [("24 LED-Leuchten", "15600"), ("Montage", "6900"), ("Entsorgung der alten Leuchten", "1500")]
FINANCING = [
    ("own", "Haushalt der Gemeinde", "12000"),
    ("grant", "Kommunalrichtlinie (Beispiel der Demo)", "6000"),
    ("donation", "Sparkasse Beispielstadt", "4000"),
    ("in_kind", "Bauhof: Gerüst und zwei Tage Arbeit", "2000"),
]
HELPERS = [
    ("club", "Dorfverein Beispiel e. V.", "lädt zur Einweihung ein", ""),
    ("utility", "Stadtwerke Beispielstadt", "messen den Verbrauch vorher und nachher", "netz@example.org"),
    ("school", "Grundschule am Markt", "malt das Plakat", ""),
    ("volunteer", "Jürgen Probst", "fotografiert", ""),
]
# Which share of a planned project's costs stands for what.
SHARES = [("Material", Decimal("0.65")), ("Arbeiten", Decimal("0.25")), ("Planung", Decimal("0.1"))]


def plan_helgas_lamps(agency: Agency) -> None:
    """Give the project of the demo's patron a whole plan, photos, and a proposal to show it to the public."""
    today = timezone.localdate()
    with agency_context(agency):
        helga = Patron.objects.get(email="patin@example.org")
        lamps = Project.objects.get(title="Neue Lampen für den Dorfplatz")
        by = helga.user
        assert by is not None  # noqa: S101  (appointing has made the account)
        for days, title in MILESTONES:
            day = today + timedelta(days=days)
            done_on = day if days < 0 else None
            planning.add_row(lamps, Milestone, by=by, title=title, due_on=day, done_on=done_on)
        for what, amount in COSTS:
            planning.add_row(lamps, CostItem, by=by, what=what, amount=Decimal(amount))
        for kind, source, amount in FINANCING:
            planning.add_row(lamps, FinancingPart, by=by, kind=kind, source=source, amount=Decimal(amount))
        for kind, name, role, contact in HELPERS:
            planning.add_row(lamps, Supporter, by=by, kind=kind, name=name, role=role, contact=contact)
        for lit, alt in [
            (True, "Der Dorfplatz am Abend mit hellen neuen Lampen"),
            (False, "Der Dorfplatz am Abend, die alten Lampen sind dunkel"),
        ]:
            photo = clean_photo(pictures.village_square(lit=lit))
            files.add_photo(lamps, by=by, photo=photo, alt=alt, is_public=True)
        files.add_document(
            lamps, by=by, title="Angebot der Firma Elektro Beispiel", file=pictures.offer(), is_public=False
        )
        projects.change_project(
            lamps,
            by=by,
            public_summary="24 sparsame Lampen erhellen bald den Dorfplatz. Sie brauchen ein Drittel des Stroms.",
        )
        projects.propose_release(lamps, by=by)


def plan_some(agency: Agency, by: User) -> None:
    """Give the agency's running projects costs and financing, one of them with a gap, and photos to a finished one."""
    with agency_context(agency):
        running = Project.objects.filter(status=Project.Status.UNDER_WAY, cost_items=None, investment__isnull=False)
        for number, project in enumerate(running.order_by("pk")[:6]):
            investment = project.investment or Decimal(0)
            for what, share in SHARES:
                CostItem.objects.create(project=project, what=what, amount=investment * share)
            own = investment * (Decimal("0.6") if number == 0 else Decimal("0.75"))
            FinancingPart.objects.create(project=project, source="Haushalt der Gemeinde", amount=own)
            FinancingPart.objects.create(project=project, kind="grant", source="Land", amount=investment / 4)
        roof = Project.objects.filter(title="Solarstrom auf dem Rathausdach", released_at__isnull=False).first()
        if roof:
            photo = clean_photo(pictures.solar_roof())
            alt = "Ein Rathaus mit Solarmodulen auf dem Dach"
            files.add_photo(roof, by=by, photo=photo, alt=alt, is_public=True)


def copy_ideas(programme: Programme, home: Agency, by: User, elsewhere: Agency, colleague: User) -> None:
    """Let the idea of a released project spread, in its own agency and to another one."""
    with agency_context(home):
        source = Project.objects.filter(title="Solarstrom auf dem Rathausdach", released_at__isnull=False).first()
        if source is None:
            return
        for partnership in _partners(programme).exclude(commune=source.commune)[:2]:
            title = f"Solarstrom auf dem Rathausdach {partnership.commune}"
            copy_project(source, by=by, programme=programme, commune=partnership.commune, title=title)
    with agency_context(elsewhere):
        released = PublicProject.objects.get(pk=source.pk)
        for partnership in _partners(programme)[:1]:
            title = f"Solarstrom auf dem Rathausdach {partnership.commune}"
            made = copy_project(released, by=colleague, programme=programme, commune=partnership.commune, title=title)
            projects.release(
                projects.change_project(made, by=colleague, public_summary="Die Idee kam aus der Nachbarschaft."),
                by=colleague,
            )


def _partners(programme: Programme) -> QuerySet[Partnership]:
    official = Partnership.objects.official().filter(programme=programme)
    return official.select_related("commune").order_by("pk")
