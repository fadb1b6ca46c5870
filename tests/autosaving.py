"""Forms as the script of autosaving sends them."""

import uuid
from urllib.parse import urlencode

from django.urls import reverse

from faq.enums import FormKind
from faq.services.autosaves import SentForm

AUTOSAVE = reverse("admin:faq_entry_autosave")


def a_sent_form(fields: str = "answer=Tap%C3%A9.", **changes) -> SentForm:
    """Return the fields that one tab sends, as services take them."""
    columns = {
        "key": uuid.uuid4(),
        "kind": FormKind.ENTRY,
        "subject": "1",
        "title": "Fiche Q-1",
        "address": "/admin/faq/entry/1/change/",
        "browser": uuid.UUID(int=1),
        "tab": uuid.UUID(int=2),
        "sequence": 1,
        "seen": 0,
        "fields": fields,
    }
    return SentForm(**columns | changes)


def send_fields(client, fields, *, address: str = "/admin/faq/entry/add/", **changes):
    """Send the fields of a form as the script does; return the key of the form and what the server answers."""
    about = {
        "key": uuid.uuid4().hex,
        "kind": "entry",
        "subject": "",
        "title": "Nouvelle fiche",
        "address": address,
        "browser": uuid.UUID(int=1).hex,
        "tab": uuid.UUID(int=2).hex,
        "person": client.user.pk,
        "sequence": 1,
        "seen": 0,
    } | changes
    body = urlencode({**fields, **{f"autosave-{name}": value for name, value in about.items()}}, doseq=True)
    response = client.post(AUTOSAVE, body, content_type="application/x-www-form-urlencoded")
    key = str(about["key"])
    return uuid.UUID(key) if len(key) == 32 else key, response


def taken_up(address: str, key: uuid.UUID) -> str:
    """The address of a page that takes up an autosaved form."""
    return f"{address}{'&' if '?' in address else '?'}reprise={key}"
