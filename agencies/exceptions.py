"""What can go wrong in every room, named after what went wrong. The message is for the person who reads it."""

from django.core.exceptions import PermissionDenied, ValidationError


class IllegalTransition(ValidationError):
    """The life cycle of an object does not lead from its present status to the wanted one."""


class NotAllowed(PermissionDenied):
    """The permission table does not give this role this right."""


class AddressTaken(ValidationError):
    """An address already has an account that must not be touched from here. Says nothing about where."""


class InvitationGone(ValidationError):
    """An invitation was withdrawn."""


class InvitationUsed(ValidationError):
    """An invitation was accepted before."""


class LastAdministrator(ValidationError):
    """An agency would be left without an active administrator."""
