"""The FAQ: entries, taxonomy, dumps, versions."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class FaqConfig(AppConfig):
    """Installs roles and pages once their tables exist, and what searches and review dates depend on."""

    name = "faq"
    verbose_name = "FAQ"

    def ready(self):
        """Bring roles, pages, what searches read and review dates up to date after every migration."""
        from faq.services.pages import install_pages
        from faq.services.review_dates import ensure_review_dates
        from faq.services.roles import install_roles
        from faq.services.search import ensure_searchable

        post_migrate.connect(install_roles, sender=self, dispatch_uid="faq.install_roles")
        post_migrate.connect(install_pages, sender=self, dispatch_uid="faq.install_pages")
        post_migrate.connect(ensure_searchable, sender=self, dispatch_uid="faq.ensure_searchable")
        post_migrate.connect(ensure_review_dates, sender=self, dispatch_uid="faq.ensure_review_dates")
