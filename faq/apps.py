"""The FAQ: entries, taxonomy, dumps, versions."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class FaqConfig(AppConfig):
    """Installs the roles once the permissions they are made of exist."""

    name = "faq"
    verbose_name = "FAQ"

    def ready(self):
        """Bring the roles up to date after every migration."""
        from faq.services.roles import install_roles

        post_migrate.connect(install_roles, sender=self, dispatch_uid="faq.install_roles")
