"""The measure kinds of this portal, by field of action."""

from projects.measures.kinds import Choice, Field, Input, Kind, NotCounted
from projects.measures.library import electricity, heat, mobility, nature, people

FIELDS: tuple[Field, ...] = (electricity.FIELD, heat.FIELD, mobility.FIELD, nature.FIELD, people.FIELD)
ALL: dict[str, Kind | NotCounted] = {name: kind for each in FIELDS for name, kind in each.kinds.items()}
KINDS: dict[str, Kind] = {name: kind for name, kind in ALL.items() if isinstance(kind, Kind)}
NOT_COUNTED: dict[str, NotCounted] = {name: kind for name, kind in ALL.items() if isinstance(kind, NotCounted)}
# One question stands for each name of an input; kinds only say differently where to find the number.
INPUTS: dict[str, Input] = {each.name: each for kind in reversed(KINDS.values()) for each in kind.inputs}
CHOICES: dict[str, Choice] = {kind.choice.name: kind.choice for kind in KINDS.values() if kind.choice}
