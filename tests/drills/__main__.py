"""Runs the drills: `script/drill [--mails N] [--jobs N]`; 0 leaves one out."""

import argparse
import signal
import sys

from tests.drills.house import House, say


def main() -> int:
    """Run what is asked for and return 1 if a bar was missed."""
    parser = argparse.ArgumentParser(prog="script/drill", description="Shows that nothing is lost.")
    parser.add_argument("--mails", type=int, default=10_000, help="how many reminders (10000)")
    parser.add_argument("--jobs", type=int, default=200, help="how many PDF jobs (200)")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whatever was started is stopped again
    with House() as house:
        import django

        django.setup()
        from agencies.models import State
        from agencies.models.accounts import Role
        from tests import factories
        from tests.drills import mails, papers

        programme = factories.programme()
        states = {"rlp": "DE-RP", "nds": "DE-NI"}
        agencies = [factories.agency(programme, slug, State.objects.get(code=code)) for slug, code in states.items()]
        manager = factories.account(Role.REGIONAL_MANAGER, agencies[0])
        tables = []
        if options.mails:
            tables.append(mails.drill(house, agencies, options.mails))
            tables[-1].show()
        else:
            house.open()
        if options.jobs:
            commune = factories.commune()
            tables.append(papers.drill(house, agencies[0], programme, commune, manager, options.jobs))
            tables[-1].show()
    holds = all(table.holds for table in tables)
    say("every bar holds" if holds else "A BAR WAS MISSED")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
