"""manage.py rank_by_votes."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from feedback.ranking import update_usefulness
from feedback.subtotals import update_subtotals


class Command(BaseCommand):
    """Store how useful visitors find each entry, by which searches rank."""

    help = "Tient compte des votes dans le classement de la recherche. À lancer chaque nuit."

    def handle(self, **options):
        """Return how many entries moved."""
        # So that no editor waits for it on Monday morning.
        update_subtotals(timezone.now())
        changed = update_usefulness()
        self.stdout.write(f"Classement de la recherche : {changed} fiche{'s' if changed > 1 else ''} à revoir.")
