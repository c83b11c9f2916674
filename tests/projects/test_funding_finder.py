"""The funding finder on a table of cases: what fits, what nearly fits, what is missing, and what remains to be paid."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from projects.funding.finder import Facts, Match, Obstacle, find, judge
from projects.models import CallWindow, FundingApplication, FundingProgramme

TODAY = date(2027, 3, 1)
NAMES = {"DE-RP": "Rheinland-Pfalz", "DE-NI": "Niedersachsen", "lighting": "Lighting", "energy": "Energy"}
D = Decimal


def call(opens: int | None = None, closes: int | None = None) -> CallWindow:
    """A call that opens and closes so many days from today."""
    days = [None if days is None else TODAY + timedelta(days=days) for days in (opens, closes)]
    return CallWindow(opens_on=days[0], closes_on=days[1])


ANY_TIME = (call(),)
OPEN = (call(-30, 30),)


def programme(**fields: Any) -> FundingProgramme:
    """A programme that pays a quarter to everybody for everything."""
    fields = {"name": "Topf", "rate": D(25), "combinability": "free", "checked_on": TODAY, "agency_id": 1} | fields
    return FundingProgramme(**fields)


def application(status: str, **fields: Any) -> FundingApplication:
    """An application of the project at a programme."""
    return FundingApplication(status=status, funding_programme=programme(**{"name": "Anderer Topf"} | fields))


@dataclass
class Case:
    """A programme, its calls, and a project; what should be missing, and what else should hold."""

    name: str
    programme: dict[str, Any] = field(default_factory=dict)
    calls: tuple[CallWindow, ...] = ANY_TIME
    facts: dict[str, Any] = field(default_factory=dict)
    missing: tuple[Obstacle, ...] = ()
    words: str = ""
    own: tuple[str, ...] | None = None
    days_left: int | None = None
    near: bool | None = None
    note: str = ""


CASES = [
    # place, topic, people
    Case("a nationwide programme for all fits", own=("18000",)),
    Case("the project's own state fits", {"states": ["DE-NI", "DE-RP"]}),
    Case(
        "another state nearly fits and is named",
        {"states": ["DE-NI"]},
        missing=(Obstacle.STATE,),
        words="Only in Niedersachsen.",
        near=True,
    ),
    Case("the project's own topic fits", {"topics": ["energy", "lighting"]}),
    Case(
        "another topic nearly fits and is named",
        {"topics": ["energy"]},
        missing=(Obstacle.TOPIC,),
        words="Only for these topics: Energy.",
        near=True,
    ),
    Case(
        "another state and another topic are not worth showing",
        {"states": ["DE-NI"], "topics": ["energy"]},
        missing=(Obstacle.STATE, Obstacle.TOPIC),
        near=False,
    ),
    Case(
        "another state and too little cost are not worth showing",
        {"states": ["DE-NI"], "cost_min": D(90000)},
        missing=(Obstacle.STATE, Obstacle.COST_TOO_LOW),
        near=False,
    ),
    Case("a programme for municipalities fits a municipality", {"applicants": ["municipality", "school"]}),
    Case(
        "a programme for clubs asks for a club as partner",
        {"applicants": ["club"]},
        missing=(Obstacle.APPLICANT,),
        words="club or non-profit organisation. Find one as a partner.",
        near=True,
    ),
    Case("a club among the applicants is enough", {"applicants": ["club"]},
         facts={"applicants": frozenset({"municipality", "club"})}),
    # when work has begun
    Case(
        "what has begun is too late for most programmes",
        facts={"begun": True},
        missing=(Obstacle.BEGUN,),
        words="Work has begun",
        near=True,
    ),
    Case("a programme may fund what has begun", {"only_before_start": False}, facts={"begun": True}),
    # cost
    Case("exactly the minimum cost fits", {"cost_min": D(24000)}),
    Case(
        "a cent below the minimum cost does not fit",
        {"cost_min": D("24000.01")},
        missing=(Obstacle.COST_TOO_LOW,),
        words="The cost is 0.01 € below the minimum of 24,000.01 €.",
        near=True,
    ),
    Case(
        "the cost is so much below the minimum",
        {"cost_min": D(27000)},
        missing=(Obstacle.COST_TOO_LOW,),
        words="The cost is 3,000 € below the minimum of 27,000 €.",
    ),
    Case("exactly the minimum grant fits", {"grant_min": D(6000)}),
    Case(
        "a cent below the minimum grant does not fit",
        {"grant_min": D("6000.01")},
        missing=(Obstacle.GRANT_TOO_LOW,),
        words="The grant would be 0.01 € below the minimum of 6,000.01 €.",
    ),
    Case("too little cost says so once, not twice", {"cost_min": D(30000), "grant_min": D(7500)},
         missing=(Obstacle.COST_TOO_LOW,)),
    Case("exactly the largest eligible cost is paid for whole", {"cost_max": D(24000)}, own=("18000",)),
    Case(
        "above the largest eligible cost the rest is the own share",
        {"cost_max": D(20000)},
        own=("19000",),
        note="Of the cost, 20,000 € are counted at most.",
    ),
    Case("exactly the largest grant", {"grant_max": D(6000)}, own=("18000",)),
    Case("above the largest grant it is capped", {"grant_max": D(5000)}, own=("19000",),
         note="The grant is 5,000 € at most."),
    Case("the grant is rounded down to the cent", {"rate": D("33.33")}, facts={"cost": D("100.01")}, own=("66.68",)),
    Case(
        "a higher rate for weak municipalities stands beside the usual one",
        {"higher_rate": D(40), "higher_rate_for": "poor"},
        own=("18000", "14400"),
    ),
    Case("a rate of a hundred leaves nothing to pay", {"rate": D(100)}, own=("0",)),
    Case("without a cost it fits and asks for the cost", facts={"cost": None}, own=(), note="Enter the cost"),
    Case(
        "without a cost a minimum cost cannot be judged",
        {"cost_min": D(5000)},
        facts={"cost": None},
        missing=(Obstacle.NO_COST,),
        words="it must be at least 5,000 €",
        near=True,
    ),
    Case(
        "without a cost a minimum grant cannot be judged",
        {"grant_min": D(5000)},
        facts={"cost": None},
        missing=(Obstacle.NO_COST,),
        words="the grant must be at least 5,000 €",
    ),
    Case("without a rate it fits and sends the reader to the funder", {"rate": None}, own=(), note="ask the funder"),
    Case("a cost of nothing is a cost", {"cost_min": D(1)}, facts={"cost": D(0)}, missing=(Obstacle.COST_TOO_LOW,)),
    # time
    Case("a call that closes today is open", calls=(call(-30, 0),), days_left=0),
    Case("a call that opens today is open", calls=(call(0, 10),), days_left=10),
    Case(
        "a call that opens tomorrow is not open yet",
        calls=(call(1, 30),),
        missing=(Obstacle.NOT_OPEN_YET,),
        words="The call opens on 2 March 2027.",
        near=True,
    ),
    Case(
        "a call that closed yesterday is closed",
        calls=(call(-30, -1),),
        missing=(Obstacle.CLOSED,),
        words="The last call closed on 28 February 2027",
        near=True,
    ),
    Case("a call without a last day leaves any number of days", calls=(call(-30, None),), days_left=None),
    Case("of two open calls the longer one counts", calls=(call(-30, 5), call(-10, 40)), days_left=40),
    Case("of two coming calls the nearer one is named", calls=(call(60, 90), call(31, 50), call(-90, -60)),
         missing=(Obstacle.NOT_OPEN_YET,), words="1 April 2027"),
    Case("a programme without any call says that none is known", calls=(), missing=(Obstacle.NO_CALL,), near=True),
    # other applications
    Case(
        "a programme the project has drafted an application at is not offered twice",
        facts={"applications": [application("drafted", name="TOPF")]},
        missing=(Obstacle.APPLIED,),
        words="drafted an application already",
        near=True,
    ),
    Case(
        "a programme that was granted is not offered twice",
        facts={"applications": [application("granted", name="Topf")]},
        missing=(Obstacle.APPLIED,),
        words="granted this funding already",
    ),
    Case("a programme that refused the project may be tried again",
         facts={"applications": [application("rejected", name="Topf")]}),
    Case("free combination with something granted fits", facts={"applications": [application("granted")]}),
    Case(
        "what cannot be combined does not fit beside something granted",
        {"combinability": "none"},
        facts={"applications": [application("granted")]},
        missing=(Obstacle.COMBINATION,),
        words="“Topf” cannot be combined with others",
        near=True,
    ),
    Case(
        "what was granted may forbid the combination as well",
        facts={"applications": [application("submitted", combinability="none")]},
        missing=(Obstacle.COMBINATION,),
        words="“Anderer Topf” cannot be combined",
    ),
    Case(
        "a combination that is named fits, however it is spelled",
        {"combinability": "named", "combines_with": "Dritter Topf\nanderer topf"},
        facts={"applications": [application("granted")]},
    ),
    Case(
        "a combination that is not named does not fit",
        {"combinability": "named", "combines_with": "Dritter Topf"},
        facts={"applications": [application("granted")]},
        missing=(Obstacle.COMBINATION,),
    ),
    Case("a refused application stands in nobody's way", {"combinability": "none"},
         facts={"applications": [application("rejected")]}),
    Case(
        "a mere draft is no obstacle, but is told",
        {"combinability": "none"},
        facts={"applications": [application("drafted")]},
        note="both cannot be combined",
    ),
    Case(
        "where combining is not known the reader is told to ask",
        {"combinability": "unknown"},
        facts={"applications": [application("granted")]},
        note="Please ask whether it may be combined with “Anderer Topf”.",
    ),
    # several at once
    Case(
        "two things that can be mended nearly fit",
        {"applicants": ["club"], "cost_min": D(30000)},
        missing=(Obstacle.APPLICANT, Obstacle.COST_TOO_LOW),
        near=True,
    ),
    Case(
        "three things are too many",
        {"applicants": ["club"], "cost_min": D(30000)},
        calls=(),
        missing=(Obstacle.APPLICANT, Obstacle.COST_TOO_LOW, Obstacle.NO_CALL),
        near=False,
    ),
]  # fmt: skip


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def facts(**fields: Any) -> Facts:
    """A planned lighting project of 24,000 € in Rheinland-Pfalz."""
    known = {"today": TODAY, "state": "DE-RP", "topic": "lighting", "cost": D(24000), "names": NAMES}
    return Facts(**known | fields)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_the_finder_says(case: Case) -> None:
    match = judge(programme(**case.programme), case.calls, facts(**case.facts))
    assert tuple(each.obstacle for each in match.missing) == case.missing
    assert match.fits == (not case.missing)
    assert case.words in " ".join(each.words for each in match.missing).replace("\N{NO-BREAK SPACE}", " ")
    assert case.note in " ".join(match.notes).replace("\N{NO-BREAK SPACE}", " ")
    assert match.days_left == case.days_left
    if case.near is not None:
        assert match.nearly_fits == case.near
    if case.own is not None:
        assert [share.own for share in match.shares] == [D(own) for own in case.own]
        cost = case.facts.get("cost", D(24000))
        assert all(share.own + share.grant == cost for share in match.shares)


def test_at_least_forty_cases_are_asked() -> None:
    assert len(CASES) >= 40


def test_what_closes_first_stands_in_front_and_the_nearest_miss_before_the_rest() -> None:
    def names(matches: list[Match]) -> list[str]:
        return [match.programme.name for match in matches]

    rows = [
        (programme(name="Jederzeit"), ANY_TIME),
        (programme(name="Später"), (call(-1, 60),)),
        (programme(name="Bald"), (call(-1, 3),)),
        (programme(name="Anderes Land", states=["DE-NI"]), ANY_TIME),
        (programme(name="Zwei Dinge", applicants=["club"], cost_min=D(90000)), ANY_TIME),
        (programme(name="Morgen"), (call(1, 9),)),
        (programme(name="Zu viel", states=["DE-NI"], topics=["energy"]), ANY_TIME),
    ]
    found = find(rows, facts(), agency_id=1)
    assert names(found.fits) == ["Bald", "Später", "Jederzeit"]
    assert names(found.near) == ["Morgen", "Anderes Land", "Zwei Dinge"]


def test_of_a_programme_that_several_agencies_keep_the_own_row_counts_then_the_one_checked_last() -> None:
    old, new = TODAY - timedelta(days=400), TODAY - timedelta(days=1)
    rows = [
        (programme(name="KfW 444", agency_id=2, rate=D(70), checked_on=old), ANY_TIME),
        (programme(name="Kfw  444", agency_id=3, rate=D(80), checked_on=new), ANY_TIME),
        (programme(name="Eigener", agency_id=1, rate=D(10), checked_on=old), ANY_TIME),
        (programme(name="eigener", agency_id=2, rate=D(20), checked_on=new), ANY_TIME),
    ]
    found = find(rows, facts(), agency_id=1)
    assert {match.programme.rate for match in found.fits} == {D(80), D(10)}


def test_a_programme_is_stale_half_a_year_after_somebody_looked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("projects.models.funding.timezone.localdate", lambda: TODAY)
    assert not programme(checked_on=TODAY - timedelta(days=180)).is_stale
    assert programme(checked_on=TODAY - timedelta(days=181)).is_stale
