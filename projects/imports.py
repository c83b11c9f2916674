"""Sheets of projects, each with its first measure.

A row is a project, known by its title within municipality and programme, the patron who leads it, and one measure
with the numbers from which the portal calculates the saving. A tonne somebody only states is never taken over: every
tonne of the portal has numbers, a factor and a source behind it. A project may have several rows, one a measure.
"""

from contextlib import suppress
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Topic
from agencies.sheets.columns import Column
from agencies.sheets.exceptions import CellWrong
from agencies.sheets.parsing import amount, choice, day, decimal, email, line, lines, yes_no
from agencies.sheets.resources import Draft, Row, SheetResource
from agencies.sheets.text import Cell, fold
from communes.imports import AGS, DISTRICT, NAME, POSTCODE, commune_of, place_of
from communes.places import Places, Unclear, described
from deadlines.models import Deadline
from patrons.models import Patron
from projects.measures.calculation import InputsWrong, Result, calculate, factor_for, stored_numbers
from projects.measures.kinds import MeasureKind
from projects.measures.library import CHOICES, INPUTS, KINDS
from projects.measures.services import frozen
from projects.measures.units import shown
from projects.models import CostItem, Measure, Project, ProjectLead, Saving
from projects.models.planning import in_euro

Status = Project.Status

STATUSES = {
    "Idee": Status.IDEA,
    "Vorschlag": Status.IDEA,
    "geplant": Status.PLANNED,
    "in Planung": Status.PLANNED,
    "beantragt": Status.FUNDING_APPLIED,
    "Förderung beantragt": Status.FUNDING_APPLIED,
    "laufend": Status.UNDER_WAY,
    "läuft": Status.UNDER_WAY,
    "in Umsetzung": Status.UNDER_WAY,
    "in Arbeit": Status.UNDER_WAY,
    "umgesetzt": Status.DONE,
    "abgeschlossen": Status.DONE,
    "fertig": Status.DONE,
    "erledigt": Status.DONE,
    "completed": Status.DONE,
    "verworfen": Status.DROPPED,
    "abgebrochen": Status.DROPPED,
    "eingestellt": Status.DROPPED,
}
KIND_NAMES = {
    "LED": MeasureKind.LED_STREET_LIGHTING,
    "Straßenbeleuchtung": MeasureKind.LED_STREET_LIGHTING,
    "LED-Straßenbeleuchtung": MeasureKind.LED_STREET_LIGHTING,
    "Strom": MeasureKind.POWER_SAVING,
    "Stromsparen": MeasureKind.POWER_SAVING,
    "Stromeinsparung": MeasureKind.POWER_SAVING,
    "PV": MeasureKind.PV_OWN_USE,
    "Photovoltaik": MeasureKind.PV_OWN_USE,
    "Solarstrom": MeasureKind.PV_OWN_USE,
    "Solar": MeasureKind.PV_OWN_USE,
    "Erdgas": MeasureKind.HEAT_SAVING_GAS,
    "Gas": MeasureKind.HEAT_SAVING_GAS,
    "Wärme Gas": MeasureKind.HEAT_SAVING_GAS,
    "Heizöl": MeasureKind.HEAT_SAVING_OIL,
    "Öl": MeasureKind.HEAT_SAVING_OIL,
    "Wärme Öl": MeasureKind.HEAT_SAVING_OIL,
    "Bewusstsein": MeasureKind.AWARENESS,
    "Bewusstseinsbildung": MeasureKind.AWARENESS,
    "Öffentlichkeitsarbeit": MeasureKind.AWARENESS,
    "Veranstaltung": MeasureKind.AWARENESS,
}
CARRIERS = {
    "Erdgas": "natural-gas",
    "Gas": "natural-gas",
    "Heizöl": "heating-oil",
    "Öl": "heating-oil",
    "Flüssiggas": "liquefied-gas",
    "Fernwärme": "district-heat",
    "Nahwärme": "district-heat",
    "Holzpellets": "pellets",
    "Pellets": "pellets",
    "Holz": "wood",
    "Hackschnitzel": "wood",
}


def carrier(cell: Cell) -> str:
    """Return the emission factor of what makes the heat. Raises CellWrong."""
    known = {fold(name): key for name, key in CARRIERS.items()} | {key: key for key in CARRIERS.values()}
    found = known.get(fold(line(cell)))
    if found is None:
        raise CellWrong(
            _("“%(text)s” is not known here.") % {"text": line(cell)},
            _("Write one of these: %(words)s") % {"words": ", ".join(CARRIERS)},
        )
    return found


def _number_column(name: str) -> Column:
    """Return the column of a number that only some kinds of measures need."""
    asked = INPUTS[name]
    heading = format_lazy("{} ({})", asked.label, shown(asked.unit)) if shown(asked.unit) else asked.label
    return Column(name, heading, (), decimal, None, gettext_lazy("Only for measures that need it."))


COMMON_NUMBERS = ("kwh_before", "kwh_after", "kwh_used")
MORE_NUMBERS = (
    *(_number_column(name) for name in INPUTS if name not in COMMON_NUMBERS),
    Column(
        "carrier",
        gettext_lazy("What makes the heat"),
        ("Energieträger", "Brennstoff", "Wärmequelle", "Heizung", "Energy carrier"),
        carrier,
        None,
        gettext_lazy("Only for measures on heat, such as natural gas, heating oil, district heat, pellets."),
    ),
)
CLOSED = frozenset({Status.DONE, Status.DROPPED})
ENDS_WITH = {Status.DONE: Measure.Status.DONE, Status.DROPPED: Measure.Status.DROPPED}
TONNE = Decimal(1000)


def stated(cell: Cell) -> Decimal | None:
    """Return a stated saving in t CO2e a year, or None where it cannot be read: it is only compared."""
    try:
        return decimal(cell)
    except CellWrong:
        return None


class ProjectSheet(SheetResource):
    """Projects with lead and first measure."""

    kind = "projects"
    columns: ClassVar = (
        Column(
            "title",
            gettext_lazy("Title"),
            ("Titel", "Projekt", "Projekttitel", "Projektname", "Bezeichnung", "Name", "Project"),
            line,
            "LED-Straßenbeleuchtung Ortskern",
            gettext_lazy("By title and municipality a project is recognised when you import again."),
        ),
        AGS,
        NAME,
        DISTRICT,
        POSTCODE,
        Column(
            "topic",
            gettext_lazy("Topic"),
            ("Thema", "Handlungsfeld", "Themenfeld", "Bereich", "Kategorie", "Field of action"),
            line,
            "Energie",
            gettext_lazy("A field of action of the portal. New projects need one."),
        ),
        Column(
            "status",
            gettext_lazy("Status"),
            ("Stand", "Projektstatus", "Umsetzungsstand"),
            choice(Status, STATUSES),
            "abgeschlossen",
            gettext_lazy("Such as idea, planned, funding applied for, under way, done, dropped."),
        ),
        Column(
            "done",
            gettext_lazy("Done"),
            ("Umgesetzt", "Erledigt", "Abgeschlossen", "Fertig"),
            yes_no,
            None,
            gettext_lazy("yes, no or x, instead of a status."),
        ),
        Column(
            "starts_on",
            gettext_lazy("Starts on"),
            ("Beginn", "Start", "Startdatum", "Projektbeginn", "Von", "Begin"),
            day,
            date(2024, 3, 1),
            gettext_lazy("A day, like 31.03.2025."),
        ),
        Column(
            "ends_on",
            gettext_lazy("Planned end"),
            ("Ende", "Enddatum", "Geplantes Ende", "Projektende", "Fertig bis", "Bis", "End"),
            day,
            None,
            gettext_lazy("A day. A running project gets a reminder of it."),
        ),
        Column(
            "done_on",
            gettext_lazy("Done on"),
            ("Abgeschlossen am", "Umgesetzt am", "Fertig am", "Fertiggestellt am", "Umsetzung", "Completed on"),
            day,
            date(2024, 11, 30),
            gettext_lazy("A day. Projects that are done need one; the planned end stands in for it."),
        ),
        Column(
            "investment",
            gettext_lazy("Investment (€)"),
            ("Investition", "Investitionssumme", "Kosten", "Projektkosten", "Gesamtkosten", "Investitionen", "Costs"),
            amount,
            24500,
            gettext_lazy("In euro, like 24.500,00."),
        ),
        Column(
            "patron",
            gettext_lazy("E-mail of the climate patron"),
            ("Klimaschutzpat:in", "Pat:in", "Pate", "Patin", "E-Mail Pat:in", "E-Mail Pate", "Pate E-Mail",
             "Projektleitung", "Geleitet von", "Patron"),
            email,
            None,
            gettext_lazy("Who leads the project. The person has to be known: import the patrons first."),
        ),
        Column(
            "kind",
            gettext_lazy("Kind of measure"),
            ("Maßnahmenart", "Art der Maßnahme", "Maßnahmentyp", "Massnahmenart", "Typ", "Measure kind"),
            choice(MeasureKind, KIND_NAMES),
            "LED-Straßenbeleuchtung",
            gettext_lazy("Such as LED street lighting, saving electricity, solar power, natural gas, heating oil."),
        ),
        Column(
            "measure",
            gettext_lazy("Measure"),
            ("Maßnahme", "Maßnahmentitel", "Titel der Maßnahme", "Massnahme"),
            line,
            None,
            gettext_lazy("What exactly is done, in a few words."),
        ),
        Column(
            "kwh_before",
            gettext_lazy("Consumption before (kWh a year)"),
            ("Verbrauch vorher", "kWh vorher", "Verbrauch alt", "Vorher", "Verbrauch vorher kWh", "Consumption before"),
            decimal,
            18500,
            gettext_lazy("Final energy of a whole year in kWh."),
        ),
        Column(
            "kwh_after",
            gettext_lazy("Consumption after (kWh a year)"),
            ("Verbrauch nachher", "kWh nachher", "Verbrauch neu", "Nachher", "Verbrauch nachher kWh",
             "Consumption after"),
            decimal,
            6200,
            gettext_lazy("Final energy of a whole year in kWh."),
        ),
        Column(
            "kwh_used",
            gettext_lazy("Solar power used on site (kWh a year)"),
            ("Eigenverbrauch", "Eigenverbrauch PV", "Eigenverbrauch kWh", "Solarstrom genutzt", "Solar power used"),
            decimal,
            None,
            gettext_lazy("Only for solar power: yield minus feed-in, in kWh."),
        ),
        *MORE_NUMBERS,
        Column(
            "tonnes",
            gettext_lazy("Saving (t CO2e a year)"),
            ("CO2-Einsparung", "CO2 Einsparung", "Einsparung", "CO2-Einsparung t/a", "t CO2e", "t CO2",
             "CO2e-Einsparung", "THG-Einsparung", "CO₂-Einsparung", "Saving"),
            stated,
            None,
            gettext_lazy("Only compared with what the portal calculates; every tonne needs its numbers in kWh."),
        ),
        Column(
            "description",
            gettext_lazy("Description"),
            ("Beschreibung", "Projektbeschreibung", "Kurzbeschreibung", "Inhalt", "Bemerkung", "Bemerkungen"),
            lines,
            None,
        ),
    )  # fmt: skip
    required: ClassVar = (("title",), ("commune", "ags"))

    def load(self, rows: list[Row]) -> None:
        """Look up municipalities, projects with measures, savings, leads and deadlines, patrons and topics."""
        self._factor_of = cache(factor_for)
        self._now = timezone.now()
        self._places = Places((place_of(row) for row in rows), self.order.agency.state)
        self._topics = {
            fold(name): topic for topic in Topic.objects.all() for name in (topic.slug, topic.name, topic.name_en)
        }
        addresses = {row.values["patron"] for row in rows if "patron" in row.values}
        patrons = Patron.objects.filter(programme=self.order.programme).annotate(
            address=models.functions.Lower("email")
        )
        self._patrons = {
            patron.address: patron for patron in patrons.filter(address__in=addresses).select_related("user")
        }
        self._load_projects(rows)

    def plan(self, row: Row) -> None:
        """Compare the row with the project, its lead, its measure and its deadline."""
        values = row.values
        commune = commune_of(row, place_of(row), self._places, self.order, self.label("commune"))
        title = values.get("title", "")
        if not title:
            row.wrong(self.label("title"), _("This is missing."), _("Fill in the cell."))
        if commune is None or not title:
            return
        row.title = f"{title}, {described(commune)}"
        key = (commune.pk, fold(title))
        draft = self._projects.get(key)
        if draft is None:
            draft = self._projects[key] = self.new(Project(programme=self.order.programme, commune=commune))
        row.is_new = draft.is_new
        self._plan_project(row, draft)
        self._plan_lead(row, draft)
        self._plan_deadline(row, draft)
        self._plan_measure(row, draft)

    def complete(self, instance: models.Model) -> set[str]:
        """Tie a new deadline to its project, which has its key only now."""
        if isinstance(instance, Deadline) and instance.subject_id is None:
            instance.subject_id = self._subjects[id(instance)].pk
        return set()

    def _load_projects(self, rows: list[Row]) -> None:
        """Look up the stored projects of the municipalities in the sheet, and what hangs on them."""
        self._projects: dict[tuple[int, str], Draft[Project]] = {}
        self._subjects: dict[int, Project] = {}
        titles = {fold(row.values.get("title", "")) for row in rows}
        stored = Project.objects.filter(programme=self.order.programme, commune__in=self._communes_named_in(rows))
        by_pk: dict[int, Draft[Project]] = {}
        stored = stored.annotate(is_itemised=models.Exists(CostItem.objects.filter(project=models.OuterRef("pk"))))
        for project in self.locked(stored.prefetch_related("topic").order_by("-pk")):
            if fold(project.title) in titles:
                by_pk[project.pk] = self.stored(project)
                self._projects[project.commune_id, fold(project.title)] = by_pk[project.pk]
        self._load_leads(by_pk)
        self._load_deadlines(by_pk)
        self._load_measures(by_pk)

    def _load_leads(self, by_pk: dict[int, Draft[Project]]) -> None:
        self._leads: dict[tuple[int, int], Draft[ProjectLead]] = {}
        for lead in ProjectLead.objects.filter(project__in=list(by_pk), patron__isnull=False):
            self._leads[id(by_pk[lead.project_id]), lead.patron_id or 0] = self.stored(lead)

    def _load_deadlines(self, by_pk: dict[int, Draft[Project]]) -> None:
        self._deadlines: dict[int, Draft[Deadline]] = {}
        self._steps: dict[int, list[Draft[Deadline]]] = {}
        of_projects = {"subject_type": ContentType.objects.get_for_model(Project), "subject_id__in": list(by_pk)}
        kinds = [Deadline.Kind.MILESTONE, Deadline.Kind.STEP]
        for deadline in self.locked(Deadline.objects.open().filter(kind__in=kinds, **of_projects)):
            project = by_pk[deadline.subject_id or 0]
            if deadline.kind == Deadline.Kind.STEP:
                self._steps.setdefault(id(project), []).append(self.stored(deadline))
            elif deadline.title == project.instance.title:
                self._deadlines[id(project)] = self.stored(deadline)

    def _load_measures(self, by_pk: dict[int, Draft[Project]]) -> None:
        self._measures: dict[int, list[Draft[Measure]]] = {}
        self._savings: dict[int, Draft[Saving]] = {}
        measures: dict[int, Draft[Measure]] = {}
        for measure in self.locked(Measure.objects.filter(project__in=list(by_pk)).order_by("pk")):
            measures[measure.pk] = self.stored(measure)
            self._measures.setdefault(id(by_pk[measure.project_id]), []).append(measures[measure.pk])
        for saving in self.locked(Saving.objects.filter(measure__in=list(measures), replaced_at__isnull=True)):
            self._savings[id(measures[saving.measure_id])] = self.stored(saving)

    def _communes_named_in(self, rows: list[Row]) -> set[int]:
        """Return the municipalities of all rows that name one."""
        found = set()
        for row in rows:
            with suppress(Unclear):
                if place := place_of(row):
                    found.add(self._places.find(place).commune.pk)
        return found

    def _plan_project(self, row: Row, draft: Draft[Project]) -> None:
        values = row.values
        row.set(draft, "title", values["title"] if draft.is_new else "")
        self._set_topic(row, draft)
        for name in ("description", "starts_on", "ends_on"):
            row.set(draft, name, values.get(name))
        self._plan_investment(row, draft)
        row.set(draft, "status", self._status(row, draft))
        status = row.get(draft, "status")
        if status == Status.DONE:
            row.set(draft, "done_on", values.get("done_on") or draft.instance.done_on or row.get(draft, "ends_on"))
        self._check_days(row, draft, status)

    def _plan_investment(self, row: Row, draft: Draft[Project]) -> None:
        """Take over what the project costs, unless that is the sum of its cost items."""
        told = row.values.get("investment")
        if not getattr(draft.instance, "is_itemised", False):
            row.set(draft, "investment", told)
        elif told is not None and told != draft.instance.investment:
            row.hints.append(
                _("The investment is not taken over: it is the sum of the project's cost items, %(amount)s.")
                % {"amount": in_euro(draft.instance.investment or Decimal(0))}
            )

    def _set_topic(self, row: Row, draft: Draft[Project]) -> None:
        name = row.values.get("topic", "")
        topic = self._topics.get(fold(name))
        known = ", ".join(sorted({str(each) for each in self._topics.values()}))
        if name and topic is None:
            row.wrong(
                self.label("topic"),
                _("“%(text)s” is not known here.") % {"text": name},
                _("Write one of these: %(words)s") % {"words": known},
            )
        elif topic is None and draft.is_new and not draft.set_in:
            row.wrong(
                self.label("topic"),
                _("A new project needs a topic."),
                _("Write one of these: %(words)s") % {"words": known},
            )
        row.set(draft, "topic", topic)

    def _status(self, row: Row, draft: Draft[Project]) -> str | None:
        """Return the status the row gives, or the one that the days of a new project suggest."""
        values = row.values
        status: str | None = values.get("status") or (Status.DONE if values.get("done") else None)
        if status or not draft.is_new or draft.set_in:
            return status
        if values.get("done_on"):
            return Status.DONE
        begun = values.get("starts_on") and values["starts_on"] <= timezone.localdate()
        return Status.UNDER_WAY if begun else Status.PLANNED

    def _check_days(self, row: Row, draft: Draft[Project], status: str) -> None:
        """Note what the database would refuse, and what cannot be yet."""
        starts_on, ends_on, done_on = (row.get(draft, name) for name in ("starts_on", "ends_on", "done_on"))
        if starts_on and ends_on and ends_on < starts_on:
            row.wrong(self.label("ends_on"), _("The end lies before the beginning."), _("Check both days."))
        if status != Status.DONE:
            return
        if done_on is None:
            row.wrong(
                self.label("done_on"),
                _("A project that is done needs the day on which it was."),
                _("Write the day, like this: 31.03.2025"),
            )
        elif done_on > timezone.localdate():
            row.wrong(self.label("done_on"), _("This day is still to come."), _("Check the day or the status."))

    def _plan_lead(self, row: Row, draft: Draft[Project]) -> None:
        address = row.values.get("patron")
        if not address:
            return
        patron = self._patrons.get(address)
        if patron is None:
            row.wrong(
                self.label("patron"),
                _("There is no climate patron with the address %(address)s.") % {"address": address},
                _("Import the climate patrons first, or correct the address."),
            )
            return
        key = (id(draft), patron.pk)
        if key not in self._leads:
            self._leads[key] = self.new(ProjectLead(project=draft.instance))
        row.set(self._leads[key], "patron", patron, label=_("Led by"))

    def _plan_deadline(self, row: Row, draft: Draft[Project]) -> None:
        """Let the deadline of a running project follow its planned end, and end with the project.

        A planned end that has passed gets no deadline: nobody shall be reminded of hundreds of old ones.
        """
        ends_on, known = row.get(draft, "ends_on"), self._deadlines.get(id(draft))
        if row.get(draft, "status") in CLOSED:
            for ended in [known, *self._steps.get(id(draft), [])]:
                if ended is not None and not ended.is_new:
                    row.follow(ended, "done_at", self._now)
            return
        if ends_on is None or ends_on == draft.instance.ends_on or (known is None and ends_on < timezone.localdate()):
            return
        if known is None:
            known = self._deadlines[id(draft)] = self.new(
                Deadline(kind=Deadline.Kind.MILESTONE, title=row.get(draft, "title")[:160], subject=draft.instance)
            )
            self._subjects[id(known.instance)] = draft.instance
        patron = self._patrons.get(row.values.get("patron", ""))
        if known.is_new and patron is not None:
            row.follow(known, "owner", patron.user)
        row.set(known, "due_on", ends_on, label=_("Deadline"))

    def _plan_measure(self, row: Row, draft: Draft[Project]) -> None:
        """Compare the row's measure; a saving is calculated anew only where its numbers changed."""
        values = row.values
        kind, inputs = values.get("kind"), {name: values[name] for name in [*INPUTS, *CHOICES] if name in values}
        if kind is None:
            if inputs:
                row.wrong(
                    self.label("kind"),
                    _("The numbers need a kind of measure."),
                    _("Write one of these: %(words)s") % {"words": ", ".join(map(str, MeasureKind.labels))},
                )
            elif values.get("tonnes"):
                row.hints.append(self._no_tonnes())
            return
        if kind in KINDS and not inputs:
            row.hints.append(self._no_tonnes())
            return
        result = self._result(row, kind, inputs)
        if row.problems:
            return
        measure = self._measure(draft, kind, values.get("measure", ""))
        if measure.is_new:
            row.set(measure, "kind", kind, label=self.label("kind"))
        row.set(measure, "title", values.get("measure"), label=self.label("measure"))
        self._move_measure(row, draft, measure)
        if result is not None:
            self._plan_saving(row, measure, result)

    def _measure(self, draft: Draft[Project], kind: str, title: str) -> Draft[Measure]:
        """Return the measure a row is about: of the same kind and title, else the only one of its kind, else a new one.

        Two that both have a title are two measures.
        """
        of_kind = [each for each in self._measures.get(id(draft), []) if each.instance.kind == kind]
        same_title = [each for each in of_kind if fold(each.instance.title) == fold(title)]
        if same_title:
            return same_title[0]
        if len(of_kind) == 1 and not (title and of_kind[0].instance.title):
            return of_kind[0]
        made = self.new(Measure(project=draft.instance, kind=kind))
        self._measures.setdefault(id(draft), []).append(made)
        return made

    def _move_measure(self, row: Row, draft: Draft[Project], measure: Draft[Measure]) -> None:
        """Let the measure be done or dropped with its project."""
        status = {Status.DONE: Measure.Status.DONE, Status.DROPPED: Measure.Status.DROPPED}.get(
            row.get(draft, "status")
        )
        if status is None or measure.instance.status == status:
            return
        if measure.is_new or measure.instance.may_move_to(status):
            if status == Measure.Status.DONE:
                row.set(measure, "done_on", row.get(draft, "done_on"), label=_("Measure done on"))
            row.set(measure, "status", status, label=_("Status of the measure"))

    def _result(self, row: Row, kind: str, inputs: dict[str, Decimal]) -> Result | None:
        """Return the calculated saving; None for a kind without one. Notes what is wrong with the numbers."""
        if kind not in KINDS:
            return None
        try:
            result = calculate(kind, inputs, factor_of=self._factor_of)
        except InputsWrong as wrong:
            for name, messages in wrong.message_dict.items():
                row.wrong(self.label(name), " ".join(messages), "")
            return None
        except ValidationError as problem:
            row.wrong(self.label("kind"), " ".join(problem.messages), "")
            return None
        self._compare_tonnes(row, result)
        return result

    def _plan_saving(self, row: Row, measure: Draft[Measure], result: Result) -> None:
        if _understood(measure.instance.inputs) == _understood(result.stored_inputs()):
            return
        row.set(measure, "inputs", result.stored_inputs(), label=_("Numbers"), show=_numbers)
        before = self._savings.get(id(measure))
        if before is not None and not before.is_new:
            row.follow(before, "replaced_at", self._now)
        saving = self.new(frozen(measure.instance, result, Saving.Quality.CALCULATED, self.order.by))
        known = number_format(before.instance.kg_per_year.normalize()) if before else ""
        row.set(saving, "kg_per_year", result.kg_per_year, label=_("Saving (kg CO2e a year)"), instead_of=known)

    def _compare_tonnes(self, row: Row, result: Result) -> None:
        """Hint at a difference between the stated saving and the calculated one."""
        told, calculated = row.values.get("tonnes"), result.kg_per_year / TONNE
        if told and abs(told - calculated) > calculated / 10:
            row.hints.append(
                _("The sheet says %(told)s t CO2e a year; the portal calculates %(calculated)s t from the numbers.")
                % {"told": number_format(told), "calculated": number_format(calculated.quantize(Decimal("0.1")))}
            )

    def _no_tonnes(self) -> str:
        return _(
            "No saving is taken over: without kind of measure and numbers in kWh nobody can say where a tonne comes "
            "from. You can add them later."
        )


def _understood(inputs: dict[str, str]) -> tuple[dict[str, Decimal], str]:
    """Return stored numbers and what was chosen, to compare: "6200.0" is 6200."""
    return stored_numbers(inputs), "".join(inputs.get(name, "") for name in CHOICES)


def _numbers(inputs: dict[str, Any]) -> str:
    """Return the numbers of a measure as people read them."""
    return "; ".join(
        f"{capfirst(str(INPUTS[name].label))}: {number_format(number, force_grouping=True)} {shown(INPUTS[name].unit)}"
        for name, number in stored_numbers(inputs).items()
        if name in INPUTS
    )
