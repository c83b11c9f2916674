"""A mail server in a process of its own that takes everything and keeps nothing: `python -m benchmarks.sink PORT`."""

import sys
import time
from typing import Any

from aiosmtpd.controller import Controller


class Nothing:
    """Takes every mail."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Take a mail."""
        return "250 taken"


if __name__ == "__main__":
    Controller(Nothing(), hostname="127.0.0.1", port=int(sys.argv[1])).start()
    while True:
        time.sleep(3600)
