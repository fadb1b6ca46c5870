"""What every page says of the site, from its settings alone: error pages say it too, without a database."""

from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag
def accessibility():
    """Write how far the site conforms to the RGAA, as the law has its footer say."""
    return f"{settings.ACCESSIBILITY} conforme"


@register.simple_tag
def contact_address():
    """Return the address at which visitors write to the team, "" for none."""
    return settings.CONTACT_URL or (settings.CONTACT_EMAIL and f"mailto:{settings.CONTACT_EMAIL}")
