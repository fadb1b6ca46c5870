"""manage.py publish_entries REFERENCE… | --complete."""

from django.core.management.base import BaseCommand, CommandError

from faq.enums import EntryStatus, Origin
from faq.models import Entry
from faq.models.entries import number_of
from faq.services.content import EntryError
from faq.services.versions import Provenance
from faq.services.workflow import publish_entry


class Command(BaseCommand):
    """Publish the latest text of entries; one that cannot be published does not stop the others."""

    help = "Publie le dernier texte de fiches ; celles qui ne peuvent pas l’être sont nommées, les autres publiées."

    def add_arguments(self, parser):
        """Declare references and --complete."""
        parser.add_argument("references", metavar="Q-n", nargs="*", help="références des fiches")
        parser.add_argument(
            "--complete",
            action="store_true",
            help="toutes les fiches jamais publiées qui ont une question et une réponse",
        )

    def handle(self, *, references, complete, **options):
        """Publish and report; exit status 1 where one could not be published."""
        if complete == bool(references):
            raise CommandError("Donnez des références (Q-12 Q-13…) ou --complete.")
        numbers = self._complete() if complete else [self._number(text) for text in references]
        published, refused = 0, []
        for number in numbers:
            try:
                published += publish_entry(number, Provenance(Origin.COMMAND)).changed
            except (EntryError, Entry.DoesNotExist) as error:
                refused.append(str(error))
        self.stdout.write(f"Fiches publiées : {published}")
        if refused:
            raise CommandError("\n".join(refused))

    def _complete(self):
        waiting = Entry.objects.complete().filter(status__in=(EntryStatus.DRAFT, EntryStatus.IN_REVIEW))
        return list(waiting.filter(publications__isnull=True).order_by("pk").values_list("pk", flat=True))

    def _number(self, text):
        number = number_of(text)
        if number is None:
            raise CommandError(f"« {text} » n’est pas une référence de fiche ; écrivez par exemple Q-12.")
        return number
