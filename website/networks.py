"""The public page of a network of twinned towns: its towns, conferences, joint projects and citizens' ideas."""

from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language_info, override

from agencies.models import Programme
from agencies.permissions import permission_required
from communes.models import Twinning
from klikks.countries import country_name
from projects.models import PublicIdea, PublicProject
from trainings.models import TrainingSession

IDEAS_SHOWN = 30


@dataclass(frozen=True)
class Network:
    """What the page shows of one programme; each list is one query."""

    programme: Programme

    @cached_property
    def towns(self) -> list[Twinning]:
        """The towns with the conferences they host; two queries."""
        sessions = Prefetch("conferences", TrainingSession.objects.order_by("starts_at"))
        towns = Twinning.objects.filter(programme=self.programme).select_related("commune", "topic")
        return list(towns.prefetch_related(sessions))

    @cached_property
    def countries(self) -> list[str]:
        """The countries of the towns, in the reader's language, each once."""
        return sorted({country_name(town.commune.country) for town in self.towns})

    @property
    def rows(self) -> list[tuple[Twinning, str]]:
        """Each town with the name of its country."""
        return [(town, country_name(town.commune.country)) for town in self.towns]

    @cached_property
    def projects(self) -> list[PublicProject]:
        """The released projects, the newest first."""
        rows = PublicProject.objects.with_credit().filter(programme=self.programme).select_related("commune", "topic")
        return list(rows.order_by("-released_at"))

    @cached_property
    def ideas(self) -> list[PublicIdea]:
        """The newest released ideas."""
        rows = PublicIdea.objects.filter(programme=self.programme).select_related("commune")
        return list(rows.order_by("-received_at")[:IDEAS_SHOWN])


@permission_required("site", "view")
def network(request: HttpRequest, slug: str, language: str = "") -> HttpResponse:
    """Show a network of towns, in the visitor's language or in a further one named in the address."""
    programme = get_object_or_404(Programme, slug=slug, kind=Programme.Kind.TWINNING)
    context = {"network": Network(programme), "programme": programme, "further": further_languages()}
    if not language:
        return render(request, "website/network.html", context)
    with override(language):
        return render(request, "website/network.html", {**context, "language": language})


def further_languages() -> list[tuple[str, str]]:
    """Return code and own name of each further language a network's page can be read in."""
    return [(code, get_language_info(code)["name_local"].capitalize()) for code in settings.NETWORK_LANGUAGES]
