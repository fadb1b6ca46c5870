"""manage.py import_curation FILE [--overwrite]."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from faq.enums import Origin
from faq.management.faults import unreadable
from faq.models.entries import reference
from faq.services.content import ImportRefused
from faq.services.curation import import_curation
from faq.services.versions import Provenance


class Command(BaseCommand):
    """Title and file the entries that a curation file names."""

    help = "Donne leur question et leur classement aux fiches dont le fichier CSV porte l’empreinte de la réponse."

    def add_arguments(self, parser):
        """Declare the file and --overwrite."""
        parser.add_argument("file", metavar="FICHIER", type=Path)
        parser.add_argument(
            "--overwrite",
            action="store_true",
            help="remplace aussi la question et le classement des fiches déjà titrées",
        )

    def handle(self, *, file, overwrite, **options):
        """Apply and report; refuse with one line per fault and exit status 1."""
        try:
            data = file.read_bytes()
        except OSError as error:
            raise unreadable(file, error) from error
        try:
            report = import_curation(
                data,
                Provenance(Origin.CURATION),
                label=f"Curation par {file.name}",
                overwrite=overwrite,
            )
        except ImportRefused as refused:
            raise CommandError(f"{file} : rien n’a été enregistré.\n{refused}") from refused
        self._print(report)

    def _print(self, report):
        self.stdout.write(
            f"Fiches titrées et classées : {len(report.applied)}, déjà à jour : {len(report.unchanged)}, "
            f"laissées à leurs rédacteurs : {len(report.kept)}, "
            f"empreintes sans fiche : {len(report.unmatched)}, empreintes ambiguës : {len(report.ambiguous)}"
        )
        for row, number in report.kept:
            self.stdout.write(
                f"  ligne {row.line} : {reference(number)} a déjà une autre question ou un autre classement"
            )
        for row in report.unmatched:
            self.stdout.write(f"  ligne {row.line} : aucune fiche n’a la réponse d’empreinte {row.fingerprint}")
        for row, numbers in report.ambiguous:
            several = ", ".join(reference(number) for number in numbers)
            self.stdout.write(f"  ligne {row.line} : plusieurs fiches ont cette réponse ({several})")
