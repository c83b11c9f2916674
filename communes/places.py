"""Municipalities named in sheets: many at once, by key, or by name with district or postcode, in three queries."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.models import State
from agencies.sheets.exceptions import CellWrong
from agencies.sheets.text import Cell, as_text
from communes.models import Commune, searchable
from communes.search import KIND_OF_PLACE

# How many different unknown names get suggestions: each costs a search by likeness.
SUGGESTIONS_FOR = 200
SUGGESTED = 3
KIND_OF_DISTRICT = re.compile(r"^(landkreis|lkr|lk|kreisfreie stadt|kreis|stadt) ")
ABBREVIATED = [
    (re.compile(r"\ba d\b"), "an der"),
    (re.compile(r"\ba rh\b"), "am rhein"),
    (re.compile(r"\ba m\b"), "am main"),
    (re.compile(r"\bi d\b"), "in der"),
    (re.compile(r"\bo d\b"), "ob der"),
    (re.compile(r"\bweinstr\b"), "weinstrasse"),
]

# Name in the sheet and municipality: names that are, or begin with, the words of the sheet. The range of the index
# stands for "begins with the words and a blank".
BY_NAME = """
SELECT typed, commune.id FROM unnest(%s::text[]) AS typed
JOIN communes_commune AS commune
  ON commune.search_name = typed
  OR (commune.search_name ~>=~ (typed || ' ') AND commune.search_name ~<~ (typed || '!'))
"""
# Fewest wrong letters first; lying in another state counts as one.
BY_LIKENESS = """
SELECT typed, similar_one.id FROM unnest(%s::text[]) AS typed
CROSS JOIN LATERAL (
    SELECT commune.id FROM communes_resembling(typed) AS found
    JOIN communes_commune AS commune ON commune.id = found
    WHERE commune.dissolved_on IS NULL
    ORDER BY levenshtein(left(commune.search_name, length(typed)), typed)
             + CASE WHEN commune.state_id = %s THEN 0 ELSE 1 END,
             commune.population DESC, commune.id
    LIMIT 12
) AS similar_one
"""


@dataclass(frozen=True)
class Place:
    """How a sheet names a municipality. Empty where it says nothing."""

    ags: str = ""
    name: str = ""
    district: str = ""
    postcode: str = ""

    def __bool__(self) -> bool:
        return bool(self.ags or self.name)

    @property
    def typed(self) -> str:
        """The name as it is searched, without a region after a comma."""
        return searched(self.name.partition(",")[0])

    @property
    def region(self) -> str:
        """The district, or what stands after a comma of the name."""
        return self.district or self.name.partition(",")[2].strip()


@dataclass(frozen=True)
class Found:
    """A municipality, with a hint where the reader should look twice."""

    commune: Commune
    hint: str = ""


class Unclear(Exception):
    """A place is not one municipality: `reason` says why, `mend` what to write instead."""

    def __init__(self, reason: str, mend: str) -> None:
        super().__init__(reason)
        self.reason, self.mend = reason, mend


class Places:
    """The municipalities of a sheet. Names are first looked for in `state`, if there is one."""

    def __init__(self, wanted: Iterable[Place], state: State | None = None) -> None:
        self._state = state
        wanted = {place for place in wanted if place}
        by_name = _pairs(BY_NAME, sorted({place.typed for place in wanted if place.typed}))
        unknown = [place.typed for place in wanted if place.typed and place.typed not in by_name]
        by_likeness = _pairs(BY_LIKENESS, sorted(set(unknown))[:SUGGESTIONS_FOR], state.pk if state else "")
        ids = {pk for pks in [*by_name.values(), *by_likeness.values()] for pk in pks}
        communes = Commune.objects.select_related("district", "state", "successor__district", "successor__state")
        keys = {place.ags for place in wanted if place.ags}
        found = {each.pk: each for each in communes.filter(pk__in=ids) | communes.filter(ags__in=keys)}
        self._by_key = {commune.ags: commune for commune in found.values()}
        self._by_name = {typed: [found[pk] for pk in pks] for typed, pks in by_name.items()}
        self._similar = {typed: [found[pk] for pk in pks] for typed, pks in by_likeness.items()}

    def find(self, place: Place) -> Found:
        """Return the municipality a place means. Raises Unclear."""
        found = self._of_key(place) if place.ags else self._of_name(place)
        commune = found.commune
        if commune.dissolved_on and commune.successor:
            hint = _("%(old)s belongs to %(new)s today.") % {"old": commune, "new": described(commune.successor)}
            return Found(commune.successor, hint)
        return found

    def _of_key(self, place: Place) -> Found:
        commune = self._by_key.get(place.ags)
        if commune is None:
            reason = _("The municipality key %(ags)s is not in the official register.") % {"ags": place.ags}
            raise Unclear(reason, self._suggestion(self._similar_to(place)))
        if place.typed and not _alike(place.typed, commune.search_name):
            raise Unclear(
                _("The key %(ags)s means %(commune)s, the name says “%(name)s”.")
                % {"ags": place.ags, "commune": described(commune), "name": place.name},
                _("Correct the key or the name, or leave one of them empty."),
            )
        return Found(commune)

    def _of_name(self, place: Place) -> Found:
        named = [each for each in self._by_name.get(place.typed, []) if not each.dissolved_on]
        candidates = _narrowed(named, place, self._state)
        exact = [each for each in candidates if each.search_name == place.typed]
        if len(exact) == 1 and len(candidates) > 1:
            others = _shortened([each for each in candidates if each is not exact[0]])
            return Found(exact[0], _("There is also: %(others)s.") % {"others": others})
        if len(candidates) == 1:
            commune = candidates[0]
            written_out = _("“%(name)s” is understood as %(commune)s.") % {
                "name": place.name,
                "commune": described(commune),
            }
            return Found(commune, "" if exact else written_out)
        if candidates:
            raise Unclear(
                ngettext(
                    "“%(name)s” may be %(count)d municipality: %(names)s.",
                    "“%(name)s” may be any of %(count)d municipalities: %(names)s.",
                    len(candidates),
                )
                % {"name": place.name, "count": len(candidates), "names": _shortened(candidates)},
                _("Add the municipality key (AGS), the district or the postcode."),
            )
        raise Unclear(
            _("There is no municipality “%(name)s” in the official register.") % {"name": place.name},
            self._suggestion(self._similar_to(place)),
        )

    def _similar_to(self, place: Place) -> list[Commune]:
        """Return municipalities with a similar name, those of the named region first."""
        similar = self._by_name.get(place.typed) or self._similar.get(place.typed) or []
        region = searchable(place.region)
        return sorted(similar, key=lambda each: (not _lies_in(each, region), each.state_id != self._state_id))[
            :SUGGESTED
        ]

    @property
    def _state_id(self) -> str | None:
        return self._state.pk if self._state else None

    def _suggestion(self, communes: list[Commune]) -> str:
        if not communes:
            return _("Check the spelling, or write the municipality key (AGS) with its eight digits.")
        return _("Did you mean: %(names)s? Write the name like this, or the key.") % {"names": _shortened(communes)}


def municipality_key(cell: Cell) -> str:
    """Return a key of eight digits; spreadsheet programs eat the zero in front. Twelve digits are the regional key.

    Raises CellWrong.
    """
    digits = re.sub(r"[\s.]", "", as_text(cell))
    if re.fullmatch(r"\d{11,12}", digits):
        regional = digits.zfill(12)
        return regional[:5] + regional[9:]
    if re.fullmatch(r"\d{7,8}", digits):
        return digits.zfill(8)
    raise CellWrong(
        _("“%(text)s” is not a municipality key.") % {"text": as_text(cell)},
        _("The key (AGS) has eight digits, like 07339005. Or write name and district instead."),
    )


def searched(name: str) -> str:
    """Return a name as it is searched: abbreviations written out, without "Stadt" or "Gemeinde" in front."""
    text = searchable(name)
    for pattern, words in ABBREVIATED:
        text = pattern.sub(words, text)
    kind = KIND_OF_PLACE.match(text)
    return text[kind.end() :] if kind else text


def described(commune: Commune) -> str:
    """Return a municipality with its district, or its state where it is its own district, and its key."""
    district = str(commune.district or "")
    region = str(commune.state or "") if district in {"", commune.name} else district
    where = ", ".join(filter(None, [region, commune.ags]))
    return f"{commune.name} ({where})" if where else commune.name


def _pairs(query: str, names: list[str], *parameters: str) -> dict[str, list[int]]:
    """Return the primary keys a query finds for each name."""
    found: dict[str, list[int]] = defaultdict(list)
    if names:
        with connection.cursor() as cursor:
            cursor.execute(query, [names, *parameters])
            for typed, pk in cursor.fetchall():
                found[typed].append(pk)
    return dict(found)


def _narrowed(communes: list[Commune], place: Place, state: State | None) -> list[Commune]:
    """Return those that lie where the sheet says: in the district, with the postcode, in the own state."""
    region = searchable(place.region)
    if place.district:
        communes = [each for each in communes if _lies_in(each, region)]
    elif region:
        communes = [each for each in communes if _lies_in(each, region)] or communes
    if place.postcode:
        communes = [each for each in communes if place.postcode in each.postcodes] or communes
    if state:
        communes = [each for each in communes if each.state_id == state.pk] or communes
    return communes


def _lies_in(commune: Commune, region: str) -> bool:
    """Whether the named region is the municipality's district or state."""
    if not region:
        return False
    if region.isdigit():
        return (commune.ags or "").startswith(region.zfill(5))
    wanted = KIND_OF_DISTRICT.sub("", region)
    names = [searchable(str(each)) for each in (commune.district, commune.state) if each]
    return any(wanted == name or (len(wanted) > 3 and (wanted in name or name in wanted)) for name in names)


def _alike(typed: str, name: str) -> bool:
    """Whether a name in a sheet may stand for the official one: they share a word, or nearly all letters."""
    return bool(set(typed.split()) & set(name.split())) or typed[:4] == name[:4]


def _shortened(communes: list[Commune]) -> str:
    """Return some of the municipalities, and how many more there are."""
    names = "; ".join(described(commune) for commune in communes[:SUGGESTED])
    more = len(communes) - SUGGESTED
    return names if more <= 0 else _("%(names)s and %(count)d more") % {"names": names, "count": more}
