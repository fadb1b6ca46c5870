"""manage.py doctor."""

from django.core.management.base import BaseCommand, CommandError

from faq.services.doctor import CHECKS, faults


class Command(BaseCommand):
    """Prove the invariants, or name what is broken and exit with status 1."""

    help = "Vérifie que la base tient ses promesses (versions, publications, extractions…) et nomme ce qui cloche."

    def handle(self, **options):
        """Print a line per fault as it is found."""
        found = 0
        for fault in faults():
            self.stdout.write(fault)
            found += 1
        if found:
            raise CommandError(f"{found} anomalie{'s' if found > 1 else ''}. Rien n’a été modifié.")
        self.stdout.write(f"Tout est en ordre ({len(CHECKS)} familles de vérifications).")
