"""What the pages of this room share."""

from collections.abc import Callable
from typing import Any, cast

from django.http import HttpRequest

from agencies.desk import DeskAdmin
from agencies.models import User
from agencies.permissions import allows


def right(name: str) -> Callable[..., bool]:
    """Return the method with which an action asks the permission table for the right to do `name`."""

    def may(self: DeskAdmin, request: HttpRequest, object_id: Any = None) -> bool:
        return allows(request.user, self.opts.model_name, name)

    return may


def acting(request: HttpRequest) -> User:
    """Return the account that acts; the desk lets nobody else in."""
    return cast(User, request.user)
