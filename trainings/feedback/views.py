"""The page on which a participant answers, opened by the link in the mail."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from agencies.permissions import permission_required
from klikks import links
from klikks.link_pages import link_refused, unlisted
from trainings.feedback import services
from trainings.feedback.forms import FeedbackForm


@permission_required("feedback", "answer")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def feedback(request: HttpRequest, token: str) -> HttpResponse:
    """Ask five questions and take the answer, once."""
    try:
        asked = services.find(token)
        form = FeedbackForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            services.answer(token, **form.cleaned_data)
            return unlisted(render(request, "trainings/feedback_thanks.html", {"session": asked.enrolment.session}))
    except services.AnsweredAlready as told:
        return unlisted(render(request, "trainings/feedback_thanks.html", {"told": told.messages[0]}))
    except ValidationError as refusal:
        status = 404 if isinstance(refusal, links.LinkInvalid) else 410
        return link_refused(request, refusal, back="trainings:list", back_text=_("Trainings"), status=status)
    context = {"session": asked.enrolment.session, "form": form, "least": services.STEP}
    return unlisted(render(request, "trainings/feedback.html", context))
