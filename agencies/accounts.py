"""How accounts are found while somebody signs in."""

from allauth.account.auth_backends import AuthenticationBackend

from agencies.models import User
from klikks.tenancy import account_context


class AccountBackend(AuthenticationBackend):
    """Sign-in by address; loads the account of a running session through the wall."""

    def get_user(self, user_id: int) -> User | None:
        """Return the active account of a session, or None."""
        with account_context(account_id=int(user_id)):
            return super().get_user(user_id)
