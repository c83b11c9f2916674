"""Reads of accounts that cross tables."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, QuerySet

from agencies.models import Membership, User
from agencies.models.accounts import STAFF_ROLES
from klikks.tenancy import account_context


def second_factors(user_id: Any) -> QuerySet[Authenticator]:
    """Return an account's apps and passkeys; recovery codes alone protect nobody."""
    return Authenticator.objects.filter(user_id=user_id).exclude(type=Authenticator.Type.RECOVERY_CODES)


def staff_without_second_factor() -> list[Membership]:
    """Return the agency's active staff whose account has no second factor."""
    staff = Membership.objects.filter(role__in=STAFF_ROLES, is_active=True)
    return list(staff.filter(~Exists(second_factors(OuterRef("user_id")))))


def has_second_factor(user: User) -> bool:
    """Return whether the account that is signed in has a second factor.

    Its agency sees the account anyway; an operator's is seen by itself only.
    """
    if user.agency_id:
        return second_factors(user.pk).exists()
    with account_context(account_id=user.pk):
        return second_factors(user.pk).exists()
