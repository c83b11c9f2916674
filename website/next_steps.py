"""What stands first on a start page: what to do next."""

from dataclasses import dataclass


@dataclass(frozen=True)
class NextStep:
    """One thing to do next: what, why, and where; `icon` as in components/icon.html."""

    title: str
    why: str
    url: str
    icon: str
