"""« Voir aussi »: what editors named, then the nearest answers; never one that is no use."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from faq.enums import Decision, PairKind
from faq.models import Epoch, Pair
from faq.services.content import Content
from faq.services.duplicates import decide_pair
from faq.services.entries import edit_entry
from faq.services.merging import add_see_also, remove_see_also
from faq.services.workflow import archive_entry, publish_entry, withdraw_entry
from faq.views.entries import MAX_NEAREST
from tests.factories import a_published_entry, a_taxonomy, by_command, some_published_entries
from tests.faq.views.reading import read

pytestmark = pytest.mark.django_db

ABOUT_SERVERS = "Comment installer un certificat de serveur ?", "La clé du serveur reste sur le serveur."


@pytest.fixture(autouse=True)
def _taxonomy():
    a_taxonomy()


@pytest.fixture
def entry():
    return a_published_entry("Quels délais à l’hôpital ?", "Trente jours.", dispositifs="dpi-vague-1")


def test_names_what_is_live(client, entry):
    live, withdrawn, archived, draft = (a_published_entry(f"{name} ?") for name in ("Un", "Deux", "Trois", "Quatre"))
    edit_entry(draft.pk, Content("Brouillon ?", "Autrement."), by_command())
    withdraw_entry(withdrawn.pk, by_command())
    archive_entry(archived.pk, by_command())
    assert "Voir aussi" not in read(client, entry.get_absolute_url()).html
    for other in (live, withdrawn, archived, draft):
        add_see_also(entry.pk, other.pk, None)
    page = read(client, entry.get_absolute_url())
    assert [page.links.get(other.get_absolute_url()) for other in (live, draft)] == ["Un ?", "Quatre ?"]
    assert not {withdrawn.get_absolute_url(), archived.get_absolute_url()} & set(page.links)
    assert entry.get_absolute_url() in read(client, live.get_absolute_url()).links


def test_names_the_variants_that_editors_keep(client, entry):
    variant, unrelated = a_published_entry("Variante ?"), a_published_entry("Sans rapport ?")
    said = {"kind": PairKind.NEAR, "score": 0.9, "generation": 1, "found_at": timezone.now()}
    pairs = [Pair.objects.create(left=entry, right=other, **said) for other in (variant, unrelated)]
    assert "Voir aussi" not in read(client, entry.get_absolute_url()).html
    decide_pair(pairs[0], Decision.VARIANT, None)
    decide_pair(pairs[1], Decision.UNRELATED, None)
    page = read(client, entry.get_absolute_url())
    assert page.links[variant.get_absolute_url()] == "Variante ?"
    assert unrelated.get_absolute_url() not in page.links
    assert entry.get_absolute_url() in read(client, variant.get_absolute_url()).links
    add_see_also(entry.pk, variant.pk, None)
    assert read(client, entry.get_absolute_url()).html.count("Variante ?") == 1
    withdraw_entry(variant.pk, by_command())
    assert "Voir aussi" not in read(client, entry.get_absolute_url()).html
    publish_entry(variant.pk, by_command())
    assert "Voir aussi" in read(client, entry.get_absolute_url()).html
    remove_see_also(entry.pk, variant.pk, None)
    decide_pair(pairs[0], None, None)
    assert "Voir aussi" not in read(client, entry.get_absolute_url()).html


@pytest.mark.every_database
@pytest.mark.parametrize("others", [5, 30])
def test_the_number_of_queries_does_not_depend_on_how_many_answers_there_are(client, others):
    some_published_entries(others)
    entry = a_published_entry(*ABOUT_SERVERS)
    near = [
        a_published_entry(f"{ABOUT_SERVERS[0]} {word}", ABOUT_SERVERS[1]) for word in ("Linux", "Windows", "BSD", "Mac")
    ]
    client.get("/?q=oui")
    with CaptureQueriesContext(connection) as queries:
        page = read(client, entry.get_absolute_url())
    assert len(queries) == 5
    assert len({other.get_absolute_url() for other in near} & set(page.links)) == MAX_NEAREST


class TestTheNearest:
    @pytest.fixture
    def about_servers(self):
        some_published_entries(5)
        return a_published_entry(*ABOUT_SERVERS)

    def shown(self, client, entry):
        page = read(client, entry.get_absolute_url())
        return [text for link, text in page.links.items() if link.startswith("/fiche/")]

    def test_are_shown_and_nothing_else_is(self, client, about_servers):
        near = a_published_entry("Comment révoquer un certificat de serveur ?", "La clé du serveur est compromise.")
        a_published_entry("Comment payer ?", "Au guichet.")
        assert self.shown(client, about_servers) == [near.question]
        assert self.shown(client, near) == [about_servers.question]

    @pytest.mark.every_database
    def test_follow_what_is_published(self, client, about_servers):
        near = a_published_entry("Comment révoquer un certificat de serveur ?", "La clé du serveur est compromise.")
        assert self.shown(client, about_servers) == [near.question]
        withdraw_entry(near.pk, by_command())
        assert self.shown(client, about_servers) == []

    def test_concern_the_same_couloir(self, client):
        some_published_entries(5)
        entry = a_published_entry(*ABOUT_SERVERS, couloirs="hopital")
        question, answer = "Comment révoquer un certificat de serveur ?", "La clé du serveur est compromise."
        a_published_entry(f"{question} En imagerie", answer, couloirs="imagerie")
        for_all = a_published_entry(question, answer)
        assert self.shown(client, entry) == [for_all.question]

    def test_come_after_what_editors_named_and_once(self, client, about_servers):
        near = a_published_entry("Comment révoquer un certificat de serveur ?", "La clé du serveur est compromise.")
        named = a_published_entry("Comment payer ?", "Au guichet.")
        add_see_also(about_servers.pk, named.pk, None)
        assert self.shown(client, about_servers) == [named.question, near.question]
        add_see_also(about_servers.pk, near.pk, None)
        assert sorted(self.shown(client, about_servers)) == sorted([named.question, near.question])

    @pytest.mark.parametrize(("named", "nearest"), [(0, 3), (2, 3), (3, 2), (4, 1), (5, 0), (6, 0)])
    def test_are_few_and_make_room_for_what_editors_named(self, client, about_servers, named, nearest):
        for word in ("Linux", "Windows", "BSD", "Mac"):
            a_published_entry(f"{ABOUT_SERVERS[0]} {word}", ABOUT_SERVERS[1])
        for rank in range(named):
            add_see_also(about_servers.pk, a_published_entry(f"Nommée {rank} ?", "Au guichet.").pk, None)
        shown = self.shown(client, about_servers)
        assert sum(text.startswith("Nommée") for text in shown) == named
        assert len(shown) == named + nearest

    def test_leave_out_what_says_the_same(self, client, about_servers):
        twin = a_published_entry(ABOUT_SERVERS[0], "La clé du serveur, puis son certificat, s’installent ensemble.")
        assert self.shown(client, about_servers) == []
        near = a_published_entry("Comment révoquer un certificat de serveur ?", "La clé du serveur est compromise.")
        said = {"kind": PairKind.NEAR, "score": 0.9, "generation": 1, "found_at": timezone.now()}
        pair = Pair.objects.create(left=about_servers, right=near, **said)
        Epoch.move([about_servers.pk])
        assert self.shown(client, about_servers) == []
        decide_pair(pair, Decision.UNRELATED, None)
        assert self.shown(client, about_servers) == []
        assert self.shown(client, twin) == [near.question]
