"""What happens to the photos and documents of a project; one function a verb.

Whoever may change the project may add, describe, order and remove its files. Citizens see a file only once staff have
released it: at once where staff themselves add it to a released project, otherwise with the project's next release.
"""

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.permissions import CHANGE, allows
from klikks.uploads import check_upload
from projects.exceptions import TooManyFiles
from projects.models import Project, ProjectDocument, ProjectFile, ProjectPhoto
from projects.rights import locked

MOST_PHOTOS, MOST_DOCUMENTS = 20, 40


@transaction.atomic
def add_photo(project: Project, *, by: User, photo: ContentFile, alt: str, is_public: bool) -> ProjectPhoto:
    """Add a photo behind the others; `photo` comes from `clean_photo`, `alt` says what it shows.

    Raises NotAllowed, TooManyFiles, or ValidationError without `alt`.
    """
    project = locked(project, by, CHANGE)
    if not alt.strip():
        raise ValidationError({"alt": _("Please describe the photo for people who cannot see it.")})
    _check_room(project.photos.count(), MOST_PHOTOS)
    last = project.photos.aggregate(last=Max("position"))["last"] or 0
    added = ProjectPhoto(project=project, alt=alt.strip(), is_public=is_public, position=last + 1)
    added.file.save(photo.name or "photo.jpg", photo, save=False)
    _save(added, project, by)
    return added


@transaction.atomic
def add_document(project: Project, *, by: User, title: str, file: File, is_public: bool) -> ProjectDocument:
    """Add a document: PDF, PNG or JPEG. Raises NotAllowed, TooManyFiles, or ValidationError for anything else."""
    project = locked(project, by, CHANGE)
    name = check_upload(file)
    _check_room(project.documents.count(), MOST_DOCUMENTS)
    added = ProjectDocument(project=project, title=title, is_public=is_public)
    added.file.save(name, file, save=False)
    _save(added, project, by)
    return added


@transaction.atomic
def change_file(
    file: ProjectPhoto | ProjectDocument, *, by: User, words: str, is_public: bool
) -> ProjectPhoto | ProjectDocument:
    """Change what a photo shows, or the title of a document, and whether the public may see it. Raises NotAllowed.

    Words that citizens read wait for the staff's release again unless staff write them.
    """
    project = locked(file.project, by, CHANGE)
    file = type(file)._default_manager.select_for_update().get(pk=file.pk)
    name = "alt" if isinstance(file, ProjectPhoto) else "title"
    if getattr(file, name) == words and file.is_public == is_public:
        return file
    setattr(file, name, words)
    file.is_public, file.released_at = is_public, None
    _save(file, project, by)
    return file


@transaction.atomic
def make_title_picture(photo: ProjectPhoto, *, by: User) -> None:
    """Put a photo first. Raises NotAllowed."""
    _order(photo, by, lambda place: 0)


@transaction.atomic
def move_forward(photo: ProjectPhoto, *, by: User) -> None:
    """Put a photo before the one that stands before it. Raises NotAllowed."""
    _order(photo, by, lambda place: max(place - 1, 0))


@transaction.atomic
def remove_file(file: ProjectPhoto | ProjectDocument, *, by: User) -> None:
    """Remove a photo or document with its stored file; one that is gone already stays gone. Raises NotAllowed."""
    locked(file.project, by, CHANGE)
    stored = str(file.file)
    type(file)._default_manager.filter(pk=file.pk).delete()
    transaction.on_commit(lambda: default_storage.delete(stored))


def release_files(project: Project) -> None:
    """Show what may be public of a project's files to citizens. The caller has checked the right to release."""
    for files in (project.photos, project.documents):
        files.filter(is_public=True, released_at=None).update(released_at=timezone.now())


def _save(file: ProjectFile, project: Project, by: User) -> None:
    """Save a file of a project. In a released project it is public at once, or waits for whoever may release it."""
    if file.is_public and project.released_at:
        if allows(by, "project", "release", project):
            file.released_at = timezone.now()
        elif project.proposed_at is None:
            project.proposed_at = timezone.now()
            project.save(update_fields=["proposed_at"])
    file.save()


def _order(photo: ProjectPhoto, by: User, wanted: Callable[[int], int]) -> None:
    """Put a photo to another place and number all of them anew."""
    project = locked(photo.project, by, CHANGE)
    photos = list(project.photos.select_for_update())
    place = next((place for place, one in enumerate(photos) if one.pk == photo.pk), None)
    if place is None:
        return
    photos.insert(wanted(place), photos.pop(place))
    for position, one in enumerate(photos, start=1):
        one.position = position
    ProjectPhoto.objects.bulk_update(photos, ["position"])


def _check_room(count: int, most: int) -> None:
    if count >= most:
        raise TooManyFiles(
            _("A project holds up to %(count)d of these. Please remove one that is not needed any more.")
            % {"count": most}
        )
