"""load_taxonomy, import_curation, publish_entries: from bare answers to a FAQ that is titled, filed and live."""

import io

import pytest
from django.core.management import CommandError, call_command

from faq.domain.text import fingerprint
from faq.enums import EntryStatus
from faq.models import Entry, OfferType
from faq.services.workflow import withdraw_entry
from tests.factories import a_published_entry, an_entry, by_command

pytestmark = pytest.mark.django_db


def run(*args):
    out = io.StringIO()
    call_command(*map(str, args), stdout=out)
    return out.getvalue()


@pytest.fixture
def curation(tmp_path):
    path = tmp_path / "curation.csv"
    lines = [f"{fingerprint(text)},{question},segur,,,,certificats" for text, question in QUESTIONS.items()]
    path.write_text("fingerprint,question,offer_types,couloirs,dispositifs,products,themes\n" + "\n".join(lines))
    return path


QUESTIONS = {"Un.": "Combien ?", "Deux.": "Et alors ?", "Trois.": "Encore ?", "Quatre.": "Toujours ?"}


def test_the_taxonomy_is_loaded_once():
    terms, synonyms = (int(line.split()[-1]) for line in run("load_taxonomy").splitlines())
    assert terms > 50
    assert synonyms > 50
    assert OfferType.objects.count() == 4
    assert run("load_taxonomy") == "Termes ajoutés à la taxonomie : 0\nGroupes de synonymes ajoutés : 0\n"


def test_curation_reports_every_line(curation):
    run("load_taxonomy")
    an_entry("", "Un.")
    twins = [an_entry("", "Deux."), an_entry("", "Deux.")]
    titled = an_entry("La mienne ?", "Trois.")
    assert run("import_curation", curation).splitlines() == [
        "Fiches titrées et classées : 1, déjà à jour : 0, laissées à leurs rédacteurs : 1, "
        "empreintes sans fiche : 1, empreintes ambiguës : 1",
        f"  ligne 4 : {titled.reference} a déjà une autre question ou un autre classement",
        f"  ligne 5 : aucune fiche n’a la réponse d’empreinte {fingerprint('Quatre.')}",
        f"  ligne 3 : plusieurs fiches ont cette réponse ({twins[0].reference}, {twins[1].reference})",
    ]


def test_a_faulty_curation_changes_nothing(curation, tmp_path):
    an_entry("", "Un.")
    with pytest.raises(CommandError, match=r"rien n’a été enregistré.\n.*terme inconnu « segur »"):
        run("import_curation", curation)
    with pytest.raises(CommandError, match="illisible"):
        run("import_curation", tmp_path / "absente.csv")
    assert Entry.objects.get().question == ""


def test_complete_entries_are_published_once():
    complete, untitled, withdrawn = an_entry(), an_entry("", "Sans question."), a_published_entry()
    withdraw_entry(withdrawn.pk, by_command())
    assert run("publish_entries", "--complete") == "Fiches publiées : 1\n"
    assert run("publish_entries", "--complete") == "Fiches publiées : 0\n"
    statuses = dict(Entry.objects.values_list("pk", "status"))
    assert statuses == {
        complete.pk: EntryStatus.PUBLISHED,
        untitled.pk: EntryStatus.DRAFT,
        withdrawn.pk: EntryStatus.DRAFT,
    }


def test_one_that_cannot_be_published_does_not_stop_the_others():
    untitled, complete = an_entry("", "Sans question."), an_entry()
    with pytest.raises(CommandError) as refusal:
        run("publish_entries", untitled.reference, complete.reference.lower(), "Q-999999")
    assert untitled.reference in str(refusal.value)
    assert "Q-999999" in str(refusal.value)
    assert list(Entry.objects.live()) == [complete]


@pytest.mark.parametrize("args", [[], ["--complete", "Q-1"], ["zut"], ["Q-"], ["Q-²"]])
def test_unclear_orders_are_refused(args):
    with pytest.raises(CommandError):
        run("publish_entries", *args)
