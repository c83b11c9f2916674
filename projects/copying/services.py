"""Copies a project as the template of another one.

The link between the two is kept: within an agency as a foreign key, and to a released project of another agency as a
mere number, because nothing may refer to a row behind another agency's wall. Whoever may see a project itself takes
over its plan; of all others only the words that citizens read.
"""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Programme, User
from agencies.permissions import VIEW
from communes.models import Commune
from klikks.locks import one_at_a_time
from projects.exceptions import AlreadyCopied
from projects.models import CostItem, Milestone, Project, PublicProject
from projects.planning.milestones import keep_milestones
from projects.planning.services import follow
from projects.rights import may
from projects.services import create_project

# A milestone of the template that would lie in the past falls on this day after today.
SOONEST = timedelta(days=14)


@transaction.atomic
def copy_project(
    source: Project | PublicProject, *, by: User, programme: Programme, commune: Commune, title: str
) -> Project:
    """Begin a project in another municipality with a project as its template; it starts as an idea.

    Raises NotAllowed, WrongMunicipality, or AlreadyCopied where the municipality has this copy already.
    """
    one_at_a_time(commune)
    own = Project.objects.filter(pk=source.pk).first()
    _refuse_second(source.pk, commune, title)
    whole = own if own is not None and may(by, "project", VIEW, own) else None
    made = create_project(
        by=by,
        programme=programme,
        commune=commune,
        topic_id=source.topic_id,
        title=title,
        description=_description(whole) if whole else source.public_summary,
        copied_from=own,
        copied_public=None if own else source.pk,
    )
    if whole:
        _copy_plan(whole, made)
    return made


def _refuse_second(source_id: int, commune: Commune, title: str) -> None:
    """Raise AlreadyCopied for the same copy once more, such as a form that was sent twice."""
    copies = Project.objects.filter(copied_from=source_id) | Project.objects.filter(copied_public=source_id)
    if copies.running().filter(commune=commune, title=title).exists():
        raise AlreadyCopied(_("“%(title)s” was begun in %(commune)s already.") % {"title": title, "commune": commune})


def _description(source: Project) -> str:
    """Return the template's description with the kinds of its measures, whose numbers differ in each place."""
    kinds = list(dict.fromkeys(str(measure.get_kind_display()) for measure in source.measures.all()))
    measures = _("Measures there: %(kinds)s.") % {"kinds": ", ".join(kinds)} if kinds else ""
    return "\n\n".join(filter(None, [source.description, measures]))


def _copy_plan(source: Project, made: Project) -> None:
    """Take milestones over with the same distances, beginning today, and costs as a first guess."""
    begun = source.starts_on or timezone.localdate(source.created_at)
    today = timezone.localdate()
    for milestone in source.milestones.all():
        Milestone.objects.create(project=made, title=milestone.title, due_on=_moved(milestone.due_on, begun, today))
    for item in source.cost_items.all():
        CostItem.objects.create(project=made, what=item.what, amount=item.amount)
    follow(made, CostItem)
    keep_milestones(made)


def _moved(day: date, begun: date, today: date) -> date:
    return max(today + (day - begun), today + SOONEST)
