"""A process of its own that serves the site from the database of a test, beside others: see workers.py.

    worker.py SETTINGS

SETTINGS are the database's, as JSON. Each line of its standard input is a JSON list: `["publish", NUMBER, TEXT]`
makes a text the live answer of an entry, `["read", ADDRESS]` asks the site for a page. Each line that it prints is
a JSON string: the page, or nothing.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import django

django.setup()

from django.db import connection
from django.test import Client

from faq.enums import Action, Origin
from faq.services.content import Content
from faq.services.entries import edit_entry
from faq.services.versions import Provenance


def publish(number: int, text: str) -> str:
    """Make a text the live answer of an entry."""
    edit_entry(number, Content(f"{text} ?", text), Provenance(Origin.FORM), then=Action.PUBLISHED)
    return ""


def read(address: str) -> str:
    """Ask the site for a page."""
    return Client().get(address).content.decode()


def main(settings: str) -> None:
    """Do as the module says."""
    connection.settings_dict.update(json.loads(settings))
    for line in sys.stdin:
        order, *details = json.loads(line)
        print(json.dumps({"publish": publish, "read": read}[order](*details)), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
