"""Who is told what becomes of an idea: its author, and those who follow it by mail."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from deadlines import outbox
from deadlines.outbox import Letter
from klikks import links
from projects.models import Idea, IdeaFollow, Project

AUTHOR_PURPOSE, UNFOLLOW_PURPOSE = "idea-author", "idea-unfollow"


def tell(idea: Idea, event: str, **context: Any) -> None:
    """Tell author and followers that an idea was released, adopted, declined, or that its project is done.

    `event` names the author's mail below `templates/mail/idea/`; `context` are its further values.
    """
    tell_author(idea, event, **context)
    follows = list(IdeaFollow.objects.filter(idea=idea, confirmed_at__isnull=False).order_by("pk"))
    if follows:
        outbox.post_all("idea/news", [_letter(follow, idea, event, context) for follow in follows])


def tell_author(idea: Idea, event: str, **context: Any) -> None:
    """Tell the author of an idea what becomes of it, if there is an address."""
    if idea.email:
        values = {
            "name": idea.author,
            "title": idea.title,
            "programme": idea.programme,
            "link": link_of(idea),
            "author_link": author_link(idea),
            **context,
        }
        outbox.post(f"idea/{event}", to=idea.email, language=idea.language, context=values, subject=idea)


def project_is_done(project: Project) -> None:
    """Tell authors and followers of the ideas behind a project that it is done; nobody waits for more after that."""
    for idea in project.ideas.select_related("programme").order_by("pk"):
        tell(idea, "done", municipality=project.commune)
        idea.closed_at = timezone.now()
        idea.save(update_fields=["closed_at"])


def link_of(idea: Idea) -> str:
    """Return the full address of an idea's public page; empty where it is not public."""
    is_public = idea.released_at is not None and idea.status in {Idea.Status.RELEASED, Idea.Status.ADOPTED}
    return f"{settings.BASE_URL}{idea.get_absolute_url()}" if is_public else ""


def author_link(idea: Idea) -> str:
    """Return the address at which the author has name and address, or the whole idea, deleted."""
    token = links.sign(AUTHOR_PURPOSE, idea.agency_id, idea.pk)
    return f"{settings.BASE_URL}{reverse('projects:own_idea', args=[token])}"


def unfollow_link(follow: IdeaFollow) -> str:
    """Return the address at which somebody stops following."""
    token = links.sign(UNFOLLOW_PURPOSE, follow.agency_id, follow.pk)
    return f"{settings.BASE_URL}{reverse('projects:unfollow_idea', args=[token])}"


def _letter(follow: IdeaFollow, idea: Idea, event: str, context: dict[str, Any]) -> Letter:
    with translation.override(follow.language):
        values = {"title": idea.title, "news": _in_words(event, context), "link": link_of(idea)}
    values["unfollow_link"] = unfollow_link(follow)
    return Letter(
        to=follow.email,
        language=follow.language,
        context=values,
        subject=follow,
        unsubscribe_link=values["unfollow_link"],
    )


def _in_words(event: str, context: dict[str, Any]) -> str:
    """Return what happened, in the active language."""
    words = {
        "released": _("Everybody can read it now."),
        "adopted": _("It has become a project of %(municipality)s."),
        "done": _("Its project in %(municipality)s is done."),
        "declined": _("It is not taken further for now."),
        "known": _("It is there already, as “%(known_title)s”: %(known_link)s"),
    }
    return words[event] % context
