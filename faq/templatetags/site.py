"""Facts about the site from its settings alone, so that error pages can show them without a database."""

from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag
def accessibility():
    """Return how far the site conforms to the RGAA, which the law requires in the footer."""
    return f"{settings.ACCESSIBILITY} conforme"


@register.simple_tag
def contact_address():
    """Return the address at which visitors write to the team, "" for none."""
    return settings.CONTACT_URL or (settings.CONTACT_EMAIL and f"mailto:{settings.CONTACT_EMAIL}")
