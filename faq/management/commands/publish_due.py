"""manage.py publish_due."""

from django.core.management.base import BaseCommand, CommandError

from faq.services.schedules import carry_out_due


class Command(BaseCommand):
    """Carry out planned publications and withdrawals; to be run every minute, on as many machines as there are."""

    help = (
        "Exécute les publications et les retraits planifiés dont l’heure est venue. À lancer chaque minute ; "
        "sans danger deux fois, ou sur deux machines à la fois."
    )

    def handle(self, **options):
        """Print a line per entry; exit status 1 where one failed, which its page and the list of plans then show."""
        report = carry_out_due()
        for outcome in report.done:
            done = outcome.version.get_action_display() if outcome.changed else "rien à faire"
            self.stdout.write(f"{outcome.entry.reference} : {done}")
        if report.failed:
            raise CommandError("\n".join(f"{failed} : {failed.error}" for failed in report.failed))
