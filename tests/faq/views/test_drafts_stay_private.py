"""No text, term or count of what is not live shows at any public address, in bytes or headers."""

import html
import json
import re
from dataclasses import replace
from datetime import timedelta
from itertools import combinations

import pytest
from django.urls import URLPattern, get_resolver
from django.utils import timezone

from faq.domain.facets import Facet
from faq.domain.markup import with_file_addresses
from faq.enums import Action, EntryStatus
from faq.models import Entry, MediaFile, Publication, Theme, Version
from faq.selectors.published import load_taxonomy
from faq.services.assignments import assign_entry
from faq.services.autosaves import store_autosave
from faq.services.content import Content
from faq.services.entries import create_entry, edit_entry
from faq.services.merging import add_see_also
from faq.services.notes import write_note
from faq.services.schedules import schedule
from faq.services.taxonomy import get_or_create_themes, save_term
from faq.services.workflow import archive_entry, publish_entry, withdraw_entry
from faq.views.states import state_address
from tests.autosaving import a_sent_form
from tests.factories import a_filing, a_published_entry, a_taxonomy, an_entry, by_command
from tests.faq.views.reading import ShownPage, read
from tests.feedback.voting import SITE
from tests.histories import MARK, History, merge
from tests.media import an_answer_with, many_media_files
from tests.people import a_person

pytestmark = pytest.mark.django_db

NOBODY = 999_999
"""The number of no entry."""
PER_PAGE = 5
"""Answers, so that few are enough for several pages."""


@pytest.fixture(autouse=True)
def _taxonomy():
    a_taxonomy()


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.once)])
@pytest.mark.slow
def test_on_a_walk_over_all_public_addresses(client, monkeypatch, seed):
    monkeypatch.setattr("faq.views.pagination.ANSWERS_PER_PAGE", PER_PAGE)
    assert set(public_addresses(get_resolver().url_patterns)) == set(WALKS)
    history = History(seed)
    let_texts_show_images(history, many_media_files(12))
    for _ in range(25):
        history.step()
        Visitor(client).go("/")
    in_every_state(history)
    for walk in WALKS.values():
        walk(Visitor(client))


def let_texts_show_images(history, files):
    """Show an image in most texts, in some the same; the last two files are shown by no text."""
    write = history.content

    def content(**options):
        written = write(**options)
        file = history.chance.choice(files)
        shown = "" if file in files[-2:] or not written.answer else f"\n\n{an_answer_with(file)}"
        return replace(written, answer=written.answer + shown)

    history.content = content


def public_addresses(patterns, namespace=""):
    """Return the names of all addresses outside the admin: one that nobody walks to makes the test fail."""
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name or pattern.pattern}"
        elif pattern.namespace != "admin":
            yield from public_addresses(pattern.url_patterns, f"{pattern.namespace}:")


def in_every_state(history):
    """Add entries of which the public reads nothing, or something else than is being written."""
    created = {then: new(history, then) for then in (None, Action.SUBMITTED)}
    live = [new(history, Action.PUBLISHED) for _ in range(5)]
    author = a_person("redactrice")
    for number, entry in enumerate((*live, *created.values())):
        write_note(entry.pk, f"Entre nous : zqx{9000 + number}", author)
        assign_entry(entry.pk, author, author)
        typed = a_sent_form(f"answer=Tapé+zqx{9100 + number}", subject=str(entry.pk), title=f"zqx{9200 + number}")
        store_autosave(author, typed, timezone.now())
    for entry, then in zip(live, (None, Action.SUBMITTED), strict=False):
        edit_entry(entry.pk, history.content(whole=True), by_command(), then=then)
    withdraw_entry(live[2].pk, by_command())
    archive_entry(live[3].pk, by_command())
    archive_entry(new(history).pk, by_command())
    for survivor in (live[0], live[2], live[3], created[None]):
        merge(new(history), survivor)
    for one, other in combinations([*live, *created.values()], 2):
        add_see_also(one.pk, other.pk, None)
    schedule(created[None].pk, Action.PUBLISHED, timezone.now() + timedelta(hours=1), by_command())
    schedule(live[4].pk, Action.WITHDRAWN, timezone.now() + timedelta(hours=1), by_command())
    for number, theme in enumerate(Theme.objects.filter(slug__contains="zqx")):
        theme.slug, theme.retired = f"{theme.slug}-bis", number % 3 == 0
        save_term(theme, None)


def new(history, then=None):
    return create_entry(history.content(whole=True), by_command(), then=then).entry


class Visitor:
    """Somebody who looks at every byte, and knows what is live from the open publications alone."""

    def __init__(self, client):
        self.client = client
        self.versions = {
            publication.entry_id: publication.version
            for publication in Publication.objects.filter(live_until=None).select_related("version")
        }
        texts = [f"{version.question} {version.answer} {version.filing}" for version in self.versions.values()]
        self.marks = marks_in(" ".join(texts))

    def go(self, address, method="get", data=None, **headers):
        """Make a request; whatever comes back bears no mark but those of live texts."""
        response = getattr(self.client, method)(address, data, headers=headers)
        body = response.getvalue()
        if response.streaming:
            # Read once, to be read again.
            response.streaming_content = [body]
        told = f"{response.headers} {response.cookies} {body.decode()}"
        assert marks_in(told) <= self.marks, f"{method} {address}"
        return response

    def count(self, state):
        """Count the live entries that concern every chosen term."""
        return sum(
            all(term.id in filed or not filed for term in state.values() for filed in [ids(version, term.facet)])
            for version in self.versions.values()
        )


def marks_in(text):
    return set(MARK.findall(text))


def ids(version, facet):
    return [term["id"] for term in version.filing.get(facet, ())]


def walk_the_cascade(visitor):
    """Go through every state that options lead to, on all its pages, then ask for what is no option."""
    taxonomy = load_taxonomy()
    seen, waiting = set(), [{}]
    while waiting:
        state = waiting.pop()
        if state_address(state) in seen:
            continue
        seen.add(state_address(state))
        for facet, options in questions_of(visitor, state):
            for option in options[1:]:
                after, _ = taxonomy.drop_misfits({**state, facet: taxonomy.by_slug[facet, option.slug]})
                assert option.count == visitor.count(after), f"{state_address(state)} → {option.text}"
                waiting.append(after)
    assert len(seen) > 30
    walk_where_no_option_leads(visitor)


def questions_of(visitor, state):
    """Return the questions of a state, having compared all its pages with what is live."""
    expected = visitor.count(state)
    last = max(1, -(-expected // PER_PAGE))
    pages = [ShownPage(visitor.go(state_address(state, number)).content.decode()) for number in range(1, last + 1)]
    listed = [number for page in pages for number in page.numbers]
    assert {page.count for page in pages} == {len(listed)} == {expected}
    assert set(listed) <= visitor.versions.keys()
    for facet in Facet:
        if options := pages[0].questions.get(facet.parameter):
            others = {other: term for other, term in state.items() if other is not facet}
            assert options[0].count == visitor.count(others)
            yield facet, options


def walk_where_no_option_leads(visitor):
    """A thématique that no live entry bears gets the answer that nonsense gets.

    So does its former address, unless the public has read its name: it leads to the present one.
    """
    nonsense = visitor.go("/?theme=inconnue").content
    live = {id for version in visitor.versions.values() for id in ids(version, Facet.THEMES)}
    hidden = Theme.objects.exclude(pk__in=live)
    assert hidden.filter(retired=True).exists()
    for theme in hidden:
        former = [] if theme.was_public else theme.old_slugs
        for slug in (theme.slug, *former):
            response = visitor.go(f"/?theme={slug}")
            assert (response.status_code, response.content) == (200, nonsense), slug
    published = Version.objects.filter(status=EntryStatus.PUBLISHED)
    read = {id for version in published for id in ids(version, Facet.THEMES)}
    named = {theme.pk for theme in hidden if MARK.search(theme.slug)}
    assert {theme.pk for theme in hidden if theme.was_public} & named == (read - live) & named
    for theme in hidden.filter(was_public=True):
        visitor.marks |= marks_in(theme.slug)
        for slug in theme.old_slugs:
            response = visitor.go(f"/?theme={slug}")
            assert (response.status_code, response["Location"]) == (301, f"/?theme={theme.slug}")
    for facet in Facet:
        visitor.go(f"/?{facet.parameter}={'x' * 300}&page=99")
    assert visitor.go("/?" + "&".join(f"a{number}=1" for number in range(2_000))).status_code == 400


def walk_to_numbers(visitor):
    """An entry that the public never read is as if it did not exist."""
    unknown = visitor.go(f"/fiche/{NOBODY}/").content
    for entry in Entry.objects.all():
        response = visitor.go(f"/fiche/{entry.pk}/")
        assert visitor.go(f"/fiche/{entry.pk}/", "head").status_code == response.status_code
        if entry.pk in visitor.versions:
            assert visitor.go(response["Location"]).status_code == 200
        elif not entry.publications.exists() and not entry.versions.filter(action=Action.ARCHIVED).exists():
            assert (response.status_code, response.content) == (404, unknown)


def walk_to_titles(visitor):
    for number in numbers():
        visitor.go(f"/fiche/{number}-titre/")
        visitor.go(f"/fiche/{number}-titre")


def walk_to_references(visitor):
    for number in numbers():
        visitor.go(f"/Q-{number}")
        visitor.go(f"/q{number}/")


def walk_to_votes(visitor):
    """Vote on every version of every entry, and from where one cannot."""
    for number in numbers():
        address = f"/fiche/{number}/vote/"
        versions = Version.objects.filter(entry=number).values_list("number", flat=True)
        answers = [{"vote": "oui", "version": version, "retour": "/?page=2"} for version in versions]
        for sent in [*answers, {"vote": "retire"}, {"vote": "x"}]:
            visitor.go(address, "post", sent, Origin=SITE)
        assert visitor.go(address, "post", {"vote": "non"}).status_code == 403
        assert visitor.go(address).status_code == 405


def walk_to_comments(visitor):
    """Comment on every entry, and from where one cannot."""
    for number in numbers():
        address = f"/fiche/{number}/commentaire/"
        visitor.go(address, "post", {"commentaire": "Bien.", "retour": "/?page=2"}, Origin=SITE)
        assert visitor.go(address, "post", {"commentaire": "Bien."}).status_code == 403
        assert visitor.go(address).status_code == 405


def walk_to_the_icon(visitor):
    assert visitor.go("/favicon.ico").status_code == 302


def walk_to_what_programs_read(visitor):
    """Whatever holds answers holds those that are live, all of them, however it is asked for."""
    for query in ("", "?offre=segur", "?offre=segur&couloir=hopital", "?theme=inconnue&couloir=imagerie"):
        visitor.go(f"/flux.atom{query}")
        document = json.loads(visitor.go(f"/faq.json{query}").getvalue())
        read = {entry["id"]: (entry["question"], entry["answer"]) for entry in document["entries"]}
        taxonomy = load_taxonomy()
        state = {
            facet: taxonomy.by_slug[facet, document["filters"][facet.parameter]]
            for facet in Facet
            if facet.parameter in document["filters"]
        }
        assert len(read) == visitor.count(state)
        for number, text in read.items():
            version = visitor.versions[number]
            assert text == (version.question, with_file_addresses(version.answer, SITE))


def walk_to_suggestions(visitor):
    """Whatever is typed, what is suggested is live."""
    texts = Version.objects.values_list("question", "answer")
    typed = {"zqx", "zqx1", "question", *marks_in(" ".join(f"{question} {answer}" for question, answer in texts))}
    for text in sorted(typed):
        visitor.go("/recherche/suggestions/", data={"q": text})


def walk_to_lists_of_addresses(visitor):
    """Everything listed answers."""
    index = visitor.go("/sitemap.xml").getvalue().decode()
    for address in re.findall("<loc>http://testserver([^<]*)", index):
        listed = re.findall("<loc>http://testserver([^<]*)", visitor.go(address).getvalue().decode())
        assert listed
        assert [one for one in listed if visitor.go(html.unescape(one)).status_code != 200] == []


def walk_to(*addresses):
    """Open pages that hold no answers."""

    def walk(visitor):
        for address in addresses:
            assert visitor.go(address).status_code == 200

    return walk


def walk_to_media(visitor):
    """A file is there while a live text shows it; of all others nothing tells that they exist."""
    shown = " ".join(version.answer for version in visitor.versions.values())
    absent = visitor.go(f"/media/{'0' * 32}.png")
    assert absent.status_code == 404
    found = {True: 0, False: 0}
    for file in MediaFile.objects.all():
        response = visitor.client.get(file.get_absolute_url())
        is_public = file.reference in shown
        found[is_public] += 1
        assert response.status_code == (200 if is_public else 404), file.name
        assert not response.cookies
        if not is_public:
            assert (response.content, response.headers) == (absent.content, absent.headers)
        assert visitor.go(f"/media/{file.hash}.jpg").content == absent.content
    assert min(found.values()) > 1


def numbers():
    return [*Entry.objects.values_list("pk", flat=True), NOBODY]


WALKS = {
    "favicon.ico": walk_to_the_icon,
    "faq:cascade": walk_the_cascade,
    "faq:entry": walk_to_titles,
    "faq:entry_by_number": walk_to_numbers,
    "faq:entry_by_reference": walk_to_references,
    "faq:page": walk_to("/accessibilite/", "/mentions-legales/", "/donnees-personnelles/"),
    "faq:suggestions": walk_to_suggestions,
    "faq:site_map": walk_to("/plan-du-site/"),
    "faq:reuse": walk_to("/reutiliser/"),
    "faq:feed": walk_to_what_programs_read,
    "faq:media": walk_to_media,
    "faq:export": walk_to_what_programs_read,
    "faq:sitemap": walk_to_lists_of_addresses,
    "faq:sitemap_of_pages": walk_to_lists_of_addresses,
    "faq:sitemap_of_entries": walk_to_lists_of_addresses,
    "faq:robots": walk_to("/robots.txt"),
    "faq:llms": walk_to("/llms.txt"),
    "faq:alive": walk_to("/sante/"),
    "faq:ready": walk_to("/sante/pret/"),
    "None:password_reset": walk_to("/admin/mot-de-passe/"),
    "None:password_reset_done": walk_to("/admin/mot-de-passe/envoi/"),
    "None:password_reset_complete": walk_to("/admin/mot-de-passe/termine/"),
    "None:password_reset_confirm": walk_to("/admin/mot-de-passe/MQ/set-password/"),
    "feedback:vote": walk_to_votes,
    "feedback:comment": walk_to_comments,
}
"""How to get to each public address; whoever adds one says so here."""


def test_a_thematique_is_public_while_a_live_entry_bears_it_and_at_once(client):
    get_or_create_themes(["Secrète"], None)
    beside = a_published_entry("Autre ?", themes="certificats")
    a_published_entry("Pour tous ?")
    entry = an_entry(themes="secrete")
    edit_entry(beside.pk, Content("Autre ?", "Oui.", a_filing(themes="secrete")), by_command(), then=Action.SUBMITTED)
    assert not is_public(client, "secrete")
    publish_entry(entry.pk, by_command())
    assert is_public(client, "secrete")
    withdraw_entry(entry.pk, by_command())
    assert not is_public(client, "secrete")
    publish_entry(entry.pk, by_command())
    assert is_public(client, "secrete")
    archive_entry(entry.pk, by_command())
    assert not is_public(client, "secrete")


def is_public(client, slug):
    """Return whether a thématique is an option, is counted and can be asked for, or is none of these."""
    page, asked = read(client, "/"), client.get(f"/?theme={slug}").content
    offered = [option for option in page.questions.get("theme", ()) if option.slug == slug]
    assert bool(offered) == (asked != client.get("/?theme=inconnue").content)
    assert bool(offered) == ("Secrète" in page.html) == ("Secrète" in asked.decode())
    return bool(offered)
