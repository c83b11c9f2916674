"""Makes the account of an operator."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from agencies.models import User
from klikks.tenancy import account_context


class Command(BaseCommand):
    """Makes an operator's account, who then makes programmes and agencies on the staff desk."""

    help = "Make an operator's account. It has no password: the first sign-in is by e-mailed code."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the argument."""
        parser.add_argument("address", type=str.lower)

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the account, or say that the address has one."""
        address = options["address"]
        validate_email(address)
        with account_context(email=address):
            if User.objects.filter(email=address).exists():
                raise CommandError(f"{address} has an account already.")
            User.objects.create_user(address, agency=None, is_operator=True)
        self.stdout.write(f"{address} can sign in now.")
