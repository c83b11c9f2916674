"""The exchange among the demo's patrons: who shows what, a few threads, a reported post, and two experience reports."""

from datetime import timedelta

from django.utils import timezone

from agencies.models import Agency, Programme, User
from klikks.tenancy import agency_context
from patrons.exchange import services
from patrons.models import Complaint, Patron, Post, Profile
from patrons.stories import services as stories

HELGA = "patin@example.org"
# Who shows the name, and what else there is to say; everybody else takes part without a name.
ABOUT = {
    "rlp": "Frühere Lehrerin, gern im Gespräch mit dem Gemeinderat.",
    "nds": "Elektromeister im Ruhestand, kennt sich mit Straßenlampen aus.",
    "th": "Begleitet eine Bürgerenergiegenossenschaft.",
    "bw": "Wärmenetze in kleinen Orten.",
}
# Board, days ago, state of the asker, title, text, answers (state, text); the first answer helped where `True` stands.
THREADS: list[tuple[str, int, str, str, str, list[tuple[str, str]], bool]] = [
    (
        "lighting",
        12,
        "rlp",
        "Wie überzeugt ihr den Rat von neuen Lampen?",
        "Unser Gemeinderat zögert wegen der Kosten. Welche Zahlen haben bei euch geholfen?",
        [
            (
                "nds",
                "Wir haben drei Stromrechnungen nebeneinandergelegt. Danach war es still, und dann wurde abgestimmt.",
            ),
            (
                "th",
                "Uns half ein Spaziergang im Dunkeln mit zwei Musterlampen. Fragt euren Netzbetreiber, ob er welche leiht.",
            ),
        ],
        True,
    ),
    (
        "mobility",
        5,
        "th",
        "Hat jemand eine Mitfahrbank?",
        "Wer haftet eigentlich, und was hat die Bank gekostet?",
        [("bw", "Bei uns rund 900 Euro, aufgestellt hat sie der Bauhof. Die Versicherung der Gemeinde deckt das ab.")],
        False,
    ),
    (
        "buildings",
        2,
        "nds",
        "Turnhalle: erst dämmen oder erst die Heizung?",
        "Für beides reicht das Geld in diesem Jahr nicht.",
        [],
        False,
    ),
]
REPORTED = "Kauft nur bei der Firma meines Schwagers, alle anderen taugen nichts: https://lampen.example.org"


def make_exchange(agencies: dict[str, Agency], programme: Programme) -> None:
    """Let patrons of four states show themselves, ask and answer, and one report a post."""
    people = {slug: _patron(agencies[slug], programme, about) for slug, about in ABOUT.items()}
    for board, days, state, title, text, answers, is_solved in THREADS:
        question = _post(people[state], days, board=board, title=title, body=text)
        given = [
            _post(people[other], days - 1 - number, question=question, body=words)
            for number, (other, words) in enumerate(answers)
        ]
        if is_solved:
            with agency_context(question.agency_id):
                Post.objects.filter(pk=question.pk).update(helpful=given[0])
        if state == "rlp":
            _report(_post(_nameless(agencies["rlp"], programme), 3, question=question, body=REPORTED), people["nds"])
    helga = people["rlp"]
    with agency_context(helga.agency_id):
        assert helga.user is not None  # noqa: S101  (appointing makes the account)
        services.follow(helga, by=helga.user, board="lighting")


def make_stories(agency: Agency, programme: Programme, by: User) -> None:
    """Let Helga hand a report in, and let another one of hers be public."""
    with agency_context(agency):
        helga = Patron.objects.select_related("user", "programme").get(email=HELGA, programme=programme)
        assert helga.user is not None  # noqa: S101
        for title, body, is_released in [
            (
                "Wie der Dorfplatz zu neuem Licht kommt",
                "Am Anfang stand die Stromrechnung der Gemeinde. Wir sind mit dem Elektriker von Lampe zu Lampe "
                "gegangen und haben gezählt.\n\nIm Rat haben wir nur drei Zahlen gezeigt: was die Lampen heute "
                "verbrauchen, was neue verbrauchen und wann sie bezahlt sind. Danach ging es schnell.",
                True,
            ),
            (
                "Ein Jahr als Klimaschutzpatin",
                "Ich dachte, ich müsste alles über Technik wissen. Wichtiger war, alle an einen Tisch zu bekommen.",
                False,
            ),
        ]:
            story = stories.write(helga, by=helga.user, title=title, body=body, language="de", is_named=True)
            stories.hand_in(story, by=helga.user)
            if is_released:
                stories.release(story, by=by)


def _patron(agency: Agency, programme: Programme, about: str) -> Patron:
    """Return a patron who shows the name, the municipality, the topics and a line: Helga in her state."""
    with agency_context(agency):
        serving = Patron.objects.serving().filter(programme=programme).select_related("user", "programme")
        patron = serving.filter(email=HELGA).first() or serving.order_by("pk")[0]
        Profile.objects.create(
            patron=patron, is_listed=True, shows_municipality=True, shows_topics=True, shows_about=True, about=about
        )
    return patron


def _nameless(agency: Agency, programme: Programme) -> Patron:
    with agency_context(agency):
        patron = Patron.objects.serving().filter(programme=programme).exclude(email=HELGA).order_by("pk")[0]
        Profile.objects.create(patron=patron)
    return patron


def _post(author: Patron, days: int, **fields: object) -> Post:
    """Write a post some days ago."""
    at = timezone.now() - timedelta(days=days, hours=2)
    with agency_context(author.agency_id):
        return Post.objects.create(
            agency_id=author.agency_id, programme=author.programme, author=author, created_at=at, **fields
        )


def _report(post: Post, patron: Patron) -> None:
    with agency_context(patron.agency_id):
        Complaint.objects.create(
            agency_id=patron.agency_id,
            post_agency_id=post.agency_id,
            post=post,
            patron=patron,
            reason=Complaint.Reason.ADVERTISING,
            note="Das ist Werbung.",
        )
