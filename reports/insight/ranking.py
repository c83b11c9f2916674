"""Which kinds of measures brought most CO2e for the euro, as far as figures say it, with how sure that is."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from projects.measures.explanation import SPREAD
from projects.measures.kinds import MeasureKind, Quality

PER_CENT = Decimal(100)
THOUSAND = Decimal(1000)


@dataclass(frozen=True)
class Part:
    """What the measures of one kind and quality save in one project, and what the project cost in all."""

    project: int
    kind: str
    quality: str
    kg: Decimal
    investment: Decimal


@dataclass(frozen=True)
class Rank:
    """A kind of measure: how many projects it rests on, and kg CO2e a year for each 1,000 €, with its range."""

    kind: str
    projects: int
    kg: Decimal
    low: Decimal
    high: Decimal

    @property
    def label(self) -> str:
        """The kind in the reader's language."""
        return str(MeasureKind(self.kind).label)


def rank(parts: Iterable[Part]) -> list[Rank]:
    """Return the kinds, what brings most first; of several, whichever is surer.

    Only projects with measures of a single kind tell what that kind costs; others are left out.
    """
    by_project: dict[int, list[Part]] = {}
    for part in parts:
        by_project.setdefault(part.project, []).append(part)
    by_kind: dict[str, list[list[Part]]] = {}
    for found in by_project.values():
        if len({part.kind for part in found}) == 1 and found[0].investment > 0:
            by_kind.setdefault(found[0].kind, []).append(found)
    ranks = [_rank(kind, projects) for kind, projects in by_kind.items()]
    return sorted(ranks, key=lambda each: (-each.kg, each.high - each.low, each.kind))


def _rank(kind: str, projects: list[list[Part]]) -> Rank:
    parts = [part for project in projects for part in project]
    thousands = sum((project[0].investment for project in projects), Decimal(0)) / THOUSAND
    kg = sum((part.kg for part in parts), Decimal(0))
    off = sum((part.kg * SPREAD[Quality(part.quality)] / PER_CENT for part in parts), Decimal(0))
    return Rank(kind, len(projects), kg / thousands, (kg - off) / thousands, (kg + off) / thousands)
