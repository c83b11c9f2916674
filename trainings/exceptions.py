"""What can be refused in this room, each with words for the person who asked."""

from django.core.exceptions import ValidationError


class AlreadyEnrolled(ValidationError):
    """The person has a place in this session or waits for one."""


class BegunAlready(ValidationError):
    """A session that has begun takes nobody any more by itself."""


class NotHeldYet(ValidationError):
    """Nobody can have taken part in a session that is still to come."""


class NotOpenYet(ValidationError):
    """Registration has not opened yet."""


class RegistrationClosed(ValidationError):
    """The last day of registration has passed."""


class SessionCancelled(ValidationError):
    """The organiser has cancelled the session."""


class NotForThem(ValidationError):
    """The session is for other people: another audience, or another agency's only."""


class NothingOffered(ValidationError):
    """There is no offer to answer: the time is over, or it was answered before."""


class NoPlaceThere(ValidationError):
    """The session to which somebody wants to move is full."""


class SlotFull(ValidationError):
    """All places of a slot are taken."""


class SlotsOverlap(ValidationError):
    """Nobody can be at two slots at the same time."""
