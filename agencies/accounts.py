"""How accounts are found while somebody signs in."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.http import HttpRequest

from agencies.models import User
from klikks.tenancy import account_context

DEMO_PASSWORD = "klikks-demo-2026"  # noqa: S105  (opens nothing unless DEBUG is on)


class AccountBackend(AuthenticationBackend):
    """Sign-in by address; loads the account of a running session through the wall."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        """Check address and password. The demo's password opens nothing outside of the demo."""
        if credentials.get("password") == DEMO_PASSWORD and not settings.DEBUG:
            return None
        return super().authenticate(request, **credentials)

    def get_user(self, user_id: int) -> User | None:
        """Return the active account of a session, or None."""
        with account_context(account_id=int(user_id)):
            return super().get_user(user_id)
