"""manage.py recount_votes [--dry-run]."""

from django.core.management.base import BaseCommand, CommandError

from feedback.recount import recount_votes


class Command(BaseCommand):
    """Prove that every count agrees with the votes, and renew what is reckoned from them."""

    help = "Recompte les votes un par un, compare, et renouvelle l’utilité des fiches dont la recherche tient compte."

    def add_arguments(self, parser):
        """Declare the trial run."""
        parser.add_argument("--dry-run", action="store_true", help="compare, et ne change rien")

    def handle(self, *, dry_run, **options):
        """Count, compare, say; fail where counts do not agree."""
        recount = recount_votes(check=dry_run)
        self.stdout.write(f"Votes comptés un par un : {recount.votes.yes} oui, {recount.votes.no} non.")
        self.stdout.write(f"Comptes des mois plus anciens : {recount.older.yes} oui, {recount.older.no} non.")
        verb = "à mettre à jour" if dry_run else "mises à jour"
        self.stdout.write(f"Sommes par semaine {verb} : {recount.subtotals}.")
        self.stdout.write(f"Utilité pour la recherche, fiches {verb} : {recount.changed}.")
        if recount.faults:
            raise CommandError("\n".join(recount.faults))
        self.stdout.write("Tous les comptes concordent.", self.style.SUCCESS)
