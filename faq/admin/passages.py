"""The address at which the admin shows a passage: on the page of its dump."""

from urllib.parse import urlencode

from django.urls import reverse

PASSAGES_PER_PAGE = 50


def passage_address(passage):
    """Return the address of a passage on its dump's page."""
    page = (passage.position - 1) // PASSAGES_PER_PAGE + 1
    query = f"?{urlencode({'page': page})}" if page > 1 else ""
    return f"{reverse('admin:faq_dump_change', args=(passage.dump_id,))}{query}#passage-{passage.position}"
