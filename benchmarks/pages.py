"""Pages beside the empty view, asked of the same server over the same kept connection."""

import http.client
from collections.abc import Callable
from functools import partial

from django.test import Client

from agencies.models import User
from benchmarks.data import manager
from benchmarks.matching import patrons_manager
from benchmarks.measure import Result, side_by_side
from klikks.tenancy import account_context

EMPTY = "/bench/empty/"
BASELINE = "empty view with session, user and one query"


def registration(port: int, scale: float) -> Result:
    """Measure the public registration form."""
    return _page("registration", "registration form", "/register/", 3, port, scale, signed_in=False)


def dashboard(port: int, scale: float) -> Result:
    """Measure the regional manager's opening page."""
    return _page("dashboard", "staff dashboard", "/admin/", 8, port, scale)


def communes(port: int, scale: float) -> Result:
    """Measure the list of all municipalities."""
    return _page("list", "list of 11,000 municipalities", "/admin/communes/commune/", 8, port, scale)


def patrons(port: int, scale: float) -> Result:
    """Measure the list of 10,000 patrons of one agency."""
    return _page("patrons", "list of 10,000 patrons", "/admin/patrons/patron/", 8, port, scale, user=patrons_manager())


def _page(
    name: str,
    what: str,
    path: str,
    bar: float,
    port: int,
    scale: float,
    *,
    signed_in: bool = True,
    user: User | None = None,
) -> Result:
    """Measure a page; the visitor of a public one has no session, the baseline always has."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    cookie = _session(user or manager())
    rounds = max(int(100 * scale), 10)
    size = len(_get(connection, path, cookie if signed_in else ""))
    seconds, empty = side_by_side(
        partial(_get, connection, path, cookie if signed_in else ""),
        partial(_get, connection, EMPTY, cookie),
        rounds=rounds,
    )
    return Result(name, what, BASELINE, seconds, empty, bar, rounds, {"size": f"{size // 1024} kB"})


def _session(user: User) -> str:
    """Sign a manager in and return the session as a cookie."""
    browser = Client()
    with account_context(account_id=user.pk):
        browser.force_login(user)
    return f"sessionid={browser.cookies['sessionid'].value}"


def _get(connection: http.client.HTTPConnection, path: str, cookie: str) -> bytes:
    """Return a page. Raises RuntimeError unless it is there."""
    headers = {"X-Forwarded-Proto": "https", "Cookie": cookie, "Accept-Language": "de"}
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{path} answered {answer.status}")
    return body


PAGES: dict[str, Callable[[int, float], Result]] = {
    "registration": registration,
    "dashboard": dashboard,
    "list": communes,
    "patrons": patrons,
}
