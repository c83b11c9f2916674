"""The digest: one mail a day or a week with what is new in the threads and boards a patron follows.

Every morning beat orders one job an agency that has somebody to tell. The job goes from patron to patron; the mail
and the note up to when the patron was told are written in one transaction, so that a job that dies half way, or runs
twice, tells nothing twice. Whom it could not tell makes the job fail where staff see it, and the next run tries again.
"""

import logging
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deadlines import jobs, outbox
from deadlines.models import Job
from klikks import links
from patrons.exchange import mentions
from patrons.exchange.models import Face, Follow, Post, Profile
from patrons.exchange.selectors import faces_of
from patrons.models import Patron

logger = logging.getLogger(__name__)

LINK_PURPOSE = "digest"
LINK_LASTS = timedelta(days=366)
EVERY_DAYS = {Profile.Digest.DAILY: 1, Profile.Digest.WEEKLY: 7}
# Who is writing while the digest is made is told of in the next one.
SETTLED = timedelta(minutes=1)
MOST_NEWS = 40
EXCERPT = 160


@dataclass(frozen=True)
class News:
    """What is new for a patron: posts with the faces of all who occur in them."""

    posts: list[Post]
    faces: dict[int, Face]


def due() -> QuerySet[Profile]:
    """Return the profiles of patrons in office whose digest is due today."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    is_due = Q()
    for rhythm, days in EVERY_DAYS.items():
        is_due |= Q(digest=rhythm, told_until__lt=midnight - timedelta(days=days - 1))
    return Profile.objects.filter(is_due, patron__status__in=Patron.IN_OFFICE)


def order_digests() -> None:
    """Order the job that writes the digests of the context's agency, if there is anybody to tell."""
    if due().exists():
        jobs.order(Job.Kind.EXCHANGE_DIGEST)


def write_digests(job: Job, progress: Callable[[int], None]) -> None:
    """Write the digests that are due. Raises ValidationError naming how many people could not be told."""
    waiting = list(due().order_by("pk").values_list("pk", flat=True))
    failed = 0
    for number, key in enumerate(waiting):
        try:
            write_digest(key)
        except Exception:
            logger.exception("The digest of profile %s could not be written", key)
            failed += 1
        progress(100 * (number + 1) // len(waiting))
    if failed:
        raise ValidationError(
            ngettext(
                "The mail with news of the exchange could not be written for %(count)d person. Please try again.",
                "The mail with news of the exchange could not be written for %(count)d people. Please try again.",
                failed,
            )
            % {"count": failed}
        )


@transaction.atomic
def write_digest(profile_id: int) -> bool:
    """Write one patron's digest if it is still due and there is something new; return whether a mail was written."""
    rows = due().select_for_update(skip_locked=True, of=("self",)).select_related("patron__programme")
    profile = rows.filter(pk=profile_id).first()
    if profile is None:
        return False
    until = timezone.now() - SETTLED
    news = news_for(profile.patron, profile.told_until, until)
    Profile.objects.filter(pk=profile.pk).update(told_until=until)
    if news.posts:
        _mail(profile, news)
    return bool(news.posts)


def news_for(patron: Patron, since: datetime, until: datetime) -> News:
    """Return what others have written within a time where the patron follows, or is mentioned; three queries."""
    follows = list(Follow.objects.filter(patron=patron).values_list("question_id", "board"))
    threads = [question for question, _board in follows if question]
    boards = [board for _question, board in follows if board]
    wanted = Q(question__in=threads) | Q(question__isnull=True, board__in=boards) | Q(mentions__contains=[patron.pk])
    thread_is_shown = Q(question__isnull=True) | Q(question__hidden_at__isnull=True, question__removed_at__isnull=True)
    posts = (
        Post.objects.shown()
        .filter(wanted, thread_is_shown, programme=patron.programme_id, created_at__gt=since, created_at__lte=until)
        .exclude(author=patron)
        .select_related("question")
    )
    found = list(posts[:MOST_NEWS])
    return News(found, faces_of(key for post in found for key in (post.author_id, *post.mentions)))


def settings_link(profile: Profile) -> str:
    """Return the mailed address at which the rhythm is changed without signing in."""
    token = links.sign(LINK_PURPOSE, profile.agency_id, profile.pk)
    return f"{settings.BASE_URL}{reverse('patrons:digest', args=[token])}"


def _mail(profile: Profile, news: News) -> None:
    patron = profile.patron
    choice = settings_link(profile)
    with translation.override(patron.language):
        count = len(news.posts)
        heading = ngettext("%(count)d new post", "%(count)d new posts", count) % {"count": count}
        context = {
            "name": str(patron),
            "heading": heading,
            "news": _in_words(news, patron),
            "link": f"{settings.BASE_URL}{reverse('patrons:exchange')}",
            "rhythm": profile.get_digest_display(),
            "settings_link": choice,
        }
    letter = outbox.Letter(patron.email, patron.language, context, patron, unsubscribe_link=choice)
    outbox.post_all("exchange/digest", [letter])


def _in_words(news: News, patron: Patron) -> str:
    """Return the news as text, thread by thread: its title, who wrote what, and where it stands."""
    threads: dict[int, list[Post]] = defaultdict(list)
    for post in news.posts:
        threads[post.thread_id].append(post)
    parts = []
    for posts in threads.values():
        lines = [str((posts[0].question or posts[0]).title)]
        lines += [_line(post, news.faces, patron) for post in posts]
        parts.append("\n".join([*lines, f"{settings.BASE_URL}{posts[0].get_absolute_url()}"]))
    return "\n\n".join(parts)


def _line(post: Post, faces: dict[int, Face], patron: Patron) -> str:
    author = str(faces.get(post.author_id) or _("former climate patron"))
    words = Truncator(" ".join(mentions.as_typed(post.body, faces).split())).chars(EXCERPT)
    if patron.pk in post.mentions:
        return _("%(author)s mentions you: %(words)s") % {"author": author, "words": words}
    if post.question_id is None:
        return _("%(author)s asks: %(words)s") % {"author": author, "words": words}
    return _("%(author)s answers: %(words)s") % {"author": author, "words": words}
