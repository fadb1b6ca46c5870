"""Each option leads to exactly the answers it announces, at least one: in all states of the demo FAQ."""

import random
from functools import cache

import pytest
from django.conf import settings

from faq.domain.facets import Facet
from faq.models import Entry
from faq.selectors.published import live_snapshot
from faq.services.curation import import_curation
from faq.services.taxonomy_starter import load_starter_taxonomy
from faq.services.workflow import publish_entries
from tests.factories import by_command, take_dump
from tests.faq.views.reading import read

# The states are computed in memory, whatever database the demo was read from.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

FIXTURES = settings.BASE_DIR / "fixtures"
FACETS = list(Facet)
STATES_READ = 5
"""States whose pages are read, with every option on them followed."""


@pytest.fixture
def demo_faq():
    load_starter_taxonomy(FIXTURES / "taxonomy.json")
    take_dump((FIXTURES / "demo.txt").read_bytes(), name="demo")
    import_curation((FIXTURES / "curation_demo.csv").read_bytes(), by_command(), label="demo")
    publish_entries(list(Entry.objects.complete().values_list("pk", flat=True)), by_command())
    return live_snapshot()


@pytest.mark.slow
def test_in_every_reachable_state_each_option_keeps_its_word(demo_faq):
    size_of = sizes_by_key(demo_faq.taxonomy)
    reached = {key_of({}): {}}
    waiting = [{}]
    while waiting:
        state = waiting.pop()
        for question in demo_faq.index.questions(state):
            for option in question.options:
                key, after = chosen(state, question.facet, option.term, demo_faq.taxonomy)
                assert option.count == size_of(key) >= 1, f"{state} → {option}"
                if key not in reached:
                    reached[key] = after
                    waiting.append(after)
            assert question.everything == size_of(key_of({**state, question.facet: None}))
    assert len(reached) > 1_000


@pytest.mark.slow
def test_as_pages_show_it_and_the_form_sends_it(demo_faq, client):
    chance = random.Random(2026)
    addresses = ["/"]
    for _ in range(STATES_READ):
        address = chance.choice(addresses)
        page = read(client, address)
        for parameter, options in page.questions.items():
            for option in options:
                target = page.submitted(**{parameter: option.slug})
                after = read(client, target)
                assert after.count == option.count >= 1, f"{address} → {option.text}"
                addresses.append(after.canonical.removeprefix("http://testserver"))


def chosen(state, facet, term, taxonomy):
    """Return the state after a choice, and its key."""
    after = {**state, facet: term}
    if facet not in (Facet.PRODUCTS, Facet.THEMES):
        after, _ = taxonomy.drop_misfits(after)
    return key_of(after), after


def key_of(state):
    return tuple(state[facet].id if state.get(facet) else 0 for facet in FACETS)


def sizes_by_key(taxonomy):
    """Count the entries of a state from the versions that are live: an account apart from the index."""
    filings = dict(Entry.objects.live().values_list("pk", "live__filing"))
    concerned = {
        (term.facet, term.id): {
            number
            for number, filing in filings.items()
            if not filing.get(term.facet) or term.id in [filed["id"] for filed in filing[term.facet]]
        }
        for term in taxonomy.terms
    }

    @cache
    def size_of(key):
        terms = [(facet, id) for facet, id in zip(FACETS, key, strict=True) if id]
        return len(set(filings).intersection(*(concerned[term] for term in terms)))

    return size_of
