"""« Aide »: complete, and reached from where one is."""

import re

import pytest
from django.urls import reverse

from faqcms.help import TOPICS
from tests.factories import an_entry

pytestmark = pytest.mark.django_db

HELP = reverse("admin:help")


def help_link(client, address):
    page = client.get(address).content.decode()
    return re.search(rf'href="({HELP}#[\w-]+)"', page)[1]


def test_every_topic_stands_on_the_page_and_in_its_table_of_contents(analyste):
    page = analyste.get(HELP).content.decode()
    anchors = re.findall(r'<section id="([\w-]+)"', page)
    assert set(anchors) == {*TOPICS, "lexique", "raccourcis"}
    assert re.findall(r'<li><a href="#([\w-]+)"', page) == anchors


def test_the_link_of_the_header_leads_to_what_one_is_doing(relecteur):
    entry = an_entry()
    for view, topic in (
        ("index", "mon-travail"),
        ("faq_entry_review", "relire"),
        ("faq_entry_duplicates", "doublons"),
        ("faq_entry_changelist", "fiches"),
        ("faq_theme_changelist", "taxonomie"),
        ("faq_dump_import", "importer"),
    ):
        assert help_link(relecteur, reverse(f"admin:{view}")) == f"{HELP}#{topic}"
    assert help_link(relecteur, reverse("admin:faq_entry_change", args=(entry.pk,))) == f"{HELP}#ecrire"


def test_the_typography_is_french(analyste):
    text = re.sub(r"<[^>]+>", " ", analyste.get(HELP).content.decode())
    main = text[text.index("Mon travail") : text.index("Raccourcis du clavier", text.index("Comptes"))]
    assert not re.search(r"[^\u00a0] ?[;?!»]|«[^\u00a0]|'", main)
