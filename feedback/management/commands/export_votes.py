"""manage.py export_votes --format csv|json|xlsx [--since DATE] [--until DATE] [--output FILE]."""

import re
from datetime import date, datetime, time, timedelta

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from faq.management.exports import add_export_arguments, write_export
from feedback.models import Vote
from feedback.resources import VoteResource

# Years around which a time zone can still be reckoned, on both sides.
_DATE = re.compile(r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}")


class Command(BaseCommand):
    """Write the votes of a period as a table."""

    help = "Exporte les votes des visiteurs, un par ligne, sans rien qui désigne le visiteur."

    def add_arguments(self, parser):
        """Declare the period, the format and what to write where."""
        add_export_arguments(parser)
        parser.add_argument("--since", metavar="DATE", help="premier jour (AAAA-MM-JJ, heure de Paris), compris")
        parser.add_argument("--until", metavar="DATE", help="dernier jour (AAAA-MM-JJ, heure de Paris), compris")

    def handle(self, *, since, until, **options):
        """Write the table and nothing else."""
        first, last = _day("--since", since), _day("--until", until)
        if first and last and first > last:
            raise CommandError(f"--since ({since}) vient après --until ({until}) : inversez les deux dates.")
        votes = Vote.objects.between(
            since=first and _midnight(first),
            until=last and _midnight(last + timedelta(days=1)),
        )
        write_export(self, VoteResource(), votes, options, nouns=("vote écrit", "votes écrits"))


def _day(option, text):
    """Read a day; none where none is given."""
    if text is None:
        return None
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise CommandError(f"{option} : « {text} » n’est pas une date. Écrivez l’année, le mois et le jour : 2025-03-31.")


def _midnight(day):
    """Give the moment at which a day begins on the site's clock."""
    return datetime.combine(day, time.min, tzinfo=timezone.get_default_timezone())
