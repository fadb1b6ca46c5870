"""manage.py export_votes --format csv|json|xlsx [--by SUBJECT] [--per PERIOD] [--since DATE] [--until DATE]."""

import re
from datetime import date, datetime, time, timedelta

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from faq.domain.spreadsheet import TableTooBig
from faq.management.exports import add_export_arguments, write_export
from faq.management.output import written_to
from faq.resources import WRITERS
from feedback.models import Vote
from feedback.reports import SUBJECTS, Period, build_report, render_report
from feedback.resources import VoteResource

_VOTE = "vote"
"""What --by says for one line per vote."""

# Years around which a time zone can still be reckoned, on both sides.
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
        first, last = _day("--since", since), _day("--until", until)
        if first and last and first > last:
            raise CommandError(f"--since ({since}) vient après --until ({until}) : inversez les deux dates.")
        if by != _VOTE:
            self._report(_known("--by", by, SUBJECTS), _period(per), first, last, options)
            return
        if per is not None:
            raise CommandError("--per va avec --by : indiquez ce qui est additionné.")
        votes = Vote.objects.between(
            since=first and _midnight(first),
            until=last and _midnight(last + timedelta(days=1)),
        )
        write_export(self, VoteResource(), votes, options, nouns=("vote écrit", "votes écrits"))

    def _report(self, by, per, first, last, options):
        file_format = _known("--format", options["format"], WRITERS)
        made = build_report(by, per, since=first, until=last)
        with written_to(options["output"], self.stdout) as file:
            try:
                for piece in render_report(made, file_format):
                    file.write(piece)
            except TableTooBig as error:
                raise CommandError(str(error)) from error
        if options["output"] is not None and options["verbosity"]:
            number = len(made.rows)
            noun = "lignes écrites" if number > 1 else "ligne écrite"
            self.stderr.write(f"{number} {noun} dans « {options['output']} ».", self.style.SUCCESS)


def _known(option, value, known):
    if value not in known:
        raise CommandError(f"{option} : « {value} » est inconnu. Choisissez parmi : {', '.join(known)}.")
    return value


def _period(value):
    return Period(_known("--per", value or Period.ALL.value, [period.value for period in Period]))


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
    """Return the moment at which a day begins on the site's clock."""
    return datetime.combine(day, time.min, tzinfo=timezone.get_default_timezone())
