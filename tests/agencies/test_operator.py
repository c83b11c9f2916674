"""The operator's account is made on the command line."""

import pytest
from django.core.management import CommandError, call_command

from agencies.models import User
from klikks.tenancy import account_context

pytestmark = pytest.mark.django_db


def test_an_operator_is_made_once_whatever_the_case_of_the_address() -> None:
    call_command("make_operator", "Betrieb@example.org")
    with account_context(email="betrieb@example.org"):
        assert User.objects.get().is_operator
    with pytest.raises(CommandError, match="has an account already"):
        call_command("make_operator", "betrieb@EXAMPLE.org")
