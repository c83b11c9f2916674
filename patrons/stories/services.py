"""What happens to experience reports: written, handed in, released or given back, taken off again."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.permissions import require
from deadlines import outbox
from klikks.names import clean_text
from patrons.exceptions import NotInOffice, StoryWithStaff
from patrons.models import Patron, Story

TEXTS = ("title", "body", "photo_alt")


@transaction.atomic
def write(
    patron: Patron, *, by: User, story: Story | None = None, photo: ContentFile | None = None, **values: Any
) -> Story:
    """Save a draft: a new one, or `story` with other words. `photo` comes from `clean_photo`; None keeps what is there.

    Raises NotAllowed, NotInOffice, StoryWithStaff once it was handed in.
    """
    require(by, "story", "add_own" if story is None else "change_own", patron)
    if patron.user_id != by.pk or patron.status not in Patron.IN_OFFICE:
        raise NotInOffice(_("Experience reports are written by climate patrons in office."))
    story = _own_draft(story, patron) if story else Story(patron=patron)
    for name, value in values.items():
        setattr(story, name, clean_text(value) if name in TEXTS else value)
    if photo is not None:
        story.photo.save(photo.name or "photo.jpg", photo, save=False)
    story.save()
    return story


@transaction.atomic
def hand_in(story: Story, *, by: User) -> Story:
    """Hand a draft in to the staff. Raises NotAllowed, StoryWithStaff, ValidationError for a photo without words."""
    require(by, "story", "change_own", story)
    story = _own_draft(story, story.patron)
    if story.photo and not story.photo_alt:
        raise ValidationError({"photo_alt": _("Please describe the photo for people who cannot see it.")})
    story.move_to(Story.Status.HANDED_IN, by=by, handed_in_at=timezone.now(), note="")
    return story


@transaction.atomic
def take_home(story: Story, *, by: User) -> Story:
    """Let the author take a report back that staff have not decided on. Raises NotAllowed, IllegalTransition."""
    require(by, "story", "change_own", story)
    story = _locked(story)
    if story.status == Story.Status.HANDED_IN:
        story.move_to(Story.Status.DRAFT, by=by)
    return story


@transaction.atomic
def release(story: Story, *, by: User) -> Story:
    """Make a report public and tell the author. Raises NotAllowed, IllegalTransition when it was decided before."""
    require(by, "story", "release", story)
    story = _locked(story)
    story.move_to(Story.Status.RELEASED, by=by, released_at=timezone.now(), note="")
    _tell(story, "story/released", link=f"{settings.BASE_URL}{reverse('patrons:story', args=[story.pk])}")
    return story


@transaction.atomic
def give_back(story: Story, *, by: User, note: str) -> Story:
    """Give a report back to its author with a note. Raises NotAllowed, IllegalTransition when it was decided before."""
    require(by, "story", "release", story)
    story = _locked(story)
    note = clean_text(note)
    story.move_to(Story.Status.DRAFT, by=by, reason=note, note=note)
    link = f"{settings.BASE_URL}{reverse('patrons:edit_story', args=[story.pk])}"
    _tell(story, "story/given_back", link=link, note=note)
    return story


@transaction.atomic
def take_back(story: Story, *, by: User) -> Story:
    """Take a report off the public pages; it waits for the staff again. Raises NotAllowed, IllegalTransition."""
    require(by, "story", "release", story)
    story = _locked(story)
    story.move_to(Story.Status.HANDED_IN, by=by, released_at=None)
    return story


def _locked(story: Story) -> Story:
    """Return a report as it is now, locked."""
    return Story.objects.select_for_update(of=("self",)).select_related("patron__programme").get(pk=story.pk)


def _own_draft(story: Story, patron: Patron) -> Story:
    """Return the author's draft, locked. Raises StoryWithStaff once it was handed in."""
    story = _locked(story)
    if story.patron_id != patron.pk or story.status != Story.Status.DRAFT:
        raise StoryWithStaff(
            _("This report is with the energy agency or public already, and nothing was changed. Reload the page.")
        )
    return story


def _tell(story: Story, template: str, **context: Any) -> None:
    """Mail the author what has become of the report."""
    patron = story.patron
    values = {"name": str(patron), "title": story.title, **context}
    outbox.post(template, to=patron.email, language=patron.language, context=values, subject=patron)
