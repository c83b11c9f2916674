"""What can go wrong with patrons, named after what went wrong. The message is for the person who reads it."""

from django.core.exceptions import ValidationError


class NoProgramme(ValidationError):
    """No agency of this state runs a volunteer programme at present."""


class AlreadyConfirmed(ValidationError):
    """The interest was confirmed before; nothing is left to do."""


class AlreadyAppointed(ValidationError):
    """The patron holds this office on these days already."""


class AppointmentEnded(ValidationError):
    """The appointment was ended before."""


class NotInOffice(ValidationError):
    """Only patrons in office log hours."""


class PostGone(ValidationError):
    """The post of the exchange was deleted or decided upon by somebody else meanwhile."""


class ReportedBefore(ValidationError):
    """The patron has reported this post already."""


class StoryWithStaff(ValidationError):
    """The experience report was handed in or released and cannot be changed by its author now."""
