"""Reads of the directory and the exchange. Each says how often it asks the database."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from agencies.models import State, Topic, User
from communes.models import searchable
from klikks.tenancy import current_agency_id
from patrons.exchange import mentions
from patrons.exchange.models import GENERAL, Complaint, Face, Follow, Post
from patrons.models import Patron

ANSWERS_SHOWN = Q(answers__removed_at__isnull=True, answers__hidden_at__isnull=True)


@dataclass(frozen=True)
class Choice:
    """One value of a filter, or a board: what is sent, and how it is called."""

    value: str
    label: str


@dataclass(frozen=True)
class ShownPost:
    """A post as a page shows it: who wrote it, its words as HTML, and what the reader may do with it."""

    post: Post
    author: str
    place: str
    text: SafeString
    is_own: bool
    is_helpful: bool


def taking_part(user: User) -> Any:
    """Return the patron an account belongs to, while in office, with `followed_boards`; one query."""
    boards = Follow.objects.filter(patron=OuterRef("pk")).exclude(board="")
    patrons = Patron.objects.serving().select_related("programme", "profile")
    return patrons.annotate(followed_boards=ArraySubquery(boards.values("board"))).filter(user=user).first()


def people(patron: Patron, *, name: str = "", topic: str = "", state: str = "") -> QuerySet[Face]:
    """Return those of the patron's programme who show themselves, by name, released topic and state; one query."""
    faces = Face.objects.filter(programme=patron.programme_id, is_listed=True).select_related("state")
    for part in searchable(name).split():
        faces = faces.filter(sort_name__contains=part)
    if topic:
        faces = faces.filter(topics__contains=[topic])
    if state:
        faces = faces.filter(state=state)
    return faces


def reported_posts() -> QuerySet[Any]:
    """Return the posts of the context's agency with reports that nobody has looked at; one query."""
    unseen = Complaint.objects.filter(post=OuterRef("pk")).filter(
        Q(created_at__gt=OuterRef("reviewed_at")) | Q(post__reviewed_at__isnull=True)
    )
    return Post.objects.filter(Exists(unseen), agency_id=current_agency_id(), removed_at__isnull=True)


def faces_of(patron_ids: Iterable[int]) -> dict[int, Face]:
    """Return how patrons are seen, by their primary keys; one query, none for nobody."""
    wanted = set(patron_ids)
    if not wanted:
        return {}
    return {face.patron_id: face for face in Face.objects.filter(patron_id__in=wanted).select_related("state")}


def topics_of(patron: Patron) -> list[Choice]:
    """Return the topics of the patron's programme; one query."""
    return [Choice(topic.slug, str(topic)) for topic in Topic.objects.filter(programmes=patron.programme_id)]


def boards_of(patron: Patron) -> list[Choice]:
    """Return the boards of the patron's programme: one a topic, and one for everything else; one query."""
    return [*topics_of(patron), Choice(GENERAL, _("Everything else"))]


def states_of(patron: Patron) -> list[Choice]:
    """Return the states whose agencies take part in the patron's programme; one query."""
    states = State.objects.filter(agencies__participations__programme=patron.programme_id).distinct()
    return [Choice(state.code, state.name) for state in states]


def threads(patron: Patron, board: str = "") -> QuerySet[Any]:
    """Return the questions of the patron's programme, those with the latest word first; one query.

    Each has `answer_count` and `last_at`.
    """
    questions = Post.objects.questions().shown().filter(programme=patron.programme_id)
    if board:
        questions = questions.filter(board=board)
    latest = Coalesce(Max("answers__created_at", filter=ANSWERS_SHOWN), F("created_at"))
    counted = questions.annotate(answer_count=Count("answers", filter=ANSWERS_SHOWN), last_at=latest)
    return counted.order_by("-last_at", "-pk")


def question_of(patron: Patron, pk: int) -> Any:
    """Return a question of the patron's programme with `is_followed`, or None; one query."""
    followed = Follow.objects.filter(patron=patron, question=OuterRef("pk"))
    questions = Post.objects.questions().filter(programme=patron.programme_id, pk=pk)
    return questions.annotate(is_followed=Exists(followed)).first()


def post_of(patron: Patron, pk: int) -> Post | None:
    """Return a post of the patron's programme with its question, or None; one query."""
    return Post.objects.filter(programme=patron.programme_id, pk=pk).select_related("question").first()


def answers_to(question: Post) -> list[Post]:
    """Return the answers of a thread in their order, also those staff have hidden; one query."""
    return list(Post.objects.filter(question=question, removed_at__isnull=True))


def shown(posts: list[Post], reader: Patron, helpful: int | None = None) -> list[ShownPost]:
    """Return posts as `reader` sees them; one query."""
    faces = faces_of(key for post in posts for key in (post.author_id, *post.mentions))
    return [_shown(post, faces, reader, helpful) for post in posts]


def _shown(post: Post, faces: dict[int, Face], reader: Patron, helpful: int | None) -> ShownPost:
    face = faces.get(post.author_id)
    return ShownPost(
        post=post,
        author=str(face or _("former climate patron")),
        place=face.place if face and face.name else "",
        text=mentions.as_html(post.body, faces),
        is_own=post.author_id == reader.pk,
        is_helpful=post.pk == helpful,
    )
