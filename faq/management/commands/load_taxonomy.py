"""manage.py load_taxonomy [FILE]."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand

from faq.services.synonyms import load_starter_synonyms
from faq.services.taxonomy_starter import load_starter_taxonomy

STARTER = settings.BASE_DIR / "fixtures" / "taxonomy.json"
SYNONYMS = settings.BASE_DIR / "fixtures" / "synonyms.json"


class Command(BaseCommand):
    """Return a new installation its terms, and the synonyms that searches begin with."""

    help = "Ajoute les termes de départ de la taxonomie et les synonymes ; ce qui existe reste tel quel."

    def add_arguments(self, parser):
        """Declare the file."""
        parser.add_argument("file", metavar="FICHIER", type=Path, nargs="?", default=STARTER)

    def handle(self, *, file, **options):
        """Add what is missing."""
        self.stdout.write(f"Termes ajoutés à la taxonomie : {load_starter_taxonomy(file)}")
        self.stdout.write(f"Groupes de synonymes ajoutés : {load_starter_synonyms(SYNONYMS)}")
