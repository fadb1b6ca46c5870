"""The pages of terms in the admin, as an editor opens, reads and confirms them."""

import html
import re

from django.urls import reverse


def address(model, page, *args):
    return reverse(f"admin:faq_{model}_{page}", args=args)


def carried(page):
    """The values of the hidden fields of a page, but for the token."""
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
    return {name: value for name, value in fields if name != "csrfmiddlewaretoken"}


def confirm(client, page, data, **options):
    """Press the button of the page that shows the effects of what is sent."""
    return client.post(page, data | carried(read(client.post(page, data))) | {"_confirm": "1"}, **options)


def read(response):
    return html.unescape(response.content.decode())
