"""manage.py export_dump NAME [--current] [--edition N] [--output FILE]."""

from django.core.management.base import BaseCommand, CommandError

from faq.management.output import written_to
from faq.models import Dump
from faq.services.dumps_export import export_current, export_dump, find_dump


class Command(BaseCommand):
    """Export a dump."""

    help = "Rend une extraction, à l’octet près, sur la sortie standard ou dans un fichier."

    def add_arguments(self, parser):
        """Add the name, --current, --edition and --output."""
        parser.add_argument("name", metavar="NOM", help="nom de l’extraction (voir list_dumps)")
        parser.add_argument(
            "--current",
            action="store_true",
            help="avec les réponses telles qu’elles sont en ligne aujourd’hui",
        )
        parser.add_argument("--edition", type=int, metavar="N", help="une édition antérieure (par défaut, la dernière)")
        parser.add_argument("--output", metavar="FICHIER", help="fichier à écrire (par défaut, la sortie standard)")

    def handle(self, *, name, current, edition, output, **options):
        """Write the bytes and nothing else. Raises CommandError for an unknown dump."""
        try:
            dump = find_dump(name, edition)
        except Dump.DoesNotExist as error:
            raise CommandError(self._unknown_dump(name, edition)) from error
        parts = export_current(dump) if current else export_dump(dump)
        with written_to(output, self.stdout) as file:
            try:
                for part in parts:
                    file.write(part)
            except ValueError as error:
                raise CommandError(str(error)) from error

    def _unknown_dump(self, name, edition):
        names = sorted(set(Dump.objects.current().values_list("name", flat=True)))
        known = f"Extractions connues : {', '.join(names)}." if names else "Aucune extraction n’a été importée."
        wanted = f"« {name} »" if edition is None else f"« {name} », édition {edition}"
        return f"Aucune extraction {wanted}. {known}"
