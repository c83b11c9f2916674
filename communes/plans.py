"""Phase plans carried out by municipalities: who does what there, and plans applied to many of them."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from agencies.models import Membership, User
from agencies.models.accounts import Role
from communes.access import people_of
from communes.models import Partnership
from deadlines.models import PhasePlan, PlannedTask, RunningPlan
from deadlines.plans.services import AlreadyRunning, Place, apply

Doer = PlannedTask.Doer


def plans_for(partnerships: Iterable[Partnership]) -> list[PhasePlan]:
    """Return the phase plans for municipalities of the programmes to which partnerships belong."""
    programmes = {partnership.programme_id for partnership in partnerships}
    plans = PhasePlan.objects.filter(audience=PhasePlan.Audience.COMMUNE, programme__in=programmes)
    return list(plans.select_related("programme").order_by("title", "pk"))


def apply_to(
    partnerships: Iterable[Partnership], plan: PhasePlan, *, by: User, days: Mapping[int | None, date]
) -> tuple[list[RunningPlan], list[Partnership]]:
    """Let municipalities carry out a plan of their programme, each in a transaction of its own.

    Returns the plans that run now, and the partnerships that already have it or belong to another programme. Raises
    NotAllowed.
    """
    admin = Membership.objects.filter(role=Role.AGENCY_ADMIN, is_active=True).select_related("user").first()
    made, left = [], []
    for partnership in partnerships:
        if partnership.programme_id != plan.programme_id:
            left.append(partnership)
            continue
        try:
            with transaction.atomic():
                made.append(apply(plan, _place(partnership, by, admin.user if admin else None), by=by, days=days))
        except AlreadyRunning:
            left.append(partnership)
    return made, left


def _place(partnership: Partnership, by: User, admin: User | None) -> Place:
    """Return a municipality as a plan sees it; what its manager does falls to whoever applies the plan, without one."""
    access = people_of(partnership.commune).filter(user__isnull=False).select_related("user").first()
    return Place(
        title=str(partnership.commune),
        subject=partnership,
        doers={
            Doer.MANAGER: partnership.manager.user if partnership.manager else by,
            Doer.ADMIN: admin or by,
            Doer.PATRON: import_string(settings.ACCOUNT_OF_PATRON)(partnership),
            Doer.MUNICIPALITY: access.user if access else None,
        },
    )
