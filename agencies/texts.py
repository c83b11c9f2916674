"""Texts of certificates, letters and mails: an agency's own wording, or the default kept in the repository.

Defaults of certificates and letters are `templates/texts/<key>.<language>.txt`; those of mails are the mails' own
templates, under the key `mail/<template>`. In all of them `{name}` stands for a value that the caller gives.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from django.conf import settings
from django.template import Context, Engine
from django.template.loader import get_template
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from agencies.models import TextBlock

PLACEHOLDER = re.compile(r"\{(\w+)\}")
DAY_FILTER = re.compile(r'\|date:"\w+"')
MAIL = "mail/"
# What stands in place of the values when an agency looks at its wording.
EXAMPLES: dict[str, Any] = {
    "name": "Petra Beispiel",
    "commune": "Musterdorf",
    "municipality": "Musterdorf",
    "programme": "KlikKS",
    "agency": _("Example energy agency"),
    "agency_email": "post@example.org",
    "address": "petra.beispiel@example.org",
    "manager": "Kim Muster",
    "inviter": "Kim Muster",
    "place": "Musterdorf",
    "date": "1.5.2024",
    "due_on": "1.5.2024",
    "question": _("Has your council decided to take part?"),
    "answer": _("Yes, on 3 May."),
    "reason": _("All places of this year are taken."),
    "note": _("We look forward to working with you."),
    "link": "https://klikks.example.org/…",
    "status_link": "https://klikks.example.org/…",
    "settings_link": "https://klikks.example.org/…",
    "code": "12345678",
    "title": _("Solar power for the school"),
    "session": _("Basic training on 3 May"),
    "base_url": "https://klikks.example.org",
}
EXAMPLE_DAY = date(2024, 5, 1)


def text_block(key: str, language: str, **values: object) -> str:
    """Return a text in the wording of the context's agency, or in the default one, with its placeholders filled.

    A placeholder without a value stays as it is, so that a slip in an agency's wording can be seen.
    """
    own = TextBlock.objects.filter(key=key, language=language).values_list("text", flat=True).first()
    return fill(default_text(key, language) if own is None else own, values)


def default_text(key: str, language: str) -> str:
    """Return the default wording, with its placeholders."""
    if key.startswith(MAIL):
        return _mail_with_placeholders(key, language)
    return get_template(f"texts/{key}.{language}.txt").template.source.strip()  # type: ignore[attr-defined]


def fill(text: str, values: Mapping[str, object]) -> str:
    """Replace each `{name}` in a text by its value; days are written out in the active language."""
    return PLACEHOLDER.sub(lambda found: _shown(values.get(found[1], found[0])), text)


def placeholders(text: str) -> list[str]:
    """Return the names of the values that a text uses, in their order."""
    return list(dict.fromkeys(PLACEHOLDER.findall(text)))


def preview(text: str, language: str) -> str:
    """Return a text as it reads with example values; a name without one stands there in words."""
    with translation.override(language):
        values = {name: str(example) for name, example in EXAMPLES.items()}
        values |= {"due_on": date_format(EXAMPLE_DAY, "DATE_FORMAT"), "since": date_format(EXAMPLE_DAY, "DATE_FORMAT")}
        return PLACEHOLDER.sub(lambda found: values.get(found[1], f"[{found[1]}]"), text)


@cache
def all_keys() -> list[str]:
    """Return the key of every text that an agency may change."""
    folder = Path(settings.BASE_DIR, "templates")
    letters = {
        file.relative_to(folder / "texts").as_posix().rsplit(".", 2)[0] for file in folder.glob("texts/**/*.txt")
    }
    mails = {
        file.relative_to(folder).as_posix().removesuffix(".txt")
        for file in folder.glob("mail/**/*.txt")
        if "Subject:" in file.read_text()
    }
    # Mails about accounts carry codes and belong to the portal, not to an agency.
    return sorted(letters) + sorted(mail for mail in mails if not mail.startswith("mail/account/"))


def titled_keys() -> list[tuple[str, str]]:
    """Return each key with the first line of its default, in the reader's language."""
    language = (get_language() or "de")[:2]
    titled = []
    for key in all_keys():
        first_line = default_text(key, language).partition("\n")[0].removeprefix("Subject:").strip()
        titled.append((key, f"{first_line[:70]} ({key})"))
    return titled


def _shown(value: object) -> str:
    return date_format(value, "DATE_FORMAT") if isinstance(value, date) else str(value)


class _Named:
    """Stands for a value of a mail's context and for all of its parts: shows as `{name}`.

    The agency's address is the one part that has a name of its own.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __str__(self) -> str:
        return "{" + self._name + "}"

    def __getitem__(self, part: object) -> "_Named":
        return _Named("agency_email") if (self._name, part) == ("agency", "email") else self

    def __iter__(self) -> Iterator[Any]:
        return iter(())


class _EveryName(dict[str, Any]):
    """A context in which each name is there and shows as itself."""

    def __contains__(self, name: object) -> bool:
        return name not in {"True", "False", "None"}

    def __missing__(self, name: str) -> _Named:
        return _Named(name)


def _mail_with_placeholders(key: str, language: str) -> str:
    """Return a mail's default text with a placeholder in place of each value."""
    source = get_template(f"{key}.txt").template.source  # type: ignore[attr-defined]
    # The filter for days would make nothing of a name; `fill` writes days out by itself.
    template = Engine.get_default().from_string(DAY_FILTER.sub("", source))
    context = Context(autoescape=False)
    context.dicts.append(_EveryName())
    with translation.override(language):
        return unquote(template.render(context)).strip()
