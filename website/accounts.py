"""Accounts from above: their mails, and the language of the person who signs in.

Nothing here tells a stranger who has an account: for an unknown address the same page appears after the same work.
"""

from threading import Thread
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template import Context
from django.template.loader import get_template
from django.utils import translation

from agencies.models import Agency, User
from deadlines import outbox
from deadlines.broker import send_after_commit
from deadlines.unused_accounts import note_sign_in
from klikks.tenancy import agency_context

CODE_MAILS = {
    "account/email/login_code": "account/login_code",
    "account/email/password_reset_code": "account/password_reset_code",
}
NOTICE = "account/notice"


class AccountAdapter(DefaultAccountAdapter):
    """Closes the open sign-up, sends mails through the outbox, and keeps to the account's language."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by invitation or appointment only."""
        return False

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Go on in the language of the account, which is used again."""
        response = super().post_login(request, user, **kwargs)
        note_sign_in(user)
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, user.language)
        return response

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Mail a code to an account, or do the same work in vain for an address without one."""
        values = {"code": context.get("code", "")}
        if template_prefix in CODE_MAILS:
            _mail(User.objects.get(email__iexact=email), CODE_MAILS[template_prefix], values)
        else:
            _pretend_to_mail(email, values)

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Tell a person what was changed at the own account, so that a stranger's change is noticed."""
        _mail(user, NOTICE, {"event": template_prefix.rpartition("/")[2]})


def _mail(account: User, template: str, values: dict[str, str]) -> None:
    """Mail an account in its language."""
    if account.agency_id is None:
        _mail_operator(account, template, values)
        return
    with agency_context(account.agency_id):
        outbox.post(template, to=account.email, language=account.language, context=values)


def _mail_operator(account: User, template: str, values: dict[str, str]) -> None:
    """Mail an operator, who belongs to no agency and so has no outbox; the page does not wait for it."""
    with translation.override(account.language):
        source = get_template(f"mail/{template}.txt").template  # type: ignore[attr-defined]
        text = source.render(Context({**values, "base_url": settings.BASE_URL}, autoescape=False))
    heading, _separator, body = text.strip().partition("\n")
    subject = heading.removeprefix("Subject:").strip()
    Thread(target=send_mail, args=(subject, body.strip(), None, [account.email])).start()


def _pretend_to_mail(email: str, values: dict[str, str]) -> None:
    """Do what a mail to an account costs, and leave nothing behind."""
    agency = Agency.objects.order_by("pk").first()
    if agency is None:
        return
    with agency_context(agency), transaction.atomic():
        outbox.post("account/login_code", to=email, language=settings.LANGUAGE_CODE, context=values)
        transaction.set_rollback(True)
    send_after_commit("deadlines.tasks.drain_outbox", agency.pk)
