"""The funding finder: which programmes fit a project, which nearly do, and what is missing in plain words.

Pure reckoning over rows that were loaded before; `selectors.funding_for` loads them. A programme nearly fits when one
thing is missing, or two that the project can do something about; its state and its topic it cannot change. The grant
is the rate of the eligible cost, rounded down to the cent, at most the programme's maximum; the own share is the rest
of the whole cost.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_DOWN, Decimal
from enum import Enum, auto

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agencies.sheets.text import fold
from projects.models.funding import Applicant, CallWindow, FundingApplication, FundingProgramme, lines_of
from projects.models.planning import in_euro

Status = FundingApplication.Status
Combinability = FundingProgramme.Combinability

CENT = Decimal("0.01")
HUNDRED = Decimal(100)
MOST_MISSING = 2


class Obstacle(Enum):
    """What can stand between a project and a programme."""

    STATE = auto()
    TOPIC = auto()
    APPLICANT = auto()
    BEGUN = auto()
    NO_COST = auto()
    COST_TOO_LOW = auto()
    GRANT_TOO_LOW = auto()
    NOT_OPEN_YET = auto()
    CLOSED = auto()
    NO_CALL = auto()
    APPLIED = auto()
    COMBINATION = auto()


# What no work on a project changes.
FIXED = frozenset({Obstacle.STATE, Obstacle.TOPIC})


@dataclass(frozen=True)
class Facts:
    """What the finder knows of a project: its state (`DE-RP`), topic, cost in euro (None if unknown), and who applies.

    `begun` says whether work has begun, `applications` are those the project has, each with its programme; `names`
    gives states and topics their names; `watched` are the programmes for whose calls somebody waits.
    """

    today: date
    state: str
    topic: str
    cost: Decimal | None = None
    begun: bool = False
    applicants: frozenset[str] = frozenset({Applicant.MUNICIPALITY.value})
    applications: Sequence[FundingApplication] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    watched: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Missing:
    """What is missing, and the words for it."""

    obstacle: Obstacle
    words: str


@dataclass(frozen=True)
class Share:
    """What a rate (in percent) gives: the grant and the own share in euro; `condition` says when the rate holds."""

    rate: Decimal
    grant: Decimal
    own: Decimal
    condition: str = ""


@dataclass(frozen=True)
class Match:
    """A programme as it fits a project: what is missing, what it would pay, and until when one may apply.

    `days_left` counts to the last day of the call that is open now; None while none is, or where it does not close.
    """

    programme: FundingProgramme
    missing: list[Missing]
    shares: list[Share]
    notes: list[str]
    closes_on: date | None
    days_left: int | None
    application: FundingApplication | None
    is_watched: bool = False

    @property
    def fits(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing

    @property
    def nearly_fits(self) -> bool:
        """Whether so little is missing that it is worth showing."""
        fixed = any(each.obstacle in FIXED for each in self.missing)
        return 0 < len(self.missing) <= (1 if fixed else MOST_MISSING)


@dataclass(frozen=True)
class Found:
    """The programmes that fit, those whose call closes first in front, and those that nearly do."""

    fits: list[Match]
    near: list[Match]


def find(programmes: Iterable[tuple[FundingProgramme, Sequence[CallWindow]]], facts: Facts, *, agency_id: int) -> Found:
    """Sort programmes, each given with its calls, into those that fit and those that nearly do.

    Of a programme that several agencies keep, the row of `agency_id` counts, otherwise the one checked last.
    """
    matches = [judge(programme, calls, facts) for programme, calls in _one_of_each(programmes, agency_id)]
    fits = [match for match in matches if match.fits]
    near = [match for match in matches if match.nearly_fits]
    fits.sort(key=lambda match: (match.days_left is None, match.days_left or 0, match.programme.name))
    near.sort(key=lambda match: (len(match.missing), match.missing[0].obstacle in FIXED, match.programme.name))
    return Found(fits, near)


def judge(programme: FundingProgramme, calls: Sequence[CallWindow], facts: Facts) -> Match:
    """Compare one programme and its calls with a project."""
    call = open_call(calls, facts.today)
    same = [each for each in facts.applications if _is_same(each.funding_programme, programme)]
    running = [each for each in same if each.status != Status.REJECTED]
    others = [each for each in facts.applications if each not in same and each.status != Status.REJECTED]
    missing = [
        *_place_and_people(programme, facts),
        *_amounts(programme, facts),
        *_time(calls, facts.today),
        *_applied(running),
        *(Missing(Obstacle.COMBINATION, words) for each in others if _binds(each) for words in _clash(programme, each)),
    ]
    closes_on = call.closes_on if call else None
    return Match(
        programme=programme,
        missing=missing,
        shares=shares(programme, facts.cost),
        notes=_notes(programme, facts, others),
        closes_on=closes_on,
        days_left=(closes_on - facts.today).days if closes_on else None,
        application=running[0] if running else None,
        is_watched=programme.pk in facts.watched,
    )


def open_call(calls: Iterable[CallWindow], today: date) -> CallWindow | None:
    """Return the call that takes applications today; of several the one that stays open longest."""
    return max(
        (call for call in calls if _is_open(call, today)), key=lambda each: each.closes_on or date.max, default=None
    )


def next_call(calls: Iterable[CallWindow], today: date) -> CallWindow | None:
    """Return the next call that is still to open."""
    coming = [call for call in calls if call.opens_on and call.opens_on > today]
    return min(coming, key=lambda call: call.opens_on or today, default=None)


def last_day(calls: Iterable[CallWindow], today: date) -> date | None:
    """Return the last day of the call that is open, otherwise of the next one; None where it is not known."""
    calls = list(calls)
    call = open_call(calls, today) or next_call(calls, today)
    return call.closes_on if call else None


def grant_at(programme: FundingProgramme, cost: Decimal, rate: Decimal) -> Decimal:
    """Return the grant in euro at a rate in percent: rounded down to the cent, at most the programme's maximum."""
    eligible = cost if programme.cost_max is None else min(cost, programme.cost_max)
    grant = (eligible * rate / HUNDRED).quantize(CENT, rounding=ROUND_DOWN)
    return grant if programme.grant_max is None else min(grant, programme.grant_max)


def shares(programme: FundingProgramme, cost: Decimal | None) -> list[Share]:
    """Return what the programme pays and what remains, at its rate and its higher rate; nothing if a number lacks."""
    if cost is None:
        return []
    rates = [(programme.rate, ""), (programme.higher_rate, programme.higher_rate_for)]
    return [
        Share(rate, grant, cost - grant, condition)
        for rate, condition in rates
        if rate is not None
        for grant in [grant_at(programme, cost, rate)]
    ]


def _one_of_each(
    programmes: Iterable[tuple[FundingProgramme, Sequence[CallWindow]]], agency_id: int
) -> list[tuple[FundingProgramme, Sequence[CallWindow]]]:
    """Return one row of each programme, known by its name."""
    best: dict[str, tuple[FundingProgramme, Sequence[CallWindow]]] = {}
    for programme, calls in programmes:
        key = fold(programme.name)
        rank = (programme.agency_id == agency_id, programme.checked_on)
        if key not in best or rank > (best[key][0].agency_id == agency_id, best[key][0].checked_on):
            best[key] = (programme, calls)
    return list(best.values())


def _is_same(one: FundingProgramme, other: FundingProgramme) -> bool:
    return one is other or (one.pk is not None and one.pk == other.pk) or fold(one.name) == fold(other.name)


def _is_open(call: CallWindow, today: date) -> bool:
    return (call.opens_on is None or call.opens_on <= today) and (call.closes_on is None or call.closes_on >= today)


def _place_and_people(programme: FundingProgramme, facts: Facts) -> Iterable[Missing]:
    if programme.states and facts.state not in programme.states:
        yield Missing(Obstacle.STATE, _("Only in %(states)s.") % {"states": _named(programme.states, facts)})
    if programme.topics and facts.topic not in programme.topics:
        topics = _named(programme.topics, facts)
        yield Missing(Obstacle.TOPIC, _("Only for these topics: %(topics)s.") % {"topics": topics})
    if programme.applicants and not facts.applicants & set(programme.applicants):
        who = ", ".join(str(Applicant(each).label) for each in programme.applicants)
        yield Missing(Obstacle.APPLICANT, _("Only these may apply: %(who)s. Find one as a partner.") % {"who": who})
    if programme.only_before_start and facts.begun:
        yield Missing(Obstacle.BEGUN, _("Work has begun; this programme funds only what has not begun yet."))


def _amounts(programme: FundingProgramme, facts: Facts) -> Iterable[Missing]:
    cost_min, grant_min, cost = programme.cost_min, programme.grant_min, facts.cost
    if cost is None:
        if cost_min:
            words = _("The cost is not known yet; it must be at least %(minimum)s.")
            yield Missing(Obstacle.NO_COST, words % {"minimum": in_euro(cost_min)})
        elif grant_min:
            words = _("The cost is not known yet; the grant must be at least %(minimum)s.")
            yield Missing(Obstacle.NO_COST, words % {"minimum": in_euro(grant_min)})
        return
    if cost_min is not None and cost < cost_min:
        words = _("The cost is %(amount)s below the minimum of %(minimum)s.")
        yield Missing(Obstacle.COST_TOO_LOW, words % {"amount": in_euro(cost_min - cost), "minimum": in_euro(cost_min)})
    elif grant_min is not None and programme.rate is not None:
        grant = grant_at(programme, cost, programme.rate)
        if grant < grant_min:
            words = _("The grant would be %(amount)s below the minimum of %(minimum)s.")
            yield Missing(
                Obstacle.GRANT_TOO_LOW, words % {"amount": in_euro(grant_min - grant), "minimum": in_euro(grant_min)}
            )


def _time(calls: Sequence[CallWindow], today: date) -> Iterable[Missing]:
    if open_call(calls, today):
        return
    coming = next_call(calls, today)
    closed = max((call.closes_on for call in calls if call.closes_on), default=None)
    if coming and coming.opens_on:
        yield Missing(Obstacle.NOT_OPEN_YET, _("The call opens on %(day)s.") % {"day": date_format(coming.opens_on)})
    elif closed:
        words = _("The last call closed on %(day)s; no new one is known.")
        yield Missing(Obstacle.CLOSED, words % {"day": date_format(closed)})
    else:
        yield Missing(Obstacle.NO_CALL, _("No call for applications is known."))


def _applied(running: list[FundingApplication]) -> Iterable[Missing]:
    if running:
        words = {
            Status.DRAFTED: _("The project has drafted an application already."),
            Status.SUBMITTED: _("The project has handed in an application already."),
            Status.GRANTED: _("The project has been granted this funding already."),
        }
        yield Missing(Obstacle.APPLIED, words[Status(running[0].status)])


def _binds(application: FundingApplication) -> bool:
    """Whether an application counts where funding cannot be combined: a mere draft can still be thrown away."""
    return application.status in {Status.SUBMITTED, Status.GRANTED}


def _clash(programme: FundingProgramme, other: FundingApplication) -> list[str]:
    """Say why a programme cannot be combined with another one the project has applied at; both have a say."""
    second = other.funding_programme
    for one, its_other in ((programme, second), (second, programme)):
        values = {"one": one.name, "other": second.name}
        if one.combinability == Combinability.NONE:
            words = _("“%(one)s” cannot be combined with others, and the project has an application at “%(other)s”.")
            return [words % values]
        named = {fold(name) for name in lines_of(one.combines_with)}
        if one.combinability == Combinability.NAMED and fold(its_other.name) not in named:
            words = _("“%(one)s” combines with few others, and the project has an application at “%(other)s”.")
            return [words % values]
    return []


def _notes(programme: FundingProgramme, facts: Facts, others: list[FundingApplication]) -> list[str]:
    """Say what a reader should know although it is no obstacle."""
    notes = []
    cost_max, grant_max, cost, rate = programme.cost_max, programme.grant_max, facts.cost, programme.rate
    if cost is None:
        notes.append(_("Enter the cost of the project to see what would remain for you."))
    elif rate is None:
        notes.append(_("The rate is not fixed; please ask the funder what would remain for you."))
    elif cost_max is not None and cost > cost_max:
        notes.append(_("Of the cost, %(maximum)s are counted at most.") % {"maximum": in_euro(cost_max)})
    if cost is not None and rate is not None and grant_max is not None and grant_at(programme, cost, rate) == grant_max:
        notes.append(_("The grant is %(maximum)s at most.") % {"maximum": in_euro(grant_max)})
    for other in others:
        name = {"other": other.funding_programme.name}
        if not _binds(other) and _clash(programme, other):
            notes.append(_("You have drafted an application at “%(other)s”; both cannot be combined.") % name)
        elif not _clash(programme, other) and Combinability.UNKNOWN in {
            programme.combinability,
            other.funding_programme.combinability,
        }:
            notes.append(_("Please ask whether it may be combined with “%(other)s”.") % name)
    return notes


def _named(codes: Iterable[str], facts: Facts) -> str:
    """Return the names of states or topics, in the order of the alphabet."""
    return ", ".join(sorted(facts.names.get(code, code) for code in codes))
