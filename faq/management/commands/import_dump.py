"""manage.py import_dump FILE… [--name NAME] [--dry-run]."""

import contextlib
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from faq.enums import DumpVerdict, Origin, PairCause, PairKind
from faq.management.faults import unreadable
from faq.management.progress import progress_on
from faq.models.entries import reference
from faq.services.content import ImportRefused
from faq.services.dumps import Source, import_dumps
from faq.services.dumps_export import dump_name
from faq.services.dumps_report import DumpReport
from faq.services.versions import Provenance


class Command(BaseCommand):
    """Import dumps, all or none, and print the outcome of every answer."""

    help = "Importe des extractions (fichiers texte) : toutes, ou aucune si l’une est refusée."

    def add_arguments(self, parser):
        """Add files, --name and --dry-run."""
        parser.add_argument("files", metavar="FICHIER", nargs="+", type=Path)
        parser.add_argument("--name", help="nom de l’extraction (par défaut, celui du fichier sans son extension)")
        parser.add_argument(
            "--dry-run", action="store_true", help="montre ce que l’import ferait, sans rien enregistrer"
        )

    def handle(self, *, files, name, dry_run, verbosity, **options):
        """Import and print a report. Raises CommandError with one line per fault."""
        if name is not None and len(files) > 1:
            raise CommandError("--name ne peut nommer qu’un seul fichier ; importez les autres séparément.")
        with contextlib.ExitStack() as stack:
            sources = [self._source(path, name, stack) for path in files]
            try:
                reports = import_dumps(
                    sources,
                    Provenance(Origin.DUMP_IMPORT),
                    dry_run=dry_run,
                    progress=progress_on(self.stderr, "réponses"),
                )
            except ImportRefused as refused:
                raise CommandError(f"Rien n’a été importé.\n{refused}") from refused
        created = _created_names(reports) if dry_run else {}
        for report in reports:
            self._print(report, dry_run, created, detailed=dry_run or verbosity > 1)

    def _source(self, path, name, stack):
        try:
            file = stack.enter_context(path.open("rb"))
        except OSError as error:
            raise unreadable(path, error) from error
        return Source(dump_name(path.stem if name is None else name), file, str(path))

    def _print(self, report: DumpReport, dry_run, created, detailed):
        title = f"{report.name}, édition {report.edition}"
        if report.unchanged:
            self.stdout.write(f"{title} : déjà importée à l’identique, rien n’a changé ({report.answers} réponses).")
            return
        preview = " (aperçu, rien n’est enregistré)" if dry_run else ""
        self.stdout.write(f"{title}{preview} : {report.answers} réponses — {_list_counts(report)}")
        if report.note:
            self.stdout.write(f"  {report.note}")
        if detailed:
            for finding in [*report.findings, *report.vanished]:
                self.stdout.write(self._line(finding, created))

    def _line(self, finding, created):
        own = finding.number in created and finding.verdict is not DumpVerdict.KNOWN
        entry = "" if finding.number is None or own else f" {_cite(finding.number, created)}"
        resemblance = f" ({_describe(finding.resemblance, created)})" if finding.resemblance else ""
        return f"  ligne {finding.line}, réponse {finding.position} : {finding.verdict.label}{entry}{resemblance}"


def _created_names(reports):
    """Return a citation of its answer for every entry that a preview created and rolled back."""
    return {
        finding.number: f"{report.name}#{finding.position}"
        for report in reports
        for finding in report.findings
        if finding.verdict in (DumpVerdict.NEW, DumpVerdict.LOOKS_LIKE, DumpVerdict.CHANGED)
    }


def _describe(resemblance, created):
    """Return how an answer relates to the older entry, and the words that differ."""
    text = f"comparer à {_cite(resemblance.left, created)} : {PairKind(resemblance.verdict.kind).label}"
    reason = resemblance.verdict.reason
    if reason is None:
        return text
    if reason.cause == PairCause.QUESTION:
        return f"{text}, {PairCause.QUESTION.label}"
    words = (f"« {said} »" if said else "rien" for said in (reason.right, reason.left))
    return f"{text}, {PairCause(reason.cause).label} : {' au lieu de '.join(words)}"


def _cite(number, created):
    return created.get(number) or reference(number)


def _list_counts(report):
    counts = [(verdict.label, count) for verdict, count in report.counts().items() if count]
    vanished = [(DumpVerdict.VANISHED.label, len(report.vanished))] if report.vanished else []
    return ", ".join(f"{label} : {count}" for label, count in counts + vanished)
