"""What staff do with a document that a municipality has offered: it backs the partnership, or is refused."""

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.permissions import require
from communes import services
from communes.exceptions import NoPartnership
from communes.models import Backing, OfferedDocument, Partnership
from communes.moves import check_may_move, mail, move
from klikks.names import clean_line

Status = OfferedDocument.Status


@transaction.atomic
def accept_document(document: OfferedDocument, *, by: User, reference: str = "") -> Backing:
    """Take an offered document as political backing; a partnership that waits for it becomes official.

    Raises NotAllowed, IllegalTransition naming who decided before, and NoPartnership as long as the registration is
    not accepted: the document then goes on waiting.
    """
    require(by, "offereddocument", "decide", document)
    require(by, "partnership", "back")
    document = _locked(document)
    check_may_move(document, Status.ACCEPTED)
    partnership = services.open_partnership(document.registration)
    if partnership is None:
        raise NoPartnership(
            _("%(commune)s has no partnership yet. Please accept the registration first; the document waits here.")
            % {"commune": document.registration.commune}
        )
    backing = _back(partnership, document, by, reference)
    move(document, Status.ACCEPTED, by=by, backing=backing)
    return backing


@transaction.atomic
def refuse_document(document: OfferedDocument, *, by: User, reason: str) -> OfferedDocument:
    """Refuse an offered document and mail the reason, so that the municipality can send another one.

    Raises NotAllowed, and IllegalTransition naming who decided before.
    """
    require(by, "offereddocument", "decide", document)
    if not reason.strip():
        raise ValidationError(_("Please say in a few words what is missing."))
    document = _locked(document)
    move(document, Status.REFUSED, by=by, reason=reason)
    mail(document.registration, "registration/document_refused", document=document, reason=reason.strip())
    return document


def _locked(document: OfferedDocument) -> OfferedDocument:
    rows = OfferedDocument.objects.select_for_update(of=("self",))
    return rows.select_related("registration__commune", "registration__programme", "agency").get(pk=document.pk)


def _back(partnership: Partnership, document: OfferedDocument, by: User, reference: str) -> Backing:
    """Note the backing: with all that follows if it is the first one, or beside the one that is there."""
    name = str(document.file).rsplit("/", maxsplit=1)[-1]
    with document.file.open("rb") as stored:
        file = ContentFile(stored.read(), name)
    if partnership.may_move_to(Partnership.Status.OFFICIAL):
        return services.add_backing(
            partnership, by=by, kind=document.kind, decided_on=document.decided_on, reference=reference, file=file
        )
    return Backing.objects.create(
        partnership=partnership,
        kind=document.kind,
        decided_on=document.decided_on,
        reference=clean_line(reference),
        file=file,
    )
