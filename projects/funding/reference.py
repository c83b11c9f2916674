"""The list of real funding programmes that comes with the portal; `data/funding/README.md` says how sure it is."""

from pathlib import Path

from django.conf import settings

from agencies.models import Agency, Programme
from agencies.sheets.preview import preview
from agencies.sheets.resources import Order
from agencies.sheets.services import import_at_once
from projects.funding.imports import FundingSheet

PROGRAMMES = Path(settings.BASE_DIR) / "data" / "funding" / "programmes.csv"


def load_programmes(agency: Agency, programme: Programme) -> int:
    """Let an agency keep the programmes of the list; what it has stays. Return how many rows were new.

    The agency is the context's. Raises ValidationError where the list names a topic that the portal does not have.
    """
    resource = FundingSheet(Order(agency, programme, source=PROGRAMMES.name))
    with PROGRAMMES.open("rb") as file:
        made = preview(resource, file)
    import_at_once(made)
    return made.counts()["new"]
