"""Who receives an idea: the energy agency of its municipality's state, or the office that coordinates a network."""

from dataclasses import dataclass

from django.utils import timezone

from agencies.models import Agency, Participation, Programme
from communes.models import Commune


@dataclass(frozen=True)
class Office:
    """An agency that reads ideas for one of its programmes."""

    agency: Agency
    programme: Programme


def offices_for(commune: Commune | None, programme: Programme | None = None) -> list[Office]:
    """Return who may receive an idea for a municipality, one for each programme that runs; one query.

    Where none runs, the newest one stands for all: an idea is welcome at any time. A network of towns has one office,
    whatever the town. Empty where nobody is there to read it.
    """
    parts = Participation.objects.select_related("agency", "programme").order_by("-programme__starts_on", "pk")
    if programme is not None:
        parts = parts.filter(programme=programme)
    if programme is not None and programme.kind == Programme.Kind.TWINNING:
        parts = parts.filter(coordinates=True)
    elif commune is None or commune.state_id is None:
        return []
    else:
        parts = parts.filter(agency__state=commune.state_id, programme__kind=Programme.Kind.VOLUNTEERS)
    offices = [Office(part.agency, part.programme) for part in parts]
    today = timezone.localdate()
    running = [office for office in offices if office.programme.starts_on <= today <= office.programme.ends_on]
    return running or offices[:1]
