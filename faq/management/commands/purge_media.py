"""manage.py purge_media [--dry-run]."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from faq.domain.limits import MEDIA_UNUSED_DAYS
from faq.services.media import purge_media


class Command(BaseCommand):
    """Delete the images and documents that no text refers to."""

    help = (
        f"Efface les images et documents qu’aucune version n’emploie, {MEDIA_UNUSED_DAYS} jours après leur dernier "
        "envoi, et ce que des envois interrompus ont laissé."
    )

    def add_arguments(self, parser):
        """Declare the trial run."""
        parser.add_argument("--dry-run", action="store_true", help="dit ce qui serait effacé, et n’efface rien")

    def handle(self, *, dry_run, **options):
        """Purge, and name what is gone."""
        purge = purge_media(timezone.now(), dry_run=dry_run)
        self.stdout.write("À effacer :" if dry_run else "Effacé :")
        for title, names in (("images et documents", purge.unused), ("restes d’envois interrompus", purge.stray)):
            self.stdout.write(f"  {title} : {len(names)}")
            for name in names:
                self.stdout.write(f"    {name}")
