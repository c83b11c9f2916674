"""Staff protect their account with a second factor where the setting asks for it."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.permissions import ACCOUNT, PUBLIC, VIEW
from klikks.tenancy import account_context


class SecondFactorMiddleware:
    """Sends staff without a second factor to the page where they set one up, if the setting forces it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if (
            settings.STAFF_SECOND_FACTOR_REQUIRED
            and request.path.startswith("/admin/")
            and request.user.is_authenticated
            and not _has_second_factor(request.user)
        ):
            return _to_set_one_up(request)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Guard also the pages of the work that lie outside of the desk, such as downloads."""
        if (
            settings.STAFF_SECOND_FACTOR_REQUIRED
            and _is_work(view)
            and isinstance(request.user, User)
            and request.user.is_staff
            and not _has_second_factor(request.user)
        ):
            return _to_set_one_up(request)
        return None


def _is_work(view: Any) -> bool:
    """Whether a view names a right that neither the public has nor everybody with an account."""
    name, action = getattr(view, "permission", ("site", VIEW))
    return action not in PUBLIC.get(name, frozenset()) | ACCOUNT.get(name, frozenset())


def _to_set_one_up(request: HttpRequest) -> HttpResponse:
    """Lead to the page where a second factor is set up."""
    messages.info(request, _("Please set up a second factor first: it protects the people in your care."))
    return redirect("mfa_index")


def _has_second_factor(user: User) -> bool:
    """Whether the account has a second factor; an operator, who has no agency, is seen by itself only."""
    with account_context(account_id=user.pk):
        return is_mfa_enabled(user)
