"""What happens to citizens' ideas; one function a verb."""

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Programme, User
from agencies.permissions import CHANGE, require
from communes.models import Commune
from klikks.tenancy import agency_context
from projects.exceptions import IdeaGone, NoOffice, ReasonMissing
from projects.ideas.news import tell, tell_author
from projects.ideas.offices import offices_for
from projects.ideas.similar import Similar
from projects.models import Idea, Project
from projects.services import create_project


def send_idea(
    *,
    title: str,
    text: str,
    programme: Programme | None = None,
    commune: Commune | None = None,
    topic_id: str | None = None,
    photo: ContentFile | None = None,
    photo_alt: str = "",
    author: str = "",
    email: str = "",
    shows_author: bool = False,
    language: str = "de",
) -> Idea:
    """Note a citizen's idea; the office that `offices_for` names reads it first. Public.

    `photo` comes from `klikks.photos.clean_photo`. Raises NoOffice when there is nobody to read it.
    """
    offices = offices_for(commune, programme)
    if not offices:
        raise NoOffice(
            _("Nobody receives ideas for “%(programme)s” at present.") % {"programme": programme or commune or ""}
        )
    office = offices[0]
    with agency_context(office.agency), transaction.atomic():
        idea = Idea(
            programme=office.programme,
            title=title,
            text=text,
            commune=commune,
            topic_id=topic_id,
            photo_alt=photo_alt,
            author=author,
            email=email,
            shows_author=shows_author and bool(author),
            language=language,
        )
        if photo is not None:
            idea.photo.save(photo.name or "photo.jpg", photo, save=False)
        idea.save()
        tell_author(idea, "received")
        return idea


@transaction.atomic
def release_idea(idea: Idea, *, by: User) -> Idea:
    """Let the public read a citizen's idea. Raises NotAllowed or IllegalTransition."""
    idea = _locked_idea(idea, by)
    idea.move_to(Idea.Status.RELEASED, by=by, released_at=timezone.now())
    tell(idea, "released")
    return idea


@transaction.atomic
def decline_idea(idea: Idea, *, by: User, reason: str) -> Idea:
    """Decline an idea, with a reason that its author is told. Raises NotAllowed, IllegalTransition or ReasonMissing."""
    idea = _locked_idea(idea, by)
    if not reason.strip():
        raise ReasonMissing(_("Please say why the idea is declined."))
    idea.move_to(Idea.Status.DECLINED, by=by, reason=reason, closed_at=timezone.now())
    tell(idea, "declined", reason=reason)
    return idea


@transaction.atomic
def decline_as_known(idea: Idea, known: Similar, *, by: User) -> Idea:
    """Decline an idea because there is the same already, which its author and followers are led to.

    Raises NotAllowed or IllegalTransition.
    """
    idea = _locked_idea(idea, by)
    reason = _("There already: “%(title)s”") % {"title": known.title}
    idea.move_to(Idea.Status.DECLINED, by=by, reason=reason, closed_at=timezone.now())
    tell(idea, "known", known_title=known.title, known_link=f"{settings.BASE_URL}{known.url}")
    return idea


@transaction.atomic
def adopt_idea(idea: Idea, *, by: User, commune: Commune, topic_id: str, title: str) -> Project:
    """Make a project of an idea. Raises NotAllowed or IllegalTransition."""
    idea = _locked_idea(idea, by)
    return _begin_project(idea, by=by, commune=commune, topic_id=topic_id, title=title)


@transaction.atomic
def take_up_idea(idea: Idea, *, by: User, topic_id: str, title: str) -> Project:
    """Let a patron make a project of a released idea for a municipality he or she serves, and lead it.

    Raises NotAllowed, WrongMunicipality, or IdeaGone when somebody was faster or the idea is not public.
    """
    require(by, "idea", "take_up_own")
    idea = Idea.objects.select_for_update(of=("self",)).select_related("commune").get(pk=idea.pk)
    if idea.status != Idea.Status.RELEASED or idea.commune is None:
        raise IdeaGone(_("This idea was taken up by somebody else just now, or is not shown any more."))
    return _begin_project(idea, by=by, commune=idea.commune, topic_id=topic_id, title=title)


def _begin_project(idea: Idea, *, by: User, commune: Commune, topic_id: str, title: str) -> Project:
    """Begin the project of a locked idea, and tell everybody."""
    project = create_project(
        by=by, programme=idea.programme, commune=commune, topic_id=topic_id, title=title, description=idea.text
    )
    idea.move_to(Idea.Status.ADOPTED, by=by, project=project)
    tell(idea, "adopted", municipality=commune)
    return project


def _locked_idea(idea: Idea, by: User) -> Idea:
    require(by, "idea", CHANGE, idea)
    return Idea.objects.select_for_update().get(pk=idea.pk)
