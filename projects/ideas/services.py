"""What happens to citizens' ideas; one function a verb."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Participation, Programme, User
from agencies.permissions import CHANGE, require
from communes.models import Commune
from deadlines.outbox import post
from klikks.tenancy import agency_context
from projects.exceptions import NoOffice, ReasonMissing
from projects.models import Idea, Project
from projects.services import create_project


def send_idea(
    *,
    programme: Programme,
    title: str,
    text: str,
    commune: Commune | None = None,
    topic_id: str | None = None,
    author: str = "",
    email: str = "",
    shows_author: bool = False,
    language: str = "de",
) -> Idea:
    """Note a citizen's idea for a network of towns; its coordinating office reads it first. Public.

    Raises NoOffice when nobody coordinates the programme.
    """
    office = Participation.objects.filter(programme=programme, coordinates=True).select_related("agency").first()
    if office is None:
        raise NoOffice(_("Nobody receives ideas for “%(programme)s” at present.") % {"programme": programme})
    with agency_context(office.agency):
        return Idea.objects.create(
            programme=programme,
            title=title,
            text=text,
            commune=commune,
            topic_id=topic_id,
            author=author,
            email=email,
            shows_author=shows_author,
            language=language,
        )


@transaction.atomic
def release_idea(idea: Idea, *, by: User) -> Idea:
    """Let the public read a citizen's idea. Raises NotAllowed or IllegalTransition."""
    idea = _locked_idea(idea, by)
    idea.move_to(Idea.Status.RELEASED, by=by, released_at=timezone.now())
    _answer(idea, "idea/released")
    return idea


@transaction.atomic
def decline_idea(idea: Idea, *, by: User, reason: str) -> Idea:
    """Decline an idea, with a reason that its author is told. Raises NotAllowed, IllegalTransition or ReasonMissing."""
    idea = _locked_idea(idea, by)
    if not reason.strip():
        raise ReasonMissing(_("Please say why the idea is declined."))
    idea.move_to(Idea.Status.DECLINED, by=by, reason=reason)
    _answer(idea, "idea/declined", reason=reason)
    return idea


@transaction.atomic
def adopt_idea(idea: Idea, *, by: User, commune: Commune, topic_id: str, title: str) -> Project:
    """Make a project of an idea. Raises NotAllowed or IllegalTransition."""
    idea = _locked_idea(idea, by)
    project = create_project(
        by=by, programme=idea.programme, commune=commune, topic_id=topic_id, title=title, description=idea.text
    )
    idea.move_to(Idea.Status.ADOPTED, by=by, project=project)
    _answer(idea, "idea/adopted", municipality=commune)
    return project


def _answer(idea: Idea, template: str, **context: Any) -> None:
    """Tell the author of an idea what became of it, if there is an address."""
    if idea.email:
        values = {"name": idea.author, "title": idea.title, "programme": idea.programme, **context}
        post(template, to=idea.email, language=idea.language, context=values, subject=idea)


def _locked_idea(idea: Idea, by: User) -> Idea:
    require(by, "idea", CHANGE, idea)
    return Idea.objects.select_for_update().get(pk=idea.pk)
