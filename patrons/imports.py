"""Sheets of climate patrons, with their appointments.

A row is a person, known by the e-mail address within the programme, and possibly an appointment to a municipality. A
person may have several rows, one an appointment. Nobody is mailed and no account is made by an import.
"""

from datetime import date, datetime, time
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Topic
from agencies.sheets.columns import Column
from agencies.sheets.parsing import between, choice, day, email, line, lines, person, phone, postcode, whole_number
from agencies.sheets.resources import Draft, Row, SheetResource
from agencies.sheets.text import fold
from communes.imports import commune_of, place_of
from communes.models import Commune, searchable
from communes.places import Place, Places, Unclear, municipality_key
from patrons.models import Appointment, Patron

Status = Patron.Status

STATUSES = {
    "interessiert": Status.CONFIRMED,
    "Interesse": Status.CONFIRMED,
    "bestätigt": Status.CONFIRMED,
    "interested": Status.CONFIRMED,
    "Gespräch geführt": Status.TALK_HELD,
    "Erstgespräch": Status.TALK_HELD,
    "vermittelt": Status.MATCHED,
    "zugeordnet": Status.MATCHED,
    "ernannt": Status.APPOINTED,
    "bestellt": Status.APPOINTED,
    "aktiv": Status.ACTIVE,
    "active": Status.ACTIVE,
    "pausiert": Status.PAUSING,
    "ruht": Status.PAUSING,
    "verabschiedet": Status.FAREWELL,
    "ausgeschieden": Status.FAREWELL,
    "beendet": Status.FAREWELL,
    "abgesagt": Status.WITHDRAWN,
    "zurückgezogen": Status.WITHDRAWN,
}
NEEDS_APPOINTMENT = frozenset({Status.APPOINTED, Status.ACTIVE, Status.PAUSING})


class PatronSheet(SheetResource):
    """Climate patrons and their appointments."""

    kind = "patrons"
    columns: ClassVar = (
        Column(
            "first_name",
            gettext_lazy("First name"),
            ("Vorname", "Vornamen", "Given name"),
            person,
            "Erika",
        ),
        Column(
            "last_name",
            gettext_lazy("Last name"),
            ("Nachname", "Familienname", "Zuname", "Name", "Name, Vorname", "Vor- und Nachname", "Patin/Pate", "Pat:in",
             "Klimaschutzpat:in", "Klimaschutzpate", "Surname"),
            person,
            "Muster",
            gettext_lazy("Without a column for the first name: “Erika Muster” or “Muster, Erika”."),
        ),
        Column(
            "email",
            gettext_lazy("E-mail"),
            ("Email", "Mail", "Mailadresse", "Mail-Adresse", "E-Mail-Adresse"),
            email,
            "erika.muster@example.org",
            gettext_lazy("By it a person is recognised when you import again."),
        ),
        Column(
            "phone",
            gettext_lazy("Phone"),
            ("Telefon", "Tel.", "Telefonnummer", "Mobil", "Handy", "Rufnummer"),
            phone,
            "06721 1840",
            gettext_lazy("With area code."),
        ),
        Column(
            "home_ags",
            gettext_lazy("AGS of the place of residence"),
            ("AGS Wohnort", "Gemeindeschlüssel Wohnort"),
            municipality_key,
            None,
        ),
        Column(
            "home",
            gettext_lazy("Place of residence"),
            ("Wohnort", "Ort", "Wohngemeinde", "Anschrift Ort", "Residence", "Town"),
            line,
            "Bingen am Rhein",
            gettext_lazy("If it is left out, the municipality of the appointment counts."),
        ),
        Column(
            "postcode",
            gettext_lazy("Postcode"),
            ("PLZ", "Postleitzahl", "ZIP"),
            postcode,
            "55411",
            gettext_lazy("Of the place of residence."),
        ),
        Column(
            "status",
            gettext_lazy("Status"),
            ("Stand", "Patenstatus"),
            choice(Status, STATUSES),
            "ernannt",
            gettext_lazy("Such as interested, talk held, matched, appointed, active, pausing, said goodbye to."),
        ),
        Column(
            "ags",
            gettext_lazy("AGS"),
            ("Gemeindeschlüssel", "AGS Kommune", "Amtlicher Gemeindeschlüssel", "GKZ", "Municipality key"),
            municipality_key,
            "07339005",
            gettext_lazy("Of the municipality of the appointment."),
        ),
        Column(
            "commune",
            gettext_lazy("Municipality"),
            ("Gemeinde", "Kommune", "Einsatzkommune", "Patengemeinde", "Einsatzort", "Ernannt für", "Pate in",
             "Commune"),
            line,
            "Bingen am Rhein",
            gettext_lazy("For which the person is, or will be, climate patron."),
        ),
        Column(
            "district",
            gettext_lazy("District"),
            ("Landkreis", "Kreis", "LK"),
            line,
            "Mainz-Bingen",
            gettext_lazy("Of the municipality of the appointment, where its name exists more than once."),
        ),
        Column(
            "appointed_on",
            gettext_lazy("Appointed on"),
            ("Ernannt am", "Ernennung", "Ernennungsdatum", "Bestellt am", "Pate seit", "Seit", "Datum der Ernennung"),
            day,
            date(2024, 3, 31),
            gettext_lazy("A day, like 31.03.2025."),
        ),
        Column(
            "ended_on",
            gettext_lazy("Appointment ended on"),
            ("Ernannt bis", "Ende der Ernennung", "Beendet am", "Bis", "Pate bis"),
            day,
            None,
        ),
        Column(
            "place",
            gettext_lazy("Place of the appointment"),
            ("Ort der Ernennung", "Ernennungsort"),
            line,
            None,
        ),
        Column(
            "signed_by",
            gettext_lazy("Signed by"),
            ("Unterschrieben von", "Unterzeichnet von", "Ernannt von", "Unterschrift"),
            line,
            "Silke Morgenroth",
            gettext_lazy("Who signed the certificate. Left out: “not known”."),
        ),
        Column(
            "signed_function",
            gettext_lazy("Function of the person who signed"),
            ("Funktion", "Funktion Unterschrift", "Unterzeichnet als"),
            line,
            "Bürgermeisterin",
        ),
        Column(
            "topics",
            gettext_lazy("Topics"),
            ("Themen", "Handlungsfelder", "Interessen", "Themenschwerpunkte"),
            line,
            None,
            gettext_lazy("Fields of action, separated by commas."),
        ),
        Column(
            "hours_a_month",
            gettext_lazy("Hours a month"),
            ("Stunden pro Monat", "Stunden im Monat", "Stunden/Monat", "Zeit"),
            between(whole_number, 1, 200),
            None,
        ),
        Column(
            "reach_km",
            gettext_lazy("Would travel how far (km)"),
            ("Umkreis", "Umkreis (km)", "Entfernung", "Radius"),
            between(whole_number, 0, 500, "km"),
            None,
        ),
        Column(
            "motivation",
            gettext_lazy("Motivation"),
            ("Beweggründe", "Bemerkung", "Bemerkungen", "Anmerkung", "Notiz"),
            lines,
            None,
        ),
        Column(
            "consented_on",
            gettext_lazy("Agreed to data processing on"),
            ("Einwilligung am", "Einwilligung", "Datenschutz am", "Datenschutzerklärung"),
            day,
            None,
            gettext_lazy("Left out: the day of the import."),
        ),
    )  # fmt: skip
    required: ClassVar = (("last_name",), ("email",), ("home", "home_ags", "commune", "ags"))

    def load(self, rows: list[Row]) -> None:
        """Look up municipalities, patrons, their appointments, and topics."""
        self._places = Places(
            (place for row in rows for place in (_home_of(row), place_of_work(row))), self.order.agency.state
        )
        addresses = {row.values["email"] for row in rows if "email" in row.values}
        self._patrons: dict[str, Draft[Patron]] = {}
        stored = Patron.objects.filter(programme=self.order.programme).annotate(address=models.functions.Lower("email"))
        best_last = models.Case(
            models.When(status__in=Patron.GONE, then=0), models.When(status=Status.INTERESTED, then=1), default=2
        )
        for patron in self.locked(
            stored.filter(address__in=addresses).prefetch_related("home", "matched_commune").order_by(best_last, "pk")
        ):
            self._patrons[patron.address] = self.stored(patron)
        self._appointments: dict[int, list[Draft[Appointment]]] = {}
        drafts = {draft.instance.pk: draft for draft in self._patrons.values()}
        appointments = Appointment.objects.filter(patron__in=list(drafts))
        for appointment in self.locked(appointments.order_by("appointed_on", "pk")):
            self._appointments_of(drafts[appointment.patron_id]).append(self.stored(appointment))
        self._topics = {
            fold(name): topic.slug for topic in Topic.objects.all() for name in (topic.slug, topic.name, topic.name_en)
        }

    def plan(self, row: Row) -> None:
        """Compare the row with the patron and the appointment it names."""
        self._split_name(row)
        address = row.values.get("email")
        for name in ("first_name", "last_name", "email"):
            if not row.values.get(name):
                row.wrong(self.label(name), _("This is missing."), _("Fill in the cell."))
        home, commune = self._home(row), self._commune(row)
        if row.problems or not address or home is None:
            return
        row.title = "{first_name} {last_name}, {email}".format_map(row.values)
        draft = self._patrons.get(address)
        if draft is None or self._comes_back(row, draft):
            draft = self._patrons[address] = self.new(Patron(programme=self.order.programme, home=home))
        row.is_new = draft.is_new
        self._plan_patron(row, draft, home, commune)
        self._plan_appointment(row, draft, commune)

    def complete(self, instance: models.Model) -> set[str]:
        """Keep the name by which patrons are sorted; whoever stands in an agency's list counts as confirmed."""
        if isinstance(instance, Patron):
            instance.sort_name = searchable(f"{instance.last_name} {instance.first_name}")
            if instance.status != Status.INTERESTED:
                instance.confirmed_at = instance.confirmed_at or timezone.now()
            return {"sort_name", "confirmed_at"}
        return set()

    def _plan_patron(self, row: Row, draft: Draft[Patron], home: Commune, commune: Commune | None) -> None:
        values = row.values
        for name in ("first_name", "last_name", "email", "phone", "hours_a_month", "reach_km", "motivation"):
            row.set(draft, name, values.get(name))
        if _home_of(row) or (draft.is_new and "home" not in draft.set_in):
            row.set(draft, "home", home)
        if values.get("topics"):
            self._set_topics(row, draft, values["topics"])
        if day_of_consent := values.get("consented_on"):
            row.set(draft, "consented_at", timezone.make_aware(datetime.combine(day_of_consent, time())))
        if commune is not None and draft.instance.matched_commune_id is None:
            row.set(draft, "matched_commune", commune)
        status = self._status(row, draft, commune)
        if status in Patron.GONE and not draft.is_new and draft.instance.status not in Patron.GONE:
            row.wrong(
                self.label("status"),
                _("Saying goodbye ends appointments and closes the account, which an import does not do."),
                _("Say goodbye on the person's page on the desk, then import again."),
            )
            return
        row.set(draft, "status", status)

    def _comes_back(self, row: Row, draft: Draft[Patron]) -> bool:
        """Whether somebody who was said goodbye to begins anew, as another patron with the same address."""
        status = row.values.get("status")
        anew = status not in Patron.GONE if status else not row.values.get("ended_on", True)
        return not draft.is_new and draft.instance.status in Patron.GONE and anew

    def _status(self, row: Row, draft: Draft[Patron], commune: Commune | None) -> str | None:
        """Return the status the row gives, or the one that follows from an appointment, or from being new."""
        status: str | None = row.values.get("status")
        if status:
            return status
        appointed, ended = row.values.get("appointed_on"), row.values.get("ended_on")
        if appointed and not ended and draft.instance.status not in NEEDS_APPOINTMENT:
            return Status.APPOINTED
        if not draft.is_new or draft.set_in:
            return None
        if appointed:
            return Status.FAREWELL
        return Status.MATCHED if commune else Status.CONFIRMED

    def _set_topics(self, row: Row, draft: Draft[Patron], text: str) -> None:
        parts = [part.strip() for part in text.replace(";", ",").replace("/", ",").split(",") if part.strip()]
        unknown = [part for part in parts if fold(part) not in self._topics]
        if unknown:
            row.hints.append(
                _("Left out, because it is no field of action here: %(names)s.") % {"names": ", ".join(unknown)}
            )
        known = [self._topics[fold(part)] for part in parts if fold(part) in self._topics]
        if known and sorted(known) != sorted(draft.instance.topics):
            row.set(draft, "topics", known)

    def _plan_appointment(self, row: Row, draft: Draft[Patron], commune: Commune | None) -> None:
        values = row.values
        appointed_on, ended_on = values.get("appointed_on"), values.get("ended_on")
        if appointed_on is None and ended_on is None:
            self._check_in_office(row, draft)
            return
        if commune is None:
            row.wrong(
                self.label("commune"),
                _("An appointment needs its municipality."),
                _("Write for which municipality the person was appointed."),
            )
            return
        appointment = self._appointment(draft, commune, appointed_on)
        if appointment is None:
            row.wrong(self.label("appointed_on"), _("The day of the appointment is missing."), _("Fill in the cell."))
            return
        row.set(appointment, "appointed_on", appointed_on)
        row.set(appointment, "ended_on", ended_on, label=self.label("ended_on"))
        row.set(appointment, "place", values.get("place"), label=self.label("place"))
        signed_by = values.get("signed_by") or (_("not known") if appointment.is_new else "")
        row.set(appointment, "signed_by", signed_by, label=self.label("signed_by"))
        row.set(appointment, "signed_function", values.get("signed_function"), label=self.label("signed_function"))
        self._check_days(row, draft, appointment)

    def _appointment(self, draft: Draft[Patron], commune: Commune, on: date | None) -> Draft[Appointment] | None:
        """Return the appointment a row is about: of the same day, else the open one, else a new one.

        None when the row gives no day and there is none.
        """
        drafts = self._appointments_of(draft)
        there = [each for each in drafts if each.instance.commune_id == commune.pk and each.instance.appointed_on]
        same_day = [each for each in there if each.instance.appointed_on == on]
        open_ones = [each for each in there if each.instance.ended_on is None]
        if same_day or open_ones:
            return (same_day or open_ones)[0]
        if on is None:
            return None
        made = self.new(Appointment(patron=draft.instance, commune=commune))
        drafts.append(made)
        return made

    def _check_days(self, row: Row, draft: Draft[Patron], appointment: Draft[Appointment]) -> None:
        """Note what the database would refuse: an end before the beginning, and two appointments at a time."""
        begin, end = row.get(appointment, "appointed_on"), row.get(appointment, "ended_on")
        if end is None and row.get(draft, "status") in Patron.GONE:
            row.wrong(
                self.label("ended_on"),
                _("Somebody who was said goodbye to has no appointment without an end."),
                _("Write the day on which the appointment ended."),
            )
        if end is not None and end < begin:
            row.wrong(self.label("ended_on"), _("The end lies before the beginning."), _("Check both days."))
            return
        for other in self._appointments_of(draft):
            known = other.instance
            if other is appointment or known.commune_id != appointment.instance.commune_id or not known.appointed_on:
                continue
            if begin < (known.ended_on or date.max) and known.appointed_on < (end or date.max):
                row.wrong(
                    self.label("appointed_on"),
                    _("The days overlap with another appointment for the same municipality."),
                    _("Check both days, or end the other appointment first."),
                )

    def _check_in_office(self, row: Row, draft: Draft[Patron]) -> None:
        """Note when somebody is said to be in office without an appointment."""
        if row.get(draft, "status") in NEEDS_APPOINTMENT and not any(
            each.instance.appointed_on for each in self._appointments_of(draft)
        ):
            row.wrong(
                self.label("appointed_on"),
                _("Somebody in office needs the day of the appointment and its municipality."),
                _("Fill in both, or write another status."),
            )

    def _home(self, row: Row) -> Commune | None:
        """Return where the person lives, in whatever state; the municipality of the appointment stands in for it."""
        place = _home_of(row) or place_of_work(row)
        if not place:
            row.wrong(self.label("home"), _("This is missing."), _("Fill in the cell."))
            return None
        try:
            found = self._places.find(place)
        except Unclear as unclear:
            if _home_of(row):
                row.wrong(self.label("home"), unclear.reason, unclear.mend)
            return None
        if found.hint and _home_of(row):
            row.hints.append(found.hint)
        return found.commune

    def _commune(self, row: Row) -> Commune | None:
        """Return the municipality of the appointment, if the row names one."""
        place = place_of_work(row)
        if not place:
            return None
        return commune_of(row, place, self._places, self.order, self.label("commune"))

    def _split_name(self, row: Row) -> None:
        """Take first and last name out of one cell where there is no other."""
        values = row.values
        name = values.get("last_name", "")
        if values.get("first_name") or not name:
            return
        last, comma, first = name.partition(",")
        if not comma:
            first, _blank, last = name.rpartition(" ")
        values["first_name"], values["last_name"] = first.strip(), last.strip()

    def _appointments_of(self, draft: Draft[Patron]) -> list[Draft[Appointment]]:
        return self._appointments.setdefault(id(draft), [])


def place_of_work(row: Row) -> Place:
    """Return how a row names the municipality of the appointment."""
    place = place_of(row)
    postcode_of_home = row.values.get("home") or row.values.get("home_ags")
    return Place(place.ags, place.name, place.district, "" if postcode_of_home else place.postcode)


def _home_of(row: Row) -> Place:
    """Return how a row names the place of residence."""
    values = row.values
    if not (values.get("home_ags") or values.get("home")):
        return Place()
    return Place(values.get("home_ags", ""), values.get("home", ""), "", values.get("postcode", ""))
