"""manage.py import_media FOLDER."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from faq.management.faults import unreadable
from faq.services.content import EntryError
from faq.services.media import adopt_media


class Command(BaseCommand):
    """Take over the images and documents of another site, under the names by which its texts refer to them."""

    help = "Reprend les images et documents d’un autre site : ceux du dossier que désigne son réglage MEDIA_ROOT."

    def add_arguments(self, parser):
        """Declare the folder."""
        parser.add_argument("folder", metavar="DOSSIER", type=Path)

    def handle(self, *, folder, **options):
        """Store each file whose name is its hash; say which are not taken, and why."""
        if not folder.is_dir():
            raise CommandError(f"{folder} : aucun dossier ne porte ce nom.")
        taken, refused = 0, 0
        paths = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
        for path in paths:
            try:
                content = path.read_bytes()
            except OSError as error:
                raise unreadable(path, error) from error
            try:
                taken += adopt_media(path.name, content)
            except EntryError as refusal:
                refused += 1
                self.stderr.write(str(refusal))
        self.stdout.write(f"Repris : {taken} ; déjà là : {len(paths) - taken - refused} ; refusés : {refused}.")
        if refused:
            raise CommandError("Des fichiers n’ont pas été repris.")
