"""Finding a municipality while typing, beside the look-up of a row by its primary key."""

from random import Random

from benchmarks.measure import Result, each_side_by_side
from communes.models import Commune
from communes.search import find_communes

LETTERS = "abcdefghijklmnopqrstuvwxyzäöüß"
SHORTEST = 3


def search(scale: float) -> Result:
    """Measure 1,000 typed beginnings of names, half of them with an error."""
    random = Random(11)
    count = max(int(1000 * scale), 50)
    names = list(Commune.objects.that_can_register().order_by("ags").values_list("pk", "name"))
    chosen = random.sample(names, count)
    typed = [_typed(name, random) for _pk, name in chosen]
    keys = [pk for pk, _name in chosen]
    found = sum(any(commune.pk == pk for commune in find_communes(text)) for text, pk in zip(typed, keys, strict=True))
    seconds, look_up = each_side_by_side(find_communes, typed, lambda pk: Commune.objects.get(pk=pk), keys)
    return Result(
        "search",
        f"municipality search, {count} typed beginnings with errors",
        "look-up of one row by primary key",
        seconds,
        look_up,
        10,
        count,
        {"meant one among the first ten": f"{found / count:.0%}"},
    )


def _typed(name: str, random: Random) -> str:
    """Return the beginning of a name, every second time with one wrong, missing, doubled or swapped letter."""
    text = name[: random.randint(min(SHORTEST, len(name)), len(name))]
    if len(text) <= SHORTEST or random.random() < 0.5:
        return text
    place = random.randrange(1, len(text) - 1)
    return random.choice(
        [
            text[:place] + random.choice(LETTERS) + text[place + 1 :],
            text[:place] + text[place + 1 :],
            text[:place] + text[place] + text[place:],
            text[:place] + text[place + 1] + text[place] + text[place + 2 :],
        ]
    )
