"""Confirming what a page asks, as a browser sends it: the fields that the page carries, and its first button."""

import html
import re

FORM = re.compile(r'<form method="post" action="([^"]*)" class="confirmation">(.*?)</form>', re.DOTALL)
FIELD = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')
BUTTON = re.compile(r'<button type="submit" class="button default" name="([^"]*)" value="([^"]*)">')


def asks(response):
    """Return whether a page asks before it does something."""
    return FORM.search(response.content.decode()) is not None


def confirm(client, response, **changes):
    """Press the first button of the page that asks; return the page that follows."""
    address, body = FORM.search(response.content.decode()).groups()
    data = {}
    for name, value in [*FIELD.findall(body), BUTTON.search(body).groups()]:
        data.setdefault(html.unescape(name), []).append(html.unescape(value))
    return client.post(html.unescape(address), data | changes, follow=True)


def post_and_confirm(client, address, data):
    """Send a form, and confirm where the page asks."""
    response = client.post(address, data, follow=True)
    return confirm(client, response) if asks(response) else response
