"""manage.py rebuild_search."""

from django.core.management.base import BaseCommand

from faq.management.progress import progress_on
from faq.services.search import rebuild_search


class Command(BaseCommand):
    """Analyse every live entry anew."""

    help = "Analyse de nouveau toutes les fiches en ligne pour la recherche. Les votes et les synonymes restent."

    def handle(self, **options):
        """Rebuild, in one transaction: the search works as before until it is done."""
        total = rebuild_search(progress_on(self.stderr, "fiches"))
        self.stdout.write(f"Recherche reconstruite : {total} fiche{'s' if total > 1 else ''} en ligne.")
