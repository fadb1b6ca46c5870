"""Which static files a server publishes."""

from django.contrib.staticfiles.apps import StaticFilesConfig


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
        "dsfr/dist/layout/*",
        "dsfr/dist/legacy/*",
        "dsfr/dist/scheme/*",
        "dsfr/dist/utility/*/*",
        "dsfr/*.legacy.*",
        "dsfr/*.main.*",
        "dsfr/*.md",
        "django-dsfr/*",
    ]
