"""Texts of certificates, letters and mails: an agency's own wording, or the default kept in the repository.

Defaults are `templates/texts/<key>.<language>.txt`. In both, `{name}` stands for a value that the caller gives.
"""

import re

from django.template.loader import get_template

from agencies.models import TextBlock

PLACEHOLDER = re.compile(r"\{(\w+)\}")


def text_block(key: str, language: str, **values: object) -> str:
    """Return a text in the wording of the context's agency, or in the default one, with its placeholders filled.

    A placeholder without a value stays as it is, so that a slip in an agency's wording can be seen.
    """
    own = TextBlock.objects.filter(key=key, language=language).values_list("text", flat=True).first()
    return fill(default_text(key, language) if own is None else own, values)


def default_text(key: str, language: str) -> str:
    """Return the default wording, with its placeholders."""
    return get_template(f"texts/{key}.{language}.txt").template.source.strip()  # type: ignore[attr-defined]


def fill(text: str, values: dict[str, object]) -> str:
    """Replace each `{name}` in a text by its value."""
    return PLACEHOLDER.sub(lambda found: str(values.get(found[1], found[0])), text)
