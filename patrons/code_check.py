"""Checking a code printed on a certificate, of whatever kind: typed into a form, or opened as an address."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from klikks.limits import allow
from klikks.link_pages import unlisted
from patrons.forms import CodeForm, grouped_code, plain_code


def check_code(
    request: HttpRequest, code: str, page: str, find: Callable[[str], object], most_a_minute: int
) -> HttpResponse:
    """Answer what `find` knows about a code; `page` is the address's name, `patrons:verify` has `patrons/verify.html`.

    An unknown code is answered with 404, more than `most_a_minute` codes from one place with 429.
    """
    template = f"{page.replace(':', '/')}.html"
    if "code" in request.GET:
        form = CodeForm(request.GET)
        if form.is_valid():
            return redirect(page, code=form.cleaned_data["code"])
        return unlisted(render(request, template, {"form": form, "page": page}))
    if not code:
        return render(request, template, {"form": CodeForm(), "page": page})
    if not allow(request, "verify", most_a_minute, 60):
        problem = _("Too many codes in a short time. Please wait a minute.")
        return unlisted(render(request, template, {"form": CodeForm(), "page": page, "problem": problem}, status=429))
    code = plain_code(code)
    found = find(code)
    form = CodeForm(initial={"code": code})
    context = {"form": form, "page": page, "found": found, "code": grouped_code(code)}
    return unlisted(render(request, template, context, status=200 if found else 404))
