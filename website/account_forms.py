"""The account library's forms in plain words: labels instead of placeholders, a keypad for codes."""

from typing import Any

from allauth.account import forms
from allauth.account.adapter import get_adapter
from allauth.core import context
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from klikks.limits import allow_for


class Plain:
    """Mixin of the account forms."""

    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            if name in {"login", "email"}:
                field.label = _("E-mail address")
            if name == "code":
                field.label = _("Code")
                field.widget.attrs |= {"inputmode": "numeric", "maxlength": "12", "autofocus": True}


class FewGuesses:
    """Mixin of the forms for a mailed code: counts guesses where requests of the same moment cannot overtake the count.

    The account library counts in the session, which each of many requests at once reads before another one writes it.
    """

    expected_code: str | None

    def clean_code(self) -> str:
        """Refuse even the right code after too many guesses."""
        attempt = f"{context.request.session.session_key}:{self.expected_code}"
        seconds = settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT
        if not allow_for(attempt, "code", settings.ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS, seconds):
            raise get_adapter().validation_error("incorrect_code")
        code: str = super().clean_code()  # type: ignore[misc]
        return code


class LoginForm(Plain, forms.LoginForm):
    """Sign in with address and password."""


class RequestLoginCodeForm(Plain, forms.RequestLoginCodeForm):
    """Ask for a code by mail."""


class ConfirmLoginCodeForm(FewGuesses, Plain, forms.ConfirmLoginCodeForm):
    """Type the code from the mail."""


class ResetPasswordForm(Plain, forms.ResetPasswordForm):
    """Ask for a code that allows a new password."""


class ConfirmPasswordResetCodeForm(FewGuesses, Plain, forms.ConfirmPasswordResetCodeForm):
    """Type the code that allows a new password."""


class NewPasswordForm(Plain, forms.ResetPasswordKeyForm):
    """Choose a new password after the code."""


class ChangePasswordForm(Plain, forms.ChangePasswordForm):
    """Replace the password."""


class SetPasswordForm(Plain, forms.SetPasswordForm):
    """Choose a first password."""


class ReauthenticateForm(Plain, forms.ReauthenticateForm):
    """Type the password once more before a change at the account."""


class AuthenticateForm(Plain, mfa.AuthenticateForm):
    """Type the code of the app, or one of the codes kept for emergencies."""


class ReauthenticateCodeForm(Plain, mfa.ReauthenticateForm):
    """Type the code of the app once more before a change at the account."""


class ActivateAppForm(Plain, totp.ActivateTOTPForm):
    """Type the first code of a new app."""
