"""Finding municipalities by what people type: name, postcode or municipality key, with or without errors.

Names are compared as `searchable` writes them. What begins with the typed words is found by index in one query; only
when nothing does, a second one looks for names that resemble them.
"""

import re
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Case, F, Func, IntegerField, Q, QuerySet, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Least, Left, Lower, Replace

from communes.models import Commune, CommuneQuerySet, searchable

SHORTEST, LONGEST = 2, 80
SHORTEST_DISTRICT = 4
# From this many wrong letters on, only the likeness of the whole counts.
FAR_OFF = 4
NAMESAKES = 40
# Letters that people write instead of an umlaut where their keyboard has none: "Koln" for "Köln". Not the u of "eu".
BARE_VOWEL = re.compile(r"a(?!e)|o(?!e)|(?<![aeq])u(?!e)")
MOST_SPELLINGS = 5
KIND_OF_DISTRICT = re.compile(r"^(?:landkreis|kreis) | (?:landkreis|kreis)$")
KIND_OF_PLACE = re.compile(
    r"^(?:ortsgemeinde|verbandsgemeinde|gemeinde|samtgemeinde|einheitsgemeinde|stadt|hansestadt|landeshauptstadt"
    r"|kreisstadt|universitaetsstadt|markt|marktgemeinde|ortsteil|stadtteil|og|vg) "
)


class Levenshtein(Func):
    """PostgreSQL's edit distance."""

    function = "levenshtein"
    output_field = IntegerField()


@dataclass(frozen=True)
class Resolution:
    """What a typed text means: one municipality beyond doubt, or those it might mean.

    `alike` says whether they fit as typed; otherwise they only resemble it.
    """

    commune: Commune | None
    candidates: list[Commune]
    alike: bool = True


def find_communes(text: str, *, limit: int = 10, only_that_can_register: bool = True) -> list[Commune]:
    """Return the municipalities that `text` may mean, best match first, among equals the larger one.

    `text` is a name or its beginning, a postcode or its beginning, a municipality key, or postcode and name; words
    after a comma ("Neustadt, Marburg-Biedenkopf") prefer that district or state. District and state are loaded.
    """
    communes = Commune.objects.that_can_register() if only_that_can_register else Commune.objects.current()
    communes = communes.select_related("district", "state")
    name, _comma, region = text[:LONGEST].partition(",")
    digits = re.search(r"\d{3,8}", name)
    typed = searchable(re.sub(r"\d", " ", name))
    if digits:
        return _of_number(communes, digits.group(), typed, limit)
    if len(typed) < SHORTEST:
        return []
    if not region.strip():
        return _of_name(communes, typed, limit)
    found = _of_name(communes, typed, max(limit, NAMESAKES))
    return sorted(found, key=lambda commune: not _lies_in(commune, searchable(region)))[:limit]


def resolve(text: str) -> Resolution:
    """Return the one municipality that `text` names beyond doubt, otherwise those it might mean.

    A name is certain if it is complete and no other municipality begins with the same word: "Bingen" may also mean
    Bingen am Rhein. With the district or state after a comma it is certain if there is one of that name there. A
    municipality key is certain; that of a dissolved municipality means its successor.
    """
    text = text.strip()
    if re.fullmatch(r"\d{8}", text):
        commune = by_key(text)
        return Resolution(commune, [commune] if commune else [])
    found = find_communes(text, limit=NAMESAKES, only_that_can_register=False)
    name, _comma, region = text.partition(",")
    there = [commune for commune in found if region.strip() and _lies_in(commune, searchable(region))]
    typed = searchable(name)
    exact = [commune for commune in there or found if commune.search_name == typed]
    beginning = [commune for commune in found if f"{commune.search_name} ".startswith(f"{typed} ")]
    certain = len(exact) == 1 and (bool(there) or len(beginning) == 1)
    alike = any(character.isdigit() for character in text) or any(typed in commune.search_name for commune in found)
    return Resolution(exact[0] if certain else None, there or found, alike)


def matching(communes: QuerySet[Commune], text: str) -> QuerySet[Commune]:
    """Return those of the municipalities that `text` may mean, for lists that have their own order."""
    name = text[:LONGEST].partition(",")[0]
    digits = re.search(r"\d{3,8}", name)
    if digits:
        return communes.filter(_has_number(digits.group()))
    typed = searchable(re.sub(r"\d", " ", name))
    if not typed:
        return communes.none()
    beginning = communes.filter(_begins_with(typed))
    return beginning if beginning.exists() else communes.filter(_resembles(typed))


def by_key(ags: str) -> Commune | None:
    """Return the municipality with this eight-digit key; of a dissolved one, its successor if that is known."""
    commune = Commune.objects.select_related("district", "state", "successor").filter(ags=ags).first()
    seen: set[int] = set()
    while commune and commune.dissolved_on and commune.successor and commune.pk not in seen:
        seen.add(commune.pk)
        commune = commune.successor
    return commune


def label(commune: Commune) -> str:
    """Return the municipality with its district or state, as `resolve` understands it again."""
    region = str(commune.district or commune.state or "")
    return f"{commune}, {region}" if region and region != commune.name else str(commune)


def _of_number(communes: CommuneQuerySet, digits: str, name: str, limit: int) -> list[Commune]:
    """Return municipalities by postcode (three to five digits) or key (five digits or more)."""
    found = communes.filter(_has_number(digits)).alias(quality=_quality(name) if name else Value(0))
    return list(found.order_by("quality", "-population", "pk")[:limit])


def _of_name(communes: CommuneQuerySet, typed: str, limit: int) -> list[Commune]:
    """Return municipalities whose name, or a word of it, begins as typed; else those of a district, else similar ones.

    With a village or urban quarter comes the municipality it belongs to.
    """
    for words in dict.fromkeys([typed, KIND_OF_PLACE.sub("", typed, count=1)]):
        beginning = communes.filter(_begins_with(words)).select_related("parent__district", "parent__state")
        found: list[Commune] = list(
            beginning.alias(quality=_quality(words)).order_by("quality", "-population", "pk")[:limit]
        )
        if found:
            return _with_what_they_belong_to(found)[:limit]
    return _of_district(communes, typed, limit) or _resembling(communes, typed, limit)


def _with_what_they_belong_to(found: list[Commune]) -> list[Commune]:
    """Add behind each quarter its municipality."""
    named = {commune.pk: commune for commune in found}
    for commune in found:
        if commune.parent is not None:
            named.setdefault(commune.parent.pk, commune.parent)
    quarters = {commune.parent_id for commune in found if commune.parent_id}
    order = [key for commune in found for key in (commune.pk, commune.parent_id) if key in named]
    return [named[key] for key in dict.fromkeys(order)] if quarters else found


def _of_district(communes: CommuneQuerySet, typed: str, limit: int) -> list[Commune]:
    """Return the larger municipalities of a district whose name begins as typed."""
    words = KIND_OF_DISTRICT.sub("", typed)
    if len(words) < SHORTEST_DISTRICT:
        return []
    of_district = communes.alias(district_name=_plain("district__name")).filter(district_name__startswith=words)
    return list(of_district.order_by("-population", "pk")[:limit])


def _resembling(communes: CommuneQuerySet, typed: str, limit: int) -> list[Commune]:
    """Return municipalities with a similar name: fewest wrong letters first."""
    wrong_letters = Levenshtein(Left("search_name", len(typed)), Value(typed))
    similar = communes.filter(_resembles(typed)).alias(
        wrong=Least(wrong_letters, Value(FAR_OFF)), likeness=TrigramWordSimilarity(typed, "search_name")
    )
    return list(similar.order_by("wrong", F("likeness").desc(), "-population", "pk")[:limit])


def _has_number(digits: str) -> Q:
    """Postcode (three to five digits) or key (five digits or more) begins with these digits."""
    condition = Q()
    if len(digits) <= 5:
        first = int(digits.ljust(5, "0"))
        condition |= Q(postcodes__overlap=[f"{first + i:05}" for i in range(10 ** (5 - len(digits)))])
    if len(digits) >= 5:
        condition |= Q(ags__startswith=digits)
    return condition


def _begins_with(words: str) -> Q:
    """The name, or a word of it, begins with these words; or the name does with umlauts in their place."""
    condition = Q(search_name__startswith=words) | Q(search_name__contains=f" {words}")
    for spelling in _spellings(words):
        condition |= Q(search_name__startswith=spelling)
    return condition


def _spellings(words: str) -> list[str]:
    """Return the words with one bare vowel after the other read as an umlaut."""
    found = [f"{words[: bare.end()]}e{words[bare.end() :]}" for bare in BARE_VOWEL.finditer(words)]
    return found[:MOST_SPELLINGS] if len(words) > SHORTEST else []


def _plain(name: str) -> Func:
    """Return a column as `searchable` would write it, as far as names of districts need that."""
    plain: Any = Lower(name)
    for sign, instead in [("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss"), ("-", " ")]:
        plain = Replace(plain, Value(sign), Value(instead))
    return plain  # type: ignore[no-any-return]


def _resembles(typed: str) -> Q:
    """The name is similar enough; the database's function knows how much."""
    return Q(pk__in=RawSQL("SELECT communes_resembling(%s)", [typed]))


def _quality(words: str) -> Case:
    """Return how well a name matches: 0 is the whole name, 3 a word within it."""
    return Case(
        When(search_name=words, then=Value(0)),
        When(search_name__startswith=f"{words} ", then=Value(1)),
        When(search_name__in=_spellings(words), then=Value(1)),
        When(search_name__startswith=words, then=Value(2)),
        default=Value(3),
    )


def _lies_in(commune: Commune, region: str) -> bool:
    """Whether the district or state begins with the words typed after the comma."""
    places: list[Any] = [commune.district, commune.state]
    names = [searchable(str(place)) for place in places if place]
    return any(region in name for name in names)
