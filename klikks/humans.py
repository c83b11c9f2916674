"""How a public form tells people from robots without asking anybody else: a trap, proof of work, and time.

With JavaScript the browser solves a small puzzle (ALTCHA's protocol) while somebody fills in the form. Without it the
form works as well; it must then have been open for a few seconds, and may be sent less often.
"""

import base64
import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import altcha
from crispy_forms.layout import Div
from django import forms
from django.core import signing
from django.core.cache import cache
from django.forms.widgets import Script
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from redis.exceptions import RedisError

from klikks.limits import allow, allow_for

# Half of this many SHA-256 are needed on average: well below a second on a phone.
HARDEST = 50_000
SOLVED_WITHIN = timedelta(hours=1)
FASTEST, SLOWEST = timedelta(seconds=3), timedelta(days=2)
WITHOUT_PROOF_AN_HOUR = 3
HOUR, DAY = 3600, 86_400
SEEN = "klikks.form-seen"


class ProofWidget(forms.HiddenInput):
    """Hidden input that `proof-of-work.js` fills with the solved puzzle."""

    class Media:
        js = [Script("js/proof-of-work.js", defer=True)]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Tell the script where the puzzle and its solver are; what was sent before is of no more use."""
        addresses = {
            "data-proof": reverse("website:proof_of_work"),
            "data-solver": static("js/proof-of-work-solver.js"),
            "data-wait": _t("One moment: we check that you are not a robot …"),
        }
        return super().get_context(name, "", {**(attrs or {}), **addresses})


class HumanForm(forms.Form):
    """Base of the public forms. `website` is a trap: people do not see it, robots fill it in.

    `has_proof` says after a successful check whether the puzzle was solved.
    """

    TRAP = Div("website", css_class="visually-hidden", aria_hidden="true")

    proof = forms.CharField(widget=ProofWidget, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    website = forms.CharField(
        label=_("Leave this field empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off", "data-not-kept": ""}),
    )

    has_proof = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = lambda: signing.dumps(int(time.time()), salt=SEEN)

    @property
    def is_trapped(self) -> bool:
        """Whether a robot has filled in what people do not see."""
        return bool(self.data.get("website"))

    def check_human(self) -> None:
        """Refuse what only robots send; what was typed stays, and sending it once more helps people."""
        proof = self.cleaned_data.pop("proof", "")
        seen = self.cleaned_data.pop("seen", "")
        self.cleaned_data.pop("website", "")
        self.has_proof = bool(proof)
        if proof and not _is_solved(proof):
            self.add_error(None, _t("Too much time has passed. Please send the form once more."))
        elif not proof and not _was_open_long_enough(seen):
            self.add_error(None, _t("That was very quick. Please wait a few seconds, then send the form once more."))

    def is_too_often(self, request: HttpRequest, name: str, an_hour: int) -> bool:
        """Count a valid form of this visitor; True once there were too many within an hour."""
        if not self.has_proof and not allow(request, f"{name}-without-proof", WITHOUT_PROOF_AN_HOUR, HOUR):
            return True
        return not allow(request, name, an_hour, HOUR)

    def refused_as_too_often(self, request: HttpRequest, name: str, an_hour: int, mail: str, mails_a_day: int) -> str:
        """Count a valid form of this visitor, and a `mail` to its address if it names one.

        Returns what to tell the visitor when there were too many, otherwise nothing.
        """
        if self.is_too_often(request, name, an_hour):
            return _t("This form was sent very often from here. Please try again in an hour.")
        email = self.cleaned_data["email"]
        if email and not allow_for(email, mail, mails_a_day, DAY):
            return _t(
                "We have sent several mails to this address today. Please look into your mailbox and the spam folder."
            )
        return ""


def new_puzzle(hardest: int = HARDEST) -> dict[str, Any]:
    """Return a puzzle for one form, as the script in the browser and ALTCHA's other solvers read it.

    Its solution is a number between 0 and `hardest`.
    """
    options = altcha.ChallengeOptions(hmac_key=_key(), max_number=hardest, expires=datetime.now(UTC) + SOLVED_WITHIN)
    return dict(altcha.create_challenge(options).to_dict())


def _is_solved(proof: str) -> bool:
    """Whether this is the solution of a puzzle of ours that has not been used before."""
    try:
        solved, _problem = altcha.verify_solution(proof, _key(), check_expires=True)
        puzzle = json.loads(base64.b64decode(proof))["challenge"] if solved else ""
    except (ValueError, KeyError, TypeError, AttributeError):
        return False
    return bool(solved) and _is_first_use(puzzle)


def _is_first_use(puzzle: str) -> bool:
    """Note that a puzzle is used up. A cache that is down lets everybody pass, as with limits."""
    try:
        return bool(cache.add(f"proof:{puzzle}", 1, timeout=int(SOLVED_WITHIN.total_seconds())))
    except RedisError:
        return True


def _was_open_long_enough(seen: str) -> bool:
    """Whether the form was shown some seconds, and not days, before it was sent."""
    try:
        shown_at = signing.loads(seen, salt=SEEN, max_age=SLOWEST)
    except signing.BadSignature:
        return False
    return time.time() - shown_at >= FASTEST.total_seconds()


def _key() -> str:
    return salted_hmac("klikks.proof-of-work", "altcha").hexdigest()
