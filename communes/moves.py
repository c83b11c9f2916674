"""What every verb about registrations and partnerships does: lock the row, move it, write to the municipality."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agencies.exceptions import IllegalTransition
from agencies.models import LifeCycle, User
from communes.models import Registration
from deadlines import outbox
from klikks import links
from klikks.uploads import check_upload

STATUS_PURPOSE = "registration-status"


def locked(row: Any) -> Any:
    """Return a registration or partnership as it is now, locked."""
    rows = type(row).objects.select_for_update(of=("self",)).select_related("commune", "programme", "agency")
    return rows.get(pk=row.pk)


def move(row: LifeCycle, status: str, *, by: User | None = None, reason: str = "", **fields: Any) -> None:
    """Move a locked row along its life cycle. Raises IllegalTransition naming who decided before."""
    check_may_move(row, status)
    row.move_to(status, by=by, reason=reason.strip(), **fields)


def check_may_move(row: LifeCycle, status: str) -> None:
    """Go on only if the life cycle leads there. Raises IllegalTransition naming who decided before, and when."""
    if row.may_move_to(status):
        return
    raise IllegalTransition(who_was_first(row))


def who_was_first(row: LifeCycle) -> str:
    """Say who has brought a row to where it is, and when: to somebody who comes second."""
    last = row.transitions.select_related("by__membership").order_by("-pk").first()
    values = {"object": row, "status": dict(type(row).Status.choices)[row.status]}  # type: ignore[attr-defined]
    if last is None or last.by is None:
        return _("“%(object)s” is “%(status)s” now. Nothing was changed.") % values
    at = timezone.localtime(last.at)
    values |= {"who": last.by.display_name}
    if at.date() == timezone.localdate():
        values |= {"time": date_format(at, "TIME_FORMAT")}
        return _("%(who)s has set “%(object)s” to “%(status)s” today at %(time)s. Nothing was changed.") % values
    values |= {"when": date_format(at, "SHORT_DATETIME_FORMAT")}
    return _("%(who)s has set “%(object)s” to “%(status)s” on %(when)s. Nothing was changed.") % values


def checked(file: File | None) -> File | None:
    """Return the uploaded file under a safe name. Raises ValidationError."""
    if file:
        try:
            file.name = check_upload(file)
        except ValidationError as refusal:
            raise ValidationError({"file": refusal.messages}) from None
    return file or None


def mail(registration: Registration, template: str, **context: Any) -> None:
    """Write a mail to the person who registered, in that person's language."""
    outbox.post(
        template,
        to=registration.email,
        language=registration.language,
        context={**values_of(registration), **context},
        subject=registration,
    )


def values_of(registration: Registration) -> dict[str, Any]:
    """Return what every mail about a registration may name; `status_link` leads to the registration."""
    return {
        "name": registration.contact_name,
        "commune": registration.commune,
        "programme": registration.programme,
        "status_link": status_address(registration),
    }


def status_token(registration: Registration) -> str:
    """Return the token of the link by which whoever wrote follows the registration, without an account."""
    return links.sign(STATUS_PURPOSE, registration.agency_id, registration.pk)


def status_address(registration: Registration) -> str:
    """Return the whole address of that link, for mails."""
    return address("communes:status", status_token(registration))


def address(name: str, *arguments: Any) -> str:
    """Return the whole address of a page of the portal."""
    return f"{settings.BASE_URL}{reverse(name, args=arguments)}"
