"""Questions typed one after the other: each saved on its own, none overwritten, none lost."""

import re

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from faq.enums import Origin
from faq.models import Batch, Entry
from faq.services.content import Content
from faq.services.entries import edit_entry
from faq.services.workflow import archive_entry
from tests.factories import a_filing, a_published_entry, a_taxonomy, an_entry, by_command, numbers
from tests.faq.admin.entry_form import head_of, read

LIST = reverse("admin:faq_entry_changelist")
QUESTIONS = reverse("admin:faq_entry_questions")
UNTITLED = f"{QUESTIONS}?travail=sans-question"

pytestmark = pytest.mark.django_db


def some_untitled(number):
    return [an_entry("", f"Réponse {rank}.") for rank in range(number)]


def listed(client, address=UNTITLED):
    return sorted(int(number) for number in re.findall(r'name="number" value="(\d+)"', read(client.get(address))))


def rows(typed, **bases):
    """Return the browser's data: per entry its question, and the version shown (its latest, unless given)."""
    data = {"number": [entry.pk for entry in typed]}
    for entry, question in typed.items():
        data[f"q{entry.pk}-question"] = question
        data[f"q{entry.pk}-base"] = bases.get(entry.reference, head_of(entry).number)
    return data


def save(client, typed, address=UNTITLED, **bases):
    return client.post(address, rows(typed, **bases), follow=True)


def test_it_begins_with_the_entries_without_question(redacteur):
    untitled = some_untitled(2)
    an_entry("Titrée ?")
    assert redacteur.get(QUESTIONS).url == UNTITLED
    assert listed(redacteur) == numbers(untitled)


@pytest.mark.every_database
def test_it_takes_the_filters_of_the_list_and_the_list_leads_there(redacteur):
    a_taxonomy()
    filed = an_entry("Titrée ?", couloirs="hopital")
    an_entry("")
    assert listed(redacteur, f"{QUESTIONS}?couloir=hopital") == [filed.pk]
    assert f'href="{QUESTIONS}?couloir=hopital"' in redacteur.get(f"{LIST}?couloir=hopital").content.decode()
    assert f'href="{QUESTIONS}"' in redacteur.get(LIST).content.decode()


def test_what_was_changed_is_saved_as_one_batch_and_the_rest_is_left(redacteur):
    first, second, third = some_untitled(3)
    page = read(save(redacteur, {first: "Un ?", second: "", third: " Trois\r\nou quatre ? "}))
    assert [entry.versions.count() for entry in (first, second, third)] == [2, 1, 2]
    assert [head_of(entry).question for entry in (first, third)] == ["Un ?", "Trois ou quatre ?"]
    version = head_of(first)
    assert (version.answer, version.status, version.author) == ("Réponse 0.", "draft", redacteur.user)
    assert version.origin == Origin.LIST_EDIT
    assert Batch.objects.get().versions.count() == 2
    assert f"2 fiches enregistrées : {first.reference}, {third.reference}" in strip_tags(page)
    assert listed(redacteur) == [second.pk]


def test_nothing_changed_is_told_and_leaves_no_batch(redacteur):
    [entry] = some_untitled(1)
    assert "Rien n’a changé" in read(save(redacteur, {entry: ""}))
    assert not Batch.objects.exists()


@pytest.mark.every_database
def test_the_public_reads_on_while_a_new_question_is_a_draft(redacteur):
    entry = a_published_entry("En ligne ?")
    save(redacteur, {entry: "Brouillon ?"}, f"{QUESTIONS}?etat=published")
    entry.refresh_from_db()
    assert (entry.question, head_of(entry).question, entry.has_draft) == ("En ligne ?", "Brouillon ?", True)


class TestTwoEditors:
    def test_a_question_in_conflict_stops_no_other_and_stays_as_it_was_typed(self, redacteur):
        contested, other = some_untitled(2)
        sent = rows({contested: "La mienne ?", other: "L’autre ?"})
        edit_entry(contested.pk, Content("La leur ?", "Réponse 0."), by_command())
        page = read(redacteur.post(UNTITLED, sent))
        assert head_of(contested).question == "La leur ?"
        assert head_of(other).question == "L’autre ?"
        assert f"1 fiche enregistrée : {other.reference}" in strip_tags(page)
        assert "1 fiche non enregistrée" in page
        assert "La leur ?" in page
        assert "La mienne ?</textarea>" in page
        assert "a été modifiée entre-temps" in page

    @pytest.mark.every_database
    def test_saving_it_again_is_a_choice(self, redacteur):
        [entry] = some_untitled(1)
        sent = rows({entry: "La mienne ?"})
        edit_entry(entry.pk, Content("La leur ?", "Réponse 0."), by_command())
        page = redacteur.post(UNTITLED, sent).content.decode()
        [base] = re.findall(rf'name="q{entry.pk}-base" value="(\d+)"', page)
        redacteur.post(UNTITLED, sent | {f"q{entry.pk}-base": base})
        assert list(entry.versions.order_by("number").values_list("question", flat=True)) == [
            "",
            "La leur ?",
            "La mienne ?",
        ]

    def test_a_change_elsewhere_in_the_entry_is_joined_and_told(self, redacteur):
        a_taxonomy()
        [entry] = some_untitled(1)
        sent = rows({entry: "La mienne ?"})
        edit_entry(entry.pk, Content("", "Leur réponse.", a_filing(themes="certificats")), by_command())
        page = read(redacteur.post(UNTITLED, sent, follow=True))
        head = head_of(entry)
        assert (head.question, head.answer) == ("La mienne ?", "Leur réponse.")
        assert [term["slug"] for term in head.filing["themes"]] == ["certificats"]
        assert "votre saisie est réunie à ses changements" in page


class TestRefusals:
    @pytest.mark.parametrize(
        ("question", "base", "reason"),
        [
            ("x" * 301, 1, "300"),
            ("Une ?", "", "La version de départ manque"),
            ("Une ?", "un", "La version de départ est illisible"),
            ("Une ?", 9, "n’existe pas"),
            ("Une\0 ?", 1, "errorlist"),
        ],
    )
    def test_what_cannot_be_saved_is_explained_and_kept(self, redacteur, question, base, reason):
        [entry] = some_untitled(1)
        page = read(save(redacteur, {entry: question}, **{entry.reference: base}))
        assert reason in page
        assert f"{question}</textarea>".replace("\0", "") in page.replace("\0", "")
        assert entry.versions.count() == 1

    def test_an_entry_archived_meanwhile_keeps_what_was_typed(self, redacteur):
        [entry] = some_untitled(1)
        sent = rows({entry: "Tapée ?"})
        archive_entry(entry.pk, by_command())
        page = read(redacteur.post(UNTITLED, sent))
        assert "est archivée" in page
        assert "Tapée ?</textarea>" in page

    def test_an_entry_that_does_not_exist_is_passed_over(self, redacteur):
        sent = {"number": ["999", "x"], "q999-question": "Une ?", "q999-base": "1"}
        assert redacteur.post(UNTITLED, sent).status_code == 302

    def test_whoever_may_not_write_gets_nowhere(self, analyste, sign_in):
        [entry] = some_untitled(1)
        for client in (analyste, sign_in()):
            assert client.get(UNTITLED).status_code == 403
            assert client.post(UNTITLED, rows({entry: "Une ?"})).status_code == 403
        assert QUESTIONS not in analyste.get(LIST).content.decode()
        assert entry.versions.count() == 1


def test_a_page_or_a_filter_that_does_not_exist_shows_what_there_is(redacteur):
    untitled = numbers(some_untitled(2))
    for query in ("&page=9", "&page=x", "&nonsense=1"):
        assert listed(redacteur, f"{UNTITLED}{query}") == untitled


def test_long_answers_are_folded_and_nothing_in_them_is_markup(redacteur):
    an_entry("", "<script>alert(1)</script> **gras** " * 20)
    page = redacteur.get(UNTITLED).content.decode()
    assert "Réponse entière" in page
    assert "<strong>gras</strong>" in page
    assert "<script>alert" not in page


@pytest.mark.every_database
def test_the_number_of_queries_does_not_depend_on_the_number_of_entries(redacteur, django_assert_max_num_queries):
    a_taxonomy()
    [entry] = some_untitled(1)
    listed(redacteur)
    with django_assert_max_num_queries(60) as few:
        assert listed(redacteur) == [entry.pk]
    for rank in range(25):
        an_entry("", f"Réponse {rank}, longue. " * 30, couloirs="hopital", themes="certificats financement")
    with django_assert_max_num_queries(len(few)):
        assert len(listed(redacteur)) == 20
    assert listed(redacteur, f"{UNTITLED}&page=2") == numbers(Entry.objects.order_by("pk")[:6])
