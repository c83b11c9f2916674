"""What is like an idea already: released ideas and projects for everybody, and for staff also what waits to be read.

The database's function `projects_similar` finds and judges what is public; see the migration that makes it.
"""

from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.contrib.postgres.search import SearchQuery, SearchVector, TrigramWordSimilarity
from django.db import connection
from django.db.models import Q
from django.urls import reverse

from agencies.models import Topic
from projects.models import Idea, Project

SHOWN = 5
SHORTEST, LONGEST = 4, 160
# From this likeness on (0 to 1) somebody is asked whether it is the same.
ALIKE = 0.5
RESEMBLING = 0.6


# The function finds and judges; what is shown comes from the views of what is public.
FIND = """
SELECT found.kind, found.key, coalesce(idea.title, project.title), coalesce(commune.name, programme.name),
       coalesce(topic.name, ''), coalesce(topic.name_en, ''), coalesce(project.status, ''), found.likeness
FROM projects_similar(%s, %s) AS found
LEFT JOIN projects_publicidea idea ON found.kind = 'idea' AND idea.id = found.key
LEFT JOIN projects_publicproject project ON found.kind = 'project' AND project.id = found.key
LEFT JOIN agencies_programme programme ON programme.id = coalesce(idea.programme_id, project.programme_id)
LEFT JOIN communes_commune commune ON commune.id = coalesce(idea.commune_id, project.commune_id)
LEFT JOIN agencies_topic topic ON topic.slug = coalesce(idea.topic_id, project.topic_id)
ORDER BY found.place
"""


@dataclass(frozen=True)
class Similar:
    """A public idea or project that resembles what was typed. `likeness` goes from 0 to 1."""

    kind: str
    pk: int
    title: str
    place: str
    topic: str
    status: str
    likeness: float

    @property
    def is_project(self) -> bool:
        """Whether it is a project rather than an idea."""
        return self.kind == "project"

    @property
    def key(self) -> str:
        """A name for it that says which table it is from."""
        return f"{self.kind}-{self.pk}"

    @property
    def url(self) -> str:
        """Return the address of its page."""
        return reverse("projects:released_project" if self.is_project else "projects:idea", args=[self.pk])


def similar_to(words: str, *, but_not: str = "") -> list[Similar]:
    """Return the public ideas and projects that are like these words, the most alike first; one query.

    `but_not` is the key of the one that is asked about.
    """
    words = words.strip()[:LONGEST]
    if len(words) < SHORTEST:
        return []
    with connection.cursor() as cursor:
        cursor.execute(FIND, [words, SHOWN + 1])
        found = cursor.fetchall()
    rows = [
        Similar(
            kind=kind,
            pk=key,
            title=title,
            place=place,
            topic=str(Topic(name=topic, name_en=topic_en)),
            status=str(Project.Status(status).label) if status else "",
            likeness=likeness,
        )
        for kind, key, title, place, topic, topic_en, status, likeness in found
    ]
    return [row for row in rows if row.key != but_not][:SHOWN]


def waiting_like(idea: Idea) -> list[Idea]:
    """Return the agency's ideas that are like this one and not public: they wait, or were declined; one query."""
    words = [word for word in idea.title.split() if len(word) >= SHORTEST]
    if not words:
        return []
    query = reduce(or_, (SearchQuery(word, config="german", search_type="plain") for word in words))
    rows = Idea.objects.filter(status__in=[Idea.Status.RECEIVED, Idea.Status.DECLINED]).exclude(pk=idea.pk)
    rows = rows.annotate(
        words=SearchVector("title", config="german"), likeness=TrigramWordSimilarity(idea.title, "title")
    ).filter(Q(words=query) | Q(likeness__gte=RESEMBLING))
    return list(rows.select_related("commune").order_by("-likeness", "-received_at")[:SHOWN])
