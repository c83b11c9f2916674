"""Sheets of funding programmes, each row with one of the programme's calls for applications.

A programme is known by its name within the agency that keeps it. It may have several rows, one a call; a call is
known by the day on which it opens. The exported list can be imported again as it is.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import State, Topic
from agencies.sheets.columns import Column
from agencies.sheets.exceptions import CellWrong
from agencies.sheets.parsing import amount, between, choice, day, decimal, line, lines, yes_no
from agencies.sheets.resources import Draft, Row, SheetResource
from agencies.sheets.text import Cell, as_text, fold
from projects.models import Applicant, CallWindow, FundingProgramme
from projects.models.funding import lines_of

Aspect = FundingProgramme.Aspect

LEVELS = {
    "Bund": FundingProgramme.Level.FEDERAL,
    "Bundesregierung": FundingProgramme.Level.FEDERAL,
    "Land": FundingProgramme.Level.STATE,
    "Bundesland": FundingProgramme.Level.STATE,
    "Europa": FundingProgramme.Level.EU,
    "Stiftung": FundingProgramme.Level.FOUNDATION,
    "sonstige": FundingProgramme.Level.OTHER,
}
WHO = {
    "Gemeinde": Applicant.MUNICIPALITY,
    "Gemeinden": Applicant.MUNICIPALITY,
    "Kommunen": Applicant.MUNICIPALITY,
    "Stadt": Applicant.MUNICIPALITY,
    "Landkreise": Applicant.DISTRICT,
    "Kreis": Applicant.DISTRICT,
    "kommunale Unternehmen": Applicant.MUNICIPAL_COMPANY,
    "Stadtwerke": Applicant.MUNICIPAL_COMPANY,
    "Schulen": Applicant.SCHOOL,
    "Verein": Applicant.CLUB,
    "Vereine": Applicant.CLUB,
    "Kirchen": Applicant.CHURCH,
    "Kirchengemeinde": Applicant.CHURCH,
    "Firma": Applicant.COMPANY,
    "KMU": Applicant.COMPANY,
    "Bürger": Applicant.CITIZEN,
    "Privatperson": Applicant.CITIZEN,
}
COMBINATIONS = {
    "ja": FundingProgramme.Combinability.FREE,
    "frei": FundingProgramme.Combinability.FREE,
    "nein": FundingProgramme.Combinability.NONE,
    "nicht": FundingProgramme.Combinability.NONE,
    "teilweise": FundingProgramme.Combinability.NAMED,
    "nur mit": FundingProgramme.Combinability.NAMED,
    "unbekannt": FundingProgramme.Combinability.UNKNOWN,
}
EVERYWHERE = frozenset(fold(word) for word in ("bundesweit", "nationwide", "alle", "all", "Deutschland"))

percent = between(decimal, 0, 100, "%")


def several(cell: Cell) -> list[str]:
    """Return the parts of a cell: one a line, or separated by semicolons, otherwise by commas."""
    text = as_text(cell)
    return [part.strip() for part in re.split(r"[;\n]" if re.search(r"[;\n]", text) else ",", text) if part.strip()]


def all_of(parse: Callable[[Cell], str]) -> Callable[[Cell], list[str]]:
    """Return a parser for several values, each once; the words for all or everybody make an empty list."""

    def parse_all(cell: Cell) -> list[str]:
        if fold(as_text(cell)) in EVERYWHERE:
            return []
        return list(dict.fromkeys(parse(part) for part in several(cell)))

    return parse_all


def address(cell: Cell) -> str:
    """Return an address of the web."""
    text = line(cell)
    try:
        URLValidator(schemes=["http", "https"])(text)
    except ValidationError:
        raise CellWrong(
            _("“%(text)s” is not an address of the web.") % {"text": text},
            _("Write it with https:// in front, or leave the cell empty."),
        ) from None
    return text


class FundingSheet(SheetResource):
    """Funding programmes with their calls."""

    kind = "funding"
    right = ("fundingprogramme", "add")
    names_people = False
    columns: ClassVar = (
        Column(
            "name",
            gettext_lazy("Name"),
            ("Förderprogramm", "Programm", "Titel", "Bezeichnung", "Funding programme"),
            line,
            "Kommunalrichtlinie: Außenbeleuchtung",
            gettext_lazy("By its name a programme is recognised when you import again."),
        ),
        Column(
            "level",
            gettext_lazy("Level"),
            ("Ebene", "Förderebene"),
            choice(FundingProgramme.Level, LEVELS),
            "Bund",
            gettext_lazy("Federal government, state, European Union, foundation or other."),
        ),
        Column(
            "funder",
            gettext_lazy("Funder"),
            ("Fördergeber", "Förderer", "Mittelgeber"),
            line,
            "BMWE",
        ),
        Column(
            "link", gettext_lazy("Link"), ("Internet", "Webseite", "URL", "Quelle"), address, "https://www.example.org"
        ),
        Column(
            "states",
            gettext_lazy("States"),
            ("Bundesländer", "Bundesland", "Land", "Gebiet", "Fördergebiet"),
            all_of(line),
            "bundesweit",
            gettext_lazy("Names or codes such as RP, separated by semicolons; or nationwide."),
        ),
        Column(
            "topics",
            gettext_lazy("Topics"),
            ("Themen", "Thema", "Handlungsfelder", "Handlungsfeld"),
            all_of(line),
            "Beleuchtung; Energie",
            gettext_lazy("Fields of action of the portal, separated by semicolons; or all."),
        ),
        Column(
            "applicants",
            gettext_lazy("Applicants"),
            ("Antragstellende", "Antragsberechtigt", "Antragsberechtigte", "Förderberechtigte", "Wer"),
            all_of(choice(Applicant, WHO)),
            "Kommune; Verein",
            gettext_lazy("Such as municipality, club, company, school, citizen, separated by semicolons; or all."),
        ),
        Column(
            "who_may_apply",
            gettext_lazy("More about who may apply"),
            ("Mehr zu den Antragsberechtigten", "Hinweis zu Antragsberechtigten"),
            line,
        ),
        Column(
            "only_before_start",
            gettext_lazy("Only before work has begun"),
            ("Nur vor Beginn", "Kein vorzeitiger Beginn", "Nur vor Maßnahmenbeginn"),
            yes_no,
            "ja",
            gettext_lazy("yes or no."),
        ),
        Column(
            "rate",
            gettext_lazy("Funding rate (%)"),
            ("Förderquote", "Fördersatz", "Quote", "Rate"),
            percent,
            25,
            gettext_lazy("In percent of the eligible cost."),
        ),
        Column(
            "higher_rate",
            gettext_lazy("Higher rate (%)"),
            ("Erhöhte Förderquote", "Erhöhter Fördersatz", "Erhöhte Quote"),
            percent,
            40,
        ),
        Column(
            "higher_rate_for",
            gettext_lazy("Higher rate for"),
            ("Erhöhte Quote für", "Bedingung für die erhöhte Quote", "Bedingung"),
            line,
            "finanzschwache Kommunen",
        ),
        Column(
            "cost_min",
            gettext_lazy("Eligible cost at least (€)"),
            ("Mindestkosten", "Mindestausgaben", "Kosten mindestens"),
            amount,
        ),
        Column(
            "cost_max",
            gettext_lazy("Eligible cost counted up to (€)"),
            ("Höchstkosten", "Förderfähige Kosten höchstens", "Kosten höchstens"),
            amount,
        ),
        Column(
            "grant_min",
            gettext_lazy("Grant at least (€)"),
            ("Mindestzuwendung", "Bagatellgrenze", "Zuschuss mindestens"),
            amount,
            5000,
        ),
        Column(
            "grant_max",
            gettext_lazy("Grant at most (€)"),
            ("Höchstzuwendung", "Höchstbetrag", "Zuschuss höchstens"),
            amount,
        ),
        Column(
            "opens_on",
            gettext_lazy("Opens on"),
            ("Öffnet am", "Antrag ab", "Anträge ab", "Beginn", "Von", "Start"),
            day,
            None,
            gettext_lazy("First day of the call; write a second row for a second call."),
        ),
        Column(
            "closes_on",
            gettext_lazy("Applications until"),
            ("Antrag bis", "Anträge bis", "Antragsfrist", "Frist", "Bis", "Ende"),
            day,
            date(2027, 12, 31),
            gettext_lazy("Last day of the call."),
        ),
        Column(
            "any_time",
            gettext_lazy("At any time"),
            ("Laufend", "Jederzeit", "Fortlaufend", "Ganzjährig"),
            yes_no,
            None,
            gettext_lazy("yes where one may apply at any time."),
        ),
        Column("call_note", gettext_lazy("Note on the call"), ("Hinweis zum Aufruf", "Hinweis zur Frist"), line),
        Column(
            "combinability",
            gettext_lazy("Can be combined"),
            ("Kombinierbar", "Kumulierbar", "Kumulierung"),
            choice(FundingProgramme.Combinability, COMBINATIONS),
            "nicht bekannt",
            gettext_lazy("With any other funding, only with those named, with no other funding, or not known."),
        ),
        Column(
            "combines_with",
            gettext_lazy("Can be combined with"),
            ("Kombinierbar mit", "Kumulierbar mit"),
            lines,
            None,
            gettext_lazy("Names of programmes, one a line."),
        ),
        Column(
            "combinability_note",
            gettext_lazy("About combining"),
            ("Hinweis zur Kombination", "Hinweis zur Kumulierung"),
            line,
        ),
        Column(
            "documents",
            gettext_lazy("Documents needed"),
            ("Unterlagen", "Nötige Unterlagen", "Benötigte Unterlagen"),
            lines,
            "Kostenschätzung\nRatsbeschluss",
            gettext_lazy("One a line. Each new application gets this list to tick off."),
        ),
        Column(
            "unconfirmed",
            gettext_lazy("Still to be confirmed"),
            ("Noch zu bestätigen", "Zu prüfen", "Unbestätigt"),
            all_of(choice(Aspect, {})),
            None,
            gettext_lazy("What is not yet sure, such as rate, amounts, calls; separated by semicolons."),
        ),
        Column(
            "checked_on",
            gettext_lazy("Last checked on"),
            ("Zuletzt geprüft", "Geprüft am", "Stand"),
            day,
            date(2026, 10, 1),
            gettext_lazy("The day on which somebody compared this with the funder's page. New programmes need it."),
        ),
    )
    required: ClassVar = (("name",),)

    # Which fields a row sets as they stand in it.
    PLAIN = (
        "level", "funder", "link", "who_may_apply", "only_before_start", "rate", "higher_rate", "higher_rate_for",
        "cost_min", "cost_max", "grant_min", "grant_max", "combinability", "combines_with", "combinability_note",
        "documents", "checked_on",
    )  # fmt: skip

    def load(self, rows: list[Row]) -> None:
        """Look up the agency's programmes with their calls, and the states and topics; four queries."""
        states, topics = list(State.objects.all()), list(Topic.objects.all())
        self._states = {fold(name): each for each in states for name in (each.name, each.pk, each.pk[3:])}
        self._topics = {fold(name): each for each in topics for name in (each.slug, each.name, each.name_en)}
        self._programmes: dict[str, Draft[FundingProgramme]] = {}
        self._calls: dict[int, list[Draft[CallWindow]]] = {}
        by_pk = {}
        for programme in self.locked(FundingProgramme.objects.filter(agency=self.order.agency).order_by("-pk")):
            by_pk[programme.pk] = self._programmes[fold(programme.name)] = self.stored(programme)
        for call in self.locked(CallWindow.objects.filter(funding_programme__in=list(by_pk))):
            self._calls.setdefault(id(by_pk[call.funding_programme_id]), []).append(self.stored(call))

    def plan(self, row: Row) -> None:
        """Compare the row with the programme of this name and with its call."""
        values = row.values
        name = values.get("name", "")
        if not name:
            row.wrong(self.label("name"), _("This is missing."), _("Fill in the cell."))
            return
        row.title = name
        draft = self._programmes.get(fold(name))
        if draft is None:
            draft = self._programmes[fold(name)] = self.new(FundingProgramme(checked_on=None))
        row.is_new = draft.is_new
        if draft.is_new:
            row.set(draft, "name", name)
        for field in self.PLAIN:
            row.set(draft, field, values.get(field))
        self._set_list(row, draft, "states", self._states, _("nationwide"))
        self._set_list(row, draft, "topics", self._topics, _("all topics"))
        self._set_choices(row, draft, "applicants", Applicant, _("anybody"))
        self._set_choices(row, draft, "unconfirmed", Aspect, _("nothing"))
        self._check(row, draft)
        self._plan_call(row, draft)

    def _set_list(
        self, row: Row, draft: Draft[FundingProgramme], field: str, known: Mapping[str, Any], nothing: str
    ) -> None:
        """Set the keys of states or topics that a cell names."""
        if field not in row.values:
            return
        found, names = [], {each.pk: str(each) for each in known.values()}
        for text in row.values[field]:
            if each := known.get(fold(text)):
                found.append(each.pk)
            else:
                row.wrong(
                    self.label(field),
                    _("“%(text)s” is not known here.") % {"text": text},
                    _("Write one of these: %(words)s") % {"words": ", ".join(sorted(names.values()))},
                )
        row.set(
            draft, field, sorted(found), show=lambda keys: ", ".join(names.get(key, key) for key in keys) or nothing
        )

    def _set_choices(self, row: Row, draft: Draft[FundingProgramme], field: str, choices: Any, nothing: str) -> None:
        """Set what a cell names out of a fixed list, in the list's order."""
        if field not in row.values:
            return
        codes = [code for code in choices.values if code in row.values[field]]
        row.set(
            draft, field, codes, show=lambda codes: ", ".join(str(choices(code).label) for code in codes) or nothing
        )

    def _check(self, row: Row, draft: Draft[FundingProgramme]) -> None:
        """Note what the database would refuse, and what a programme cannot do without."""
        if draft.is_new and not draft.set_in:
            for field in ("funder", "checked_on"):
                if not row.get(draft, field):
                    row.wrong(self.label(field), _("A new programme needs this."), _("Fill in the cell."))
        rate, higher = row.get(draft, "rate"), row.get(draft, "higher_rate")
        if higher is not None and (rate is None or higher < rate):
            row.wrong(
                self.label("higher_rate"),
                _("The higher rate must be at least as high as the rate, which must be known."),
                _("Check both rates."),
            )
        for low, high in (("cost_min", "cost_max"), ("grant_min", "grant_max")):
            least, most = row.get(draft, low), row.get(draft, high)
            if least is not None and most is not None and Decimal(most) < Decimal(least):
                row.wrong(self.label(high), _("This is less than the minimum."), _("Check both amounts."))
        named = row.get(draft, "combinability") == FundingProgramme.Combinability.NAMED
        if named and not lines_of(row.get(draft, "combines_with")):
            row.wrong(
                self.label("combines_with"),
                _("Please name the programmes with which it can be combined."),
                _("Write one name a line, as it stands in the list."),
            )

    def _plan_call(self, row: Row, draft: Draft[FundingProgramme]) -> None:
        """Compare the row's call: the one that opens on the same day, or the one at any time."""
        opens, closes, any_time = (row.values.get(name) for name in ("opens_on", "closes_on", "any_time"))
        if opens is None and closes is None and not any_time:
            return
        if opens and closes and closes < opens:
            row.wrong(self.label("closes_on"), _("The call closes before it opens."), _("Check both days."))
            return
        calls = self._calls.setdefault(id(draft), [])
        endless = opens is None and closes is None
        same = [call for call in calls if _is_same_call(call, opens, closes)]
        call = same[0] if same else self.new(CallWindow(funding_programme=draft.instance))
        if not same:
            calls.append(call)
            row.set(
                call,
                "funding_programme",
                draft.instance,
                label=_("Call"),
                show=lambda programme: _("at any time") if endless else _("new"),
            )
        row.set(call, "opens_on", opens, label=self.label("opens_on"))
        row.set(call, "closes_on", closes, label=self.label("closes_on"))
        row.set(call, "note", row.values.get("call_note"), label=self.label("call_note"))


def _is_same_call(call: Draft[CallWindow], opens: date | None, closes: date | None) -> bool:
    """Whether a call opens on a day; of those without a first day there is one that closes and one that does not."""
    if call.instance.opens_on != opens or (call.is_new and not call.set_in):
        return False
    return opens is not None or (call.instance.closes_on is None) == (closes is None)
