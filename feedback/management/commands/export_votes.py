"""manage.py export_votes --format csv|json|xlsx [--by SUBJECT] [--per PERIOD] [--since DATE] [--until DATE]."""

import re
from datetime import date, timedelta

from django.core.management.base import BaseCommand, CommandError

from faq.management.exports import add_export_arguments, check_headers, tell_written, write_export, write_pieces
from faq.resources import WRITERS
from feedback.days import get_midnight
from feedback.models import Vote
from feedback.reports import SUBJECTS, Period, build_report, render_report
from feedback.resources import VoteResource

_VOTE = "vote"
"""The value of --by for one line per vote."""

# Years for which time zones have rules, with the neighbouring years.
_DATE = re.compile(r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}")


class Command(BaseCommand):
    """Write the votes of a period as a table."""

    help = "Exporte les votes des visiteurs, un par ligne, sans rien qui désigne le visiteur."

    def add_arguments(self, parser):
        """Declare the period, the format and what to write where."""
        add_export_arguments(parser)
        parser.add_argument(
            "--by",
            metavar="|".join((_VOTE, *SUBJECTS)),
            default=_VOTE,
            help="une ligne par vote (par défaut), ou les sommes par fiche, version ou terme d’une question",
        )
        parser.add_argument(
            "--per",
            metavar="|".join(period.value for period in Period),
            help="sommes par jour, semaine, mois, ou sur toute la période (par défaut)",
        )
        parser.add_argument("--since", metavar="DATE", help="premier jour (AAAA-MM-JJ, heure de Paris), compris")
        parser.add_argument("--until", metavar="DATE", help="dernier jour (AAAA-MM-JJ, heure de Paris), compris")

    def handle(self, *, since, until, by, per, **options):
        """Write the table and nothing else."""
        first, last = _parse_day("--since", since), _parse_day("--until", until)
        if first and last and first > last:
            raise CommandError(f"--since ({since}) vient après --until ({until}) : inversez les deux dates.")
        if by != _VOTE:
            self._report(_check_known("--by", by, SUBJECTS), _parse_period(per), first, last, options)
            return
        if per is not None:
            raise CommandError("--per va avec --by : indiquez ce qui est additionné.")
        votes = Vote.objects.between(
            since=first and get_midnight(first),
            until=last and get_midnight(last + timedelta(days=1)),
        )
        write_export(self, VoteResource(), votes, options, nouns=("vote écrit", "votes écrits"))

    def _report(self, by, per, first, last, options):
        file_format = _check_known("--format", options["format"], WRITERS)
        headers = check_headers(options["headers"])
        made = build_report(by, per, since=first, until=last)
        write_pieces(self, render_report(made, file_format, headers), options)
        tell_written(self, len(made.rows), options, nouns=("ligne écrite", "lignes écrites"))


def _check_known(option, value, known):
    if value not in known:
        raise CommandError(f"{option} : « {value} » est inconnu. Choisissez parmi : {', '.join(known)}.")
    return value


def _parse_period(value):
    return Period(_check_known("--per", value or Period.ALL.value, [period.value for period in Period]))


def _parse_day(option, text):
    """Return the day that an option names, or None without one. Raises CommandError."""
    if text is None:
        return None
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise CommandError(f"{option} : « {text} » n’est pas une date. Écrivez l’année, le mois et le jour : 2025-03-31.")
