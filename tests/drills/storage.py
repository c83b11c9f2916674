"""A storage on disk that is full, or out of reach, as long as a file beside it says so."""

import errno
import os
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage

FULL, AWAY = "full", "away"


class FailingStorage(FileSystemStorage):
    """Fails as a full disk does (half of the file is written), or as a server that does not answer."""

    def _save(self, name: str, content: Any) -> str:
        self._reach()
        if self._is(FULL):
            half = content.read()
            super()._save(name, ContentFile(half[: len(half) // 2]))
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return super()._save(name, content)

    def exists(self, name: str) -> bool:
        """Ask the storage."""
        self._reach()
        return super().exists(name)

    def _reach(self) -> None:
        if self._is(AWAY):
            raise ConnectionError(errno.EHOSTUNREACH, os.strerror(errno.EHOSTUNREACH))

    def _is(self, state: str) -> bool:
        return Path(self.location).with_name(state).exists()
