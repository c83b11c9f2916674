"""What happens to accounts: they are made by invitation or appointment, and keep exactly one place in one agency."""

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.exceptions import AddressTaken
from agencies.models import Membership, User
from agencies.models.accounts import Role
from klikks.tenancy import account_context, current_agency_id


@transaction.atomic
def make_account(email: str, *, role: Role, name: str, language: str = "de") -> User:
    """Return the account with this address in the agency of the context; make it, or wake it up, where needed.

    A new account has no password: it signs in by a code sent to its address. One that is active keeps its role, so
    that nobody loses or gains rights by being appointed. Raises AddressTaken if the address belongs elsewhere.
    """
    user = _account_of(email) or User.objects.create_user(email, language=language)
    if user.agency_id != current_agency_id():
        raise AddressTaken(_("This address cannot be used for an account here. Please ask for another address."))
    membership, created = Membership.objects.get_or_create(user=user, defaults={"role": role, "name": name})
    if not created and not (membership.is_active and user.is_active):
        membership.role, membership.name, membership.is_active = role, name, True
        membership.save()
        user.is_active = True
        user.save(update_fields=["is_active"])
    return user


def _account_of(email: str) -> User | None:
    """Return the account with exactly this address, of whichever agency."""
    with account_context(email=email):
        return User.objects.filter(email__iexact=email.strip()).first()
