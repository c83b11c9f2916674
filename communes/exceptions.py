"""What can go wrong with registrations and partnerships."""

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from communes.models import Registration


class CannotRegister(ValidationError):
    """The municipality cannot take part: nobody lives there, or it does not exist any more."""


class NothingOnOffer(ValidationError):
    """No agency of the municipality's state takes part in the wanted programme, or in any."""


class AlreadyConfirmed(ValidationError):
    """The registration behind a mailed link was confirmed before, so that its status page is what to show."""

    def __init__(self, registration: "Registration") -> None:
        super().__init__(_("This registration is confirmed already. There is nothing more to do."))
        self.registration = registration


class AlreadyPartner(ValidationError):
    """The municipality has an open partnership in the programme."""


class NotPossibleNow(ValidationError):
    """What somebody wants to do by a status link does not fit to where the registration is now."""


class NoPartnership(ValidationError):
    """A document cannot back a partnership that does not exist yet."""


class TooManyInvitations(ValidationError):
    """A municipality has invited more people than it may on one day, or than it needs."""


class NothingNew(ValidationError):
    """A proposal changes nothing that is not known or proposed already."""


class AlreadyDecided(ValidationError):
    """Somebody else has decided about a proposed change before."""


class ValueChanged(ValidationError):
    """The value that a proposal would replace has changed since it was shown."""
