"""`manage.py fetch_bounces`: reads the mailbox of what came back, once."""

import imaplib
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from deadlines import bounces


class Command(BaseCommand):
    """Reads the mailbox of what came back and says what it found."""

    help = "Reads the mailbox of mails that came back (BOUNCE_MAILBOX_URL) once and says what it found."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the command."""
        if not settings.BOUNCE_MAILBOX_URL:
            raise CommandError("BOUNCE_MAILBOX_URL is not set; docs/operating.md says how.")
        try:
            understood, others = bounces.fetch()
        except (OSError, imaplib.IMAP4.error) as problem:
            raise CommandError(f"The mailbox cannot be read: {problem}") from problem
        self.stdout.write(f"{understood} reports about mails of ours were noted, {others} other mails were left there.")
