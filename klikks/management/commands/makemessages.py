"""Django's command, which also collects `_t("…")`: what modules that need both call `gettext`, beside a lazy `_`."""

from django.core.management.commands import makemessages


class Command(makemessages.Command):
    """Collects every text a person sees."""

    xgettext_options = [*makemessages.Command.xgettext_options, "--keyword=_t"]
