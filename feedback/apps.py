"""What visitors say of the answers: votes."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class FeedbackConfig(AppConfig):
    """Lets every role read what visitors say."""

    name = "feedback"
    verbose_name = "Avis des visiteurs"

    def ready(self):
        """Grant the right to read votes after every migration."""
        from feedback.services import grant_reading

        post_migrate.connect(grant_reading, sender=self, dispatch_uid="feedback.grant_reading")
