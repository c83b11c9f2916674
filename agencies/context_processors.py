"""What every page's template may ask."""

from typing import Any

from django.http import HttpRequest

from agencies.permissions import PERMISSIONS, role_of


class Access:
    """Answers `{{ access.project.add }}` from the permission table."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    def __getitem__(self, object_name: str) -> dict[str, bool]:
        """Return the actions the reader may do with an object."""
        table = PERMISSIONS[role_of(self._request.user)]
        return dict.fromkeys(table.get(object_name, frozenset()), True)


def access(request: HttpRequest) -> dict[str, Any]:
    """Give templates the reader's rights as `access.<object>.<action>`."""
    return {"access": Access(request)} if hasattr(request, "user") else {}
