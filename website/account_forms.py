"""The account library's forms in plain words: labels instead of placeholders, a keypad for codes."""

from typing import Any

from allauth.account import forms
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from django.utils.translation import gettext_lazy as _


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


class LoginForm(Plain, forms.LoginForm):
    """Sign in with address and password."""


class RequestLoginCodeForm(Plain, forms.RequestLoginCodeForm):
    """Ask for a code by mail."""


class ConfirmLoginCodeForm(Plain, forms.ConfirmLoginCodeForm):
    """Type the code from the mail."""


class ResetPasswordForm(Plain, forms.ResetPasswordForm):
    """Ask for a code that allows a new password."""


class ConfirmPasswordResetCodeForm(Plain, forms.ConfirmPasswordResetCodeForm):
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
