"""What can go wrong with registrations and partnerships."""

from django.core.exceptions import ValidationError


class CannotRegister(ValidationError):
    """The municipality cannot take part: nobody lives there, or it does not exist any more."""


class NothingOnOffer(ValidationError):
    """No agency of the municipality's state takes part in the wanted programme, or in any."""


class AlreadyConfirmed(ValidationError):
    """The registration behind a mailed link was confirmed before."""


class AlreadyPartner(ValidationError):
    """The municipality has an open partnership in the programme."""
