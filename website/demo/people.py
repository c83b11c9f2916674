"""Invented people. Any likeness to living ones is chance; all addresses end in example.org."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from communes.models import searchable

FIRST_NAMES = [
    "Anneliese", "Bernd", "Christa", "Dieter", "Elke", "Friedrich", "Gudrun", "Hans-Peter", "Ingrid", "Jürgen",
    "Karin", "Lothar", "Margarete", "Norbert", "Oda", "Peter", "Renate", "Siegfried", "Traudel", "Uwe", "Verena",
    "Wolfgang", "Yvonne", "Achim", "Birgit", "Clemens", "Doris", "Eberhard", "Franziska", "Günther", "Hannelore",
]  # fmt: skip
LAST_NAMES = [
    "Ackermann", "Brenner", "Clausen", "Dornbusch", "Eichhorn", "Fährmann", "Gruber", "Heidkamp", "Immenthal",
    "Jansen", "Kesselring", "Lindenau", "Mühlbach", "Nordhoff", "Oster", "Pfeffer", "Quandt", "Rosenfeld", "Seeliger",
    "Thalmann", "Überling", "Vogelsang", "Weidenfeld", "Zellmer",
]  # fmt: skip


@dataclass(frozen=True)
class Person:
    """An invented person."""

    first_name: str
    last_name: str

    @property
    def name(self) -> str:
        """Both names."""
        return f"{self.first_name} {self.last_name}"

    @property
    def email(self) -> str:
        """An address nobody can own."""
        return f"{searchable(self.name).replace(' ', '.')}@example.org"


def people() -> Iterator[Person]:
    """Yield invented people, each once, first and last names well mixed."""
    pairs = product(range(len(LAST_NAMES)), range(len(FIRST_NAMES)))
    for step, (row, column) in enumerate(pairs):
        yield Person(FIRST_NAMES[(column * 7 + row) % len(FIRST_NAMES)], LAST_NAMES[(step * 5 + row) % len(LAST_NAMES)])
