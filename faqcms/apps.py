"""What the project sets differently in applications of others: the admin's site, which files are published."""

from django.contrib.admin.apps import AdminConfig
from django.contrib.staticfiles.apps import StaticFilesConfig

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


class Admin(AdminConfig):
    """The admin, on a site of our own."""

    default_site = "faqcms.admin_site.EditorsSite"


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
