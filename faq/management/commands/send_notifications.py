"""manage.py send_notifications."""

from django.core.management.base import BaseCommand, CommandError

from faq.services.mailing import send_notifications


class Command(BaseCommand):
    """Send the mails that tell editors what concerns them; to be run every minute, on as many machines as there are."""

    help = (
        "Envoie les courriels qui préviennent les rédacteurs : aussitôt ou une fois par jour, selon les préférences de "
        "chacun. À lancer chaque minute ; sans danger deux fois, ou sur deux machines à la fois. Sans EMAIL_URL, rien "
        "n’est envoyé."
    )

    def handle(self, **options):
        """Print what was sent; exit status 1 where the server failed or a mail was given up."""
        report = send_notifications()
        if report.is_off:
            self.stdout.write("Aucun courriel n’est envoyé : EMAIL_URL n’est pas défini.")
            return
        self.stdout.write(f"Courriels envoyés : {report.sent}, reportés : {report.postponed}.")
        faults = []
        if report.server_failure:
            faults.append(f"Le serveur de courriel ne répond pas : {report.server_failure}")
        if report.given_up:
            faults.append(f"Courriels abandonnés : {report.given_up} ; voir « Courriels » dans l’administration.")
        if report.uncertain:
            uncertain = f"Courriels dont on ne sait s’ils sont partis : {report.uncertain}"
            faults.append(f"{uncertain} ; ils ne repartent pas seuls.")
        if faults:
            raise CommandError("\n".join(faults))
