"""The page on which a participant answers, opened by the link in the mail."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from agencies.permissions import permission_required
from klikks import links
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
            return _unlisted(render(request, "trainings/feedback_thanks.html", {"session": asked.enrolment.session}))
    except services.AnsweredAlready as told:
        return _unlisted(render(request, "trainings/feedback_thanks.html", {"told": told.messages[0]}))
    except ValidationError as refusal:
        status = 404 if isinstance(refusal, links.LinkInvalid) else 410
        return _unlisted(render(request, "trainings/refused.html", {"problem": refusal.messages[0]}, status=status))
    context = {"session": asked.enrolment.session, "form": form, "least": services.STEP}
    return _unlisted(render(request, "trainings/feedback.html", context))


def _unlisted(answer: HttpResponse) -> HttpResponse:
    """Keep a page that a secret link opens out of search engines."""
    answer["X-Robots-Tag"] = "noindex"
    return answer
