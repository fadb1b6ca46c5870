"""The site for a WSGI server: « gunicorn faqcms.wsgi »."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "faqcms.settings.prod")

application = get_wsgi_application()
