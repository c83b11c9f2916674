"""Digests: mails that somebody wants together, once a day or a week, leave as one."""

from django.db import models, transaction
from django.utils import timezone, translation
from django.utils.translation import ngettext

from agencies.models import User
from deadlines import outbox
from deadlines.mail_kinds import COLLECTED
from deadlines.models import MailSettings, OutboxMail


def write_due() -> int:
    """Write the digests of the context's agency whose morning has come; return how many.

    The digest is written in the transaction that notes its parts as sent with it: told once, however often and by
    however many this is called.
    """
    _release_ownerless()
    people = _due().order_by("account").values_list("account", flat=True).distinct()
    return sum(_write(account_id) for account_id in people if account_id is not None)


def _due() -> models.QuerySet[OutboxMail]:
    """Return the collected mails whose time has come."""
    return OutboxMail.objects.filter(status=OutboxMail.Status.HELD, not_before__lte=timezone.now())


def _release_ownerless() -> None:
    """Let mails leave by themselves that were collected for an account which is no more."""
    _due().filter(account__isnull=True).update(status=OutboxMail.Status.WAITING)


@transaction.atomic
def _write(account_id: int) -> bool:
    """Write one person's digest; say whether there was one to write."""
    # The person's settings are what two runs at once share; the second leaves the person to the first.
    if MailSettings.objects.select_for_update(skip_locked=True).filter(user=account_id).first() is None:
        return False
    parts = list(_due().filter(account=account_id).order_by("created_at", "pk").select_for_update(skip_locked=True))
    account = User.objects.get(pk=account_id)
    if not parts:
        return False
    digest = outbox.post_all("digest", [_letter(account, parts)])[0]
    OutboxMail.objects.filter(pk__in=[part.pk for part in parts]).update(
        status=OutboxMail.Status.GATHERED, digest=digest
    )
    return True


def _letter(account: User, parts: list[OutboxMail]) -> outbox.Letter:
    """Return the digest of some mails, with a link that turns off what of it may be turned off."""
    kinds = {part.kind.name: part.kind for part in parts if part.kind.may_be_off}
    off = next(iter(kinds.values())) if len(kinds) == 1 else COLLECTED
    news = "".join(f"* * *\n\n{part.subject_line}\n\n{part.text}\n\n" for part in parts) + "* * *"
    with translation.override(account.language):
        count = len(parts)
        heading = ngettext("%(count)d mail", "%(count)d mails", count) % {"count": count}
    return outbox.Letter(
        to=account.email,
        language=account.language,
        context={"heading": heading, "news": news, "settings_link": outbox.settings_link()},
        unsubscribe_link=outbox.unsubscribe_link(account, off) if kinds else "",
    )
