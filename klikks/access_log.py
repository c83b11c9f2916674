"""What the web server notes about a request: never the secrets that a link carries."""

import re
from typing import Any

from gunicorn.glogging import Logger

SECRET = re.compile(r"(?<=/)[^/?\s]{20,}|(?<=/verify/)[^/?\s]+|(?<=\?)\S+")
ADDRESSES = ("r", "U", "q", "f")


class DiscreetLogger(Logger):
    """gunicorn's log with long parts of an address (tokens of links, codes) and all parameters left out."""

    def atoms(self, *arguments: Any, **named: Any) -> dict[str, Any]:
        """Return what a line may be made of."""
        atoms = super().atoms(*arguments, **named)
        return atoms | {name: discreet(atoms[name]) for name in ADDRESSES if atoms.get(name)}


def discreet(address: str) -> str:
    """Return an address without its secrets: what is long between slashes, a code, and what follows a "?"."""
    return SECRET.sub("…", address)
