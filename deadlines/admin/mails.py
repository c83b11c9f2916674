"""The outbox on the staff desk."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateFilter
from unfold.decorators import action

from agencies.desk import NothingForm, action_page, object_url
from agencies.models import Agency
from deadlines import outbox
from deadlines.admin.base import WrittenByItselfAdmin, count_done, list_url
from deadlines.mail_kinds import kind_of
from deadlines.models import OutboxMail
from deadlines.views import reader
from klikks.links import without_tokens
from klikks.tenancy import current_agency_id


def framed(title: str, html: str) -> SafeString:
    """Return the HTML of a mail in a frame in which no script runs and no form works."""
    return format_html('<iframe class="desk-mail-frame" sandbox title="{}" srcdoc="{}"></iframe>', title, html)


@admin.register(OutboxMail)
class OutboxMailAdmin(WrittenByItselfAdmin):
    """Every mail the portal has written, with what became of it."""

    list_display = ("subject_line", "recipient", "status_chip", "problem", "created_at", "sent_at")
    list_filter: ClassVar = [("status", ChoicesDropdownFilter), ("created_at", RangeDateFilter)]
    search_fields = ("recipient", "subject_line")
    fields = (
        "status_chip", "problem", "next_attempt", "recipient", "subject_line", "about", "created_at", "sent_at",
        "attempts", "message_id", "digest", "words", "look",
    )  # fmt: skip
    readonly_fields = fields
    actions = ("resend_chosen",)
    actions_list = ("previews",)
    actions_detail = ("resend",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Leave the bodies of the mails out of the list."""
        mails = super().get_queryset(request)
        return mails.defer("text", "html") if request.path == list_url(OutboxMail) else mails

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Let nobody find out by filtering what a secret mail says."""
        return lookup.partition("__")[0] not in {"text", "html"} and super().lookup_allowed(lookup, value, request)

    def has_resend_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Whether the role may send again, and the mail has not left yet."""
        if not self._allows(request, "resend"):
            return False
        sent = OutboxMail.objects.filter(status=OutboxMail.Status.SENT)
        return object_id is None or not sent.filter(pk=object_id).exists()

    @admin.display(description=_("problem"))
    def problem(self, mail: OutboxMail) -> str:
        """Say in words what went wrong, and what can be done."""
        return mail.problem or "–"

    @admin.display(description=_("next attempt"))
    def next_attempt(self, mail: OutboxMail) -> str:
        """Say when it is tried again."""
        if mail.status not in {OutboxMail.Status.WAITING, OutboxMail.Status.HELD}:
            return "–"
        return date_format(timezone.localtime(max(mail.not_before, mail.created_at)), "SHORT_DATETIME_FORMAT")

    @admin.display(description=_("text"))
    def words(self, mail: OutboxMail) -> str | SafeString:
        """Show the plain text, unless it is the recipient's secret or was forgotten."""
        if mail.is_secret:
            return _t("This mail holds a code or a link that is meant for its recipient alone.")
        if mail.status == OutboxMail.Status.OFF:
            return _t("The recipient has turned such mails off, so that nothing was sent.")
        if not mail.text:
            return _t("The text was deleted after %(days)d days.") % {"days": settings.MAIL_TEXTS_KEPT_DAYS}
        return format_html('<pre class="desk-mail">{}</pre>', without_tokens(mail.text))

    @admin.display(description=_("how it looks"))
    def look(self, mail: OutboxMail) -> str | SafeString:
        """Show the HTML in a frame in which no script runs and no form works."""
        if mail.is_secret or not mail.html:
            return "–"
        return framed(mail.subject_line, without_tokens(mail.html))

    @action(description=_("All mails with example values"), url_path="previews", permissions=["view"], icon="preview")
    def previews(self, request: HttpRequest) -> HttpResponse:
        """Show any mail that the portal can write, in both languages, in the agency's wording."""
        names = outbox.templates()
        name = request.GET.get("template", "")
        template = name if name in names else names[0]
        language = request.GET.get("language", "")
        if language not in dict(settings.LANGUAGES):
            language = settings.LANGUAGE_CODE
        words = outbox.example(template, language=language)
        agency = Agency.objects.get(pk=current_agency_id())
        kind = kind_of(template)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _t("All mails with example values"),
            "names": names,
            "template": template,
            "languages": settings.LANGUAGES,
            "language": language,
            "words": words,
            "kind": kind,
            "look": framed(words.subject_line, outbox.as_html(words, language=language, agency=agency)),
        }
        return render(request, "admin/deadlines/previews.html", context)

    @action(description=_("Send again"), url_path="resend", permissions=["resend"], icon="send")
    def resend(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Let one mail leave now."""
        mail = self.get_object(request, object_id)
        if mail is None:
            raise Http404

        def do(_typed: dict[str, Any]) -> str:
            outbox.resend(mail, by=reader(request))
            return _t("The mail to %(address)s is on its way.") % {"address": mail.recipient}

        title = _t("Send again")
        return action_page(request, title=title, form=NothingForm, do=do, back=object_url(mail), intro=str(mail))

    @action(description=_("Send the chosen ones again"), permissions=["resend"])
    def resend_chosen(self, request: HttpRequest, queryset: QuerySet[OutboxMail]) -> None:
        """Let several mails leave now; those that were sent stay as they are."""
        count_done(
            request,
            queryset.exclude(status=OutboxMail.Status.SENT),
            lambda mail: outbox.resend(mail, by=reader(request)),
            lambda count: (
                ngettext("%(count)d mail is on its way.", "%(count)d mails are on their way.", count) % {"count": count}
            ),
        )
