"""The exchange: boards, threads, and what a patron may do with posts."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.permissions import permission_required, user_of
from klikks.limits import allow_for
from patrons.exchange import mentions, selectors, services
from patrons.exchange.forms import AnswerForm, QuestionForm, ReportForm
from patrons.exchange.models import Post
from patrons.models import Patron

THREADS_A_PAGE = ANSWERS_A_PAGE = 20
POSTS_AN_HOUR = 20
REPORTS_A_DAY = 20
NAMES_OFFERED = 8


@permission_required("post", "view_shared")
@require_safe
@never_cache
def exchange(request: HttpRequest, board: str = "") -> HttpResponse:
    """List the latest questions of all boards, or of one."""
    patron = selectors.taking_part(user_of(request))
    if patron is None:
        return render(request, "patrons/exchange.html", {"patron": None})
    boards = selectors.boards_of(patron)
    labels = {choice.value: choice.label for choice in boards}
    if board and board not in labels:
        raise Http404
    page = Paginator(selectors.threads(patron, board), THREADS_A_PAGE).get_page(request.GET.get("page"))
    questions = list(page)
    faces = selectors.faces_of(question.author_id for question in questions)
    context = {
        "patron": patron,
        "page": page,
        "rows": [(one, faces.get(one.author_id), labels.get(one.board, one.board)) for one in questions],
        "boards": boards,
        "board": board,
        "board_label": labels.get(board, ""),
        "is_followed": board in patron.followed_boards,
    }
    return render(request, "patrons/exchange.html", context)


@permission_required("post", "view_shared")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def thread(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a question with its answers, and take an answer."""
    patron = _patron(request)
    question = selectors.question_of(patron, pk)
    if question is None:
        raise Http404
    form = AnswerForm(request.POST or None)
    status = 200
    if form.is_bound and form.is_valid():
        if _too_many(request, form):
            status = 429
        elif post := _done(form, services.answer, question, patron, by=user_of(request), **form.cleaned_data):
            _thank(request, post, _("Thank you! Your answer stands here now."))
            return redirect(post)
    answers = selectors.answers_to(question)
    page = Paginator(answers, ANSWERS_A_PAGE).get_page(request.GET.get("page") or _page_of(answers, question))
    first, *others = selectors.shown([question, *page], patron, question.helpful_id)
    context = {
        "patron": patron,
        "question": question,
        "first": first,
        "answers": others,
        "page": page,
        "form": form,
        "board_label": {choice.value: choice.label for choice in selectors.boards_of(patron)}.get(question.board, ""),
    }
    return render(request, "patrons/thread.html", context, status=status)


@permission_required("post", "add_own")
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Take a question."""
    patron = _patron(request)
    boards = selectors.boards_of(patron)
    form = QuestionForm(request.POST or None, boards=boards, initial={"board": request.GET.get("board")})
    status = 200
    if form.is_bound and form.is_valid():
        if _too_many(request, form):
            status = 429
        elif post := _done(form, services.ask, patron, by=user_of(request), **form.cleaned_data):
            _thank(request, post, _("Your question is asked. We tell you by mail when somebody answers."))
            return redirect(post)
    face = selectors.faces_of([patron.pk]).get(patron.pk)
    return render(request, "patrons/ask.html", {"form": form, "face": face}, status=status)


@permission_required("post", "change_own")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change an own post."""
    patron, post = _own_post(request, pk)
    faces = selectors.faces_of(post.mentions)
    initial = {"body": mentions.as_typed(post.body, faces), "title": post.title, "board": post.board}
    if post.question_id is None:
        form: AnswerForm = QuestionForm(request.POST or None, boards=selectors.boards_of(patron), initial=initial)
    else:
        form = AnswerForm(request.POST or None, initial=initial)
    if form.is_bound and form.is_valid():
        changed = _done(form, services.edit, post, by=user_of(request), **form.cleaned_data)
        if changed:
            _thank(request, changed, _("Your changes are saved."))
            return redirect(changed)
    return render(request, "patrons/edit_post.html", {"form": form, "post": post})


@permission_required("post", "delete_own")
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete an own post, after a question back."""
    _patron_of_post, post = _own_post(request, pk)
    if request.method == "POST":
        services.remove(post, by=user_of(request))
        messages.success(request, _("Your post is deleted."))
        if post.question_id is None:
            return redirect("patrons:exchange")
        return redirect("patrons:thread", pk=post.thread_id)
    return render(request, "patrons/remove_post.html", {"post": post})


@permission_required("post", "report")
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Report a post of somebody else to the staff of the author's agency."""
    patron = _patron(request)
    post = _found(selectors.post_of(patron, pk))
    form = ReportForm(request.POST or None)
    status = 200
    if form.is_bound and form.is_valid():
        if not allow_for(str(patron.pk), "exchange-report", REPORTS_A_DAY, 86_400):
            form.add_error(None, _("You have reported very many posts today. Please call your energy agency."))
            status = 429
        elif _done(form, services.report, post, patron, by=user_of(request), **form.cleaned_data):
            messages.success(request, _("Thank you. The energy agency looks at this post."))
            return redirect("patrons:thread", pk=post.thread_id)
    [shown] = selectors.shown([post], patron)
    return render(request, "patrons/report_post.html", {"form": form, "shown": shown, "post": post}, status=status)


@permission_required("post", "change_own")
@require_POST
def helpful(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the asker mark the answer that helped, or take the mark back."""
    patron, question = _own_post(request, pk)
    key = request.POST.get("answer", "")
    chosen = _found(selectors.post_of(patron, int(key))) if key.isdecimal() and len(key) < 19 else None
    _say(request, services.mark_helpful, question, chosen, by=user_of(request))
    return redirect(chosen or question)


@permission_required("post", "follow")
@require_POST
def follow(request: HttpRequest, pk: int) -> HttpResponse:
    """Follow a thread, or stop following it."""
    patron = _patron(request)
    question = _found(selectors.question_of(patron, pk))
    act = services.follow if request.POST.get("follow") == "on" else services.unfollow
    act(patron, by=user_of(request), question=question)
    return redirect("patrons:thread", pk=pk)


@permission_required("post", "follow")
@require_POST
def follow_board(request: HttpRequest, board: str) -> HttpResponse:
    """Follow a board, or stop following it."""
    patron = _patron(request)
    if board not in {choice.value for choice in selectors.boards_of(patron)}:
        raise Http404
    act = services.follow if request.POST.get("follow") == "on" else services.unfollow
    act(patron, by=user_of(request), board=board)
    return redirect("patrons:board", board=board)


@permission_required("directory", "view")
@require_safe
@never_cache
def names(request: HttpRequest) -> HttpResponse:
    """Answer the beginning of a name with the people who may be mentioned, as JSON."""
    patron = _patron(request)
    typed = request.GET.get("q", "").replace("\0", "")[:80]
    found = selectors.people(patron, name=typed)[:NAMES_OFFERED] if typed.strip() else []
    return JsonResponse({"results": [{"name": face.name, "place": face.place} for face in found]})


def _patron(request: HttpRequest) -> Any:
    """Return the patron in office to whom the account belongs, or answer "404 not found"."""
    return _found(selectors.taking_part(user_of(request)))


def _own_post(request: HttpRequest, pk: int) -> tuple[Patron, Post]:
    """Return an own post that is not deleted, with its author, or answer "404 not found"."""
    patron = _patron(request)
    post = _found(selectors.post_of(patron, pk))
    if post.author_id != patron.pk or post.removed_at is not None:
        raise Http404
    post.author = patron
    return patron, post


def _found(row: Any) -> Any:
    if row is None:
        raise Http404
    return row


def _too_many(request: HttpRequest, form: AnswerForm) -> bool:
    """Count a post of this account; say so in the form when there were too many."""
    if allow_for(str(user_of(request).pk), "exchange-post", POSTS_AN_HOUR, 3600):
        return False
    form.add_error(None, _("You have written very much within an hour. Please wait a little; your text stays here."))
    return True


def _done(form: Any, act: Any, *subjects: Any, **values: Any) -> Any:
    """Call a service and return what it made; what it refuses is shown in the form, and None is returned."""
    try:
        return act(*subjects, **values)
    except ValidationError as refusal:
        form.add_error(None, " ".join(refusal.messages))
        return None


def _say(request: HttpRequest, act: Any, *subjects: Any, **values: Any) -> None:
    """Call a service; what it refuses is said on the next page."""
    try:
        act(*subjects, **values)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))


def _thank(request: HttpRequest, post: Post, words: str) -> None:
    """Say that a post is saved, and whom it could not mention."""
    messages.success(request, words)
    if nobody := mentions.unknown(post.body):
        messages.warning(
            request,
            _("Nobody in the directory is called %(names)s; this stays plain text. Please compare with the directory.")
            % {"names": ", ".join(nobody[:5])},
        )


def _page_of(answers: list[Post], question: Post) -> int:
    """Return the page to open first: the last one, where the latest answers stand."""
    return max((len(answers) - 1) // ANSWERS_A_PAGE + 1, 1)
