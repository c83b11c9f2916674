"""The demo is complete, and its pilot has exactly the published totals."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Sum

from agencies.models import Agency, Participation, Programme, State, Target
from agencies.models.programmes import Figure
from communes.models import Commune, Partnership, Registration
from deadlines.models import Deadline, Job, OutboxMail, Suppression
from klikks.tenancy import agency_context
from patrons.models import Appointment, Patron
from projects.copying.selectors import spread_of
from projects.models import Project, Saving
from projects.planning.plan import plan_of
from trainings.models import Enrolment, TrainingSession
from website.demo import DEMO_LOGINS, DEMO_PASSWORD

STATES = [
    ("DE-RP", "07"), ("DE-BW", "08"), ("DE-BE", "11"), ("DE-MV", "13"), ("DE-NI", "03"), ("DE-NW", "05"),
    ("DE-SL", "10"), ("DE-TH", "16"), ("DE-ST", "15"),
]  # fmt: skip


@pytest.fixture
def places(db: None) -> None:
    """Some small municipalities in each state, quicker than the whole register."""
    for code, key in STATES:
        State.objects.get_or_create(code=code, defaults={"key": key, "name": code})
        Commune.objects.bulk_create(
            Commune(
                ags=f"{key}{number:06d}",
                official_name=f"Ort {code} {number}",
                name=f"Ort {code} {number}",
                search_name=f"ort {number}",
                state_id=code,
                population=5000,
            )
            for number in range(1, 90 if code != "DE-BE" else 1)
        )
    for ags, name, code in [
        ("15089030", "Bernburg (Saale), Stadt", "DE-ST"),
        ("05566076", "Rheine, Stadt", "DE-NW"),
        ("11000000", "Berlin, Stadt", "DE-BE"),
    ]:
        Commune.objects.create(ags=ags, official_name=name, state_id=code, population=30_000)


@pytest.fixture(autouse=True)
def _debug(settings) -> None:
    settings.DEBUG = True


def test_the_demo_is_complete_and_loads_only_into_an_empty_portal(
    places: None, client, django_user_model, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("load_demo")

    aktiv, klikks, network = (Programme.objects.get(slug=s) for s in ("klikk-aktiv", "klikks", "klimapartnerschaft"))
    with agency_context(Agency.objects.get(slug="rlp")):
        assert Appointment.objects.filter(patron__programme=aktiv).values("patron").distinct().count() == 44
        assert Partnership.objects.filter(programme=aktiv).values("commune").distinct().count() == 37
        projects = Project.objects.filter(programme=aktiv)
        assert projects.count() == 178
        assert projects.values("commune").distinct().count() == 37
        assert projects.aggregate(sum=Sum("investment"))["sum"] == Decimal(20_000_000)
        counted = Saving.objects.filter(measure__project__programme=aktiv, replaced_at=None)
        assert counted.aggregate(sum=Sum("kg_per_year"))["sum"] == Decimal(15_000_000)
        assert all(s.kg_per_year > 0 and all(it.is_confirmed for it in s.used_factors) for s in counted)

        helga = Patron.objects.get(email="patin@example.org")
        assert helga.user is not None
        assert Deadline.objects.open().filter(owner=helga.user).count() == 5
        mails = OutboxMail.objects
        assert (mails.get(status="failed").error[:3], mails.get(status="held").template) == ("550", "reminder")
        assert Suppression.objects.exists()
        assert Job.objects.filter(status="failed").exists()
        kinds = {Deadline.Kind.CONSENT, Deadline.Kind.REPORT}
        assert set(Deadline.objects.open().filter(kind__in=kinds).values_list("kind", flat=True)) == kinds
        lamps = Project.objects.get(title="Neue Lampen für den Dorfplatz")
        assert plan_of(lamps).adds_up
        assert (lamps.photos.count(), lamps.documents.count(), lamps.supporters.count()) == (2, 1, 4)
        copied = Project.objects.exclude(copied_from=None).first()
        assert copied is not None
        assert spread_of(copied.copied_from_id or 0).count == 3

    parts = Participation.objects.filter(programme=klikks)
    assert (parts.count(), parts.get(coordinates=True).agency.slug) == (8, "rlp")
    assert set(parts.exclude(grant_reference="").values_list("agency__slug", "grant_reference")) == {
        ("mv", "67KF0172F"),
        ("th", "67KF0172H"),
    }
    coachings = TrainingSession.objects.filter(series__audience="regional_managers").order_by("starts_at")
    assert coachings[0].starts_at.date() == date(2022, 6, 15)
    assert len(coachings) == 3
    for part in parts.select_related("agency"):
        with agency_context(part.agency):
            assert Target.objects.filter(figure=Figure.COMMUNES_OFFICIAL).exists()
            assert part.agency.windows.filter(programme=klikks, closes_on=date(2023, 3, 31)).exists()
            assert Enrolment.objects.filter(session__in=coachings, status="attended").count() == 3
            official = Partnership.objects.official().filter(programme=klikks)
            assert official.exists()
            if part.agency.slug == "nds":
                assert official.filter(since__lte=date(2023, 3, 31)).count() == official.count() == 17
                assert Registration.objects.waiting_for_us().count() >= 5
    with agency_context(Agency.objects.get(slug="th")):
        assert Target.objects.get(figure=Figure.COMMUNES_OFFICIAL).value == 15

    towns = network.twinnings.values_list("commune__name", "commune__country")
    assert set(towns) == {
        ("Bernburg (Saale)", "DE"),
        ("Rheine", "DE"),
        ("Borne", "NL"),
        ("Leiria", "PT"),
        ("Trakai", "LT"),
    }
    assert not django_user_model.objects.exclude(email__endswith="@example.org").exists()

    call_command("load_demo", "--if-empty")
    assert Programme.objects.count() == 3
    with pytest.raises(CommandError, match="empty database"):
        call_command("load_demo")

    call_command("demo_logins")
    printed = capsys.readouterr().out
    for login in DEMO_LOGINS:
        assert login.email in printed
        client.logout()
        client.post("/accounts/login/", {"login": login.email, "password": DEMO_PASSWORD})
        assert "_auth_user_id" in client.session, login.email


def test_the_demo_is_refused_where_debug_is_off(db: None, settings) -> None:
    settings.DEBUG = False
    with pytest.raises(CommandError, match="passwords are public"):
        call_command("load_demo")
