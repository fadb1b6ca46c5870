"""« Retours »: comments by entry, searches by query, what becomes of them; the same number of queries at any size."""

import re
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from faq.models import Entry, FailedSearch
from faq.selectors.autosaves import kept_forms
from faq.services.content import Content
from faq.services.entries import edit_entry
from faq.services.workflow import publish_entry
from feedback.comments import NewComment, save_comment
from feedback.models import Comment, CommentReason, FollowUpState, SearchFollowUp, VoteAnswer
from feedback.searches import group_failed_searches, open_searches
from feedback.votes import cast_vote, get_votable
from tests.autosaving import AUTOSAVE, send_fields
from tests.factories import a_published_entry, an_entry, by_command
from tests.faq.admin.conftest import analyste, redacteur, sign_in
from tests.feedback.test_merged_votes import merge

__all__ = ["analyste", "redacteur", "sign_in"]

pytestmark = pytest.mark.django_db

INBOX = reverse("admin:feedback_inbox")
SEARCHES = f"{INBOX}?boite=recherches"
TODAY = date(2026, 3, 12)


def say(entry, text, visitor="a", reason=None, **details):
    save_comment(get_votable(entry.pk), visitor, NewComment(reason, text), **details)
    return Comment.objects.latest("pk")


def rewrite(entry, answer):
    edit_entry(entry.pk, Content(entry.question, answer), by_command())
    return publish_entry(entry.pk, by_command()).version


def look_for(query, times=1, day=TODAY):
    FailedSearch.objects.create(query=query, times=times, day=day)


@pytest.fixture
def page_form():
    """Return the values chosen in the form of one entry."""

    def read(html, entry):
        [form] = re.findall(rf'aria-labelledby="entry-{entry.pk}".*?</section>', html, re.S)
        selected = {
            name: re.findall(r'value="([^"]*)" selected', options)[0]
            for name, options in re.findall(r'name="(state|assigned_to)">(.*?)</select>', form, re.S)
        }
        return {**selected, "comment": re.findall(r'name="comment" value="(\d+)" id="[^"]*" checked', form)}

    return read


def text_of(client, address=INBOX):
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode().replace("\u00a0", " ")


class TestComments:
    def test_stand_by_entry_the_most_commented_first(self, redacteur):
        one, two = a_published_entry("Un ?"), a_published_entry("Deux ?", "Deux.")
        say(one, "Seul.", reason=CommentReason.UNCLEAR)
        say(two, "Premier.", "a")
        say(two, "Second.", "b")
        text = text_of(redacteur)
        assert text.index("Deux ?") < text.index("Second.") < text.index("Premier.") < text.index("Un ?")
        assert "Elle est difficile à comprendre" in text

    def test_the_latest_first_where_that_is_asked_for(self, redacteur):
        one, two = a_published_entry("Un ?"), a_published_entry("Deux ?", "Deux.")
        say(two, "Premier.", "a")
        say(two, "Second.", "b")
        latest = say(one, "À l’instant.")
        text = text_of(redacteur, f"{INBOX}?ordre=recents")
        assert text.index("Un ?") < text.index("Deux ?")
        sent = {"comment": [latest.pk], "state": "en-cours", "assigned_to": ""}
        response = redacteur.post(f"{INBOX}?ordre=recents", sent, follow=True)
        assert "ordre=recents" in response.redirect_chain[-1][0]

    def test_only_one_comment_alone_is_ticked_beforehand(self, redacteur, page_form):
        one, two = a_published_entry("Un ?"), a_published_entry("Deux ?", "Deux.")
        alone = say(one, "Seul.")
        say(two, "Publicité.", "a")
        say(two, "Plainte.", "b")
        html = text_of(redacteur)
        assert page_form(html, one)["comment"] == [str(alone.pk)]
        assert page_form(html, two)["comment"] == []

    def test_of_a_merged_entry_stand_under_the_survivor(self, redacteur):
        kept, gone = a_published_entry("Conservée ?"), a_published_entry("Absorbée ?", "B.")
        say(gone, "Ancien.")
        merge(kept, gone)
        text = text_of(redacteur)
        assert text.index("Conservée ?") < text.index("Ancien.")
        assert f"de {gone.reference}" in text
        assert "Absorbée ?" not in text

    def test_are_corrected_in_a_version_which_is_linked(self, redacteur):
        entry = a_published_entry()
        comment = say(entry, "Faux.")
        version = rewrite(entry, "Juste.")
        sent = {
            "comment": [comment.pk],
            "state": "corrige",
            "corrected_in": version.pk,
            "assigned_to": redacteur.user.pk,
        }
        response = redacteur.post(INBOX, sent, follow=True)
        assert "1 commentaire : corrigé." in response.content.decode().replace("\u00a0", " ")
        comment.refresh_from_db()
        assert (comment.state, comment.corrected_in, comment.assigned_to) == (
            FollowUpState.CORRECTED,
            version,
            redacteur.user,
        )
        assert "Faux." not in text_of(redacteur)
        shown = text_of(redacteur, f"{INBOX}?suivi=corrige")
        assert f"corrigé en v{version.number}" in shown
        assert reverse("admin:faq_version_change", args=(version.pk,)) in shown

    @pytest.mark.parametrize(
        ("sent", "said"),
        [
            ({"state": "en-cours"}, "Cochez au moins un commentaire."),
            ({"comment": "1", "state": "bof"}, "Choisissez un suivi."),
            ({"comment": "1", "state": "corrige"}, "Indiquez la version qui corrige."),
        ],
    )
    def test_stay_as_they_are_where_something_is_missing(self, redacteur, sent, said):
        comment = say(a_published_entry(), "Faux.")
        sent = sent | ({"comment": comment.pk} if "comment" in sent else {})
        assert said in redacteur.post(INBOX, sent, follow=True).content.decode()
        comment.refresh_from_db()
        assert comment.state == FollowUpState.NEW

    def test_a_refused_form_keeps_what_was_chosen_in_it_alone(self, redacteur, page_form):
        entry, other = a_published_entry(), a_published_entry("Autre ?", "B.")
        ticked, unticked = say(entry, "Faux."), say(entry, "Vieux.", "b")
        say(other, "Long.")
        somebody = User.objects.create_user("somebody", is_staff=True)
        sent = {"group": entry.pk, "comment": ticked.pk, "state": "corrige", "assigned_to": somebody.pk}
        html = redacteur.post(INBOX, sent).content.decode()
        assert "Indiquez la version qui corrige." in html
        mine, theirs = page_form(html, entry), page_form(html, other)
        assert (mine["state"], mine["assigned_to"]) == ("corrige", str(somebody.pk))
        assert mine["comment"] == [str(ticked.pk)] != [str(unticked.pk)]
        assert (theirs["state"], theirs["assigned_to"]) == ("en-cours", str(redacteur.user.pk))

    def test_keep_the_follow_up_that_is_stored(self, redacteur, page_form):
        entry = a_published_entry()
        comment = say(entry, "Faux.")
        somebody = User.objects.create_user("somebody", is_staff=True)
        redacteur.post(INBOX, {"comment": comment.pk, "state": "en-cours", "assigned_to": somebody.pk})
        shown = page_form(redacteur.get(INBOX).content.decode(), entry)
        assert (shown["state"], shown["assigned_to"]) == ("en-cours", str(somebody.pk))
        say(entry, "Autre chose.", "b")
        mixed = page_form(redacteur.get(INBOX).content.decode(), entry)
        assert (mixed["state"], mixed["assigned_to"]) == ("en-cours", str(redacteur.user.pk))

    def test_are_filtered(self, redacteur):
        one, two = a_published_entry("Un ?"), a_published_entry("Deux ?", "Deux.")
        mine = say(one, "À moi.")
        say(two, "À personne.")
        sent = {"comment": mine.pk, "state": "en-cours", "assigned_to": redacteur.user.pk}
        redacteur.post(INBOX, sent)
        for query, shown, hidden in (
            ("attribue=moi", "À moi.", "À personne."),
            (f"attribue={redacteur.user.pk}", "À moi.", "À personne."),
            ("attribue=personne", "À personne.", "À moi."),
            ("suivi=nouveau", "À personne.", "À moi."),
            ("q=deux", "À personne.", "À moi."),
            (f"q={one.reference}", "À moi.", "À personne."),
            ("q=personne", "À personne.", "À moi."),
        ):
            text = text_of(redacteur, f"{INBOX}?{query}")
            assert shown in text, query
            assert hidden not in text, query
        assert "Rien ne répond à ces critères." in text_of(redacteur, f"{INBOX}?q=introuvable")

    def test_a_long_search_is_cut_and_said(self, redacteur):
        said = "Votre recherche a été raccourcie : 50 mots au plus, et 1\u202f000 caractères."
        words = [f"mot{rank}" for rank in range(51)]
        assert said in text_of(redacteur, f"{INBOX}?q={'+'.join(words)}")
        assert said in text_of(redacteur, f"{INBOX}?q={'x' * 1_001}")
        assert "raccourcie" not in text_of(redacteur, f"{INBOX}?q={'+'.join(words[:50])}")

    def test_scores_before_and_after_a_fix_are_told_from_ten_votes(self, redacteur):
        entry = a_published_entry()
        say(entry, "Faux.")
        for rank in range(20):
            cast_vote(entry.pk, VoteAnswer.NO if rank < 15 else VoteAnswer.YES, f"avant {rank}")
        rewrite(entry, "Juste, et tout autrement.")
        for rank in range(9):
            cast_vote(entry.pk, VoteAnswer.YES, f"après {rank}")
        text = text_of(redacteur)
        assert "25 % utile (de 11 % à 47 %, 20 votes)" in text
        assert "9 votes, trop peu" in text
        assert "évolution" not in text
        cast_vote(entry.pk, VoteAnswer.YES, "après 9")
        assert "évolution : +75 points, plus que le hasard" in text_of(redacteur)

    def test_are_read_by_all_and_dealt_with_by_those_who_write(self, analyste):
        comment = say(a_published_entry(), "Faux.")
        text = text_of(analyste)
        assert "Faux." in text
        assert "Enregistrer" not in text
        response = analyste.post(INBOX, {"comment": comment.pk, "state": "sans-suite"})
        assert response.status_code == 403
        assert Comment.objects.get().state == FollowUpState.NEW


class TestSearches:
    def test_are_added_up_over_the_days_the_most_frequent_first(self, redacteur):
        look_for("licorne", 2)
        look_for("dragon", 2)
        look_for("dragon", 3, TODAY + timedelta(days=3))
        text = text_of(redacteur, SEARCHES)
        assert (
            text.index("« dragon »") < text.index("5 fois, du 12 mars 2026 au 15 mars 2026") < text.index("« licorne »")
        )

    def test_become_an_entry_once(self, redacteur):
        look_for("facturer un dragon")
        response = redacteur.post(SEARCHES, {"create": "facturer un dragon"}, follow=True)
        entry = Entry.objects.get()
        assert response.redirect_chain[-1][0] == reverse("admin:faq_entry_change", args=(entry.pk,))
        assert entry.head.question.replace("\u00a0", " ") == "Facturer un dragon ?"
        assert entry.head.author == redacteur.user
        redacteur.post(SEARCHES, {"create": "facturer un dragon"})
        assert Entry.objects.count() == 1
        [search] = open_searches()
        assert (search["state"], search["assigned_to"]) == (FollowUpState.IN_PROGRESS, redacteur.user.pk)
        assert entry.reference in text_of(redacteur, SEARCHES)

    def test_that_nobody_made_become_nothing(self, redacteur):
        redacteur.post(SEARCHES, {"create": "inventée"})
        assert not Entry.objects.exists()

    def test_are_answered_by_a_live_entry_until_they_fail_again(self, redacteur):
        entry, draft = a_published_entry(), an_entry()
        look_for("licorne")
        sent = {"group": "licorne", "state": "corrige", "answering": draft.reference}
        assert "n’est pas en ligne" in redacteur.post(SEARCHES, sent, follow=True).content.decode()
        redacteur.post(SEARCHES, sent | {"answering": entry.reference})
        assert SearchFollowUp.objects.get().corrected_in == entry.live
        assert not open_searches().exists()
        look_for("licorne", day=timezone.localdate() + timedelta(days=1))
        assert [search["state"] for search in group_failed_searches()] == [FollowUpState.NEW]

    def test_a_refused_form_keeps_what_was_typed(self, redacteur):
        look_for("licorne")
        sent = {"group": "licorne", "state": "corrige", "answering": "Q-99999"}
        html = redacteur.post(SEARCHES, sent).content.decode()
        assert "Indiquez la fiche qui répond" in html
        assert 'value="Q-99999"' in html
        assert '<option value="corrige" selected>' in html

    def test_what_was_kept_comes_back_in_its_form_alone_until_it_is_saved(self, redacteur):
        look_for("licorne", times=2), look_for("chimère")
        kept = {"group": "licorne", "state": "corrige", "answering": "Q-9", "assigned_to": ""}
        key, _ = send_fields(redacteur, kept, kind="inbox", subject="licorne", address=SEARCHES)
        assert "Q-9" in redacteur.get(AUTOSAVE, {"kind": "inbox", "subject": "licorne"}).json()["offers"]
        html = redacteur.get(kept_forms(redacteur.user)[0].address).content.decode()
        assert html.count('value="Q-9"') == html.count('<option value="corrige" selected>') == 1
        assert html.count(f'name="autosave-key" value="{key}"') == 1
        # Another button of the same form does something else with it: what was typed stays.
        about = {"autosave-key": key.hex, "autosave-subject": "licorne"}
        redacteur.post(SEARCHES, kept | about | {"create": "licorne"})
        assert [form.key for form in kept_forms(redacteur.user)] == [key]
        redacteur.post(SEARCHES, kept | about | {"state": "en-cours"})
        assert kept_forms(redacteur.user) == []

    def test_without_a_follow_up_stay_out_of_the_way(self, redacteur):
        look_for("licorne")
        redacteur.post(SEARCHES, {"group": "licorne", "state": "sans-suite"})
        look_for("licorne", day=timezone.localdate() + timedelta(days=1))
        assert not open_searches().exists()
        assert "« licorne »" in text_of(redacteur, f"{SEARCHES}&suivi=sans-suite")

    def test_are_read_by_all_and_dealt_with_by_those_who_write(self, analyste):
        look_for("licorne")
        assert "Créer une fiche" not in text_of(analyste, SEARCHES)
        assert analyste.post(SEARCHES, {"create": "licorne"}).status_code == 403
        assert analyste.post(SEARCHES, {"group": "licorne", "state": "sans-suite"}).status_code == 403


def test_empty_boxes_say_what_will_come(redacteur, sign_in):
    assert "Aucun commentaire à traiter." in text_of(redacteur)
    assert "Aucune recherche sans résultat à traiter." in text_of(redacteur, SEARCHES)
    assert sign_in().get(INBOX).status_code == 403


@pytest.mark.parametrize("address", [INBOX, SEARCHES])
def test_the_page_costs_the_same_whatever_it_holds(redacteur, address):
    counts = []
    for number in (2, 9):
        for rank in range(number):
            entry = a_published_entry(f"Question {number} {rank} ?", f"Réponse {number} {rank}.")
            comment = say(entry, "Faux.")
            say(entry, "Vraiment.", "b")
            follow_up = {"state": FollowUpState.CORRECTED, "corrected_in": entry.live, "assigned_to": redacteur.user}
            Comment.objects.filter(pk=comment.pk).update(**follow_up)
            look_for(f"mots {number} {rank}")
            SearchFollowUp.objects.create(query=f"mots {number} {rank}", followed_on=TODAY, entry=entry, **follow_up)
        with CaptureQueriesContext(connection) as queries:
            redacteur.get(f"{address}{'&' if '?' in address else '?'}suivi=tous")
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 20
