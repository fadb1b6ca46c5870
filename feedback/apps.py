"""The application of what visitors say: votes and comments."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class FeedbackConfig(AppConfig):
    """Lets every role read what visitors say."""

    name = "feedback"
    verbose_name = "Avis des visiteurs"

    def ready(self):
        """Grant the rights after every migration."""
        from feedback.votes import grant_rights

        post_migrate.connect(grant_rights, sender=self, dispatch_uid="feedback.grant_rights")
