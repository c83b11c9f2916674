"""What happens in the exchange: profiles, questions, answers, following, reports, moderation. One function a verb.

Authors change their own posts, staff of the author's agency moderate them; the wall around posts lets no other agency
write. Whoever asks or answers follows the thread.
"""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.permissions import require
from deadlines import outbox
from klikks.names import clean_line, clean_text
from klikks.tenancy import current_agency_id
from patrons.exceptions import NotInOffice, PostGone, ReportedBefore
from patrons.exchange import mentions
from patrons.exchange.models import GENERAL, LONGEST_NOTE, Complaint, Follow, Post, Profile
from patrons.models import Patron


@transaction.atomic
def change_profile(patron: Patron, *, by: User, **values: Any) -> Profile:
    """Change what a patron shows to others and how often the digest comes. Raises NotAllowed, NotInOffice."""
    _check_own(patron, by, "profile", "change_own")
    profile = profile_of(patron)
    for name, value in values.items():
        setattr(profile, name, value)
    profile.save()
    return profile


def profile_of(patron: Patron) -> Profile:
    """Return the patron's profile, locked; one that shows nothing is made where there is none."""
    profile, _created = Profile.objects.get_or_create(patron=patron)
    return Profile.objects.select_for_update().get(pk=profile.pk)


@transaction.atomic
def choose_digest(profile: Profile, rhythm: str) -> Profile:
    """Set how often the digest comes, one of `Profile.Digest`; the caller has checked the mailed link."""
    profile = Profile.objects.select_for_update().get(pk=profile.pk)
    profile.digest = Profile.Digest(rhythm)
    profile.save(update_fields=["digest"])
    return profile


@transaction.atomic
def ask(patron: Patron, *, by: User, board: str, title: str, body: str) -> Post:
    """Put a question on a board. Raises NotAllowed, NotInOffice, ValidationError for an empty text."""
    _check_own(patron, by, "post", "add_own")
    post = Post(programme=patron.programme, author=patron, board=board or GENERAL, title=_one_line(title))
    _write(post, patron, body)
    follow(patron, by=by, question=post)
    return post


@transaction.atomic
def answer(question: Post, patron: Patron, *, by: User, body: str) -> Post:
    """Answer a question of the patron's programme. Raises NotAllowed, NotInOffice, PostGone, ValidationError."""
    _check_own(patron, by, "post", "add_own")
    if question.programme_id != patron.programme_id or not question.is_shown:
        raise PostGone(_("This question is not there any more. Your text was not sent."))
    post = Post(programme=patron.programme, author=patron, question=question)
    _write(post, patron, body)
    follow(patron, by=by, question=question)
    return post


@transaction.atomic
def edit(post: Post, *, by: User, body: str, title: str = "", board: str = "") -> Post:
    """Change an own post. Raises NotAllowed, NotInOffice, PostGone, ValidationError for an empty text."""
    _check_own(post.author, by, "post", "change_own")
    author, post = post.author, _locked(post)
    if post.question_id is None:
        post.title, post.board = _one_line(title), board or GENERAL
    post.edited_at = timezone.now()
    _write(post, author, body)
    return post


@transaction.atomic
def remove(post: Post, *, by: User) -> Post:
    """Delete an own post: its words go, answers of others stay. Raises NotAllowed, NotInOffice, PostGone."""
    _check_own(post.author, by, "post", "delete_own")
    post = _locked(post)
    post.removed_at, post.title, post.body, post.mentions = timezone.now(), "", "", []
    post.save()
    return post


@transaction.atomic
def mark_helpful(question: Post, reply: Post | None, *, by: User) -> Post:
    """Mark the answer that helped, or none. Only the asker may. Raises NotAllowed, NotInOffice, PostGone."""
    _check_own(question.author, by, "post", "change_own")
    question = _locked(question)
    if reply is not None and (reply.question_id != question.pk or not reply.is_shown):
        raise PostGone(_("This answer is not there any more."))
    question.helpful = reply
    question.save(update_fields=["helpful"])
    return question


@transaction.atomic
def follow(patron: Patron, *, by: User, question: Post | None = None, board: str = "") -> None:
    """Let the digest tell what is new in a thread or on a board; twice is once. Raises NotAllowed, NotInOffice."""
    _check_own(patron, by, "post", "follow")
    profile_of(patron)
    Follow.objects.get_or_create(patron=patron, question=question, board=board)


@transaction.atomic
def unfollow(patron: Patron, *, by: User, question: Post | None = None, board: str = "") -> None:
    """Stop following. Raises NotAllowed, NotInOffice."""
    _check_own(patron, by, "post", "follow")
    Follow.objects.filter(patron=patron, question=question, board=board).delete()


@transaction.atomic
def report(post: Post, patron: Patron, *, by: User, reason: str, note: str = "") -> Complaint:
    """Report a post to the staff of its author's agency. Raises NotAllowed, NotInOffice, PostGone, ReportedBefore."""
    _check_own(patron, by, "post", "report")
    if not post.is_shown:
        raise PostGone(_("This post is not there any more."))
    try:
        with transaction.atomic():
            return Complaint.objects.create(
                agency_id=patron.agency_id,
                post_agency_id=post.agency_id,
                post=post,
                patron=patron,
                reason=reason,
                note=clean_text(note)[:LONGEST_NOTE],
            )
    except IntegrityError:
        raise ReportedBefore(_("You have reported this post before. The energy agency looks at it.")) from None


@transaction.atomic
def hide(post: Post, *, by: User, reason: str) -> Post:
    """Take a post of an own patron out of sight and tell the author kindly. Raises NotAllowed, PostGone."""
    require(by, "post", "moderate", post)
    post = _locked(post)
    if post.hidden_at is not None:
        raise PostGone(_("A colleague has hidden this post already. Nothing was changed."))
    post.hidden_at = post.reviewed_at = timezone.now()
    post.hidden_reason = clean_line(reason)
    post.save()
    _tell_author(post, "exchange/hidden", reason=post.hidden_reason)
    return post


@transaction.atomic
def restore(post: Post, *, by: User, reason: str = "") -> Post:
    """Show a hidden post again and tell the author. Raises NotAllowed, PostGone."""
    require(by, "post", "moderate", post)
    post = _locked(post)
    if post.hidden_at is None:
        raise PostGone(_("A colleague has shown this post again already. Nothing was changed."))
    post.hidden_at, post.hidden_reason, post.reviewed_at = None, "", timezone.now()
    post.save()
    _tell_author(post, "exchange/restored", reason=clean_line(reason))
    return post


@transaction.atomic
def settle(post: Post, *, by: User) -> Post:
    """Note that staff have looked at a reported post and leave it as it is. Raises NotAllowed, PostGone."""
    require(by, "post", "moderate", post)
    post = _locked(post)
    post.reviewed_at = timezone.now()
    post.save(update_fields=["reviewed_at"])
    return post


def _write(post: Post, patron: Patron, body: str) -> None:
    """Put a typed text into a post and save it."""
    text = clean_text(body)
    if not text:
        raise ValidationError({"body": _("Please write something: signs that cannot be seen are left out.")})
    post.agency_id = current_agency_id() or patron.agency_id
    post.body, post.mentions = mentions.keep(text, patron)
    post.save()


def _one_line(text: str) -> str:
    """Return a title: pictures stay, signs that cannot be seen go."""
    return " ".join(clean_text(text).split())


def _locked(post: Post) -> Post:
    """Return a post of the own agency as it is now, locked. Raises PostGone when it was deleted."""
    found: Post | None = (
        Post.objects.select_for_update(of=("self",)).select_related("question").filter(pk=post.pk).first()
    )
    if found is None or found.removed_at is not None:
        raise PostGone(_("This post was deleted by its author."))
    return found


def _check_own(patron: Patron, by: User, object_name: str, action: str) -> None:
    """Let patrons act for themselves, while they are in office. Raises NotAllowed, NotInOffice."""
    require(by, object_name, action, patron)
    if patron.user_id != by.pk or patron.status not in Patron.IN_OFFICE:
        raise NotInOffice(_("The exchange is open to climate patrons in office."))


def _tell_author(post: Post, template: str, *, reason: str) -> None:
    """Mail the author what has become of a post."""
    author = Patron.objects.get(pk=post.author_id)
    context = {
        "name": str(author),
        "title": str(post if post.question_id is None else post.question),
        "reason": reason,
        "link": f"{settings.BASE_URL}{post.get_absolute_url()}",
    }
    outbox.post(template, to=author.email, language=author.language, context=context, subject=author)
