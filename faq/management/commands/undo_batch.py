"""manage.py undo_batch NUMBER."""

from django.core.management.base import BaseCommand, CommandError

from faq.enums import Origin
from faq.models import Batch
from faq.services.content import EntryError
from faq.services.undo import undo_batch
from faq.services.versions import Provenance


class Command(BaseCommand):
    """Undo an import or a bulk action as a whole."""

    help = "Annule un lot : tout ce qu’un import ou une action groupée a changé. L’annulation s’annule de même."

    def add_arguments(self, parser):
        """Declare the batch's number."""
        parser.add_argument("number", metavar="LOT", type=int, help="numéro du lot (voir list_dumps)")

    def handle(self, *, number, **options):
        """Undo and tell what was done, and what was left alone."""
        try:
            report = undo_batch(number, Provenance(Origin.COMMAND))
        except Batch.DoesNotExist as error:
            raise CommandError(f"Aucun lot ne porte le numéro {number}.") from error
        except EntryError as error:
            raise CommandError(str(error)) from error
        if report.batch is None:
            self.stdout.write(f"Rien n’a été annulé : le lot {number} reste à annuler.")
        else:
            self.stdout.write(
                f"Lot {number} annulé par le lot {report.batch.pk} : "
                f"{len(report.archived)} fiches archivées, {len(report.reverted)} fiches remises comme avant."
            )
        for entry, reason in report.left:
            self.stdout.write(f"  {entry.reference} laissée telle quelle : {reason}.")
