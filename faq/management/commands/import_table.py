"""manage.py import_table TABLE FILE [--preview]."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from faq.domain.tables import TableUnreadable, describe_other_format, detect_format
from faq.management.faults import unreadable
from faq.resources import FORMATS, IMPORTS


class Command(BaseCommand):
    """Import a table as the admin does: all its rows as one batch, or none."""

    help = "Importe un tableau CSV, XLSX ou JSON, comme l’administration : toutes ses lignes, ou aucune."

    def add_arguments(self, parser):
        """Declare the table, the file and --preview."""
        parser.add_argument("table", metavar="TABLEAU", help=f"au choix : {', '.join(IMPORTS)}")
        parser.add_argument("file", metavar="FICHIER", type=Path)
        parser.add_argument("--preview", action="store_true", help="dit ce qui changerait, sans rien enregistrer")

    def handle(self, *, table, file, preview, **options):
        """Import and report; refuse with one line per fault and exit status 1."""
        if table not in IMPORTS:
            raise CommandError(f"Tableau inconnu : « {table} ». Choisissez parmi : {', '.join(IMPORTS)}.")
        try:
            data = file.read_bytes()
        except OSError as error:
            raise unreadable(file, error) from error
        try:
            name = detect_format(data)
            dataset = FORMATS[name](is_header=IMPORTS[table].is_header).create_dataset(data)
        except TableUnreadable as refused:
            raise CommandError(f"{file} : rien n’a été enregistré.\n{refused}") from refused
        if other := describe_other_format(file.name, name):
            self.stderr.write(other)
        importer = IMPORTS[table](user=None, label=f"Import du tableau {file.name}")
        self._report(file, importer.import_data(dataset, dry_run=preview, rollback_on_validation_errors=True), preview)

    def _report(self, file, result, preview):
        if result.is_refused:
            faults = [str(error.error) for error in result.base_errors]
            faults += [
                f"Ligne {row.number}, colonne {column} : {reason}"
                for row in result.invalid_rows
                for column, reasons in row.error_dict.items()
                for reason in reasons
            ]
            raise CommandError("\n".join([f"{file} : rien n’a été enregistré.", *faults]))
        for notice in result.notices:
            self.stderr.write(notice)
        counted = ", ".join(f"{name} : {number}" for name, number in result.counted.items())
        done = "" if preview else f" (lot {result.batch.pk})" if result.batch else " (rien à changer)"
        self.stdout.write(f"Lignes {counted}{done}")
