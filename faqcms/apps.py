"""Applications of other packages, reduced to the parts that the project uses.

A package in INSTALLED_APPS brings its management commands and admin pages with it, which write past our services.
"""

from importlib import import_module
from pathlib import Path

import taggit
from django.contrib.admin.apps import SimpleAdminConfig
from django.contrib.staticfiles.apps import StaticFilesConfig
from taggit.apps import TaggitAppConfig

_UNUSED_ICONS = (
    "buildings",
    "communication",
    "design",
    "development",
    "device",
    "document",
    "finance",
    "health",
    "map",
    "others",
)
"""Folders of the design system from which neither its main style sheet nor ours takes a picture."""


class Admin(SimpleAdminConfig):
    """The admin, on a site of our own, with the pages of our own applications only."""

    default_site = "faqcms.admin_site.EditorsSite"

    def ready(self):
        """Register our pages; Django's own configuration would register those of every package."""
        super().ready()
        for application in ("faq", "feedback"):
            import_module(f"{application}.admin")


class Tags(TaggitAppConfig):
    """The models and migrations of taggit, from which thématiques inherit.

    Its commands and its admin page rewrite tags without a version. Django looks for commands below `path`, and for
    models and migrations by module name.
    """

    path = str(Path(taggit.__file__).parent / "migrations")


class StaticFiles(StaticFilesConfig):
    """Leave out what no page asks for.

    The design system ships every style three times over; hashed and compressed it would take
    60 MB and 80 s on each deployment.
    """

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        "dsfr/dist/analytics/*",
        "dsfr/dist/artwork/*/*",
        "dsfr/dist/component/*",
        "dsfr/dist/core/*",
        "dsfr/dist/dsfr.*",
        *(f"dsfr/dist/icons/{folder}/*" for folder in _UNUSED_ICONS),
        "dsfr/dist/layout/*",
        "dsfr/dist/legacy/*",
        "dsfr/dist/scheme/*",
        "dsfr/dist/utility/*",
        "dsfr/*.legacy.*",
        "dsfr/*.main.*",
        "dsfr/*.md",
        "django-dsfr/*",
    ]
