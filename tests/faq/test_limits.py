"""Texts above a limit are refused in French before anything is stored; texts that reach it are taken."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import models
from django.urls import reverse

from faq.domain import dumps, limits
from faq.domain.dumps import VOTE_LINE, DumpError, scan_dump
from faq.domain.limits import (
    ANSWER_MAX_LENGTH,
    FORM_MAX_BYTES,
    PASSAGE_MAX_LENGTH,
    VERSION_COMMENT_MAX_LENGTH,
    VISITOR_COMMENT_MAX_LENGTH,
)
from faq.enums import Action
from faq.models import Batch, Dump, Entry, SitePage, SitePageVersion, Version
from faq.services import curation
from faq.services import dumps as dump_service
from faq.services.content import Content, EntryError, ImportRefused, InvalidContent
from faq.services.entries import create_entry, edit_entry, restore_version
from faq.services.merging import merge_entries
from faq.services.pages import save_page
from faq.services.workflow import publish_entry
from feedback.comments import clean_comment
from tests.factories import a_dump_file, an_entry, by_command, take_dump
from tests.faq.admin.entry_form import ADD, PREVIEW, page_of, read, save, typed

LONGEST = "x" * ANSWER_MAX_LENGTH
TOO_LONG = f"{LONGEST}x"
REFUSAL = "La réponse dépasse 50\u202f000 caractères (50\u202f001 en tout)\u00a0; raccourcissez-la"
BLANKS = "\n" * 400_000


class TestAnAnswer:
    pytestmark = pytest.mark.django_db

    def test_at_the_limit_is_stored(self):
        assert create_entry(Content("", LONGEST), by_command()).version.answer == LONGEST

    def test_beyond_it_is_refused_by_every_write(self):
        entry, other = an_entry(), an_entry("Et là ?", "Comme cela.")
        content = Content("Comment ?", TOO_LONG)
        writes = [
            lambda: create_entry(content, by_command()),
            lambda: create_entry(content, by_command(), then=Action.PUBLISHED),
            lambda: edit_entry(entry.pk, content, by_command()),
            lambda: merge_entries(entry.pk, [other.pk], content, by_command(), bases={}),
        ]
        for write in writes:
            with pytest.raises(InvalidContent) as refusal:
                write()
            assert str(refusal.value).startswith(REFUSAL)
            assert refusal.value.field == "answer"
        assert (Entry.objects.count(), Version.objects.count()) == (2, 2)

    def test_that_an_old_version_holds_is_not_brought_back(self):
        entry = an_entry()
        models.QuerySet(Version).filter(entry=entry).update(answer=TOO_LONG)
        edit_entry(entry.pk, Content("Comment faire ?", "Court."), by_command())
        with pytest.raises(InvalidContent, match="La réponse dépasse"):
            restore_version(Version.objects.get(entry=entry, number=1), by_command())
        assert Version.objects.filter(entry=entry).count() == 2

    def test_of_blank_lines_alone_is_empty(self):
        assert create_entry(Content("Comment ?", BLANKS), by_command()).version.answer == ""

    def test_is_counted_without_its_blank_margins_and_carriage_returns(self):
        text = f"a{chr(13)}\n" * (ANSWER_MAX_LENGTH // 2)
        stored = create_entry(Content("", f"{BLANKS}{text}{BLANKS}"), by_command()).version.answer
        assert len(stored) == ANSWER_MAX_LENGTH - 1

    def test_beyond_it_stays_in_the_form_with_the_reason(self, admin_client):
        page = read(admin_client.post(ADD, typed(question="Comment ?", answer=TOO_LONG, _save="1")))
        assert REFUSAL in page
        assert TOO_LONG in page
        assert not Entry.objects.exists()
        entry = an_entry()
        assert REFUSAL in read(save(admin_client, entry, answer=TOO_LONG))
        assert Version.objects.count() == 1

    def test_at_it_passes_the_form(self, admin_client):
        entry = an_entry()
        save(admin_client, entry, answer=LONGEST)
        assert Version.objects.get(entry=entry, number=2).answer == LONGEST

    def test_beyond_it_is_previewed_up_to_it_and_compared_with_nothing(self, admin_client):
        assert f"<p>{LONGEST}</p>" in read(admin_client.post(PREVIEW, typed(answer=TOO_LONG)))
        similar = admin_client.post(reverse("admin:faq_entry_similar"), {"question": "?", "answer": TOO_LONG})
        assert similar.status_code == 200

    def test_takes_no_browser_limit_that_would_cut_a_paste(self, admin_client):
        page = read(admin_client.get(page_of(an_entry())))
        [field] = [part for part in page.split("<textarea ")[1:] if 'name="answer"' in part.split(">")[0]]
        assert "maxlength" not in field.split(">")[0]


class TestADump:
    @pytest.mark.django_db
    def test_with_answers_at_the_limit_is_taken(self):
        take_dump(a_dump_file(LONGEST, "mot\n" * 12_000))
        assert Entry.objects.count() == 2

    @pytest.mark.django_db
    @pytest.mark.parametrize("answer", [TOO_LONG, "x" * 300_000, "mot\n" * 200_000])
    def test_with_one_beyond_it_is_refused_whole(self, answer):
        with pytest.raises(ImportRefused, match=r"La réponse dépasse 50\u202f000 caractères .* \(ligne 3\)"):
            take_dump(a_dump_file("Court.", answer))
        assert not Entry.objects.exists()
        assert not Batch.objects.exists()

    @pytest.mark.django_db
    def test_is_refused_by_the_command_too(self, tmp_path):
        file = tmp_path / "page.txt"
        file.write_bytes(a_dump_file(TOO_LONG))
        with pytest.raises(CommandError, match="Vérifiez qu’une ligne de vote ferme chaque réponse"):
            call_command("import_dump", str(file))
        assert not Dump.objects.exists()

    def test_without_a_vote_line_for_too_long_is_refused_where_that_begins(self):
        blanks = b"\n" * (PASSAGE_MAX_LENGTH - len(VOTE_LINE) - 1)
        ending = f"{VOTE_LINE}\n".encode()
        assert len(list(scan_dump(io.BytesIO(blanks + ending)))) == 2
        for long_stretch in (b"\n" + blanks + ending, b"Court.\n" + ending + b"\n" + blanks + ending):
            with pytest.raises(DumpError, match="Plus de 1\u202f000\u202f000 caractères se suivent") as refusal:
                list(scan_dump(io.BytesIO(long_stretch)))
            assert refusal.value.line == 1 + long_stretch.startswith(b"C") * 2

    def test_of_too_many_answers_is_refused(self, monkeypatch):
        monkeypatch.setattr(dumps, "DUMP_MAX_ANSWERS", 2)
        assert len(list(scan_dump(io.BytesIO(a_dump_file("Un.", "Deux."))))) == 3
        with pytest.raises(DumpError, match="dépasse 2 réponses"):
            list(scan_dump(io.BytesIO(a_dump_file("Un.", "Deux.", "Trois."))))

    @pytest.mark.django_db
    def test_of_too_many_bytes_is_refused_unread(self, monkeypatch):
        data = a_dump_file("Un.")
        monkeypatch.setattr(dump_service, "DUMP_MAX_BYTES", len(data))
        take_dump(data)
        with pytest.raises(ImportRefused, match=r"Le fichier dépasse .* octets .* Coupez-le en plusieurs fichiers"):
            take_dump(data + b"\xff")
        assert Dump.objects.count() == 1


class TestACurationFile:
    pytestmark = pytest.mark.django_db

    def test_of_too_many_bytes_is_refused(self, monkeypatch):
        monkeypatch.setattr(curation, "CURATION_MAX_BYTES", 10)
        with pytest.raises(ImportRefused, match="Le fichier dépasse 10 octets \\(11 en tout\\)"):
            curation.import_curation(b"x" * 11, by_command(), label="essai.csv")

    @pytest.mark.parametrize("cell", ["x" * 200_000, '"' + "x" * 200_000])
    def test_with_a_cell_that_no_reader_takes_is_refused(self, cell):
        header = ",".join(curation.COLUMNS)
        with pytest.raises(ImportRefused, match="une cellule est illisible ou dépasse 131\u202f072"):
            curation.import_curation(f"{header}\n{cell},,,,,,\n".encode(), by_command(), label="essai.csv")


class TestAComment:
    @pytest.mark.django_db
    def test_of_a_version_beyond_the_limit_is_refused(self):
        entry = an_entry()
        longest = "x" * VERSION_COMMENT_MAX_LENGTH
        publish_entry(entry.pk, by_command(comment=longest))
        for content in (Content("Comment ?", "Autre."), Content("", "x")):
            with pytest.raises(EntryError, match="Le commentaire dépasse 500 caractères \\(501 en tout\\)"):
                edit_entry(entry.pk, content, by_command(comment=f"{longest}x"))
        assert Version.objects.count() == 2

    def test_of_a_visitor_is_cut_at_the_limit(self):
        longest = "é" * VISITOR_COMMENT_MAX_LENGTH
        assert clean_comment(longest) == longest
        assert clean_comment(f"{longest}é" * 1_000) == longest


class TestAPageAboutTheSite:
    pytestmark = pytest.mark.django_db

    def test_beyond_the_limit_is_refused(self, admin_client):
        page = SitePage.objects.all()[0]
        address = reverse("admin:faq_sitepage_change", args=(page.pk,))
        sent = {"title": "Titre", "text": TOO_LONG, "base": page.number}
        assert "Le texte dépasse 50\u202f000 caractères" in read(admin_client.post(address, sent))
        with pytest.raises(EntryError, match="Le texte dépasse"):
            save_page(page, "Titre", TOO_LONG, None)
        assert SitePageVersion.objects.filter(page=page).count() == 1
        save_page(page, "Titre", LONGEST, None)
        assert SitePageVersion.objects.filter(page=page).count() == 2


@pytest.mark.django_db
def test_a_form_beyond_the_limit_is_refused_on_a_page_that_says_so(admin_client):
    body = f"question=a&answer={'x' * FORM_MAX_BYTES}&_save=1"
    response = admin_client.post(ADD, body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 400
    assert "dépasse 2\u202f500\u202f000 octets" in read(response)
    assert "Revenez à la page précédente" in read(response)
    assert not Entry.objects.exists()


@pytest.mark.django_db
def test_a_form_of_too_many_fields_is_refused_on_the_same_page(admin_client):
    body = "&".join(f"f{rank}=1" for rank in range(2_000))
    response = admin_client.post(ADD, body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 400
    assert "Formulaire trop grand" in read(response)


def test_every_limit_is_documented():
    text = (Path(limits.__file__).parents[2] / "docs" / "formats.md").read_text(encoding="utf-8")
    stated = [name for name, value in vars(limits).items() if name.isupper() and isinstance(value, int)]
    assert [name for name in stated if f"`{name}`" not in text] == []
