"""Sheets of municipalities: an agency's partner list with the people to speak to.

A row names a municipality of the official register, its partnership in the programme, and one contact. A municipality
may have several rows, one a contact. The register itself is never changed.
"""

from datetime import date
from typing import Any, ClassVar

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Membership
from agencies.sheets.columns import Column
from agencies.sheets.exceptions import CellWrong
from agencies.sheets.parsing import choice, day, email, lines, person, phone, postcode, whole_number, yes_no
from agencies.sheets.resources import Draft, Order, Row, SheetResource
from agencies.sheets.text import Cell, as_text, fold
from communes.models import Commune, Contact, Partnership
from communes.places import Place, Places, Unclear, described, municipality_key

Status = Partnership.Status

AGS = Column(
    "ags",
    gettext_lazy("AGS"),
    ("Gemeindeschlüssel", "Amtlicher Gemeindeschlüssel", "Gemeindekennziffer", "GKZ", "ARS", "Regionalschlüssel",
     "Municipality key"),
    municipality_key,
    "07339005",
    gettext_lazy("Eight digits. A zero that the spreadsheet program has eaten is put back."),
)  # fmt: skip
NAME = Column(
    "commune",
    gettext_lazy("Municipality"),
    ("Gemeinde", "Kommune", "Ort", "Stadt", "Ortsgemeinde", "Stadt/Gemeinde", "Gemeindename", "Name der Kommune",
     "Name der Gemeinde", "Partnerkommune Name", "Commune", "Town"),
    example="Bingen am Rhein",
    note=gettext_lazy("The official name. Where it exists more than once, add the district or the postcode."),
)  # fmt: skip
DISTRICT = Column(
    "district",
    gettext_lazy("District"),
    ("Landkreis", "Kreis", "LK", "Lkr.", "Kreisname", "County"),
    example="Mainz-Bingen",
    note=gettext_lazy("With or without “Landkreis”."),
)
POSTCODE = Column(
    "postcode",
    gettext_lazy("Postcode"),
    ("PLZ", "Postleitzahl", "ZIP"),
    postcode,
    "55411",
    gettext_lazy("Helps to tell municipalities of the same name apart."),
)

STATUSES = {
    "offiziell": Status.OFFICIAL,
    "offizielle Partnerkommune": Status.OFFICIAL,
    "Partnerkommune": Status.OFFICIAL,
    "Partner": Status.OFFICIAL,
    "aktiv": Status.OFFICIAL,
    "official": Status.OFFICIAL,
    "interessiert": Status.AWAITING_BACKING,
    "in Vorbereitung": Status.AWAITING_BACKING,
    "Beschluss ausstehend": Status.AWAITING_BACKING,
    "Beschluss fehlt": Status.AWAITING_BACKING,
    "interested": Status.AWAITING_BACKING,
    "ausgeschieden": Status.ENDED,
    "ehemalig": Status.ENDED,
    "abgeschlossen": Status.ENDED,
    "abgesprungen": Status.WITHDRAWN,
    "zurückgezogen": Status.WITHDRAWN,
}
# Words that give a function away, wherever they stand in the cell.
FUNCTIONS = [
    ("buergermeister", Contact.Function.MAYOR),
    ("ortsvorsteher", Contact.Function.MAYOR),
    ("mayor", Contact.Function.MAYOR),
    ("klimaschutzm", Contact.Function.CLIMATE_MANAGER),
    ("klimamanag", Contact.Function.CLIMATE_MANAGER),
    ("climate", Contact.Function.CLIMATE_MANAGER),
    ("landrat", Contact.Function.DISTRICT_COUNCIL),
    ("kreisverwaltung", Contact.Function.DISTRICT_COUNCIL),
    ("landkreis", Contact.Function.DISTRICT_COUNCIL),
    ("verein", Contact.Function.CLUB),
    ("initiative", Contact.Function.CLUB),
    ("stadtwerk", Contact.Function.UTILITY),
    ("versorger", Contact.Function.UTILITY),
    ("schul", Contact.Function.SCHOOL),
    ("verwaltung", Contact.Function.ADMINISTRATION),
    ("bauamt", Contact.Function.ADMINISTRATION),
    ("fachbereich", Contact.Function.ADMINISTRATION),
    ("sachbearbeit", Contact.Function.ADMINISTRATION),
    ("administration", Contact.Function.ADMINISTRATION),
]


def function(cell: Cell) -> tuple[str, str]:
    """Return the function a text names, and the text itself where it is not one of ours."""
    text = as_text(cell)
    folded = fold(text)
    for each in Contact.Function:
        if folded in {fold(each.label), fold(each.value)}:
            return each.value, ""
    found = next((code for word, code in FUNCTIONS if word in folded), Contact.Function.OTHER)
    return found, text


def inhabitants(cell: Cell) -> int | None:
    """Return a number of inhabitants, or None where it cannot be read: it is only compared, never written."""
    try:
        return whole_number(cell)
    except CellWrong:
        return None


def place_of(row: Row) -> Place:
    """Return how a row names its municipality."""
    values = row.values
    return Place(
        values.get("ags", ""), values.get("commune", ""), values.get("district", ""), values.get("postcode", "")
    )


def commune_of(row: Row, place: Place, places: Places, order: Order, column: str) -> Commune | None:
    """Return the municipality of a row if the agency looks after it; otherwise note why not and return None."""
    if not place:
        row.wrong(column, _("The row names no municipality."), _("Write its name, or its key (AGS)."))
        return None
    try:
        found = places.find(place)
    except Unclear as unclear:
        row.wrong(column, unclear.reason, unclear.mend)
        return None
    commune, state = found.commune, order.agency.state
    if state and commune.state_id != state.pk:
        row.wrong(
            column,
            _("%(commune)s lies in %(state)s; your agency looks after %(own)s.")
            % {"commune": described(commune), "state": commune.state, "own": state},
            _("Leave the row out, or correct the municipality."),
        )
        return None
    if found.hint:
        row.hints.append(found.hint)
    return commune


class CommuneSheet(SheetResource):
    """Partner municipalities and their contacts."""

    kind = "communes"
    columns: ClassVar = (
        AGS,
        NAME,
        DISTRICT,
        POSTCODE,
        Column(
            "status",
            gettext_lazy("Status"),
            ("Partnerstatus", "Stand", "Status der Partnerschaft"),
            choice(Status, STATUSES),
            "offiziell",
            gettext_lazy("One of: official partner, waits for political backing, ended, withdrawn."),
        ),
        Column(
            "official",
            gettext_lazy("Official"),
            ("Partnerkommune", "Partner", "Offizielle Partnerkommune", "Offizieller Partner", "Teilnahme"),
            yes_no,
            None,
            gettext_lazy("yes, no or x, instead of a status."),
        ),
        Column(
            "since",
            gettext_lazy("Official since"),
            ("Partner seit", "Seit", "Beschluss vom", "Partnerkommune seit", "Since"),
            day,
            date(2024, 3, 31),
            gettext_lazy("A day, like 31.03.2025. Official partners need one."),
        ),
        Column(
            "ended_on",
            gettext_lazy("Ended on"),
            ("Beendet am", "Ende", "Partner bis", "Bis", "Until"),
            day,
            None,
            gettext_lazy("A day. Partnerships that have ended need one."),
        ),
        Column(
            "manager",
            gettext_lazy("Looked after by"),
            ("Betreut von", "Zuständig", "Regionalmanager", "Regionalmanager:in", "Betreuung", "Manager"),
            example=None,
            note=gettext_lazy("Name or e-mail of a member of your agency."),
        ),
        Column(
            "contact",
            gettext_lazy("Contact"),
            ("Ansprechpartner", "Ansprechpartner:in", "Ansprechperson", "Kontakt", "Kontaktperson", "Name", "Person",
             "Contact name"),
            person,
            "Silke Morgenroth",
            gettext_lazy("First and last name of the person to speak to."),
        ),
        Column(
            "function",
            gettext_lazy("Function"),
            ("Funktion", "Rolle", "Amt", "Position", "Funktion der Ansprechperson"),
            function,
            "Bürgermeisterin",
            gettext_lazy("Such as mayor, climate manager, administration, club, school."),
        ),
        Column(
            "email",
            gettext_lazy("E-mail"),
            ("Email", "Mail", "Mailadresse", "Mail-Adresse", "E-Mail-Adresse", "Kontakt E-Mail"),
            email,
            "gemeinde@example.org",
            gettext_lazy("Exactly one address."),
        ),
        Column(
            "phone",
            gettext_lazy("Phone"),
            ("Telefon", "Tel.", "Telefonnummer", "Rufnummer", "Mobil", "Handy", "Festnetz"),
            phone,
            "06721 1840",
            gettext_lazy("With area code."),
        ),
        Column(
            "note",
            gettext_lazy("Note"),
            ("Notiz", "Bemerkung", "Bemerkungen", "Anmerkung", "Anmerkungen", "Kommentar", "Notes", "Comment"),
            lines,
            None,
            gettext_lazy("Kept with the contact."),
        ),
        Column(
            "population",
            gettext_lazy("Inhabitants"),
            ("Einwohner", "Einwohnerzahl", "EW", "Einwohner:innen", "Bevölkerung", "Population"),
            inhabitants,
            None,
            gettext_lazy("Only compared with the official register, to find mix-ups."),
        ),
    )  # fmt: skip
    required: ClassVar = (("commune", "ags"),)

    def load(self, rows: list[Row]) -> None:
        """Look up municipalities, partnerships, contacts and staff."""
        self._places = Places((place_of(row) for row in rows), self.order.agency.state)
        self._names: dict[int, set[str]] = {}
        communes = self._communes_named_in(rows)
        self._partnerships: dict[int, list[Draft[Partnership]]] = {pk: [] for pk in communes}
        stored = Partnership.objects.filter(programme=self.order.programme, commune__in=communes)
        for partnership in self.locked(stored.prefetch_related("manager").order_by("-since", "-pk")):
            self._partnerships[partnership.commune_id].append(self.stored(partnership))
        self._contacts: dict[int, list[Draft[Contact]]] = {pk: [] for pk in communes}
        for contact in self.locked(Contact.objects.filter(commune__in=communes).order_by("pk")):
            if contact.commune_id is not None:
                self._contacts[contact.commune_id].append(self.stored(contact))
        self._staff: dict[str, Membership] = {}
        if any(row.values.get("manager") for row in rows):
            for member in Membership.objects.filter(is_active=True).select_related("user"):
                self._staff |= {fold(member.name): member, fold(member.user.email): member}

    def plan(self, row: Row) -> None:
        """Compare the row with the municipality's partnership and contacts."""
        commune = commune_of(row, place_of(row), self._places, self.order, self.label("commune"))
        if commune is None:
            return
        row.title = described(commune)
        self._compare_inhabitants(row, commune)
        self._plan_partnership(row, commune)
        self._plan_contact(row, commune)

    def _communes_named_in(self, rows: list[Row]) -> list[int]:
        """Return the municipalities of all rows, and note which contacts the sheet names in each."""
        for row in rows:
            try:
                commune = self._places.find(place_of(row)).commune if place_of(row) else None
            except Unclear:
                continue
            if commune is not None:
                self._names.setdefault(commune.pk, set()).add(fold(row.values.get("contact", "")))
        return list(self._names)

    def _plan_partnership(self, row: Row, commune: Commune) -> None:
        values = row.values
        status = values.get("status")
        if status is None and "official" in values:
            status = Status.OFFICIAL if values["official"] else Status.AWAITING_BACKING
        draft = self._partnership(commune, status, values.get("since"))
        row.is_new = draft.is_new
        if draft.is_new and not draft.set_in:
            status = status or (Status.OFFICIAL if values.get("since") else Status.AWAITING_BACKING)
        row.set(draft, "status", status)
        row.set(draft, "since", values.get("since"))
        row.set(draft, "ended_on", values.get("ended_on"))
        if name := values.get("manager"):
            self._set_manager(row, draft, name)
        self._check_days(row, draft)

    def _partnership(self, commune: Commune, status: str | None, since: date | None) -> Draft[Partnership]:
        """Return the partnership a row is about: the open one, else a closed one, else a new one.

        A row that says the municipality takes part again, after its partnership has ended, begins a new one.
        """
        drafts = self._partnerships[commune.pk]
        closed = {Status.ENDED, Status.WITHDRAWN}
        open_ones = [draft for draft in drafts if draft.instance.status not in closed]
        closed_ones = [draft for draft in drafts if draft.instance.status in closed]
        same_start = [draft for draft in closed_ones if since and draft.instance.since == since]
        wanted = same_start + open_ones + closed_ones if status in closed else open_ones
        if status is None:
            wanted = open_ones + closed_ones
        if wanted:
            return wanted[0]
        draft = self.new(Partnership(commune=commune, programme=self.order.programme))
        drafts.append(draft)
        return draft

    def _set_manager(self, row: Row, draft: Draft[Partnership], name: str) -> None:
        member = self._staff.get(fold(name))
        if member is None:
            names = sorted({str(each) for each in self._staff.values()})
            row.wrong(
                self.label("manager"),
                _("“%(name)s” is not a member of your agency.") % {"name": name},
                _("Write one of these: %(words)s") % {"words": ", ".join(names[:8])},
            )
            return
        row.set(draft, "manager", member)

    def _check_days(self, row: Row, draft: Draft[Partnership]) -> None:
        """Note what the database would refuse."""
        status, since, ended_on = (row.get(draft, name) for name in ("status", "since", "ended_on"))
        if status in {Status.OFFICIAL, Status.ENDED} and since is None:
            row.wrong(
                self.label("since"),
                _("An official partner needs the day since when."),
                _("Write the day of the council's resolution, like this: 31.03.2025"),
            )
        if status == Status.ENDED and ended_on is None:
            row.wrong(self.label("ended_on"), _("A partnership that has ended needs a day."), _("Write the day."))
        if since and ended_on and ended_on < since:
            row.wrong(self.label("ended_on"), _("The end lies before the beginning."), _("Check both days."))

    def _plan_contact(self, row: Row, commune: Commune) -> None:
        values = row.values
        if not any(values.get(name) for name in ("contact", "email", "phone")):
            if values.get("note"):
                row.hints.append(_("The note is left out, because the row names no contact to keep it with."))
            return
        draft = self._contact(commune, values)
        kind, wording = values.get("function", ("", ""))
        name = values.get("contact") or (
            "" if not draft.is_new else _("Administration of %(name)s") % {"name": commune}
        )
        row.set(draft, "name", name, label=self.label("contact"))
        row.set(draft, "function", kind, label=self.label("function"))
        row.set(draft, "email", values.get("email"))
        row.set(draft, "phone", values.get("phone"))
        note = values.get("note") or (wording if kind == Contact.Function.OTHER and draft.is_new else "")
        row.set(draft, "note", note, label=self.label("note"))

    def _contact(self, commune: Commune, values: dict[str, Any]) -> Draft[Contact]:
        """Return the contact a row is about: of the same name; else of the same address or number, unless the sheet
        names that person in another row; else a new one."""
        drafts = self._contacts[commune.pk]
        name, address, number = fold(values.get("contact", "")), values.get("email"), values.get("phone")
        for draft in drafts:
            if name and fold(draft.instance.name) == name:
                return draft
        for draft in drafts:
            known = draft.instance
            reached = (address and known.email.lower() == address) or (number and not address and known.phone == number)
            if reached and (not name or fold(known.name) not in self._names[commune.pk]):
                return draft
        draft = self.new(Contact(commune=commune))
        drafts.append(draft)
        return draft

    def _compare_inhabitants(self, row: Row, commune: Commune) -> None:
        """Hint at a mix-up when the sheet's number of inhabitants is far from the register's."""
        told, known = row.values.get("population"), commune.population
        if told and known and not known / 2 <= told <= known * 2:
            row.hints.append(
                _("The sheet says %(told)s inhabitants, the register %(known)s: is it the right municipality?")
                % {"told": intcomma(told), "known": intcomma(known)}
            )
