"""How often one visitor may do something: counted in the cache by address, for a span of time."""

import logging
from hashlib import sha256

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def allow(request: HttpRequest, name: str, limit: int, seconds: int) -> bool:
    """Count one more `name` of this visitor; False once there were more than `limit` within `seconds`.

    Visitors are told apart by their network address (behind proxies see ALLAUTH_TRUSTED_PROXY_COUNT). A cache that is
    down, or an address that the server does not tell, lets everybody pass: a form that works matters more than a count.
    """
    try:
        visitor = get_adapter(request).get_client_ip(request)
    except PermissionDenied as problem:
        logger.warning("%s is not counted: %s", name, problem)
        return True
    return allow_for(visitor, name, limit, seconds)


def allow_for(whom: str, name: str, limit: int, seconds: int) -> bool:
    """Count one more `name` for somebody, such as the address a mail would go to; see `allow`."""
    key = f"limit:{name}:{sha256(whom.strip().lower().encode()).hexdigest()}"
    try:
        cache.add(key, 0, timeout=seconds)
        return cache.incr(key) <= limit
    except ValueError:  # the count ran out between the two calls
        return True
    except RedisError as problem:
        logger.warning("%s is not counted: %s", name, problem)
        return True
