"""The cache, on the same server as the broker."""

from django.core.cache.backends.redis import RedisCache


class SharedRedisCache(RedisCache):
    """A Redis cache that shares its database with the broker: clearing it leaves everything that is not cache."""

    def clear(self) -> None:
        """Delete this installation's cached values; Django's own `clear` would empty the broker's queues too."""
        client = self._cache.get_client(None, write=True)
        for key in client.scan_iter(match=f"{self.key_prefix}:*", count=1000):
            client.unlink(key)
