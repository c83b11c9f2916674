"""What can be refused in this room, each with words for the person who asked."""

from django.core.exceptions import ValidationError


class WrongMunicipality(ValidationError):
    """A patron wants to begin a project in a municipality of which the person is no patron."""


class SummaryMissing(ValidationError):
    """A project without a public summary cannot be shown to the public."""


class NotYetDone(ValidationError):
    """Something is said to be done on a day that is still to come."""


class NoOffice(ValidationError):
    """Nobody coordinates a programme, so nobody would read what is sent to it."""


class ReasonMissing(ValidationError):
    """Giving something up needs a reason that others can read later."""


class PlanOpen(ValidationError):
    """A project shall begin although its costs and its financing do not add up, and nobody says why."""


class CostsItemised(ValidationError):
    """The costs of a project are the sum of its cost items; they cannot be typed over."""


class TooManyFiles(ValidationError):
    """A project holds as many photos or documents as it may."""


class AlreadyCopied(ValidationError):
    """A municipality has begun this copy of a project already."""


class IdeaIsProject(ValidationError):
    """An idea cannot be withdrawn any more, because others work on it."""


class IdeaGone(ValidationError):
    """An idea that a patron wants to take up is not to be had (any more)."""


class AlreadyApplied(ValidationError):
    """A project has an application at the same funding programme that was not refused."""


class NotOpenAnyMore(ValidationError):
    """An application is past the step for which something was to be done."""
