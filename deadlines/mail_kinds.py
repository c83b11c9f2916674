"""The kinds of mail, and how often each may come: the one table that the outbox and everybody's settings go by.

A kind is a group of templates below `templates/mail/`. Whoever adds a template names it here only if it does not
belong to what its folder says.
"""

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Rhythm(models.TextChoices):
    """How often mails of a kind come."""

    NOW = "now", _("each at once")
    DAILY = "daily", _("together, once a day")
    WEEKLY = "weekly", _("together, once a week")
    OFF = "off", _("not at all")


@dataclass(frozen=True)
class Kind:
    """Mails about the same sort of thing.

    `name` is a field of MailSettings where the recipient has a choice; `templates` are the beginnings of their names.
    What may be turned off is what nobody is owed: no contract, no law and no right hangs on the mail.
    """

    name: str
    label: str | Promise
    explained: str | Promise
    rhythms: tuple[Rhythm, ...]
    templates: tuple[str, ...]

    @property
    def may_be_off(self) -> bool:
        """Whether the recipient may do without such mails."""
        return Rhythm.OFF in self.rhythms

    @property
    def is_chosen(self) -> bool:
        """Whether the recipient has a choice at all."""
        return len(self.rhythms) > 1


# Somebody waits for these in front of the screen: they leave before all others, at any hour.
PROMPT = Kind(
    "prompt",
    _("Codes and confirmations"),
    _("What you have just asked for, such as a code to sign in. These always come at once."),
    (Rhythm.NOW,),
    (
        "account/",
        "invitation",
        "registration/confirm",
        "patron/confirm",
        "idea/follow",
        "idea/received",
        "training/confirm",
    ),
)
# Gathered by itself already.
GATHERED = Kind("gathered", _("Collected mails"), "", (Rhythm.NOW,), ("digest", "exchange/digest"))
# What somebody has chosen to get together: a click in such a mail turns off whatever of it may be turned off.
COLLECTED = Kind("collected", _("Collected mails that may be turned off"), "", (Rhythm.NOW, Rhythm.OFF), ())
KINDS: tuple[Kind, ...] = (
    PROMPT,
    GATHERED,
    Kind(
        "cases",
        _("What concerns you or your municipality"),
        _("Decisions, questions and papers about registration, partnership, appointment and access."),
        (Rhythm.NOW, Rhythm.DAILY),
        ("registration/", "partnership/", "municipality/", "patron/", "exchange/", "escalation"),
    ),
    Kind(
        "reminders",
        _("Reminders of deadlines"),
        _("What is due is also shown when you sign in."),
        tuple(Rhythm),
        ("reminder", "deadline"),
    ),
    Kind(
        "trainings",
        _("Trainings"),
        _("Places, waiting list, changes and cancellations. Invitations with a calendar entry always come at once."),
        (Rhythm.NOW, Rhythm.DAILY),
        ("training",),
    ),
    Kind(
        "news",
        _("Ideas, projects and experience reports"),
        _("What becomes of them, and what is new."),
        tuple(Rhythm),
        ("idea/", "project/", "story/"),
    ),
)
CHOSEN = tuple(kind for kind in KINDS if kind.is_chosen)
# A template that belongs to no kind is one nobody may miss.
FALLBACK = next(kind for kind in KINDS if kind.name == "cases")


def kind_of(template: str) -> Kind:
    """Return the kind of a template's mails: that with the longest beginning of its name."""
    fitting = [(len(start), kind) for kind in KINDS for start in kind.templates if template.startswith(start)]
    return max(fitting, key=lambda pair: pair[0])[1] if fitting else FALLBACK


def kind_named(name: str) -> Kind | None:
    """Return the kind with this name, if the recipient has a choice about it."""
    return next((kind for kind in (*CHOSEN, COLLECTED) if kind.name == name), None)
