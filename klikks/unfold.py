"""Look and frame of the staff desk: the palettes of `static/css/tokens.css` and the places that fill its pages."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse

# `base` runs from the light ground to the dark one, `primary` is pine green; 600 is the brand on light ground, 500
# the brand on dark ground.
COLORS: dict[str, dict[str, str]] = {
    "base": {
        "50": "#f8f6f0",
        "100": "#efebe1",
        "200": "#ddd8ca",
        "300": "#c3c2b5",
        "400": "#a9bab2",
        "500": "#4b5c55",
        "600": "#3d4d46",
        "700": "#35483f",
        "800": "#2f443c",
        "900": "#16241f",
        "950": "#0e1915",
    },
    "primary": {
        "50": "#eef8f4",
        "100": "#dcf0e8",
        "200": "#b5e0d0",
        "300": "#8fe3ca",
        "400": "#75dabe",
        "500": "#5cd1b0",
        "600": "#0b6a58",
        "700": "#084c40",
        "800": "#063d34",
        "900": "#12392f",
        "950": "#06231c",
    },
    "font": {
        "subtle-light": "#4b5c55",
        "subtle-dark": "#a9bab2",
        "default-light": "#33443d",
        "default-dark": "#cbd8d1",
        "important-light": "#14251f",
        "important-dark": "#e8efe9",
    },
}


def asset(path: str) -> Any:
    """Return the function that unfold calls for a static file's address."""

    def address(request: HttpRequest) -> str:
        return static(path)

    return address


DESK: dict[str, Any] = {
    "SITE_TITLE": "klikks",
    "SITE_HEADER": "klikks",
    "SITE_URL": "/",
    "SITE_LOGO": {"light": asset("img/logo.svg"), "dark": asset("img/logo.svg")},
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": asset("img/favicon.svg")}],
    "STYLES": [asset("css/desk.css")],
    "SCRIPTS": [asset("js/desk.js")],
    "COLORS": COLORS,
    "BORDER_RADIUS": "10px",
    "SHOW_LANGUAGES": True,
    "LANGUAGES": {"action": lambda request: reverse("website:language")},
    "SHOW_VIEW_ON_SITE": False,
    "ENVIRONMENT": "website.desk.environment",
    "DASHBOARD_CALLBACK": "website.desk.dashboard",
    "ACCOUNT": {"navigation": "website.desk.account_links"},
    "SIDEBAR": {"navigation": "website.desk.navigation"},
}
