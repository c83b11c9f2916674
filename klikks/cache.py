"""The cache, on the same server as the broker."""

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from django.core.cache import cache
from django.core.cache.backends.redis import RedisCache
from redis import RedisError

Value = TypeVar("Value")


class SharedRedisCache(RedisCache):
    """A Redis cache that shares its database with the broker: clearing it leaves everything that is not cache."""

    def clear(self) -> None:
        """Delete this installation's cached values; Django's own `clear` would empty the broker's queues too."""
        client = self._cache.get_client(None, write=True)
        for key in client.scan_iter(match=f"{self.key_prefix}:*", count=1000):
            client.unlink(key)


def remembered(key: str, seconds: int, make: Callable[[], Value]) -> Value:
    """Return what `make` has returned in the last seconds, or now. A server that is down only costs time."""
    try:
        value: Value | None = cache.get(key)
    except RedisError:
        return make()
    if value is None:
        value = make()
        with suppress(RedisError):
            cache.set(key, value, seconds)
    return value
