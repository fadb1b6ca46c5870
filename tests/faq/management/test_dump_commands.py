"""import_dump, export_dump, list_dumps, undo_batch: what a person at a terminal sees and gets."""

import io
import os
import signal
import subprocess
import sys
import time

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from faq.models import Batch, Dump, Entry, Passage, Version
from faq.services.content import Content
from faq.services.entries import edit_entry
from faq.services.workflow import publish_entry
from tests.factories import a_dump_file, by_command, take_dump, unlike_texts
from tests.pairs import DELAY, OTHER_DELAY

DATA = a_dump_file("Un.", "Deux.")


def run(*args, **options):
    out, err = io.StringIO(), io.StringIO()
    call_command(*args, stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "page-1.txt"
    path.write_bytes(DATA)
    return path


@pytest.mark.django_db
def test_import_names_a_dump_after_its_file(file):
    out, _ = run("import_dump", file)
    assert out == "page-1, édition 1 : 2 réponses — nouvelle : 2\n"
    assert run("import_dump", file)[0] == (
        "page-1, édition 1 : déjà importée à l’identique, rien n’a changé (2 réponses).\n"
    )


@pytest.mark.django_db
def test_import_takes_a_name_for_one_file_only(file):
    run("import_dump", file, "--name", "accueil")
    assert Dump.objects.get().name == "accueil"
    with pytest.raises(CommandError, match="un seul fichier"):
        run("import_dump", file, file, "--name", "accueil")


@pytest.mark.django_db
def test_a_preview_lists_every_answer_and_stores_nothing(tmp_path, file):
    take_dump(a_dump_file("Deux.", "Trois."), "page-1")
    (tmp_path / "b.txt").write_bytes(a_dump_file("Un.", ""))
    before = Entry.objects.count()
    out, _ = run("import_dump", file, tmp_path / "b.txt", "--dry-run")
    assert out.splitlines() == [
        "page-1, édition 2 (aperçu, rien n’est enregistré) : 2 réponses — nouvelle : 1, déjà connue : 1, "
        "disparue depuis la dernière édition : 1",
        "  ligne 1, réponse 1 : nouvelle",
        f"  ligne 3, réponse 2 : déjà connue {Entry.objects.first().reference}",
        f"  ligne 3, réponse 2 : disparue depuis la dernière édition {Entry.objects.last().reference}",
        "b, édition 1 (aperçu, rien n’est enregistré) : 2 réponses — déjà connue : 1, vide : 1",
        "  ligne 1, réponse 1 : déjà connue page-1#1",
        "  ligne 4, réponse 2 : vide",
    ]
    assert Entry.objects.count() == before
    assert Dump.objects.count() == 1


@pytest.mark.django_db
def test_a_preview_says_what_an_answer_resembles_and_what_differs(tmp_path):
    take_dump(a_dump_file(DELAY), "page")
    (tmp_path / "b.txt").write_bytes(a_dump_file(OTHER_DELAY, OTHER_DELAY.upper()))
    out, _ = run("import_dump", tmp_path / "b.txt", "--dry-run")
    assert out.splitlines()[1:] == [
        f"  ligne 1, réponse 1 : ressemble à une autre (comparer à {Entry.objects.get().reference} : "
        "se contredisent, chiffre : « 60 jours » au lieu de « 30 jours »)",
        "  ligne 3, réponse 2 : ressemble à une autre (comparer à b#1 : identiques)",
    ]


@pytest.mark.django_db
def test_refusals_name_the_file_and_leave_nothing(tmp_path, file):
    bad = tmp_path / "latin.txt"
    bad.write_bytes("Été".encode("latin-1"))
    with pytest.raises(CommandError) as refusal:
        run("import_dump", file, bad)
    assert str(refusal.value).startswith(
        f"Rien n’a été importé.\n{bad} : Le texte n’est pas de l’UTF-8 (ligne 1, octet 1)"
    )
    assert refusal.value.returncode == 1
    assert not Dump.objects.exists()
    with pytest.raises(CommandError, match="illisible"):
        run("import_dump", tmp_path / "absent.txt")


@pytest.mark.django_db
def test_export_writes_the_bytes_and_nothing_else(tmp_path, file, capsysbinary):
    run("import_dump", file)
    call_command("export_dump", "page-1")
    assert capsysbinary.readouterr() == (DATA, b"")
    assert run("export_dump", "page-1.txt") == (DATA.decode(), "")
    output = tmp_path / "rendu.txt"
    assert run("export_dump", "page-1", output=str(output)) == ("", "")
    assert output.read_bytes() == DATA
    assert sorted(os.listdir(tmp_path)) == ["page-1.txt", "rendu.txt"]


@pytest.mark.django_db
def test_export_gives_older_editions_and_current_answers(file):
    run("import_dump", file)
    entry = Entry.objects.first()
    edit_entry(entry.pk, Content("Combien ?", "Un seul."), by_command())
    publish_entry(entry.pk, by_command())
    assert run("export_dump", "page-1", "--current")[0] == a_dump_file("Un seul.", "Deux.").decode()
    file.write_bytes(a_dump_file("Trois."))
    run("import_dump", file)
    assert run("export_dump", "page-1", "--edition", "1")[0] == DATA.decode()
    assert run("export_dump", "page-1")[0] == a_dump_file("Trois.").decode()


@pytest.mark.django_db
def test_export_of_an_unknown_dump_names_the_known_ones(file):
    with pytest.raises(CommandError, match="Aucune extraction n’a été importée"):
        run("export_dump", "page-2")
    run("import_dump", file)
    with pytest.raises(CommandError, match=r"« page-2 »[^:]*: page-1"):
        run("export_dump", "page-2")
    with pytest.raises(CommandError, match="édition 7"):
        run("export_dump", "page-1", "--edition", "7")


@pytest.mark.django_db
def test_a_failed_export_leaves_the_file_that_was_there(tmp_path, file):
    run("import_dump", file)
    Passage.objects.update(answer="Altéré.")
    output = tmp_path / "rendu.txt"
    output.write_bytes(b"ancien")
    with pytest.raises(CommandError, match="altérée"):
        run("export_dump", "page-1", output=str(output))
    assert output.read_bytes() == b"ancien"
    with pytest.raises(CommandError, match="impossible d’écrire"):
        run("export_dump", "page-1", output=str(tmp_path / "absent" / "rendu.txt"))


@pytest.mark.django_db
def test_an_export_follows_links_and_leaves_devices_alone(tmp_path, file):
    run("import_dump", file)
    (tmp_path / "lien.txt").symlink_to(tmp_path / "rendu.txt")
    run("export_dump", "page-1", output=str(tmp_path / "lien.txt"))
    assert (tmp_path / "lien.txt").is_symlink()
    assert (tmp_path / "rendu.txt").read_bytes() == DATA
    run("export_dump", "page-1", output=os.devnull)
    assert not os.path.isfile(os.devnull)


@pytest.mark.django_db
def test_list_and_undo(file):
    assert "Aucune extraction" in run("list_dumps")[1]
    run("import_dump", file)
    out, _ = run("list_dumps")
    assert out.startswith("page-1\tédition 1\t2 réponses\t")
    batch = Batch.objects.get().pk
    assert run("undo_batch", str(batch))[0].endswith("2 fiches archivées, 0 fiches remises comme avant.\n")
    assert "Aucune extraction" in run("list_dumps")[1]
    with pytest.raises(CommandError, match="déjà annulé"):
        run("undo_batch", str(batch))
    with pytest.raises(CommandError, match="Aucun lot"):
        run("undo_batch", "999999")


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_an_import_that_is_killed_leaves_all_or_nothing(tmp_path):
    """Kill the command at moments spread over its life: each time either nothing or everything is there."""
    answers = unlike_texts(900)
    path = tmp_path / "longue.txt"
    path.write_bytes(a_dump_file(*answers))
    finished = interrupted = 0
    for delay in (0.9, 1.2, 1.5, 1.8, 2.1, 2.4):
        status = _import_killed_after(delay, path)
        entries, versions, passages = Entry.objects.count(), Version.objects.count(), Passage.objects.count()
        assert (entries, versions, passages) in ((0, 0, 0), (900, 900, 900))
        assert status != 0 or entries == 900
        finished += entries == 900
        interrupted += status == -signal.SIGKILL
        if finished:
            break
    run("import_dump", path)
    assert Passage.objects.count() == 900
    assert interrupted


def _import_killed_after(delay, path):
    url = _address_of_test_database()
    environment = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "faqcms.settings.test"}
    command = [sys.executable, "manage.py", "import_dump", str(path)]
    process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, stdout=subprocess.DEVNULL)
    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    return process.wait()


def _address_of_test_database():
    details = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{details['NAME']}"
    host = details["HOST"].replace("/", "%2F")
    port = f":{details['PORT']}" if details["PORT"] else ""
    return f"postgres://{details['USER']}@{host}{port}/{details['NAME']}"
