"""The queue « Doublons possibles », and what lists, form and messages say of it."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from faq.enums import Decision
from faq.models import Entry, Pair, SeeAlso
from faq.services.content import Content
from faq.services.duplicates import compare_waiting, decide_pair, find_duplicates
from faq.services.entries import edit_entry
from faq.services.merging import merge_entries
from tests.factories import a_dump_file, a_published_entry, a_taxonomy, an_entry, by_command, take_dump
from tests.faq.admin.entry_form import ADD, read, save, typed
from tests.pairs import DELAY, ELSEWHERE, FIRST_WAVE, LONG_DELAY, OTHER_DELAY, SECOND_WAVE, a_pair, the_pair

pytestmark = pytest.mark.django_db

QUEUE = reverse("admin:faq_entry_duplicates")
SIMILAR = reverse("admin:faq_entry_similar")
LIST = reverse("admin:faq_entry_changelist")


def texts_on(*numbers):
    """An answer of its own for each number, so that only equal numbers make pairs."""
    words = "abricot brouette cascade dentelle escalier framboise girouette horizon"
    return [" ".join(f"{word}{'xyzuvw'[number]}" for word in words.split()) for number in numbers]


def two_groups():
    """Three drafts that say one thing, and two live entries that say another."""
    three, two = texts_on(0, 1)
    drafts = [an_entry("", three) for _ in range(3)]
    live = [a_published_entry("Deux ?", two) for _ in range(2)]
    find_duplicates()
    return drafts, live


def send(client, pair, decision, address=QUEUE, **changes):
    """Press a button of a pair, as the page shows it."""
    page = client.get(address, {"vue": "decidees" if decision == "undo" else ""})
    [form] = re.findall(rf'name="pair" value="{pair.pk}".*?</form>', read(page), re.DOTALL)
    data = dict(re.findall(r'name="(left_text|right_text|was|next)" value="(.*?)"', form))
    return client.post(address, {"pair": pair.pk, "decision": decision, **data, **changes}, follow=True)


def groups_of(client, **query):
    """The references of each group, in the order of the page."""
    return [group["references"] for group in client.get(QUEUE, query).context["groups"]]


class TestReading:
    def test_without_entries_one_is_told_how_to_begin(self, redacteur):
        page = read(redacteur.get(QUEUE))
        assert "manage.py import_dump" in page
        assert "Chercher les doublons maintenant" not in page

    def test_before_any_search_one_is_told_how_to_search(self, redacteur, analyste):
        an_entry()
        page = read(redacteur.get(QUEUE))
        assert "Aucun doublon possible n’est connu" in page
        assert "manage.py find_duplicates" in page
        assert "Chercher les doublons maintenant" in page
        assert "Chercher les doublons maintenant" not in read(analyste.get(QUEUE))

    def test_one_reads_how_many_entries_wait_to_be_compared(self, analyste):
        an_entry("Sous quel délai ?", DELAY)
        find_duplicates()
        assert "être comparée" not in read(analyste.get(QUEUE))
        an_entry("Où ?", ELSEWHERE)
        assert "Une fiche attend d’être comparée" in read(analyste.get(QUEUE))
        an_entry("Quand ?", OTHER_DELAY)
        assert "2 fiches attendent d’être comparées" in read(analyste.get(QUEUE))

    def test_a_pair_tells_that_the_end_of_a_long_text_was_not_compared(self, analyste, monkeypatch):
        note = "seuls les 3 000 premiers mots"
        pair = a_pair(DELAY, OTHER_DELAY)
        page = read(analyste.get(QUEUE))
        assert str(pair) in page
        assert note not in page
        monkeypatch.setattr("faq.admin.entries.pair_card.MOST_WORDS", 5)
        assert note in read(analyste.get(QUEUE))

    def test_a_pair_shows_kind_score_reason_states_sources_and_own_words(self, analyste):
        take_dump(a_dump_file(DELAY), "page-delais")
        an_entry("Sous quel délai ?", OTHER_DELAY)
        find_duplicates()
        pair = Pair.objects.get()
        page = read(analyste.get(QUEUE))
        assert f"{pair.left.reference} et {pair.right.reference} : se contredisent" in page
        assert f"Ressemblance : {int(pair.score * 100)} %" in page
        assert f"chiffre (« 30 jours » dans {pair.left.reference}, « 60 jours » dans {pair.right.reference})" in page
        assert "page-delais#1" in page
        assert "badge-draft" in page
        for days in ("30 jours", "60 jours"):
            assert re.search(rf'<mark class="word-deciding">[^/]*ce qui décide.: </span>{days}</mark>', page)
        assert "demande" in page
        assert not any("demande" in words for words in re.findall(r"<mark.*?</mark>", page)), "what both say is plain"
        assert "Variante voulue" not in page

    def test_what_is_exact_comes_first_then_conflicts_and_live_before_drafts(self, analyste):
        drafts, live = two_groups()
        one, other = an_entry("Sous quel délai ?", DELAY), an_entry("Sous quel délai ?", OTHER_DELAY)
        find_duplicates()
        assert groups_of(analyste) == [[entry.reference for entry in group] for group in (live, drafts, (one, other))]

    def test_siblings_stand_apart_and_are_not_counted(self, redacteur):
        pair = a_pair(FIRST_WAVE, SECOND_WAVE)
        assert groups_of(redacteur) == []
        page = read(redacteur.get(QUEUE, {"vue": "voisines"}))
        assert f"{pair}" in page
        assert "Voisines, pas des doublons (1)" in page
        assert "Doublons possibles (0)" in page

    def test_a_change_since_the_search_is_told(self, analyste):
        pair = a_pair()
        edit_entry(pair.left_id, Content("Sous quel délai ?", OTHER_DELAY), by_command())
        assert "nature et ressemblance datent d’avant" in read(analyste.get(QUEUE))

    def test_pairs_of_an_older_detector_are_told(self, analyste):
        a_pair()
        Pair.objects.update(generation=0)
        assert "relancez la recherche" in read(analyste.get(QUEUE))

    def test_a_large_group_is_shown_part_by_part(self, analyste):
        for _ in range(5):
            an_entry("", DELAY)
        find_duplicates()
        page = read(analyste.get(QUEUE))
        assert page.count('class="pair"') == 6
        assert "4 autres paires de ce groupe" in page

    def test_ten_groups_to_a_page(self, analyste):
        entries = [an_entry("", f"{letter * 9} " * 8) for letter in "abcdefghijkl" for _ in range(2)]
        find_duplicates()
        assert len(groups_of(analyste)) == 10
        assert groups_of(analyste, page="2") == [
            [entry.reference for entry in pair] for pair in (entries[20:22], entries[22:24])
        ]

    @pytest.mark.every_database
    def test_queries_do_not_depend_on_the_number_of_pairs(self, relecteur):
        def queries():
            with CaptureQueriesContext(connection) as captured:
                assert relecteur.get(QUEUE).context["groups"]
            return len(captured)

        two_groups()
        few = queries()
        take_dump(a_dump_file(*[f"{letter * 9} {vowel} " * 8 for letter in "bcdfghjklm" for vowel in ("a", "o", "a")]))
        find_duplicates()
        assert Pair.objects.open().count() >= 10
        assert queries() == few <= 50

    def test_whoever_has_no_role_sees_nothing(self, sign_in):
        assert sign_in().get(QUEUE).status_code == 403


class TestWordByWord:
    def texts(self, client, **query):
        """Return the marked words of each side of the only pair: its question, then its answer."""
        [group] = client.get(QUEUE, query).context["groups"]
        sides = group["items"][0]["card"].sides
        return [
            [
                [(piece.text, piece.mark) for piece in line if piece.mark != "same"]
                for line in (*side.question, *side.answer)
            ]
            for side in sides
        ]

    def test_what_is_misspelt_and_what_one_text_has_alone(self, analyste):
        a_pair(DELAY, f"{DELAY.replace('compétent', 'compétant')}\nMerci de patienter quelques semaines.")
        left, right = self.texts(analyste)
        assert ("compétent", "misspelt") in left[1]
        assert ("compétant", "misspelt") in right[1]
        assert right[2][0] == ("Merci de patienter quelques semaines", "different")

    @pytest.mark.every_database
    def test_what_decides_between_questions_is_marked_there(self, analyste):
        for wave in (1, 2):
            an_entry(f"Le dépôt est-il ouvert pour la vague {wave} ?", "Oui.")
        find_duplicates()
        left, right = self.texts(analyste, vue="voisines")
        assert ("vague 1", "deciding") in left[0]
        assert ("vague 2", "deciding") in right[0]

    @pytest.mark.every_database
    def test_texts_that_differ_by_case_alone_say_so(self, analyste):
        a_pair(DELAY, DELAY.upper())
        assert "ont les mêmes mots, à la casse" in read(analyste.get(QUEUE))

    def test_one_question_with_two_answers(self, analyste):
        an_entry("Sous quel délai la demande est-elle instruite ?", DELAY)
        an_entry("Sous quel délai la demande est-elle instruite ?", ELSEWHERE)
        find_duplicates()
        assert "Une même question y reçoit deux réponses différentes" in read(analyste.get(QUEUE))


class TestFilters:
    @pytest.mark.every_database
    def test_one_entry_one_kind_one_facet(self, analyste):
        a_taxonomy()
        conflict = an_entry("Sous quel délai ?", DELAY, couloirs="hopital"), an_entry("Quel délai ?", OTHER_DELAY)
        drafts, live = two_groups()
        first = [entry.reference for entry in conflict]
        assert groups_of(analyste, nature="conflict") == [first]
        assert groups_of(analyste, couloir="hopital") == [first]
        assert groups_of(analyste, fiche=live[0].reference) == [[entry.reference for entry in live]]
        assert groups_of(analyste, fiche=str(drafts[0].pk)) == [[entry.reference for entry in drafts]]
        assert groups_of(analyste, nature="exact", couloir="hopital") == []

    def test_options_count_entries_and_only_what_leads_somewhere_is_offered(self, analyste):
        two_groups()
        page = read(analyste.get(QUEUE))
        assert '<option value="exact">identiques (5)</option>' in page
        assert 'value="near"' not in page
        assert "Aucune paire ne répond" in read(analyste.get(QUEUE, {"fiche": "Q-999999"}))

    @pytest.mark.parametrize("query", [{"vue": "x"}, {"nature": "x"}, {"fiche": "x"}, {"page": "x"}])
    def test_what_does_not_exist_filters_nothing(self, analyste, query):
        a_pair()
        assert len(groups_of(analyste, **query)) == 1


class TestDeciding:
    @pytest.mark.parametrize("decision", ["variant", "unrelated", "related"])
    def test_a_decision_is_stored_and_can_be_taken_back(self, redacteur, decision):
        pair = a_pair()
        page = read(send(redacteur, pair, decision))
        assert "Revenir sur la décision" in page
        assert "Doublons possibles (0)" in page
        assert "1 paire décidée sur 1" in page
        stored = Pair.objects.get()
        assert (stored.decision, stored.decided_by) == (decision, redacteur.user)
        assert SeeAlso.objects.exists() is (decision == "related")
        shown = read(redacteur.get(QUEUE, {"vue": "decidees"}))
        assert f"{Decision(decision).label}, par rédacteur, le" in shown
        assert "la décision est reprise" in read(send(redacteur, pair, "undo"))
        assert list(Pair.objects.open()) == [pair]
        assert not SeeAlso.objects.exists()

    @pytest.mark.every_database
    def test_a_reviewer_goes_on_to_merge_and_a_writer_leaves_it_to_one(self, relecteur, redacteur):
        pair = a_pair()
        send(redacteur, pair, "duplicate")
        page = read(redacteur.get(QUEUE, {"vue": "a-fusionner"}))
        assert "À fusionner (1)" in page
        merge = f"{reverse('admin:faq_entry_merge')}?fiche={pair.left_id}&fiche={pair.right_id}"
        assert merge not in page
        assert merge in read(relecteur.get(QUEUE, {"vue": "a-fusionner"}))
        send(redacteur, pair, "undo")
        response = send(relecteur, pair, "duplicate")
        assert response.redirect_chain[0][0] == merge

    @pytest.mark.every_database
    def test_what_was_merged_stays_decided_and_waits_no_more(self, relecteur):
        pair = decide_pair(a_pair(), Decision.DUPLICATE, None)
        content = Content("Sous quel délai ?", DELAY)
        merge_entries(pair.left_id, [pair.right_id], content, by_command(), bases={pair.left_id: 1, pair.right_id: 1})
        compare_waiting()
        assert groups_of(relecteur, vue="a-fusionner") == []
        page = read(relecteur.get(QUEUE, {"vue": "decidees"}))
        assert "L’une des deux fiches n’est plus en service" in page
        assert "1 paire décidée sur 1" in page

    def test_the_next_pair_is_where_one_goes_on(self, redacteur):
        _, live = two_groups()
        pair = the_pair(*live)
        response = send(redacteur, pair, "variant")
        shown = [item["card"].pair.pk for group in redacteur.get(QUEUE).context["groups"] for item in group["items"]]
        assert response.redirect_chain[0][0].endswith(f"#paire-{shown[0]}")

    def test_a_text_that_changed_meanwhile_is_told_and_nothing_changes(self, redacteur):
        pair = a_pair()
        shown = {"left_text": pair.left_text, "right_text": pair.right_text}
        edit_entry(pair.left_id, Content("Sous quel délai ?", OTHER_DELAY), by_command())
        page = read(send(redacteur, pair, "related", **shown))
        assert "Cette paire a changé depuis que vous l’avez affichée" in page
        assert "se contredisent" in page
        assert Pair.objects.get().decision == ""
        assert not SeeAlso.objects.exists()

    def test_a_text_that_changed_before_it_was_shown_is_decided_as_shown(self, redacteur):
        pair = a_pair()
        edit_entry(pair.left_id, Content("Sous quel délai ?", LONG_DELAY), by_command())
        send(redacteur, pair, "variant")
        stored = Pair.objects.get()
        assert (stored.kind, stored.decision) == ("contains", "variant")
        assert not Pair.objects.open().exists()

    def test_what_somebody_else_decided_meanwhile_stays(self, redacteur):
        pair = decide_pair(a_pair(), Decision.UNRELATED, None)
        shown = {"left_text": pair.left_text, "right_text": pair.right_text, "was": ""}
        response = redacteur.post(QUEUE, {"pair": pair.pk, "decision": "variant", **shown}, follow=True)
        assert "rien n’a été décidé" in read(response)
        assert Pair.objects.get().decision == "unrelated"

    def test_a_pair_that_vanished_is_told(self, redacteur):
        pair = a_pair()
        edit_entry(pair.left_id, Content("Où le lire ?", ELSEWHERE), by_command())
        page = read(redacteur.post(QUEUE, {"pair": pair.pk, "decision": "variant"}, follow=True))
        assert "Ces deux fiches ne se ressemblent plus" in page
        assert not Pair.objects.exists()

    def test_a_decision_that_was_overtaken_says_what_it_was(self, redacteur):
        pair = decide_pair(a_pair(), Decision.UNRELATED, None)
        edit_entry(pair.left_id, Content("Sous quel délai ?", OTHER_DELAY), by_command())
        compare_waiting()
        page = read(redacteur.get(QUEUE))
        assert "Un texte a changé sur le fond depuis la décision : sans rapport, par système" in page

    @pytest.mark.parametrize(
        "data", [{}, {"decision": "x"}, {"decision": "variant"}, {"decision": "undo", "pair": "x"}]
    )
    def test_nonsense_decides_nothing(self, redacteur, data):
        a_pair()
        assert "rien n’a été décidé" in read(redacteur.post(QUEUE, data, follow=True)).lower()
        assert Pair.objects.open().count() == 1

    def test_whoever_only_reads_neither_decides_nor_searches(self, analyste):
        pair = a_pair()
        assert analyste.post(QUEUE, {"pair": pair.pk, "decision": "variant"}).status_code == 403
        assert analyste.post(QUEUE, {"search": "1"}).status_code == 403

    def test_a_search_says_what_it_found(self, redacteur):
        for _ in range(2):
            an_entry("", DELAY)
        page = read(redacteur.post(QUEUE, {"search": "1"}, follow=True))
        assert "2 fiches comparées : 1 doublon possible à examiner" in page
        assert len(groups_of(redacteur)) == 1


class TestTyping:
    def post(self, client, answer, **data):
        return read(client.post(SIMILAR, {"question": "Délai ?", "answer": answer, "number": "", **data}))

    @pytest.mark.every_database
    def test_entries_like_a_new_text_are_named_with_what_differs(self, redacteur):
        entry = an_entry("Sous quel délai ?", DELAY)
        page = self.post(redacteur, OTHER_DELAY)
        assert f"{entry.reference} Sous quel délai ?" in page
        assert "Se contredisent" in page
        assert "chiffre : « 30 jours »" in page
        assert f'href="{reverse("admin:faq_entry_change", args=(entry.pk,))}" target="_blank"' in page

    def test_siblings_stand_apart_and_an_entry_is_not_like_itself(self, redacteur):
        entry = an_entry("Quand déposer ?", FIRST_WAVE)
        page = self.post(redacteur, SECOND_WAVE)
        assert "Voisines, qui parlent d’autre chose" in page
        assert "<strong>" not in page
        assert self.post(redacteur, FIRST_WAVE, number=entry.pk).strip() == ""

    def test_five_at_most_and_none_for_no_text(self, redacteur):
        for _ in range(6):
            an_entry("", DELAY)
        assert self.post(redacteur, DELAY).count("<strong>") == 5
        assert self.post(redacteur, " ").strip() == ""

    @pytest.mark.parametrize(("entries", "told"), [(6, "… et 1 autre qui leur ressemble."), (5, "")])
    def test_those_not_shown_are_counted(self, redacteur, entries, told):
        for _ in range(entries):
            an_entry("", DELAY)
        page = self.post(redacteur, DELAY)
        assert ("leur ressemble" in page) is bool(told)
        assert told in page

    def test_those_of_one_template_that_are_not_compared_are_counted_too(self, redacteur):
        for number in range(30):
            an_entry("", f"{DELAY} Le bureau {number} vous répond.")
        assert "… et 25 autres qui leur ressemblent." in self.post(redacteur, DELAY)

    def test_it_is_only_asked_and_only_by_readers(self, redacteur, sign_in):
        assert redacteur.get(SIMILAR).status_code == 405
        assert sign_in().post(SIMILAR, {}).status_code == 403


class TestElsewhere:
    def test_a_save_names_what_it_may_repeat(self, redacteur):
        known, entry = an_entry("Sous quel délai ?", DELAY), an_entry("Autre ?", ELSEWHERE)
        page = read(save(redacteur, entry, answer=DELAY))
        assert f"Doublon possible : {known.reference} (identiques)." in page
        assert f"{QUEUE}?fiche={entry.pk}" in page
        assert "Doublon possible" not in read(save(redacteur, entry, answer=ELSEWHERE))

    def test_a_new_entry_too(self, redacteur):
        an_entry("Sous quel délai ?", DELAY)
        data = typed(question="Sous quel délai ?", answer=DELAY, _save="1")
        assert "Doublon possible" in read(redacteur.post(ADD, data, follow=True))
        assert Pair.objects.open().count() == 1

    @pytest.mark.every_database
    def test_the_list_counts_open_pairs_and_filters_on_them(self, analyste):
        drafts, live = two_groups()
        an_entry("Autre ?", ELSEWHERE)
        decide_pair(the_pair(*live), Decision.VARIANT, None)
        page = read(analyste.get(LIST))
        badges = re.findall(r'href="([^"]*)">(\d) doublons? possibles?</a>', page)
        assert sorted(badges) == sorted((f"{QUEUE}?fiche={entry.pk}", "2") for entry in drafts)
        assert '<option value="doublons">Doublons possibles (3)</option>' in page
        shown = analyste.get(LIST, {"travail": "doublons"}).context["cl"].result_list
        assert sorted(entry.pk for entry in shown) == [entry.pk for entry in drafts]

    def test_a_pair_at_both_sides_of_an_entry_counts_once_each(self, analyste):
        drafts, _ = two_groups()
        an_entry("Autre ?", ELSEWHERE)
        counts = {entry.pk: entry.open_pairs for entry in analyste.get(LIST).context["cl"].result_list}
        assert [counts[entry.pk] for entry in drafts] == [2, 2, 2]
        assert sum(counts.values()) == 2 * Pair.objects.open().count()
        assert len(counts) == Entry.objects.count()
