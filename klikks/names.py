"""What may stand in a line of text that is printed on certificates and in mails."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# Invisible signs that do no harm and come along when text is copied: soft hyphen, zero-width ones, byte order mark.
HARMLESS = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
# Joiners make one picture of several (a family), and letters of some scripts flow together.
JOINERS = "\u200c\u200d"
# Control and direction signs, signs outside of Unicode's tables, and pictures.
REFUSED = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "So", "Sk", "Zl", "Zp"})
# Names go into mails to whatever address was typed, where programs turn anything like an address into a link. After
# the dot of "Dr.med." comes another one, and after that of "Dr.Groß" a capital with small letters.
ADDRESS = re.compile(r"[@/]|\bwww\.|\w\.(?:[a-z]{2,}|[A-Z]{2,})(?![\w.])", re.ASCII)


def clean_line(text: str) -> str:
    """Return a line in one spelling: blanks collapsed, accents joined with their letters, invisible signs left out.

    Raises ValidationError naming what cannot be printed: pictures, control signs, signs that turn the direction.
    """
    line = " ".join(unicodedata.normalize("NFC", text.translate(HARMLESS)).split())
    refused = [sign for sign in line if unicodedata.category(sign) in REFUSED and sign not in "´`^"]
    if refused:
        raise ValidationError(
            _("Please leave out this sign, which cannot be printed: %(signs)s")
            % {"signs": ", ".join(dict.fromkeys(_shown(sign) for sign in refused))}
        )
    return line


def clean_text(text: str) -> str:
    """Return paragraphs in one spelling, for pages and mails: pictures stay, control and direction signs are left out.

    Text that runs from right to left needs none of these signs, but with them somebody could turn the page around it.
    """
    lines = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).split("\n")
    kept = ("".join(sign for sign in line if sign in JOINERS or not _is_invisible(sign)).rstrip() for line in lines)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def clean_name(text: str) -> str:
    """Return a person's name as `clean_line` does.

    Raises ValidationError also when there is no letter in it, or an address of a page or mailbox.
    """
    name = clean_line(text)
    if ADDRESS.search(name):
        raise ValidationError(_("Please write the name without a web address."))
    if not any(sign.isalpha() for sign in name):
        raise ValidationError(_("Please write the name in letters."))
    return name


def _is_invisible(sign: str) -> bool:
    """Whether a sign cannot be seen; a tab counts as a blank."""
    return sign != "\t" and unicodedata.category(sign) in {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}


def _shown(sign: str) -> str:
    """Return a picture as it is, and an invisible sign by its name."""
    if unicodedata.category(sign) in {"So", "Sk"}:
        return sign
    return unicodedata.name(sign, f"U+{ord(sign):04X}").lower()
