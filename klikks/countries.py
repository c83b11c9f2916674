"""Names of countries in the reader's language (source: Unicode CLDR)."""

from collections.abc import Mapping

from babel import Locale
from django.utils.translation import get_language
from django.utils.translation import gettext as _

# Two letters that stand for something else than a country.
NO_COUNTRIES = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})


def country_name(code: str) -> str:
    """Return the name of the country with an ISO 3166-1 code."""
    return _names().get(code) or _("unknown country")


def countries() -> dict[str, str]:
    """Return the names of all countries by their ISO 3166-1 codes."""
    return {code: name for code, name in _names().items() if len(code) == 2 and code not in NO_COUNTRIES}


def _names() -> Mapping[str, str]:
    return Locale.parse((get_language() or "en")[:2]).territories
