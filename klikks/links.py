"""Signed links for people without an account: they name one row of one agency and cannot be guessed or altered."""

import re
from dataclasses import dataclass
from datetime import timedelta

from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# What `sign` returns: payload, time and signature.
TOKEN = re.compile(r"\.?[\w-]+:[\w-]+:[\w-]{27,}")


class LinkInvalid(ValidationError):
    """The link was cut off, altered or never ours."""


class LinkExpired(ValidationError):
    """The link was ours once and is too old now."""


@dataclass(frozen=True)
class Link:
    """What a signed link names: an agency and one of its rows."""

    agency_id: int
    pk: int


def sign(purpose: str, agency_id: int, pk: int) -> str:
    """Return the token of a link. One made for another `purpose` does not open it."""
    return signing.dumps([agency_id, pk], salt=f"klikks.{purpose}", compress=True)


def without_tokens(text: str) -> str:
    """Return a text whose signed links open nothing: for readers other than the one who got the link."""
    return TOKEN.sub("…", text)


def read(purpose: str, token: str, *, max_age: timedelta) -> Link:
    """Return what a token names.

    Raises LinkExpired when it is older than `max_age`, LinkInvalid when it is not ours; both say what to do.
    """
    try:
        agency_id, pk = signing.loads(token, salt=f"klikks.{purpose}", max_age=max_age)
    except signing.SignatureExpired:
        raise LinkExpired(
            _("This link has expired. Please fill in the form once more; we then send a new one.")
        ) from None
    except (signing.BadSignature, ValueError, TypeError):
        raise LinkInvalid(
            _("This link is not complete. Please copy it from the e-mail once more, from the first to the last sign.")
        ) from None
    return Link(agency_id, pk)
