"""Following an idea by mail: asked for on its page, counted once the mailed link is confirmed, ended by each mail."""

from datetime import timedelta

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from deadlines import outbox
from deadlines.models import OutboxMail
from klikks import links
from klikks.history import forget
from klikks.tenancy import agency_context
from projects.ideas.news import UNFOLLOW_PURPOSE
from projects.models import Idea, IdeaFollow, PublicIdea

FOLLOW_PURPOSE = "idea-follow"
CONFIRM_WITHIN = timedelta(days=7)
# The link stands in mails that people keep.
UNFOLLOW_WITHIN = timedelta(days=3650)


def follow(idea: PublicIdea, *, email: str, language: str) -> None:
    """Mail a link with which somebody confirms to follow a released idea. Public.

    Whoever has asked before gets the same mail again; the visitor of the form learns nothing about the address.
    """
    with agency_context(idea.agency_id), transaction.atomic():
        known = Idea.objects.select_for_update().get(pk=idea.pk)
        follows = IdeaFollow.objects.filter(idea=known, email__iexact=email)
        asked = follows.first() or IdeaFollow.objects.create(idea=known, email=email, language=language)
        token = links.sign(FOLLOW_PURPOSE, asked.agency_id, asked.pk)
        address = f"{settings.BASE_URL}{reverse('projects:confirm_follow', args=[token])}"
        context = {"title": known.title, "link": address}
        outbox.post("idea/follow", to=asked.email, language=asked.language, context=context, subject=asked)


def find_follow(token: str) -> IdeaFollow:
    """Return what a mailed link is to confirm. Raises LinkExpired for an old link, LinkInvalid for none of ours."""
    link = links.read(FOLLOW_PURPOSE, token, max_age=CONFIRM_WITHIN)
    with agency_context(link.agency_id):
        found = IdeaFollow.objects.select_related("idea").filter(pk=link.pk).first()
    if found is None:
        raise links.LinkExpired(_("This link has expired. Please fill in the form once more; we then send a new one."))
    return found


def confirm_follow(token: str) -> IdeaFollow:
    """Let somebody follow an idea from now on; doing it twice changes nothing. Raises what `find_follow` raises."""
    found = find_follow(token)
    with agency_context(found.agency_id):
        IdeaFollow.objects.filter(pk=found.pk, confirmed_at__isnull=True).update(confirmed_at=timezone.now())
    return found


def find_unfollow(token: str) -> links.Link:
    """Return whom a mail's link lets stop following. Raises LinkInvalid or LinkExpired."""
    return links.read(UNFOLLOW_PURPOSE, token, max_age=UNFOLLOW_WITHIN)


def unfollow(token: str) -> None:
    """Forget a follower, with every trace; doing it twice changes nothing. Raises LinkInvalid or LinkExpired."""
    link = find_unfollow(token)
    with agency_context(link.agency_id), transaction.atomic():
        forget_follows([link.pk])


def forget_follows(keys: list[int]) -> None:
    """Delete followers of the context's agency, with their history and the mails to them."""
    forget_mails(IdeaFollow, keys)
    forget(IdeaFollow, keys)


def forget_mails(model: type[models.Model], keys: list[int]) -> None:
    """Delete the mails about some rows."""
    kind = ContentType.objects.get_for_model(model)
    OutboxMail.objects.filter(subject_type=kind, subject_id__in=keys).delete()
