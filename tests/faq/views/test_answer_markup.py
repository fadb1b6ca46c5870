"""Images, tables, sub-headings and links between entries on every public surface."""

import json
from html import unescape
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from faq.models import Entry, SitePage
from faq.services.content import Content, content_of
from faq.services.entries import edit_entry
from faq.services.merging import merge_entries
from faq.services.pages import save_page
from faq.services.undo import undo_batch
from faq.services.workflow import archive_entry, publish_entry, withdraw_entry
from tests.factories import a_published_entry, a_taxonomy, an_entry, by_command

pytestmark = pytest.mark.django_db

NAME = "0123456789abcdef0123456789abcdef"
RICH = f"""## Délais
| Profil | Délai |
|---|--:|
| Officine | 3 jours |

![Écran de saisie](media:{NAME}.png)

### Preuves
[Guide (PDF, 320 ko)](media:{NAME}.pdf)"""
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(autouse=True)
def _taxonomy():
    a_taxonomy()


def page(client, entry):
    return client.get(Entry.objects.get(pk=entry.pk).get_absolute_url()).content.decode()


def listing(client):
    return client.get("/").content.decode()


def feed(client):
    root = ElementTree.fromstring(client.get("/flux.atom").content)  # noqa: S314 (our own)
    return [entry.findtext(f"{ATOM}summary") for entry in root.iter(f"{ATOM}entry")]


def linked_data(html):
    return json.loads(html.split('<script type="application/ld+json">')[1].split("</script>")[0])


def test_the_page_of_an_entry_has_one_outline(client):
    html = page(client, a_published_entry("Quels délais ?", RICH))

    assert "<h1>Quels délais\u00a0?</h1>" in html
    assert "<h2>Délais</h2>" in html
    assert "<h3>Preuves</h3>" in html
    assert f'<figure><img src="/media/{NAME}.png" alt="Écran de saisie" loading="lazy"></figure>' in html
    assert f'href="/media/{NAME}.pdf"' in html
    assert '<div class="answer-table" role="region" aria-label="Tableau 1\u00a0: Profil, Délai" tabindex="0">' in html
    description = html.split('<meta name="description" content="')[1].split('"')[0]
    assert description == "Délais Profil · Délai Officine · 3 jours Écran de saisie Preuves Guide (PDF, 320 ko)"


def test_a_list_has_an_outline_of_its_own_and_names_tables_by_entry(client):
    entry = a_published_entry("Quels délais ?", RICH)
    html = listing(client)

    assert "<h4>Délais</h4>" in html
    assert "<h5>Preuves</h5>" in html
    assert f'aria-label="Tableau 1 de la fiche Q-{entry.pk}\u00a0: Profil, Délai"' in html
    assert f'src="/media/{NAME}.png"' in html


def test_readers_elsewhere_get_whole_addresses(client):
    one = a_published_entry("Deux ?", "Deux.")
    entry = a_published_entry("Quels délais ?", f"{RICH}\n\nVoir Q-{one.pk}.")
    address = f"http://testserver/media/{NAME}.png"
    other = f"http://testserver{one.get_absolute_url()}"

    answer = linked_data(page(client, entry))["mainEntity"][0]["acceptedAnswer"]["text"]
    [summary] = [text for text in feed(client) if "Délais" in text]
    for html in (answer, summary):
        assert f'src="{address}"' in html
        assert f'href="{other}"' in html
    [said] = [one for one in json.loads(client.get("/faq.json").getvalue())["entries"] if one["id"] == entry.pk]
    assert f"![Écran de saisie]({address})" in said["answer"]
    assert said["files"] == [
        {"kind": "image", "address": address, "text": "Écran de saisie"},
        {"kind": "document", "address": address.replace("png", "pdf"), "text": "Guide (PDF, 320 ko)"},
    ]


@pytest.mark.parametrize("query", ["officine", "écran", "saisie", "guide"])
def test_a_search_finds_cells_and_alternative_texts(client, query):
    a_published_entry("Quels délais ?", RICH)
    a_published_entry("Autre ?", "Rien de tout cela.")
    html = client.get("/", {"q": query}).content.decode()
    passage = unescape(html.split('<span class="answer__passage">')[1].split("</span>")[0])

    assert "<mark>" in passage
    assert "|" not in passage
    assert "media" not in passage
    assert "##" not in passage


def test_a_search_for_the_digits_of_a_file_finds_nothing(client):
    a_published_entry("Quels délais ?", RICH)
    assert "0\u00a0réponse" in client.get("/", {"q": NAME}).content.decode()


def is_linked(html, cited, shown=None):
    return f'<a href="{cited.get_absolute_url()}" title="{shown or cited.reference}\u00a0: ' in html


def test_a_reference_follows_the_entry_that_it_names(client):
    cited = a_published_entry("Ancien titre ?", "Un.")
    citing = a_published_entry("Qui cite ?", f"Voir {cited.reference}.")
    for read in (lambda: page(client, citing), lambda: listing(client)):
        assert is_linked(read(), cited)
    edit_entry(cited.pk, Content("Titre tout neuf ?", "Un."), by_command(), then="published")
    cited.refresh_from_db()
    assert "titre-tout-neuf" in cited.get_absolute_url()
    for read in (lambda: page(client, citing), lambda: listing(client), lambda: " ".join(feed(client))):
        assert cited.get_absolute_url() in read()
    withdraw_entry(cited.pk, by_command())
    for read in (lambda: page(client, citing), lambda: listing(client), lambda: " ".join(feed(client))):
        assert f"Voir {cited.reference}." in read()
    publish_entry(cited.pk, by_command())
    assert is_linked(listing(client), cited)
    archive_entry(cited.pk, by_command())
    assert not is_linked(listing(client), cited)


def test_a_reference_leads_to_the_survivor_of_a_merge_and_back(client):
    survivor = a_published_entry("La meilleure ?", "Un.")
    cited = a_published_entry("La moins bonne ?", "Un peu.")
    citing = a_published_entry("Qui cite ?", f"Voir {cited.reference}.")
    assert is_linked(page(client, citing), cited)
    content = content_of(survivor.head)
    report = merge_entries(survivor.pk, [cited.pk], content, by_command(), bases={})
    for html in (page(client, citing), listing(client)):
        assert is_linked(html, survivor, shown=cited.reference)
    undo_batch(report.batch.pk, by_command())
    for html in (page(client, citing), listing(client)):
        assert is_linked(html, cited)


def test_a_reference_to_a_draft_or_to_nothing_is_text(client):
    draft = an_entry("Brouillon ?", "Un.")
    citing = a_published_entry("Qui cite ?", f"Voir {draft.reference} et Q-99999 et Q-{'9' * 17}.")

    for html in (page(client, citing), listing(client)):
        assert f"Voir {draft.reference} et Q-99999 et Q-{'9' * 17}." in html
        assert "Brouillon ?" not in html


@pytest.mark.every_database
def test_links_cost_one_query_whatever_their_number(client):
    cited = [a_published_entry(f"Fiche {rank} ?", "Un.") for rank in range(3)]
    citing = [a_published_entry(f"Qui cite {rank} ?", f"Voir {cited[rank].reference}.") for rank in range(3)]

    def count():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            listing(client)
        return len(queries)

    listing(client)
    edit_entry(citing[0].pk, Content("Qui cite ?", "Rien."), by_command(), then="published")
    with_links = count()
    for entry in citing:
        edit_entry(entry.pk, Content("Qui cite ?", "Rien encore."), by_command(), then="published")
    assert with_links <= count() + 1


def test_the_pages_about_the_site_have_the_same_markup_below_their_sections(client):
    cited = a_published_entry("Citée ?", "Un.")
    page = SitePage.objects.get(slug="mentions-legales")
    save_page(page, "Mentions", f"## Éditeur\n### Siège\n|A|B|\n|--|--|\n|1|2|\n\nVoir {cited.reference}.", None)
    html = client.get(page.get_absolute_url()).content.decode()

    assert "<h2>Éditeur</h2>" in html
    assert "<h3>Siège</h3>" in html
    assert '<th scope="col">A</th>' in html
    assert is_linked(html, cited)
