"""The effects of an action are said before it is done, once; those that changed meanwhile are said again."""

import re
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from faq.admin.entries.action_effects import describe_effects
from faq.admin.entries.actions import ARCHIVE, PUBLISH, RESTORE, SUBMIT, WITHDRAW
from faq.enums import Action, BatchKind
from faq.models import Batch, Entry, Version
from faq.services.bulk import change_many
from faq.services.content import Content
from faq.services.entries import edit_entry
from faq.services.merging import add_see_also
from faq.services.workflow import archive_entry
from tests.factories import a_filing, a_published_entry, a_taxonomy, an_entry, by_command, numbers
from tests.faq.admin.confirming import a_draft_beside, asks, confirm, planned, refused, submitted, words
from tests.faq.admin.entry_form import head_of, read

pytestmark = pytest.mark.django_db

LIST = reverse("admin:faq_entry_changelist")
QUEUE = reverse("admin:faq_entry_review")


@pytest.fixture(autouse=True)
def _taxonomy():
    a_taxonomy()


def act(client, action, *entries, address=LIST, **data):
    """Take an action of the list."""
    data = {"action": action, "_selected_action": numbers(entries)} | data
    return client.post(address, data, follow=True)


class TestList:
    def test_drafts_with_nothing_at_stake_go_straight(self, relecteur):
        for action, entry in (("publish", an_entry()), ("submit", an_entry("Deux ?")), ("archive", an_entry("3 ?"))):
            assert not asks(act(relecteur, action, entry))
        assert Entry.objects.exclude(status="draft").count() == 3

    def test_what_is_live_planned_refused_or_left_is_counted_and_nothing_is_done(self, relecteur):
        entries = [
            an_entry("Neuve ?"),
            a_draft_beside(),
            planned(a_draft_beside("Planifiée ?")),
            refused(an_entry("Refusée ?")),
            an_entry("", "Sans question."),
        ]
        asked = act(relecteur, "publish", *entries)
        page = words(asked)
        for expected in (
            "Publier 4 fiches ?",
            "2 fiches paraîtront sur le site.",
            "2 fiches sont en ligne : leurs nouveaux textes remplaceront ceux que lit le public.",
            "1 texte a été refusé : il sera publié malgré le refus.",
            "1 retrait planifié aura lieu comme prévu.",
            "1 fiche sera laissée telle quelle",
            "il lui manque sa question",
            "Citez l’arrêté.",
        ):
            assert expected in page
        assert Version.objects.filter(action=Action.PUBLISHED).count() == 2
        page = words(confirm(relecteur, asked))
        assert "Publication : 4 fiches" in page
        assert Batch.objects.get().versions.count() == 4

    def test_archiving_says_what_ends(self, relecteur):
        cited, citing = a_published_entry("Citée ?"), a_published_entry("Qui cite ?")
        add_see_also(cited.pk, citing.pk, None)
        page = words(act(relecteur, "archive", cited, planned(a_draft_beside())))
        for expected in (
            "2 fiches sont en ligne : le public ne les lira plus",
            "1 brouillon en cours est archivé avec sa fiche.",
            "1 fiche a une opération planifiée, qui sera abandonnée.",
            "1 fiche est citée par d’autres",
            f"citée par {citing.reference}",
        ):
            assert expected in page

    def test_what_changed_since_it_was_shown_is_shown_again(self, relecteur):
        live, other = a_published_entry("Une ?"), a_published_entry("Deux ?")
        asked = act(relecteur, "withdraw", live, other)
        planned(other)
        again = confirm(relecteur, asked)
        assert asks(again)
        page = words(again)
        assert "Ce n’est plus ce qui vous avait été montré." in page
        assert page.count(f"{other.reference} (version 2) : en ligne, retrait prévue") == 1
        assert f"{live.reference} (version 2) : en ligne" not in page
        confirm(relecteur, again)
        assert not Entry.objects.live().exists()

    def test_an_entry_written_since_the_list_was_shown_is_left(self, relecteur):
        live, changed = a_published_entry("Une ?"), a_published_entry("Deux ?")
        bases = {f"base-{entry.pk}": 2 for entry in (live, changed)}
        edit_entry(changed.pk, Content("Deux ?", "Depuis."), by_command())
        asked = act(relecteur, "archive", live, changed, **bases)
        assert "modifiée entre-temps (version 3)" in words(asked)
        page = words(confirm(relecteur, asked))
        assert f"La fiche {changed.reference} a été modifiée entre-temps" in page
        assert numbers(Entry.objects.archived()) == [live.pk]

    def test_all_that_the_filters_let_through_are_compared_one_by_one(self, relecteur):
        entries = [a_published_entry(f"{rank} ?") for rank in range(3)]
        asked = act(relecteur, "withdraw", entries[0], select_across="1", address=f"{LIST}?etat=published")
        assert "3 fiches sont en ligne" in words(asked)
        a_published_entry("Venue depuis ?")
        again = confirm(relecteur, asked)
        assert "4 fiches sont en ligne" in words(again)
        confirm(relecteur, again)
        assert not Entry.objects.live().exists()

    def test_somebody_who_was_faster_leaves_nothing_to_do(self, relecteur, sign_in):
        live = a_published_entry()
        asked = act(relecteur, "withdraw", live)
        confirm(relecteur, act(relecteur, "withdraw", live))
        assert "Déjà dans cet état" in words(confirm(relecteur, asked))
        assert live.versions.count() == 3

    @pytest.mark.parametrize("mark", ["", "withdraw", "withdraw x", "publish", "\0"])
    def test_a_crafted_mark_confirms_nothing(self, relecteur, mark):
        live = a_published_entry()
        assert asks(act(relecteur, "withdraw", live, seen=mark))
        assert live.versions.count() == 2

    def test_the_number_of_queries_does_not_depend_on_the_entries(self, relecteur):
        def queries(entries):
            with CaptureQueriesContext(connection) as captured:
                assert asks(act(relecteur, "archive", *entries))
            return len(captured)

        few = [a_draft_beside(f"Peu {rank} ?") for rank in range(2)]
        queries(few)
        many = [refused(a_draft_beside(f"Beaucoup {rank} ?")) for rank in range(12)]
        for one, other in pairwise(many):
            add_see_also(one.pk, other.pk, None)
            planned(one)
        assert queries(many) <= queries([*few[:1], planned(refused(a_draft_beside("Une ?")))])


@pytest.mark.parametrize("action", [PUBLISH, SUBMIT, WITHDRAW, ARCHIVE, RESTORE])
def test_what_is_said_is_what_happens(action):
    """The page and the run agree on which entries change, stay, and are left, whatever their state."""
    a_filing()
    entries = [
        an_entry("Brouillon ?"),
        an_entry("", "Sans question."),
        submitted(an_entry("Soumise ?")),
        refused(an_entry("Refusée ?")),
        a_published_entry("En ligne ?"),
        a_draft_beside(),
        refused(a_draft_beside("Refusée à côté ?")),
        archive_entry(an_entry("Archivée ?").pk, by_command()).entry,
    ]
    stale = an_entry("Périmée ?")
    edit_entry(stale.pk, Content("Périmée ?", "Depuis."), by_command())
    bases = {entry.pk: head_of(entry).number for entry in entries} | {stale.pk: 1}
    effects = describe_effects(action, bases, is_bulk=True)
    report = change_many(bases, action.write, action.noun, None)
    assert {effect.entry.pk for effect in effects.changed} == {outcome.entry.pk for outcome in report.changed}
    assert {effect.entry.pk for effect in effects.unchanged} == {outcome.entry.pk for outcome in report.unchanged}
    assert len(effects.left) == len(report.refused)
    assert effects.left
    assert report.changed


class TestReview:
    def send(self, client, *entries, **data):
        shown = {f"version-{entry.pk}": head_of(entry).number for entry in entries}
        return client.post(QUEUE, shown | data, follow=True)

    def test_a_new_text_goes_straight_and_its_message_offers_to_undo(self, relecteur):
        entry = submitted(an_entry())
        page = self.send(relecteur, entry, publish=entry.pk)
        batch = Batch.objects.get()
        assert (batch.kind, batch.label) == (BatchKind.ACTION, f"Publication de {entry.reference}")
        assert reverse("admin:faq_batch_undo", args=(batch.pk,)) in read(page)

    def test_what_is_live_is_asked_for_and_comments_typed_for_others_stay(self, relecteur):
        entry, other = submitted(a_draft_beside()), submitted(an_entry("Autre ?"))
        asked = self.send(relecteur, entry, other, publish=entry.pk, **{f"comment-{other.pk}": "À revoir,\r\nvite."})
        assert asks(asked)
        page = confirm(relecteur, asked)
        assert "mise en ligne" in read(page)
        assert "À revoir,\nvite.</textarea>" in read(page)
        assert Entry.objects.get(pk=entry.pk).answer == "Autrement."

    def test_going_back_keeps_what_was_typed_and_ticked(self, relecteur):
        entry = submitted(a_draft_beside())
        asked = self.send(
            relecteur, entry, selected=entry.pk, **{"publish-selected": "", f"comment-{entry.pk}": "Un doute."}
        )
        assert asks(asked)
        fields = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', read(asked)))
        del fields["seen"]
        page = read(relecteur.post(QUEUE, fields | {"back": "1"}))
        assert "Un doute.</textarea>" in page
        assert re.search(rf'value="{entry.pk}" checked', page)
        assert Entry.objects.to_review().count() == 1

    def test_publishing_over_a_comment_of_refusal_asks_and_offers_to_refuse(self, relecteur):
        entry = submitted(an_entry())
        asked = self.send(relecteur, entry, publish=entry.pk, **{f"comment-{entry.pk}": "Trop court."})
        assert "que publier laisse de côté : « Trop court. »" in words(asked)
        fields = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', read(asked)))
        relecteur.post(QUEUE, fields | {"refuse": entry.pk})
        assert (head_of(entry).action, head_of(entry).comment) == (Action.REFUSED, "Trop court.")

    def test_and_publishes_where_that_is_confirmed(self, relecteur):
        entry = submitted(an_entry())
        for data in ({"publish": entry.pk}, {"publish-selected": "", "selected": entry.pk}):
            asked = self.send(relecteur, entry, **data, **{f"comment-{entry.pk}": "Trop court."})
            assert asks(asked)
        confirm(relecteur, asked)
        assert Entry.objects.live().count() == 1
