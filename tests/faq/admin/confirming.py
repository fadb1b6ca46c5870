"""Confirming what a page asks, as a browser sends it, and entries that it has something to say of."""

import html
import re
from datetime import timedelta

from django.utils import timezone

from faq.enums import Action
from faq.services.content import Content
from faq.services.entries import edit_entry
from faq.services.schedules import schedule
from faq.services.workflow import refuse_entry, submit_entry
from tests.factories import a_published_entry, by_command
from tests.faq.admin.entry_form import read

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


def a_draft_beside(question="À côté ?"):
    entry = a_published_entry(question)
    edit_entry(entry.pk, Content(question, "Autrement."), by_command())
    return entry


def submitted(entry, author=None):
    submit_entry(entry.pk, by_command(author))
    return entry


def refused(entry):
    submitted(entry)
    refuse_entry(entry.pk, by_command(comment="Citez l’arrêté."))
    return entry


def planned(entry, action=Action.WITHDRAWN):
    schedule(entry.pk, action, timezone.now() + timedelta(days=7), by_command())
    return entry


def words(response):
    """Return the page as plain words: no-break spaces are spaces."""
    return re.sub(r"\s+", " ", read(response).replace("\u00a0", " "))
