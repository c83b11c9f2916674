"""Reads of accounts that cross tables."""

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef

from agencies.models import Membership
from agencies.models.accounts import STAFF_ROLES


def staff_without_second_factor() -> list[Membership]:
    """Return the agency's active staff whose account has neither an app nor a passkey as second factor."""
    protected = Authenticator.objects.filter(user_id=OuterRef("user_id")).exclude(
        type=Authenticator.Type.RECOVERY_CODES
    )
    staff = Membership.objects.filter(role__in=STAFF_ROLES, is_active=True)
    return list(staff.filter(~Exists(protected)))
