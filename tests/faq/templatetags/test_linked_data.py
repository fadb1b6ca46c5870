"""Structured data for search engines: JSON that parses, whatever somebody typed, and says what the page says."""

import json
import re

import pytest

from faq.models import Entry, Epoch
from faq.templatetags.answers import answer_html
from tests.factories import a_published_entry, a_taxonomy

pytestmark = pytest.mark.django_db

SCRIPT = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
TEXTS = [
    ("Simple ?", "Un.\n- deux"),
    ('</script><script>alert(1)</script> & "guillemets" \\ \u2028 ?', "<!-- </SCRIPT > -->\n[a](https://b.fr?c=1&d=2)"),
    ("Saut ?", "Un\u2029deux\ttrois\x0bquatre\x1f"),
    ("{{ 1 }} {% url %} ' ` ?", '\\u003c/script>\n"},{"@type":"x"}'),
]


def data(client, address):
    """Return what the page says, by type."""
    html = client.get(address).content.decode()
    found = SCRIPT.findall(html)
    # Each block ends where it was meant to: nothing within it opens or closes an element.
    assert not [text for text in found if re.search("[<>&]", text)]
    return {said["@type"]: said for said in map(json.loads, found)}


@pytest.fixture(autouse=True)
def _faq():
    a_taxonomy()
    for question, answer in TEXTS:
        entry = a_published_entry()
        Entry.objects.filter(pk=entry.pk).update(question=question, answer=answer)
    Epoch.move()


def test_every_entry_says_its_question_and_its_answer(client):
    for entry in Entry.objects.all():
        [said] = data(client, entry.get_absolute_url())["FAQPage"]["mainEntity"]
        assert said == {
            "@type": "Question",
            "@id": f"http://testserver/fiche/{entry.pk}/",
            "name": entry.question,
            "dateModified": entry.updated_at.isoformat(timespec="seconds"),
            "acceptedAnswer": {
                "@type": "Answer",
                "text": answer_html(entry.answer),
                "url": f"http://testserver{entry.get_absolute_url()}",
            },
        }


def test_the_way_to_an_entry_is_said_too(client):
    entry = a_published_entry("Où ?", couloirs="hopital")
    steps = data(client, entry.get_absolute_url())["BreadcrumbList"]["itemListElement"]
    assert [(step["position"], step["name"], step.get("item")) for step in steps] == [
        (1, "Accueil", "http://testserver/"),
        (2, "Ségur du numérique", "http://testserver/?offre=segur"),
        (3, "Hôpital", "http://testserver/?offre=segur&couloir=hopital"),
        (4, "Où ?", None),
    ]
