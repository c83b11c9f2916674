"""Everybody's settings for mails: how often each kind comes, and at which hours none does."""

from datetime import time, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.permissions import require
from deadlines import outbox
from deadlines.broker import send_after_commit
from deadlines.mail_kinds import CHOSEN, COLLECTED, Kind, Rhythm, kind_named, kind_of
from deadlines.models import MailSettings, OutboxMail
from deadlines.models.mail_rules import next_digest
from klikks import links
from klikks.tenancy import agency_context

# Mails are kept for years; so is the way out of them.
OFF_WITHIN = timedelta(days=3650)


def settings_of(user: User) -> MailSettings:
    """Return somebody's settings; unsaved ones, with everything at once, where nothing was chosen yet."""
    return MailSettings.objects.filter(user=user).first() or MailSettings(user=user)


def rules_of_agency() -> MailSettings:
    """Return the quiet hours of the context's agency; an unsaved row where it has none."""
    return MailSettings.objects.filter(user__isnull=True).first() or MailSettings()


@transaction.atomic
def choose(user: User, *, by: User, **values: Any) -> MailSettings:
    """Change one's own settings: a rhythm for each kind, and the quiet hours; what was collected follows them.

    Raises NotAllowed, and ValidationError for hours that only begin or only end.
    """
    require(by, "mailsettings", "change_own")
    if user.pk != by.pk:
        raise ValidationError(_("Everybody chooses for themselves only."))
    check_hours(values.get("quiet_from"), values.get("quiet_until"))
    chosen, _created = MailSettings.objects.update_or_create(user=user, defaults=values)
    for kind in CHOSEN:
        _follow(user.pk, kind, chosen.rhythm(kind))
    return chosen


@transaction.atomic
def set_quiet_hours(*, by: User, quiet_from: time | None, quiet_until: time | None) -> MailSettings:
    """Set the hours in which the context's agency sends nothing to whoever has chosen no others.

    Raises NotAllowed, and ValidationError for hours that only begin or only end.
    """
    require(by, "mailsettings", "change_agency")
    check_hours(quiet_from, quiet_until)
    hours = {"quiet_from": quiet_from, "quiet_until": quiet_until}
    return MailSettings.objects.update_or_create(user=None, defaults=hours)[0]


def check_hours(begin: time | None, end: time | None) -> None:
    """Refuse hours of which only one end is given. Raises ValidationError."""
    if (begin is None) != (end is None):
        missing = "quiet_from" if begin is None else "quiet_until"
        raise ValidationError({missing: _("Please say from when until when, or leave both empty.")})


def find_off(kind_name: str, token: str) -> tuple[Kind, links.Link]:
    """Return what a mailed link turns off, and for whom. Raises LinkInvalid or LinkExpired."""
    kind = kind_named(kind_name)
    if kind is None or not kind.may_be_off:
        raise links.LinkInvalid(_("This link is not complete. Please copy it once more from the mail."))
    return kind, links.read(f"{outbox.UNSUBSCRIBE}-{kind.name}", token, max_age=OFF_WITHIN)


def turn_off(kind_name: str, token: str) -> Kind:
    """Turn mails of a kind off by the mailed link; doing it twice changes nothing. Raises LinkInvalid, LinkExpired."""
    kind, link = find_off(kind_name, token)
    with agency_context(link.agency_id), transaction.atomic():
        user = User.objects.filter(pk=link.pk).first()
        if user is not None:
            ended = _collected_by(settings_of(user)) if kind is COLLECTED else [kind]
            MailSettings.objects.update_or_create(user=user, defaults={each.name: Rhythm.OFF for each in ended})
            for each in ended:
                _follow(user.pk, each, Rhythm.OFF)
    return kind


def _collected_by(chosen: MailSettings) -> list[Kind]:
    """Return the kinds that somebody gets together and may do without."""
    return [kind for kind in CHOSEN if kind.may_be_off and chosen.rhythm(kind) in {Rhythm.DAILY, Rhythm.WEEKLY}]


def _follow(user_id: int, kind: Kind, rhythm: Rhythm) -> None:
    """Let what was collected of a kind leave as it is now wished."""
    starts = reduce(or_, (Q(template__startswith=start) for start in kind.templates))
    held = OutboxMail.objects.filter(starts, account=user_id, status=OutboxMail.Status.HELD)
    keys = [pk for pk, template in held.values_list("pk", "template") if kind_of(template) is kind]
    mails: models.QuerySet[OutboxMail] = OutboxMail.objects.filter(pk__in=keys, status=OutboxMail.Status.HELD)
    now = timezone.now()
    if rhythm == Rhythm.OFF:
        mails.update(status=OutboxMail.Status.OFF, text="", html="")
    elif rhythm != Rhythm.NOW:
        mails.update(not_before=next_digest(rhythm, now))
    elif keys:
        mails.update(status=OutboxMail.Status.WAITING, not_before=now)
        send_after_commit(outbox.DRAIN_TASK)
