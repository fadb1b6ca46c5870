"""manage.py load_taxonomy [FILE]."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand

from faq.services.taxonomy_starter import load_starter_taxonomy

STARTER = settings.BASE_DIR / "fixtures" / "taxonomy.json"


class Command(BaseCommand):
    """Give a new installation its terms."""

    help = "Ajoute les termes de départ de la taxonomie ; ceux qui existent restent tels quels."

    def add_arguments(self, parser):
        """Declare the file."""
        parser.add_argument("file", metavar="FICHIER", type=Path, nargs="?", default=STARTER)

    def handle(self, *, file, **options):
        """Add what is missing."""
        self.stdout.write(f"Termes ajoutés à la taxonomie : {load_starter_taxonomy(file)}")
