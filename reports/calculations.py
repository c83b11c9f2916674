"""How a saving was calculated, as a page to print: whose it may be read by, and what stands on it."""

from django.contrib.auth.models import AnonymousUser
from django.utils import translation
from django.utils.translation import gettext as _

from agencies.models import Agency, User
from agencies.permissions import VIEW, allows
from projects.measures.explanation import explain
from projects.models import PublicSaving, Saving
from reports import documents


def calculation_for(user: User | AnonymousUser, pk: int) -> Saving | PublicSaving | None:
    """Return a saving if it belongs to a released project, or to one that the reader works on; None otherwise."""
    released = PublicSaving.objects.select_related("project__commune").filter(pk=pk).first()
    if released is not None or not isinstance(user, User) or user.agency_id is None:
        return released
    own = Saving.objects.select_related("measure__project__commune").filter(pk=pk)
    if not allows(user, "saving", VIEW):
        own = own.filter(measure__project__leads__patron__user=user)
    return own.first()


def calculation_pdf(saving: Saving | PublicSaving, language: str) -> bytes:
    """Return the explanation of a saving as a PDF, in one language."""
    project = saving.project if isinstance(saving, PublicSaving) else saving.measure.project
    agency = Agency.objects.get(pk=saving.agency_id)
    with translation.override(language):
        context = {"saving": saving, "project": project, "explanation": explain(saving)}
        title = _("How was this calculated?")
        return documents.render("calculation.html", context, title=title, agency=agency, language=language)
