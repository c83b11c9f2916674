"""What authors may do with the ideas they have sent, by the link in each of their mails, and how long they are kept."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.permissions import CHANGE, require
from klikks import links
from klikks.history import blank, forget
from klikks.tenancy import agency_context
from projects.exceptions import IdeaIsProject
from projects.ideas.follows import CONFIRM_WITHIN, forget_follows, forget_mails
from projects.ideas.news import AUTHOR_PURPOSE
from projects.models import Idea, IdeaFollow

LINK_LASTS = timedelta(days=5 * 365)
# Nobody is written to any more once an idea was declined or its project done. An idea that waits longer than the last
# span is kept without its author.
FOLLOWERS_KEPT, AUTHORS_KEPT, AUTHORS_KEPT_AT_MOST = timedelta(days=30), timedelta(days=180), timedelta(days=3 * 365)


def find_own(token: str) -> Idea:
    """Return the idea an author's link names. Raises LinkExpired when it is gone, LinkInvalid when never ours."""
    link = links.read(AUTHOR_PURPOSE, token, max_age=LINK_LASTS)
    with agency_context(link.agency_id):
        idea = Idea.objects.filter(pk=link.pk).select_related("programme", "agency", "commune").first()
    if idea is None:
        raise links.LinkExpired(_("There is nothing any more behind this link: the idea was deleted."))
    return idea


def forget_author_by_link(token: str) -> None:
    """Forget name and address of whoever sent an idea; the idea stays. Raises what `find_own` raises."""
    idea = find_own(token)
    with agency_context(idea.agency_id), transaction.atomic():
        _forget_authors([idea.pk])


def withdraw_by_link(token: str) -> None:
    """Delete an idea on its author's wish, with its history, photo and followers.

    Raises what `find_own` raises, and IdeaIsProject once others work on it.
    """
    found = find_own(token)
    with agency_context(found.agency_id), transaction.atomic():
        idea = Idea.objects.select_for_update().get(pk=found.pk)
        if idea.status == Idea.Status.ADOPTED:
            raise IdeaIsProject(
                _("Your idea has become a project on which others work. Your name and address can be deleted.")
            )
        forget_follows(list(idea.follows.values_list("pk", flat=True)))
        _forget_authors([idea.pk])
        storage, name = idea.photo.storage, idea.photo.name
        forget(Idea, [idea.pk])
        if name:
            transaction.on_commit(lambda: storage.delete(name))


@transaction.atomic
def forget_author(idea: Idea, *, by: User) -> None:
    """Forget name and address of whoever sent an idea, as the person has asked staff to. Raises NotAllowed."""
    require(by, "idea", CHANGE, idea)
    _forget_authors([idea.pk])


@transaction.atomic
def forget_old() -> None:
    """Forget the people around the ideas of the context's agency whose time is over."""
    now = timezone.now()
    unconfirmed = Q(confirmed_at__isnull=True, asked_at__lt=now - CONFIRM_WITHIN)
    told = Q(idea__closed_at__lt=now - FOLLOWERS_KEPT)
    forget_follows(list(IdeaFollow.objects.filter(unconfirmed | told).values_list("pk", flat=True)))
    ended = Q(closed_at__lt=now - AUTHORS_KEPT) | Q(received_at__lt=now - AUTHORS_KEPT_AT_MOST)
    addresses = Idea.objects.filter(ended).exclude(email="", author="")
    # A name that stands in public with the author's consent stays; the address has served its purpose.
    named = Q(shows_author=True, status__in=[Idea.Status.RELEASED, Idea.Status.ADOPTED])
    _forget_authors(list(addresses.exclude(named).values_list("pk", flat=True)))
    only_address = list(addresses.filter(named).exclude(email="").values_list("pk", flat=True))
    blank(Idea, only_address, email="")
    forget_mails(Idea, only_address)


def _forget_authors(keys: list[int]) -> None:
    blank(Idea, keys, author="", email="", shows_author=False)
    forget_mails(Idea, keys)
