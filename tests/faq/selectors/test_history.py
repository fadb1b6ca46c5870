"""The FAQ at an instant of the past is what the public read then: proved on random histories."""

import itertools
import json
import random

import pytest
from django.utils import timezone

from faq.domain.facets import Facet
from faq.domain.past import Part, json_of
from faq.enums import Action
from faq.models import Couloir, Entry, Epoch, Publication, Version
from faq.selectors.history import answers_at, known_reference, numbers_at
from faq.selectors.published import live_snapshot, load_taxonomy
from faq.services.content import content_of
from faq.services.workflow import archive_entry, publish_entry, withdraw_entry
from faq.templatetags.answers import typographic
from tests.factories import a_published_entry, a_taxonomy, an_entry, by_command, numbers, some_published_entries
from tests.faq.views.reading import read
from tests.histories import History

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _taxonomy():
    a_taxonomy()


def what_the_public_reads():
    """Return the answers of the public pages as the file would write them: from rows and filing tables."""
    entries = Entry.objects.with_live().live().with_filing().filter(pk__in=live_snapshot().index.live).order_by("pk")
    return [json.dumps(public_answer(entry), ensure_ascii=False) for entry in entries]


def public_answer(entry):
    return {
        "reference": entry.reference,
        "version": entry.live.number,
        "question": entry.question,
        "answer": entry.answer,
        "filing": {
            facet.value: [
                {"id": term.pk, "slug": term.slug, "label": str(term)}
                for term in sorted(getattr(entry, facet).all(), key=lambda term: term.pk)
            ]
            for facet in Facet
        },
        "live_from": timezone.localtime(live_since(entry)).isoformat(),
        "address": entry.get_absolute_url(),
    }


def live_since(entry):
    """Return when the live version went live: with its text, unless the public had read the same text before."""
    version = entry.live_id
    spans = list(Publication.objects.filter(entry=entry).select_related("version").order_by("-live_from", "-pk"))
    assert (spans[0].version_id, spans[0].live_until) == (version, None)
    same = itertools.takewhile(lambda span: says_the_same(span, spans[0]), spans)
    assert entry.updated_at in {span.live_from for span in same}
    return spans[0].live_from


def says_the_same(one, other):
    return content_of(one.version) == content_of(other.version)


def what_filters_select():
    """Return, per state of one or two choices that visitors can make now, the numbers of its entries."""
    snapshot = live_snapshot()
    states = [{term.facet: term} for term in snapshot.taxonomy.terms]
    states += [{**one, **other} for one in states for other in states if len({**one, **other}) == 2]
    return [(state, list(snapshot.index.select(state))) for state in states]


def told(instant, part=None):
    return [json_of(answer) for answer in answers_at(instant, part or Part())]


@pytest.mark.parametrize("seed", [10, pytest.param(12, marks=pytest.mark.once)])
@pytest.mark.slow
def test_every_instant_of_a_random_history_is_told_as_the_public_read_it(seed):
    history, then, chance = History(seed), {}, random.Random(seed)
    for _ in range(60):
        history.step()
        # Nothing happens between the last write and now: both instants are told alike.
        state, filters = what_the_public_reads(), chance.sample(what_filters_select(), 3)
        then[timezone.now()] = then[last_write()] = state, filters
    for instant, (state, filters) in then.items():
        assert told(instant) == state
        for terms, wanted in filters:
            assert list(numbers_at(instant, Part(terms))) == wanted
    assert set(Version.objects.values_list("action", flat=True)) == set(Action.values)
    assert len({tuple(state) for state, _ in then.values()}) > 15


def last_write():
    return Version.objects.order_by("created_at").last().created_at


def test_the_pages_of_the_site_say_the_same(client):
    history, then = History(4), {}
    for _ in range(15):
        history.step()
        then[timezone.now()] = read(client, "/")
    for instant, page in then.items():
        assert list(numbers_at(instant, Part())) == page.numbers
        # The page prints questions with the signs and spaces of French typography.
        missing = [one.question for one in answers_at(instant, Part()) if typographic(one.question) not in page.text]
        assert missing == []
    assert len({tuple(page.numbers) for page in then.values()}) > 2


def test_of_several_writes_at_one_instant_the_last_counts():
    entry = an_entry()
    at = timezone.now()
    publish_entry(entry.pk, by_command(at=at))
    withdraw_entry(entry.pk, by_command(at=at))
    assert told(at) == []
    publish_entry(entry.pk, by_command(at=at))
    assert told(at) == what_the_public_reads() != []
    assert Publication.objects.count() == 2
    assert told(at - timezone.timedelta(microseconds=1)) == []


def test_one_entry():
    first, second = some_published_entries(2)
    now = timezone.now()
    part = Part(entry=known_reference(f"q{second.pk}"))
    assert list(numbers_at(now, part)) == [second.pk]
    archive_entry(second.pk, by_command())
    assert told(now, part) != told(timezone.now(), part) == []
    assert told(timezone.now(), Part(entry=first.reference)) == what_the_public_reads()


def test_a_filter_means_the_term_whatever_it_was_called():
    """The file keeps the name of then; a term that went out of use can still be asked for."""
    a_published_entry(couloirs="hopital")
    a_published_entry(couloirs="imagerie")
    Couloir.objects.filter(slug="hopital").update(slug="etablissements", label="Établissements", retired=True)
    Epoch.move()
    term = load_taxonomy().by_slug[Facet.COULOIRS, "etablissements"]
    [answer] = answers_at(timezone.now(), Part({Facet.COULOIRS: term}))
    assert [filed["label"] for filed in answer.filing["couloirs"]] == ["Hôpital"]


@pytest.mark.parametrize("number", [1, 12])
def test_one_query_however_many(number, django_assert_num_queries):
    published = some_published_entries(number, couloirs="hopital")
    with django_assert_num_queries(1):
        assert len(list(answers_at(timezone.now(), Part()))) == number
    assert list(numbers_at(timezone.now(), Part())) == numbers(published)
