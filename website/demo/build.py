"""Puts the demo together."""

from collections.abc import Callable

from django.db import transaction
from django.utils import translation

from communes.models import Commune
from klikks.tenancy import agency_context
from patrons.models import Patron
from website.demo import exchange, pilot, plans, programmes, running, towns, trainings
from website.demo.accounts import make_colleagues, make_operator, make_staff
from website.demo.backoffice import make_backoffice
from website.demo.people import people
from website.demo.phase_plans import make_phase_plans
from website.demo.townhall import make_town_hall
from website.demo.training_days import make_training_days


def communes_of(state: str | None) -> list[Commune]:
    """Return small municipalities of a state, spread over its districts, always the same ones."""
    found = Commune.objects.current().filter(state_id=state, population__range=(1500, 20_000)).order_by("ags")
    step = max(len(found) // 80, 1)
    return list(found[::step]) or list(Commune.objects.filter(state_id=state, kind=Commune.Kind.QUARTER))


@transaction.atomic
def build(progress: Callable[[str], None]) -> None:
    """Build the demo's three programmes; `progress` is told what comes next. All or nothing."""
    with translation.override("de"):
        _build(progress)


def _build(progress: Callable[[str], None]) -> None:
    crowd = people()
    progress("programmes and accounts")
    programmes.make_topics()
    programmes.make_quarters()
    agencies = programmes.make_agencies()
    klikk_aktiv = programmes.make_klikk_aktiv(agencies["rlp"])
    klikks = programmes.make_klikks(agencies)
    network = programmes.make_klimapartnerschaft(agencies["klimapartnerschaft"])
    staff = make_staff(agencies)
    make_colleagues(agencies, crowd)
    make_operator()
    by = staff["regional.rlp@example.org"]

    progress("KlikK aktiv")
    rlp = communes_of("DE-RP")
    pilot.build_pilot(agencies["rlp"], klikk_aktiv, rlp[:37], crowd, by)

    progress("KlikKS")
    running.make_windows(klikks, agencies)
    trainings.make_coachings(klikks, agencies)
    trainings.make_trainings(klikks, agencies)
    funding = running.make_funding(agencies["rlp"], klikks)
    for slug, count in running.PARTNERS.items():
        places = rlp[37:] if slug == "rlp" else communes_of(agencies[slug].state_id)
        running.make_work(agencies[slug], klikks, places, crowd, funding, count)
    running.make_open_cases(agencies["rlp"], klikks, rlp[52:], crowd, by)
    running.make_open_cases(
        agencies["nds"], klikks, communes_of("DE-NI")[20:], crowd, staff["regional.nds@example.org"]
    )
    running.make_helga(agencies["rlp"], klikks, rlp[37], by)
    trainings.fill_lists(agencies["rlp"], rlp[37])
    with agency_context(agencies["rlp"]):
        helga = Patron.objects.get(email="patin@example.org")
    make_training_days(agencies["rlp"], klikks, helga, by)
    plans.plan_helgas_lamps(agencies["rlp"])
    plans.plan_some(agencies["rlp"], by)
    plans.copy_ideas(klikks, agencies["rlp"], by, agencies["nds"], staff["regional.nds@example.org"])
    make_town_hall(agencies["rlp"], rlp[37], by)
    make_phase_plans(klikks, agencies["rlp"], by)
    exchange.make_exchange(agencies, klikks)
    exchange.make_stories(agencies["rlp"], klikks, by)
    make_backoffice(agencies["rlp"], klikks, by)

    progress("KlimaPartnerschaft")
    towns.build_towns(agencies["klimapartnerschaft"], network)
