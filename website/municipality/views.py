"""A municipality's own pages. Whatever the address says: a page shows the municipality of one's own access only."""

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from django.contrib import messages
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.permissions import permission_required, user_of
from communes import access as accesses
from communes import master_data
from communes.models import MunicipalAccess
from deadlines.models import Job
from klikks.limits import allow_for
from klikks.link_pages import unlisted
from klikks.links import LinkExpired, LinkInvalid
from klikks.tenancy import agency_context
from klikks.uploads import download
from reports.services import order_commune_report
from website.municipality import selectors
from website.municipality.forms import DataForm, PersonForm, ReportYearForm

BACKEND = "agencies.accounts.AccountBackend"
REPORTS_A_DAY = 20
DAY = 86_400
DECIDED_SHOWN = 10


def of_own_municipality(object_name: str, action: str) -> Callable[[Callable[..., HttpResponseBase]], Any]:
    """Let a view be entered with an access of the signed-in account only; it gets the access instead of its key.

    Roles without the right get "403 forbidden"; an access of somebody else does not exist ("404 not found").
    """

    def decorate(view: Callable[..., HttpResponseBase]) -> Any:
        @permission_required(object_name, action)
        @never_cache
        @wraps(view)
        def guarded(request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponseBase:
            own = get_object_or_404(accesses.accesses_of(user_of(request)), pk=pk)
            return view(request, own, **kwargs)

        return guarded

    return decorate


@permission_required("municipality", "view")
@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Lead to the municipality of the account; let it choose where there are several."""
    own = list(accesses.accesses_of(user_of(request)))
    if len(own) == 1:
        return redirect("municipality:start", pk=own[0].pk)
    return render(request, "municipality/index.html", {"accesses": own})


@permission_required("municipalaccess", "accept")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show what a mailed link offers; the button accepts it and signs in: a mail scanner's visit does nothing."""
    try:
        invited = accesses.read_invitation(token)
        if request.method != "POST":
            return unlisted(render(request, "municipality/invitation.html", {"invited": invited}))
        user = accesses.accept(invited, language=(get_language() or "de")[:2])
    except LinkExpired:
        words = _("This invitation has expired. Please ask the person who invited you, or your energy agency, for one.")
        return _refused(request, words)
    except ValidationError as refusal:  # a broken link, a used or withdrawn invitation, an address used otherwise
        return _refused(request, " ".join(refusal.messages), status=400 if isinstance(refusal, LinkInvalid) else 410)
    with agency_context(invited.agency_id):
        login(request, user, backend=BACKEND)
        record_authentication(request, user, "code")
    messages.success(request, _("Welcome to klikks! From now on you sign in with your address and a code by e-mail."))
    return redirect("municipality:start", pk=invited.pk)


@of_own_municipality("municipality", "view")
@require_safe
def start(request: HttpRequest, own: MunicipalAccess) -> HttpResponse:
    """Show what comes next, what is due, and the ways to everything else."""
    return _page(request, own, "start", start=selectors.start_of(own))


@of_own_municipality("municipality", "view")
@require_safe
def partnership(request: HttpRequest, own: MunicipalAccess) -> HttpResponse:
    """Show the partnership: status, since when, backing, deadlines, and who looks after it."""
    partnerships = selectors.partnerships_of(own)
    context = {
        "partnerships": partnerships,
        "backings": list(selectors.backings_of(own)),
        "deadlines": selectors.deadlines_of(own, partnerships),
    }
    return _page(request, own, "partnership", **context)


@of_own_municipality("municipality", "view")
@require_safe
def patrons(request: HttpRequest, own: MunicipalAccess) -> HttpResponse:
    """Show the patrons in office, each with what the person has agreed to show."""
    return _page(request, own, "patrons", appointments=list(selectors.patrons_of(own)))


@of_own_municipality("municipality", "view")
@require_safe
def projects(request: HttpRequest, own: MunicipalAccess) -> HttpResponse:
    """Show all projects of the municipality: state, what each saves and costs."""
    return _page(request, own, "projects", projects=selectors.projects_of(own))


@of_own_municipality("municipality", "view")
@require_safe
def documents(request: HttpRequest, own: MunicipalAccess) -> HttpResponse:
    """Show reports, certificates and backings, and offer the report of a year."""
    years = selectors.report_years(selectors.partnerships_of(own))
    return _documents_page(request, own, ReportYearForm(years=years))


@of_own_municipality("report", "order_own")
@require_POST
def order_report(request: HttpRequest, own: MunicipalAccess) -> HttpResponse:
    """Order the report of a year and go to the page that shows how far it is."""
    partnerships = selectors.partnerships_of(own)
    form = ReportYearForm(request.POST, years=selectors.report_years(partnerships))
    if form.is_valid() and not allow_for(str(own.commune_id), "municipal-report", REPORTS_A_DAY, DAY):
        form.add_error(None, _("Many reports were ordered today. Please go on tomorrow."))
    if form.is_valid():
        key, _dash, year = form.cleaned_data["year"].partition("-")
        programme = next(one.programme for one in partnerships if str(one.pk) == key)
        try:
            job = order_commune_report(
                own.commune,
                programme,
                by=user_of(request),
                starts_on=date(int(year), 1, 1),
                ends_on=date(int(year), 12, 31),
            )
        except ValidationError as refusal:
            form.add_error(None, " ".join(refusal.messages))
        else:
            return redirect("deadlines:job", key=job.key) if job.ordered_by_id == request.user.pk else _back(own)
    return _documents_page(request, own, form)


@of_own_municipality("backing", "view_own")
@require_safe
def backing_file(request: HttpRequest, own: MunicipalAccess, backing: int) -> HttpResponseBase:
    """Hand out the file of a political backing of the own municipality."""
    found = get_object_or_404(selectors.backings_of(own).exclude(file=""), pk=backing)
    return download(str(found.file), missing=_("The file of this document is missing. Please tell your agency."))


@of_own_municipality("dataproposal", "propose_own")
@require_http_methods(["GET", "HEAD", "POST"])
def data(request: HttpRequest, own: MunicipalAccess) -> HttpResponse:
    """Show the municipality's data, and take changes as a proposal that the agency decides about."""
    known = master_data.known_about(own.commune).values
    waiting = master_data.open_changes(own.commune)
    latest = known | {field: change.new for field, change in waiting.items()}
    form = DataForm(request.POST or None, initial=DataForm.initial_of(latest))
    if form.is_bound and form.is_valid():
        try:
            master_data.propose(own, by=user_of(request), values=form.values, note=form.cleaned_data["note"])
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Thank you! Your energy agency looks at it and you get the answer by e-mail."))
            return redirect("municipality:data", pk=own.pk)
    context = {
        "form": form,
        "waiting": [
            (change, master_data.in_words(change.old), master_data.in_words(change.new)) for change in waiting.values()
        ],
        "decided": [
            (change, master_data.in_words(change.new)) for change in selectors.decided_changes(own)[:DECIDED_SHOWN]
        ],
    }
    return _page(request, own, "data", **context)


@of_own_municipality("municipalaccess", "invite_own")
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest, own: MunicipalAccess) -> HttpResponse:
    """Show who has access, and invite a colleague."""
    form = PersonForm(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            invited = accesses.invite_colleague(own, by=user_of(request), **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, " ".join(refusal.messages))
        else:
            messages.success(request, _("The invitation to %(name)s is on its way.") % {"name": invited.name})
            return redirect("municipality:people", pk=own.pk)
    return _page(request, own, "people", form=form, people=list(accesses.people_of(own.commune)))


@of_own_municipality("municipalaccess", "transfer_own")
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: HttpRequest, own: MunicipalAccess) -> HttpResponse:
    """Name the successor; the own access ends as soon as that person has opened the mailed link."""
    form = PersonForm(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            invited = accesses.hand_over(own, by=user_of(request), **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, " ".join(refusal.messages))
        else:
            words = _("%(name)s gets a mail with a link. As soon as it is opened, your own access ends.")
            messages.success(request, words % {"name": invited.name})
            return redirect("municipality:people", pk=own.pk)
    return _page(request, own, "hand_over", form=form)


@of_own_municipality("municipalaccess", "invite_own")
@require_POST
def take_back(request: HttpRequest, own: MunicipalAccess, person: int) -> HttpResponse:
    """Take an open invitation to the own municipality back."""
    invited = get_object_or_404(
        accesses.people_of(own.commune).filter(status=MunicipalAccess.Status.INVITED), pk=person
    )
    try:
        accesses.end(invited, by=user_of(request))
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("The invitation to %(name)s is withdrawn.") % {"name": invited.name})
    return redirect("municipality:people", pk=own.pk)


def _documents_page(request: HttpRequest, own: MunicipalAccess, form: ReportYearForm) -> HttpResponse:
    context = {
        "form": form,
        "documents": list(selectors.documents_of(own)),
        "orders": list(selectors.orders_of(own)),
        "backings": list(selectors.backings_of(own).exclude(file="")),
        "failed": Job.Status.FAILED,
    }
    return _page(request, own, "documents", **context)


def _page(request: HttpRequest, own: MunicipalAccess, name: str, **context: Any) -> HttpResponse:
    return render(request, f"municipality/{name}.html", {"own": own, **context})


def _back(own: MunicipalAccess) -> HttpResponse:
    return redirect("municipality:documents", pk=own.pk)


def _refused(request: HttpRequest, why: str, status: int = 410) -> HttpResponse:
    """Say in words why a link opens nothing."""
    return unlisted(render(request, "municipality/invitation_refused.html", {"why": why}, status=status))
