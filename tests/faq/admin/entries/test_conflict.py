"""Two editors on one entry: joined and told, or asked on a page that keeps everything typed."""

import re

import pytest

from faq.enums import Origin
from faq.models import Entry
from faq.services.content import Content, content_of
from faq.services.entries import edit_entry
from faq.services.versions import Provenance
from tests.factories import a_filing, a_taxonomy, an_entry, by_command
from tests.faq.admin.entry_form import head_of, ids_of, page_of, read, typed

# The texts are joined outside the database: that nothing is lost there is tested with the service.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

TEXT = "Premier.\n\nDeuxième.\n\nTroisième."


@pytest.fixture
def entry(sign_in):
    """Version 1, and theirs, version 2, by Marie: another question and another second paragraph."""
    a_taxonomy()
    entry = an_entry("Quelle question ?", TEXT, couloirs="hopital")
    marie = sign_in("administrateur").user
    marie.first_name, marie.last_name = "Marie", "Dupont"
    marie.save()
    theirs = Content("Leur question ?", TEXT.replace("Deuxième", "Le leur"), a_filing(couloirs="hopital"))
    edit_entry(entry.pk, theirs, Provenance(Origin.FORM, marie, comment="Relu avec eux."))
    return entry


def from_version_1(**changes):
    """Return the data of a browser whose form was opened before theirs was stored."""
    first = Content("Quelle question ?", TEXT, a_filing(couloirs="hopital", offer_types="segur"))
    data = {"question": first.question, "answer": first.answer.replace("\n", "\r\n"), "comment": "", "new_themes": ""}
    filing = {facet.value: sorted(ids) for facet, ids in first.filing.items()}
    return data | filing | {"base": 1, "_save": "1"} | changes


MINE = {"answer": TEXT.replace("Deuxième", "Le mien"), "question": "Ma question ?", "comment": "Mon avis."}


def shown(page):
    """Return the data that the browser would send back from the conflict page, before any choice."""
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
    data = {name: value for name, value in fields if name != "csrfmiddlewaretoken"}
    return data | {name: [v for n, v in fields if n == name] for name in ("couloirs", "offer_types", "themes")}


def test_what_does_not_contradict_is_joined_and_told(redacteur, entry):
    mine = from_version_1(themes=ids_of(themes="certificats"))
    page = read(redacteur.post(page_of(entry), mine, follow=True))
    assert "Marie Dupont avait enregistré la version 2 entre-temps" in page
    assert "compare/?from=2&to=3" in page
    assert content_of(head_of(entry)) == Content(
        "Leur question ?",
        TEXT.replace("Deuxième", "Le leur"),
        a_filing(couloirs="hopital", offer_types="segur", themes="certificats"),
    )


def test_nothing_is_published_that_nobody_has_read(relecteur, entry):
    page = read(relecteur.post(page_of(entry), from_version_1(_publish="1"), follow=True))
    assert "rien n’a été écrit" in page
    assert Entry.objects.get(pk=entry.pk).live is None


class TestPage:
    @pytest.fixture
    def page(self, redacteur, entry):
        sent = from_version_1(**MINE, minor="on", themes=ids_of(themes="certificats"), new_themes="Neuve")
        response = redacteur.post(page_of(entry), sent)
        assert response.context["title"].endswith("deux textes à réunir")
        return read(response)

    def test_shows_both_and_keeps_everything_typed(self, page, entry):
        assert "Marie Dupont a enregistré la version 2" in page
        assert "Relu avec eux." in page
        for text in ("Le leur", "Le mien", "Leur", "Ma"):
            assert re.search(rf"<ins>.*{text}.*</ins>", page), text
        carried = shown(page)
        assert carried["answer"].replace("\r", "") == MINE["answer"]
        assert (carried["question"], carried["comment"], carried["new_themes"]) == (
            "Ma question ?",
            "Mon avis.",
            "Neuve",
        )
        assert (carried["base"], carried["theirs"], carried["minor"]) == ("1", "2", "True")
        assert entry.versions.count() == 2

    def test_what_is_not_decided_is_asked_again(self, page, redacteur, entry):
        sent = shown(page) | {"_save": "1", "decide-question-0": "mine", "other-answer-1": "À moi."}
        again = read(redacteur.post(page_of(entry), sent))
        assert "Il reste des choix à faire" in again
        assert again.count("Choisissez ce qu’il faut garder ici.") == 1
        assert "À moi.</textarea>" in again
        assert entry.versions.count() == 2

    @pytest.mark.parametrize(
        ("question", "answer", "expected"),
        [
            ("mine", "theirs", ("Ma question ?", "Le leur.")),
            ("theirs", "mine", ("Leur question ?", "Le mien.")),
            ("mine", "both", ("Ma question ?", "Le mien.\nLe leur.")),
            ("other", "other", ("Une autre ?", "Encore\nautre chose.")),
        ],
    )
    def test_what_is_decided_is_saved(self, page, redacteur, entry, question, answer, expected):
        sent = shown(page) | {
            "decide-question-0": question,
            "other-question-0": "Une autre ?",
            "decide-answer-1": answer,
            "other-answer-1": "Encore\r\nautre chose.",
        }
        told = read(redacteur.post(page_of(entry), sent | {"_save": "1"}, follow=True))
        head = head_of(entry)
        assert (head.question, head.answer) == (expected[0], f"Premier.\n\n{expected[1]}\n\nTroisième.")
        assert (head.number, head.comment) == (3, "Mon avis.")
        assert {term["label"] for term in head.filing["themes"]} == {"certificats", "Neuve"}
        assert "enregistrée comme brouillon (version 3)" in told

    def test_somebody_saves_again_while_it_is_being_decided(self, page, redacteur, entry):
        edit_entry(entry.pk, Content("Encore eux ?", "Tout autre.", a_filing(couloirs="hopital")), by_command())
        sent = shown(page) | {"decide-question-0": "mine", "decide-answer-1": "mine", "_save": "1"}
        again = shown(read(redacteur.post(page_of(entry), sent)))
        assert (again["base"], again["theirs"]) == ("2", "3")
        assert (again["question"], again["comment"]) == ("Ma question ?", "Mon avis.")
        assert entry.versions.count() == 3

    def test_the_form_takes_the_text_back(self, page, redacteur, entry):
        form = redacteur.post(page_of(entry), shown(page) | {"_preview": "1"}).context["form"]
        assert form["question"].value() == "Ma question ?"
        assert str(form["base"].value()) == "1"

    @pytest.mark.parametrize("forged", [{"theirs": "99"}, {"theirs": "x"}, {"base": "2"}, {"theirs": "1"}])
    def test_forged_numbers_overwrite_nothing(self, page, redacteur, entry, forged):
        sent = shown(page) | {"_save": "1", "decide-question-0": "mine", "decide-answer-1": "mine"} | forged
        redacteur.post(page_of(entry), sent)
        assert entry.versions.get(number=2).answer == TEXT.replace("Deuxième", "Le leur")


def test_filings_that_would_become_transverse_are_asked(redacteur):
    a_taxonomy()
    entry = an_entry("Quelle question ?", TEXT, themes="certificats financement")
    mine = typed(entry, themes=ids_of(themes="financement"), _save="1")
    edit_entry(entry.pk, Content("Quelle question ?", TEXT, a_filing(themes="certificats")), by_command())
    page = read(redacteur.post(page_of(entry), mine))
    for labels in ("certificats, financement", "<dd>certificats</dd>", "<dd>financement</dd>"):
        assert labels in page
    redacteur.post(page_of(entry), shown(page) | {"decide-themes": "both", "_save": "1"})
    assert {term["slug"] for term in head_of(entry).filing["themes"]} == {"certificats", "financement"}
