"""The decisions about a registration: what to say, the mail as it will leave, and only then the deed.

The first page asks for what the decision needs. The second one shows the mail in the agency's words and the
recipient's language; both can be changed for this one case, and a letter can take the mail's place. Whoever comes
second is told who was first, with everything typed kept.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from agencies.desk import NothingForm, dressed, object_url
from agencies.exceptions import IllegalTransition
from communes import services
from communes.admin.base import LifeCycleAdmin, acting, ask_and_do, found_or_404
from communes.admin.forms import (
    AcceptForm,
    AnswerForm,
    AssignForm,
    DeclineForm,
    LetterForm,
    NoticeForm,
    OptionalReasonForm,
    QuestionForm,
    SilentReasonForm,
)
from communes.models import Registration
from communes.moves import who_was_first
from communes.notices import Notice, Way
from deadlines.models import OutboxMail
from deadlines.outbox import Words, as_html
from klikks.links import without_tokens

Status = Registration.Status
MAIL, PREVIEW, BACK, DO = "mail", "preview", "back", "do"


@dataclass(frozen=True)
class Decision:
    """A decision: its title, what it asks, and what is said once it is done. `told`: whether the municipality is."""

    title: Any
    form: type[forms.Form]
    done: Any
    told: bool = True


DECISIONS = {
    "start_review": Decision(_("Take on"), NothingForm, _("You look after this registration now."), told=False),
    "assign": Decision(_("Assign"), AssignForm, _("Assigned."), told=False),
    "accept": Decision(_("Accept"), AcceptForm, _("Accepted. The partnership now waits for the political backing.")),
    "ask_back": Decision(_("Ask back"), QuestionForm, _("The question is on its way; we remind you in two weeks.")),
    "note_answer": Decision(
        _("Note the answer"), AnswerForm, _("The answer is noted; the review goes on."), told=False
    ),
    "put_on_waiting_list": Decision(
        _("Put on the waiting list"), OptionalReasonForm, _("The registration is on the waiting list.")
    ),
    "decline": Decision(_("Decline"), DeclineForm, _("The registration is declined.")),
    "withdraw": Decision(
        _("Close without mail"), SilentReasonForm, _("The registration is closed. No mail was sent."), told=False
    ),
}


class DecisionActions(LifeCycleAdmin):
    """The actions of a registration's page. Each is an address of its own, which still answers when it is too late."""

    actions_detail = (
        "take_on",
        "accept",
        "ask_back",
        "note_answer",
        "put_on_waiting_list",
        "decline",
        "assign",
        "write_letter",
        "withdraw",
    )
    action_targets: ClassVar = {
        "take_on": {Status.IN_REVIEW},
        "accept": {Status.ACCEPTED},
        "ask_back": {Status.ASKED_BACK},
        "put_on_waiting_list": {Status.WAITING_LIST},
        "decline": {Status.DECLINED},
        "withdraw": {Status.WITHDRAWN},
    }

    def is_offered(self, name: str, obj: Registration) -> bool:
        """Offer what the state allows; further interest can be taken on too."""
        match name:
            case "take_on" if obj.status == Status.SECOND:
                return True
            case "take_on" if obj.status == Status.ASKED_BACK:
                return False
            case "note_answer":
                return obj.status == Status.ASKED_BACK
            case "assign":
                return obj.status in Registration.OPEN
        return super().is_offered(name, obj)

    def has_review_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the role may work on registrations."""
        return self._allows(request, "review")

    def has_accept_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the role may accept registrations."""
        return self._allows(request, "accept")

    def has_ask_back_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the role may ask municipalities."""
        return self._allows(request, "ask_back")

    def has_decline_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the role may decline registrations."""
        return self._allows(request, "decline")

    def has_wait_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the role may fill the waiting list."""
        return self._allows(request, "wait")

    @action(description=_("Take on"), url_path="take-on", icon="person_check", permissions=["review"])
    def take_on(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Begin the review; whoever does it looks after the registration."""
        return DecisionPage(self, request, object_id, "start_review").answer()

    @action(description=_("Assign"), url_path="assign", icon="assignment_ind", permissions=["review"])
    def assign(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Let a colleague look after it."""
        found = found_or_404(self, request, object_id)
        return DecisionPage(self, request, object_id, "assign", initial={"to": found.assigned_to_id}).answer()

    @action(description=_("Accept"), url_path="accept", icon="check_circle", permissions=["accept"])
    def accept(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Accept: a partnership begins."""
        found = found_or_404(self, request, object_id)
        manager = found.assigned_to_id or getattr(acting(request).current_membership, "pk", None)
        return DecisionPage(self, request, object_id, "accept", initial={"manager": manager}).answer()

    @action(description=_("Ask back"), url_path="ask-back", icon="contact_support", permissions=["ask_back"])
    def ask_back(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Ask the municipality a question."""
        return DecisionPage(self, request, object_id, "ask_back").answer()

    @action(description=_("Note the answer"), url_path="answer", icon="mark_email_read", permissions=["ask_back"])
    def note_answer(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Write down what the municipality answered."""
        found = found_or_404(self, request, object_id)
        return DecisionPage(self, request, object_id, "note_answer", intro=found.question).answer()

    @action(description=_("Waiting list"), url_path="waiting-list", icon="hourglass_top", permissions=["wait"])
    def put_on_waiting_list(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Put it on the waiting list."""
        return DecisionPage(self, request, object_id, "put_on_waiting_list").answer()

    @action(description=_("Decline"), url_path="decline", icon="block", permissions=["decline"])
    def decline(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Decline with a reason."""
        return DecisionPage(self, request, object_id, "decline").answer()

    @action(description=_("Close without mail"), url_path="withdraw", icon="archive", permissions=["decline"])
    def withdraw(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Close a registration that was taken back or needs no answer."""
        return DecisionPage(self, request, object_id, "withdraw").answer()

    @action(description=_("Write a letter"), url_path="letter", icon="print", permissions=["review"])
    def write_letter(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Make a letter as PDF, to print; `?mail=<pk>` begins with the words of a mail that was sent."""
        found = found_or_404(self, request, object_id)
        number = request.GET.get("mail", "")
        mails = OutboxMail.objects.filter(subject_id=found.pk, pk=int(number) if number.isdecimal() else 0)
        mail = mails.filter(subject_type__model=self.opts.model_name).first()

        def do(data: dict[str, Any]) -> str:
            services.write_letter(found, Words(data["subject_line"], data["text"]), by=acting(request))
            return _t("The letter is being made; you find it below in a moment.")

        initial = {"subject_line": mail.subject_line, "text": without_tokens(mail.text)} if mail else {}
        return ask_and_do(request, found, _t("Write a letter"), LetterForm, do, initial=initial)


class DecisionPage:
    """One request for a decision: the form, the mail that tells it, or the deed.

    A form that is sent without a step is done at once, with the mail in the agency's words.
    """

    def __init__(
        self,
        desk: DecisionActions,
        request: HttpRequest,
        object_id: int,
        name: str,
        *,
        initial: dict[str, Any] | None = None,
        intro: str = "",
    ) -> None:
        self.desk, self.request, self.name, self.intro = desk, request, name, intro
        self.registration: Registration = found_or_404(desk, request, object_id)
        self.decision = DECISIONS[name]
        self.back = object_url(self.registration)
        self.step = request.POST.get("step", DO if request.method == "POST" else "")
        is_sent = request.method == "POST"
        self.form = self.decision.form(request.POST if is_sent else None, initial=initial)
        self.notice: NoticeForm | None = None
        self.first = ""

    def answer(self) -> HttpResponse:
        """Show the page that comes next, or do what was decided and go back to the registration."""
        if self.request.method != "POST":
            if not self.desk.is_offered(self._offer, self.registration):
                self.first = who_was_first(self.registration)
            return self._page()
        if not self.form.is_valid() or self.step == BACK:
            return self._page()
        if self.step == MAIL and self.decision.told:
            words = services.draft(self.registration, self.name, by=acting(self.request), **self.form.cleaned_data)
            self.notice = NoticeForm(initial={"subject_line": words.subject_line, "text": words.text, "way": Way.MAIL})
            return self._page()
        if "subject_line" in self.request.POST:
            self.notice = NoticeForm(self.request.POST)
            if not self.notice.is_valid() or self.step == PREVIEW:
                return self._page()
        return self._do()

    @property
    def _offer(self) -> str:
        return "take_on" if self.name == "start_review" else self.name

    def _do(self) -> HttpResponse:
        do: Callable[..., Any] = getattr(services, self.name)
        more = {"notice": _wish(self.notice)} if self.notice else {}
        seen = self.request.POST.get("seen", "")
        try:
            with transaction.atomic():
                if seen.isdecimal():
                    services.check_unchanged(self.registration, int(seen))
                do(self.registration, by=acting(self.request), **self.form.cleaned_data, **more)
        except IllegalTransition as refusal:
            self.first = " ".join(refusal.messages)
            return self._page()
        except ValidationError as refusal:
            self.form.add_error(None, refusal)
            self.notice = None
            return self._page()
        messages.success(self.request, f"{self.decision.done} {self._told()}".strip())
        return redirect(self.back)

    def _told(self) -> str:
        """Say on which way the municipality is told."""
        if not self.decision.told:
            return ""
        if self.notice and self.notice.cleaned_data["way"] == Way.LETTER:
            return _t("The letter is being made; you find it below in a moment. No mail was sent.")
        return _t("The municipality gets a mail.")

    def _page(self) -> HttpResponse:
        now = Registration.objects.get(pk=self.registration.pk)
        context = {
            **admin.site.each_context(self.request),
            "opts": self.desk.opts,
            "original": self.registration,
            "title": str(self.decision.title),
            "decision": self.decision,
            "form": dressed(self.form),
            "back": self.back,
            "intro": self.intro,
            "first": self.first,
            "is_possible": self.desk.is_offered(self._offer, now),
            "seen": services.last_move(now),
            "next_step": MAIL if self.decision.told else DO,
            **self._notice_context(),
        }
        return render(self.request, "admin/communes/decision.html", context)

    def _notice_context(self) -> dict[str, Any]:
        if self.notice is None:
            return {}
        words = Words(str(self.notice["subject_line"].value() or ""), str(self.notice["text"].value() or ""))
        html = as_html(words, language=self.registration.language, agency=self.registration.agency)
        hidden = [field.as_hidden() for field in self.form]
        return {"notice": dressed(self.notice), "preview": html, "subject_line": words.subject_line, "hidden": hidden}


def _wish(form: NoticeForm) -> Notice:
    """Return the words and the way that staff have chosen."""
    data = form.cleaned_data
    return Notice(Words(data["subject_line"], data["text"]), data["way"])
