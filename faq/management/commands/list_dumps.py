"""manage.py list_dumps."""

from django.core.management.base import BaseCommand
from django.db.models import Count
from django.utils import timezone

from faq.models import Dump


class Command(BaseCommand):
    """List the dumps."""

    help = "Liste les extractions importées, avec toutes leurs éditions."

    def handle(self, **options):
        """Print one line per edition."""
        dumps = Dump.objects.not_undone().annotate(answers=Count("passages")).order_by("name", "edition")
        for dump in dumps:
            imported = timezone.localtime(dump.imported_at)
            self.stdout.write(
                f"{dump.name}\tédition {dump.edition}\t{dump.answers} réponses\t{dump.size} octets\t"
                f"importée le {imported:%d/%m/%Y à %H:%M}\tlot {dump.batch_id}"
            )
        if not dumps:
            self.stderr.write("Aucune extraction. Importez-en une : manage.py import_dump FICHIER")
