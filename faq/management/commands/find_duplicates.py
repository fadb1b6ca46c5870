"""manage.py find_duplicates [--kinds …] [--format csv|json] [--output FILE]."""

import os

from django.core.management.base import BaseCommand, CommandError

from faq.domain.spreadsheet import render_csv, render_json
from faq.enums import PairKind
from faq.management.output import written_to
from faq.management.progress import progress_on
from faq.models.entries import reference
from faq.services.duplicates import find_duplicates

COLUMNS = ("left", "right", "kind", "score", "decision", "evidence")
_WRITERS = {"csv": render_csv, "json": render_json}
_DEFAULT_KINDS = [kind.value for kind in PairKind if kind is not PairKind.SIBLINGS]


class Command(BaseCommand):
    """Compare all entries in use, store the pairs and write them as a table; decisions stay."""

    help = "Cherche les doublons parmi toutes les fiches en service, et les range dans la file « Doublons possibles »."

    def add_arguments(self, parser):
        """Add --kinds, --format and --output."""
        kinds = ",".join(PairKind.values)
        parser.add_argument(
            "--kinds", metavar=kinds, default=",".join(_DEFAULT_KINDS), help="par défaut, toutes sauf siblings"
        )
        parser.add_argument("--format", metavar="csv|json", default="csv", help="par défaut, csv (Excel en français)")
        parser.add_argument("--output", metavar="FICHIER", help="fichier à écrire (par défaut, la sortie standard)")

    def handle(self, *, kinds, output, verbosity, **options):
        """Find, store and write. Raises CommandError for unknown kinds and formats."""
        wanted = _require_known(kinds.replace(" ", "").split(","), PairKind.values, "Nature inconnue")
        [file_format] = _require_known([options["format"]], _WRITERS, "Format inconnu")
        with written_to(output, self.stdout) as file:
            report = find_duplicates(progress_on(self.stderr, "fiches"), processes=os.cpu_count() or 1)
            pairs = [pair for pair in report.pairs if pair.kind in wanted]
            pairs.sort(key=lambda pair: (-pair.score, pair.left_id, pair.right_id))
            for piece in _WRITERS[file_format](COLUMNS, map(_row, pairs)):
                file.write(piece)
        if verbosity and output is not None:
            summary = f"{report.documents} fiches comparées : {len(pairs)} paires dans « {output} », dont "
            self.stderr.write(f"{summary}{report.new} nouvelles ; {report.gone} ne tiennent plus.", self.style.SUCCESS)


def _require_known(names, known, refusal):
    for name in names:
        if name not in known:
            raise CommandError(f"{refusal} : « {name} ». Choisissez parmi {', '.join(known)}.")
    return names


def _row(pair):
    reason = pair.evidence
    evidence = f"{reason['cause']}: {reason['left']} | {reason['right']}" if reason else ""
    return (
        reference(pair.left_id),
        reference(pair.right_id),
        pair.kind,
        f"{pair.score:.4f}",
        pair.decision,
        evidence,
    )
