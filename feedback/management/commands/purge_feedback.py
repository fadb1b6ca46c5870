"""manage.py purge_feedback [--dry-run]."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from faq.domain.text.dates import format_day
from faq.models.autosaves import AUTOSAVE_LIFETIME
from feedback.retention import MONTHS_KEPT, purge_feedback


class Command(BaseCommand):
    """Delete what visitors said too long ago."""

    help = f"Efface votes, commentaires et recherches de plus de {MONTHS_KEPT} mois ; garde leurs comptes par mois."

    def add_arguments(self, parser):
        """Declare the trial run."""
        parser.add_argument("--dry-run", action="store_true", help="dit ce qui serait effacé, et n’efface rien")

    def handle(self, *, dry_run, **options):
        """Purge, and say what is gone."""
        purge = purge_feedback(timezone.now(), dry_run=dry_run)
        rows = (
            ("votes", purge.votes),
            ("commentaires", purge.comments),
            ("recherches sans résultat", purge.searches),
            ("empreintes de réseau", purge.sources),
        )
        forms = f"textes tapés, jamais enregistrés, de plus de {AUTOSAVE_LIFETIME.days} jours"
        self.stdout.write(f"{'À effacer' if dry_run else 'Effacé'}, d’avant le {format_day(purge.before)} :")
        for name, number in rows:
            self.stdout.write(f"  {name} : {number}")
        self.stdout.write(f"{'À effacer' if dry_run else 'Effacé'}, {forms}\u00a0: {purge.forms}")
