"""The phase plans of the demo's programme: one for agencies, one for municipalities, both carried out already."""

from datetime import date, timedelta

from django.utils import timezone

from agencies.models import Agency, Phase, Programme, User
from communes.models import Partnership
from communes.plans import apply_to
from deadlines.models import PhasePlan, PlanMilestone, PlannedTask, RunningPlan, Task
from deadlines.plans.services import STAFF_DOERS, Place, apply
from klikks.tenancy import agency_context

M, A, P, K = (doer.value for doer in PlannedTask.Doer)
PlanRow = tuple[str, str, int, int, str, str, str, str, str]
COUNCIL, OFFICE, END = "Beschluss des Gemeinderats", "Ernennung", "Programmende"

# Phase, counted from (empty: the start), days, takes days, who, what, how, materials, experience of KlikK aktiv
COMMUNE_TASKS = [
    ("Vorbereitung", "", 0, 3, M, "Steckbrief der Kommune anlegen", "Einwohnerzahl, Ortsteile, laufende Projekte, Klimaschutzmanagement des Kreises nachsehen.", "Vorlage Steckbrief", "Zehn Minuten am Anfang sparen später drei Anrufe."),
    ("Vorbereitung", "", 7, 7, M, "Akteure im Landkreis abklären", "Kreisverwaltung und Energieagentur des Kreises anrufen: Wer arbeitet schon mit der Kommune?", "Liste der Kontakte", "Wer den Kreis übergeht, bekommt ihn später nicht ins Boot."),
    ("Kommunen gewinnen", "", 14, 14, M, "Erstgespräch mit der Bürgermeisterin oder dem Bürgermeister", "Vor Ort, eine Stunde. Nutzen für die Kommune zuerst, Programm danach.", "Gesprächsleitfaden\nFlyer", "Vor Ort gewinnt man doppelt so oft wie am Telefon."),
    ("Kommunen gewinnen", "", 28, 7, M, "Vorlage für den Gemeinderat schicken", "Beschlussvorlage anpassen, Kosten (keine) deutlich nennen.", "Muster Beschlussvorlage", ""),
    ("Kommunen gewinnen", COUNCIL, 0, 1, K, "Beschluss fassen", "Der Rat beschließt die Teilnahme oder die Bürgermeisterin erklärt sie schriftlich.", "", "Ein Termin kurz vor der Sommerpause fällt oft aus."),
    ("Kommunen gewinnen", COUNCIL, 7, 3, M, "Beschluss ablegen und Partnerschaft bestätigen", "Auszug aus der Niederschrift hochladen.", "", ""),
    ("Kommunen gewinnen", COUNCIL, 14, 7, M, "Pressemitteilung zur Partnerschaft", "Mit der Verwaltung abstimmen, Bild vom Rathaus.", "Muster Pressemitteilung", "Lokalzeitungen drucken fertige Texte mit Bild fast immer."),
    ("Pat:innen finden", COUNCIL, 14, 28, M, "Aufruf für eine Klimaschutzpat:in veröffentlichen", "Amtsblatt, Vereine, Nachbarschaftsgruppen, Aushang.", "Muster Aufruf\nPlakat", "Persönlich angesprochene Menschen sagen öfter zu als Leser:innen des Amtsblatts."),
    ("Pat:innen finden", COUNCIL, 35, 14, M, "Gespräche mit Interessierten führen", "Erwartungen, Zeit, Themen klären.", "Gesprächsbogen", ""),
    ("Pat:innen finden", OFFICE, -14, 7, M, "Ernennung vorbereiten", "Urkunde bestellen, Termin im Rat, Presse einladen.", "Checkliste Ernennung", ""),
    ("Pat:innen finden", OFFICE, 0, 1, K, "Klimaschutzpat:in ernennen", "In öffentlicher Sitzung, mit Urkunde.", "", "Die Feierlichkeit ist der halbe Lohn."),
    ("Qualifizieren", OFFICE, 21, 14, P, "Erste Grundschulung besuchen", "Im Portal anmelden.", "", "Wer die erste Schulung im ersten Monat besucht, bleibt dabei."),
    ("Qualifizieren", OFFICE, 60, 14, P, "Zweite Grundschulung besuchen", "Im Portal anmelden.", "", ""),
    ("Umsetzen", OFFICE, 30, 7, M, "Ortsrundgang mit Pat:in und Verwaltung", "Energieverbräuche mitbringen, drei Ideen notieren.", "Checkliste Rundgang", "Aus dem Rundgang kommen zwei Drittel aller Projekte."),
    ("Umsetzen", OFFICE, 45, 14, P, "Erstes Projekt auswählen und anlegen", "Klein anfangen, in sechs Monaten sichtbar.", "Ideensammlung", "Ein schneller Erfolg trägt das zweite Projekt."),
    ("Umsetzen", OFFICE, 60, 21, M, "Förderung für das erste Projekt suchen", "Im Portal nach passenden Programmen suchen, Fristen eintragen.", "", "Antrag vor Auftrag: nie vorher bestellen."),
    ("Umsetzen", OFFICE, 120, 30, P, "Erste Maßnahme umsetzen", "", "", ""),
    ("Umsetzen", OFFICE, 180, 14, M, "Zwischengespräch mit Rat und Pat:in", "Stand, Zahlen, nächste Schritte.", "Bericht der Kommune aus dem Portal", ""),
    ("Verstetigen", OFFICE, 240, 14, P, "Mitstreiter:innen gewinnen", "Ein fester Termin im Monat hilft.", "", "Allein hält kaum jemand drei Jahre durch."),
    ("Verstetigen", OFFICE, 270, 14, K, "Budget für das nächste Jahr einplanen", "Schon 2.000 Euro machen unabhängig.", "", ""),
    ("Verstetigen", OFFICE, 300, 14, P, "Erfahrungsbericht schreiben", "Im Portal, eine Seite mit Bild.", "", ""),
    ("Abschluss", OFFICE, 360, 14, M, "Jahresgespräch und Dank", "Dankurkunde, Blick auf die eingesparten Tonnen.", "Vorlage Dankschreiben", ""),
]  # fmt: skip
AGENCY_TASKS = [
    ("Vorbereitung", "", 0, 14, A, "Regionalmanagement besetzen und einarbeiten", "", "", ""),
    ("Vorbereitung", "", 14, 14, M, "Zielkommunen auswählen", "Nach Größe, Lage und Kontakten, doppelt so viele wie nötig.", "Liste der Kommunen", "Jede zweite angesprochene Kommune wird Partner."),
    ("Vorbereitung", "", 30, 7, M, "Auftakt-Coaching der Regionalmanager:innen", "Rollenspiel, Akteurskarte, Aufgaben je Phase.", "Unterlagen Coaching 1", ""),
    ("Kommunen gewinnen", "", 60, 21, M, "Auftaktveranstaltung im Land", "Mit Ministerium und Gemeindebund.", "", ""),
    ("Kommunen gewinnen", "", 120, 14, M, "Nachfassen bei allen angesprochenen Kommunen", "", "", ""),
    ("Qualifizieren", "", 150, 30, M, "Grundschulungen für Klimaschutzpat:innen planen", "", "", ""),
    ("Umsetzen", "", 210, 14, M, "Netzwerktreffen der Klimaschutzpat:innen", "", "", "Am meisten lernen Pat:innen voneinander."),
    ("Umsetzen", "", 240, 21, A, "Zwischennachweis an den Fördergeber", "", "", ""),
    ("Verstetigen", END, -120, 30, M, "Übergabe an Kreise und Kommunen vorbereiten", "", "", ""),
    ("Abschluss", END, -30, 30, A, "Schlussbericht schreiben", "", "", ""),
    ("Abschluss", END, 0, 7, A, "Abschlussveranstaltung", "", "", ""),
]  # fmt: skip


def make_phase_plans(programme: Programme, agency: Agency, by: User) -> None:
    """Make both templates, carry them out, and improve the one for municipalities afterwards."""
    communes = _template(programme, "KlikKS in der Kommune", "commune", {COUNCIL: 60, OFFICE: 120}, COMMUNE_TASKS)
    agencies = _template(programme, "KlikKS in der Landesenergieagentur", "agency", {END: 720}, AGENCY_TASKS)
    today = timezone.localdate()
    with agency_context(agency):
        running = apply(
            agencies,
            Place(agency.short_name, dict.fromkeys(STAFF_DOERS, by)),
            by=by,
            days={None: today - timedelta(days=200)},
        )
        _close_past(running, today)
        official = Partnership.objects.official().filter(programme=programme, commune__appointments__isnull=False)
        chosen = official.exclude(commune__appointments__patron__email="patin@example.org").distinct()
        for number, partnership in enumerate(chosen.select_related("commune", "manager__user").order_by("-pk")[:5]):
            start = today - timedelta(days=60 + 45 * number)
            made, _left = apply_to([partnership], communes, by=by, days={None: start})
            for running in made:
                _close_past(running, today)
        _improve(communes)


def _template(
    programme: Programme, title: str, audience: str, milestones: dict[str, int], tasks: list[PlanRow]
) -> PhasePlan:
    plan = PhasePlan.objects.create(programme=programme, title=title, audience=audience)
    phases = {phase.name: phase for phase in Phase.objects.filter(programme=programme)}
    days = {name: PlanMilestone.objects.create(plan=plan, title=name, days=at) for name, at in milestones.items()}
    PlannedTask.objects.bulk_create(
        PlannedTask(
            plan=plan,
            phase=phases[phase],
            milestone=days.get(milestone),
            days=after,
            takes_days=takes,
            doer=doer,
            title=what,
            how=how,
            materials=materials,
            experience=experience,
        )
        for phase, milestone, after, takes, doer, what, how, materials, experience in tasks
    )
    return plan


def _close_past(running: RunningPlan, today: date) -> None:
    """Tick off what lies behind, but for the last one; one task is skipped."""
    past = running.tasks.filter(due_on__lt=today - timedelta(days=3)).order_by("due_on", "pk")
    keys = list(past.values_list("pk", flat=True))[:-1]
    Task.objects.filter(pk__in=keys).update(status=Task.Status.DONE)
    press = Task.objects.filter(pk__in=keys, title__startswith="Pressemitteilung")
    press.update(status=Task.Status.SKIPPED, reason="Die Zeitung war schon beim Gemeinderat.")


def _improve(plan: PhasePlan) -> None:
    """Change the template after it was applied, so that running plans have something to decide."""
    planned = plan.tasks.get(title="Ortsrundgang mit Pat:in und Verwaltung")
    planned.how = "Energieverbräuche mitbringen, drei Ideen notieren, Fotos machen. Auch die Schule einladen."
    planned.save()
    PlannedTask.objects.create(
        plan=plan,
        phase=planned.phase,
        milestone=planned.milestone,
        days=90,
        takes_days=7,
        title="Austausch mit der Patenkommune",
        how="Eine Kommune, die ein Jahr weiter ist, lädt ein.",
    )
