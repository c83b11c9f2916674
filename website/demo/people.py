"""Invented people. Any likeness to living ones is chance; all addresses end in example.org.

Their phone numbers lie in the range (0)30 23125-xxx, which the Bundesnetzagentur keeps free for films and books.
"""

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
    number: int

    @property
    def name(self) -> str:
        """Both names."""
        return f"{self.first_name} {self.last_name}"

    @property
    def email(self) -> str:
        """An address nobody can own."""
        return f"{searchable(self.name).replace(' ', '.')}@example.org"

    @property
    def phone(self) -> str:
        """A phone number nobody can have."""
        return fiction_phone(self.number)


def fiction_phone(number: int) -> str:
    """Return one of the thousand phone numbers kept free for invented people."""
    return f"+493023125{number % 1000:03d}"


def people() -> Iterator[Person]:
    """Yield invented people, each once, first and last names well mixed."""
    pairs = product(range(len(LAST_NAMES)), range(len(FIRST_NAMES)))
    for step, (row, column) in enumerate(pairs):
        first, last = (column * 7 + row) % len(FIRST_NAMES), (step * 5 + row) % len(LAST_NAMES)
        yield Person(FIRST_NAMES[first], LAST_NAMES[last], step + 10)
