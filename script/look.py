"""Looks at every page of every role on the demo data: script/look [--all] [--language de|en] [ROLE …].

Follows the links from each role's start page, one page of each kind, and opens each on a phone in German and on a desk
in English (with --language on both in that language; with --all also the other way round, in the dark, and pages that
another role has shown already). Pictures go to var/look, one folder a role. What axe finds, what is wider than the
screen, what another host was asked for, what broke in a script and which link leads nowhere is listed at the end and
in var/look/findings.txt; then the exit code is 1.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from embedded import Services, free_port

if TYPE_CHECKING:
    from django.test import Client
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "var" / "look"
LINK = re.compile(r'href="(/[^"]*)"')
# Width, language, dark. Two of them see each page unless more is asked for.
Way = tuple[int, str, bool]
WAYS: list[Way] = [(390, "de", False), (1440, "en", False), (1440, "de", True), (390, "en", True)]
# Pages of the desk that look the same for all objects: one of each is enough.
ALIKE = re.compile(r"admin:.*_(delete|history)$")
# Where following a link changes something, or leads out of the role.
LEFT_OUT = re.compile(r"logout|jsi18n|/static/|view_on_site|set_language")
SURROUNDINGS = {
    "DEBUG": "1",
    "STAFF_SECOND_FACTOR_REQUIRED": "0",
    "ALLOWED_HOSTS": "127.0.0.1,testserver",
    "LOG_LEVEL": "ERROR",
    "MEDIA_ROOT": str(FOLDER / "media"),
    "DJANGO_SETTINGS_MODULE": "klikks.settings",
    # Playwright runs an event loop in this thread, in which Django would refuse to ask the database.
    "DJANGO_ALLOW_ASYNC_UNSAFE": "yes",
}


def main() -> int:
    """Look at the pages of the roles that are asked for, or of all."""
    parser = argparse.ArgumentParser(prog="script/look", description=__doc__)
    parser.add_argument("roles", nargs="*", metavar="ROLE", help="such as visitor or patron (all if none is given)")
    parser.add_argument("--all", action="store_true", help="each role's pages on both screens in both languages")
    parser.add_argument("--language", choices=["de", "en"], help="both screens in this language")
    options = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    sys.path.insert(0, str(ROOT))
    os.chdir(ROOT)
    with Services(FOLDER / "server", durable=False) as services:
        os.environ.update({**services.environment(), **SURROUNDINGS})
        os.environ.setdefault("EMAIL_URL", "smtp://127.0.0.1:9")
        for command in (
            ["compilemessages", "--ignore", ".venv", "--verbosity", "0"],
            ["migrate", "--database", "owner", "--verbosity", "0"],
            ["load_reference", "--if-empty"],
            ["load_demo", "--if-empty"],
        ):
            subprocess.run([sys.executable, "manage.py", *command], check=True, stdout=subprocess.DEVNULL)
        import django

        django.setup()
        findings = list(_look(options.roles, _ways(options.language, every=options.all), again=options.all))
    (FOLDER / "findings.txt").write_text("".join(f"{finding}\n" for finding in findings))
    print(f"{len(findings)} findings; pictures are in var/look", flush=True)
    return 1 if findings else 0


def _ways(language: str | None, *, every: bool) -> list[Way]:
    """Return on which screens, in which languages and lights each page is looked at."""
    if every:
        return WAYS
    return [(width, language, False) for width in (390, 1440)] if language else WAYS[:2]


def _look(roles: list[str], ways: list[Way], *, again: bool) -> Iterator[str]:
    """Yield what is wrong on the pages of some roles; a page of several roles once, or `again` for each."""
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.test.testcases import LiveServerThread
    from playwright.sync_api import sync_playwright

    from tests.browser import FLAGS
    from website.demo import DEMO_LOGINS

    server = LiveServerThread("127.0.0.1", StaticFilesHandler, port=free_port())
    server.daemon = True
    server.start()
    server.is_ready.wait()
    address = f"http://127.0.0.1:{server.port}"
    seen: set[str] = set()
    people = {str(login.role): login.email for login in reversed(DEMO_LOGINS)}
    order = sorted(people, key=lambda role: (role not in {"patron", "municipality"}, -list(people).index(role)))
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM"), args=FLAGS)
        for role in ["visitor", *order]:
            if not roles or role in roles:
                yield from _look_as(role, people.get(role), chromium, address, ways, set() if again else seen)
        chromium.close()
    server.terminate()


def _look_as(
    role: str, email: str | None, chromium: Browser, address: str, ways: list[Way], seen: set[str]
) -> Iterator[str]:
    """Yield what is wrong on the pages of one role."""
    from django.conf import settings
    from django.test import Client

    from agencies.models import User
    from klikks.tenancy import account_context
    from tests.browser import sign_in
    from tests.factories import browser

    user = None
    if email:
        with account_context(email=email):
            user = User.objects.get(email=email)
    client = browser(user) if user else Client()
    pages = {}
    for name, path, status in _pages(client, _secret_pages() if not user else []):
        if status != 200:
            yield _told(f"{role} {path}: a link leads here, but it answers {status}")
        elif name not in seen:
            pages[name] = path
    seen.update(pages)
    (FOLDER / role).mkdir(exist_ok=True)
    print(f"{role}: {len(pages)} pages", flush=True)
    for width, language, dark in ways:
        context = chromium.new_context(
            base_url=address,
            viewport={"width": width, "height": 844 if width < 1000 else 900},
            locale=language,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        if user:
            sign_in(context, user, address)
        context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": address}])
        page = context.new_page()
        for name, path in pages.items():
            picture = FOLDER / role / f"{name.replace(':', '.')}-{width}-{language}.png"
            for one in _look_at(page, path, picture, urlsplit(address).netloc):
                yield _told(f"{role} {path} ({width}, {language}{', dark' if dark else ''}): {one}")
        context.close()


def _look_at(page: Page, path: str, picture: Path, host: str) -> list[str]:
    """Open a page, take its picture and return what is wrong on it, each thing once."""
    from tests.browser import Watch, barriers, is_wider_than_the_screen

    watch = Watch(host)
    listeners = {"request": watch.request, "console": watch.console}
    for event, listener in listeners.items():
        page.on(event, listener)  # type: ignore[call-overload]
    page.goto(path, timeout=60_000)
    # As high as the page, so that what sticks to the edge of the screen covers nothing of it.
    size = page.viewport_size
    assert size is not None
    height = int(page.evaluate("document.documentElement.scrollHeight"))
    page.set_viewport_size({"width": size["width"], "height": height})
    wrong = barriers(page)
    if is_wider_than_the_screen(page):
        wrong.append("is wider than the screen")
    page.screenshot(path=picture, full_page=True)
    page.set_viewport_size(size)
    for event, listener in listeners.items():
        page.remove_listener(event, listener)
    return list(dict.fromkeys([*wrong, *watch.findings]))


def _told(finding: str) -> str:
    """Print a finding at once and return it."""
    print(finding, flush=True)
    return finding


def _pages(client: Client, further: list[str]) -> Iterator[tuple[str, str, int]]:
    """Yield name, address and status of one page of each kind that links lead to, and of `further` ones."""
    from django.urls import Resolver404, resolve

    waiting, found = ["/", "/start/", *further], set()
    while waiting:
        path = waiting.pop(0)
        try:
            name = resolve(urlsplit(path).path).view_name
        except Resolver404:
            continue
        name = ALIKE.sub(r"admin:\1", name)
        if not name or name in found or LEFT_OUT.search(f"{name} {path}"):
            continue
        found.add(name)
        answer = client.get(path, follow=True)
        if answer.status_code != 200:
            yield name, path, answer.status_code
            continue
        if not answer.headers.get("Content-Type", "").startswith("text/html"):
            continue
        if not answer.redirect_chain:
            yield name, path, answer.status_code
        waiting += [urljoin(path, unescape(link)) for link in LINK.findall(answer.content.decode())]
        if answer.redirect_chain:
            waiting.append(answer.redirect_chain[-1][0])


def _secret_pages() -> list[str]:
    """Return pages that only mailed links lead to."""
    from django.urls import reverse

    from agencies.models import Agency
    from communes.models import Registration
    from communes.moves import status_address
    from klikks.links import sign
    from klikks.tenancy import agency_context
    from projects.ideas.follows import FOLLOW_PURPOSE
    from projects.ideas.news import AUTHOR_PURPOSE, UNFOLLOW_PURPOSE
    from projects.models import Idea, IdeaFollow

    agency = Agency.objects.get(slug="rlp")
    with agency_context(agency):
        asked = Registration.objects.filter(status=Registration.Status.ASKED_BACK).first()
        idea, follow = Idea.objects.exclude(author="").earliest("pk"), IdeaFollow.objects.first()
        paths = [reverse("projects:own_idea", args=[sign(AUTHOR_PURPOSE, agency.pk, idea.pk)])]
        if asked:
            paths.append(urlsplit(status_address(asked)).path)
        for name, purpose in (("confirm_follow", FOLLOW_PURPOSE), ("unfollow_idea", UNFOLLOW_PURPOSE)):
            if follow:
                paths.append(reverse(f"projects:{name}", args=[sign(purpose, agency.pk, follow.pk)]))
    return paths


if __name__ == "__main__":
    sys.exit(main())
