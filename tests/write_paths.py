"""The ways by which people and commands write entries, each ready to be taken: see test_write_paths.py."""

import contextlib
import re
import sys
from collections.abc import Callable, Iterator

from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from faq.domain.text import fingerprint
from faq.enums import Action
from faq.models import Batch, Couloir, Dispositif, Entry, FailedSearch, Schedule
from faq.resources import DispositifResource
from faq.services.content import Content
from faq.services.entries import edit_entry
from faq.services.schedules import schedule
from faq.services.workflow import archive_entry, submit_entry
from tests.factories import a_dump_file, a_published_entry, an_entry, by_command, take_dump
from tests.faq.admin.confirming import post_and_confirm
from tests.faq.admin.entry_form import ADD, head_of, page_of, typed
from tests.pairs import DELAY, OTHER_DELAY
from tests.tables import confirm_table, export_table, read_rows, send_table, write_rows

LIST = reverse("admin:faq_entry_changelist")
Take = Callable[[], object]
Path_ = Iterator[tuple[set[int], int, Take]]
"""The entries that taking the path changes, how many it creates, and how to take it."""


def pressed(button, prepare=an_entry, **changes):
    """Press a button of an entry's page."""

    def path(client, tmp_path):
        entry = prepare()
        data = typed(entry, **{button: "1"}) | changes
        return {entry.pk}, 0, lambda: post_and_confirm(client, page_of(entry), data)

    return path


def created(button):
    """Press a button of the page of a new entry, which is created by the first press only."""

    def path(client, tmp_path):
        data = typed(question="Nouvelle ?", answer="Oui.", **{button: "1"})
        return set(), 1, lambda: Entry.objects.filter(question="Nouvelle ?").exists() or client.post(ADD, data)

    return path


def chosen(action, prepare=an_entry):
    """Take an action of the list."""

    def path(client, tmp_path):
        entry, other = prepare(), prepare()
        data = {"action": action, "_selected_action": [entry.pk, other.pk]}
        return {entry.pk, other.pk}, 0, lambda: post_and_confirm(client, LIST, data)

    return path


def commanded(name, prepare, *arguments):
    """Run a command for an entry; its second run may refuse."""

    def path(client, tmp_path):
        entry = prepare()

        def run():
            with contextlib.suppress(CommandError):
                call_command(name, *(argument.format(entry.pk) for argument in arguments), stdout=sys.stderr)

        return {entry.pk}, 0, run

    return path


def submitted():
    entry = an_entry()
    submit_entry(entry.pk, by_command())
    return entry


def submitted_by_root():
    """One that the person who presses the buttons has submitted."""
    entry = an_entry()
    submit_entry(entry.pk, by_command(User.objects.get(username="root")))
    return entry


def a_draft_beside():
    entry = a_published_entry()
    edit_entry(entry.pk, Content("Comment faire ?", "Autrement."), by_command())
    return entry


def reverted(client, tmp_path):
    """Take an entry back to what was published before; pressed a second time, the page has seen another version."""
    entry = a_published_entry()
    edit_entry(entry.pk, Content("Comment faire ?", "Autrement."), by_command(), then=Action.PUBLISHED)
    data = {"_revert": "1", "base": head_of(entry).number}
    return {entry.pk}, 0, lambda: post_and_confirm(client, page_of(entry), data)


def archived():
    entry = an_entry()
    archive_entry(entry.pk, by_command())
    return entry


def planned():
    entry = an_entry()
    schedule(entry.pk, Action.PUBLISHED, timezone.now() + timezone.timedelta(hours=1), by_command())
    Schedule.objects.update(due_at=timezone.now())
    return entry


def joined(client, tmp_path):
    """Save a form over which somebody else saved another field."""
    entry = an_entry()
    data = typed(entry, answer="La mienne.", _save="1")
    edit_entry(entry.pk, Content("La leur ?", "Comme ceci."), by_command())
    return {entry.pk}, 0, lambda: client.post(page_of(entry), data)


def resolved(client, tmp_path):
    """Decide between two answers."""
    entry = an_entry()
    data = typed(entry, answer="La mienne.", _save="1")
    edit_entry(entry.pk, Content("Comment faire ?", "La leur."), by_command())
    return {entry.pk}, 0, lambda: client.post(page_of(entry), data | {"theirs": "2", "decide-answer-0": "mine"})


def brought_back(client, tmp_path):
    """Bring the first version back."""
    entry = an_entry()
    edit_entry(entry.pk, Content("Autre ?", "Autre."), by_command())
    address = reverse("admin:faq_entry_compare", args=(entry.pk,))
    return {entry.pk}, 0, lambda: client.post(address, {"restore": "1", "base": head_of(entry).number})


def reviewed(button):
    """Publish or refuse in the queue."""

    def path(client, tmp_path):
        entry = submitted()
        data = {f"version-{entry.pk}": "2", f"comment-{entry.pk}": "Trop court.", "selected": str(entry.pk)}
        address = reverse("admin:faq_entry_review")
        return {entry.pk}, 0, lambda: post_and_confirm(client, address, data | {button: str(entry.pk)})

    return path


def titled(client, tmp_path):
    """Return a question in the list of questions."""
    entry = an_entry("")
    data = {"number": entry.pk, f"q{entry.pk}-question": "Titrée ?", f"q{entry.pk}-base": "1"}
    return {entry.pk}, 0, lambda: client.post(reverse("admin:faq_entry_questions"), data)


def filed(client, tmp_path):
    """File entries as the list's action does; a second time they are filed so already."""
    entry, other = an_entry(), a_published_entry("Autre ?")
    change = [f"couloirs-{Couloir.objects.get(slug='hopital').pk}"]

    def take():
        bases = " ".join(f"{one.pk}.{head_of(one).number}" for one in (entry, other))
        data = {"bases": bases, "add-shown": "1", "add": change, "_save": "1", "seen": f"+{change[0]}"}
        client.post(reverse("admin:faq_entry_filing"), data)

    return {entry.pk, other.pk}, 0, take


def merged(client, tmp_path):
    """Merge two entries, the one that stays taking the other's question."""
    kept, gone = an_entry(), an_entry("Autre ?")
    data = {"survivor": kept.pk, "question": gone.pk, "answer": kept.pk, "_merge": "1"}
    data |= {f"version-{entry.pk}": "1" for entry in (kept, gone)}
    address = f"{reverse('admin:faq_entry_merge')}?fiche={kept.pk}&fiche={gone.pk}"
    return {kept.pk, gone.pk}, 0, lambda: client.post(address, data)


def taken_from_the_trash(client, tmp_path):
    entry = archived()
    address = reverse("admin:faq_archivedentry_changelist")
    return {entry.pk}, 0, lambda: client.post(address, {"_restore": entry.pk})


def undone(take):
    """Undo a batch, by the page or by the command."""

    def path(client, tmp_path):
        entry = an_entry()
        client.post(LIST, {"action": "publish", "_selected_action": [entry.pk]})
        return {entry.pk}, 0, lambda: take(client, Batch.objects.order_by("pk")[0].pk)

    return path


def undone_by_command(client, number):
    with contextlib.suppress(CommandError):
        call_command("undo_batch", str(number), stdout=sys.stderr)


def imported(client, tmp_path):
    file = tmp_path / "page.txt"
    file.write_bytes(a_dump_file("Un.", "Deux."))
    return set(), 2, lambda: call_command("import_dump", str(file), stdout=sys.stderr)


def sent_as_dump(client):
    """Send a new edition of a dump to the admin: one answer changed, one new; return the address of its preview."""
    file = SimpleUploadedFile("page.txt", a_dump_file(OTHER_DELAY, "Arrive seulement maintenant."))
    return client.post(reverse("admin:faq_dump_import"), {"files": file}).url


def previewed(do=""):
    """Preview an import in the admin, which changes nothing."""

    def path(client, tmp_path):
        take_dump(a_dump_file(DELAY))

        def take():
            address = sent_as_dump(client)
            if do:
                client.post(address, {"do": do})

        return set(), 0, take

    return path


def imported_in_the_admin(client, tmp_path):
    """Import what was previewed; the second time, the same bytes are there."""
    take_dump(a_dump_file(DELAY))
    entry = Entry.objects.get()
    return {entry.pk}, 1, lambda: client.post(sent_as_dump(client), {"do": "confirm"})


def curated(client, tmp_path):
    take_dump(a_dump_file("Un.", "Deux."))
    file = tmp_path / "curation.csv"
    header = "fingerprint,question,offer_types,couloirs,dispositifs,products,themes\n"
    file.write_text(f"{header}{fingerprint('Un.')},Une question ?,,,,,\n")
    number = Entry.objects.order_by("pk")[0].pk
    return {number}, 0, lambda: call_command("import_curation", str(file), stdout=sys.stderr)


def confirm_effects(client, address, data):
    """Ask for the effects, and confirm those that were shown."""
    mark = re.search(r'name="_seen" value="([^"]*)"', client.post(address, data).content.decode())
    return client.post(address, data | {"_confirm": "1", "_seen": mark[1] if mark else ""})


def moved_with_its_term(client, tmp_path):
    """Move a dispositif to another couloir."""
    entry = an_entry(dispositifs="dpi-vague-1")
    term = Dispositif.objects.get(slug="dpi-vague-1")
    imaging = Couloir.objects.get(slug="imagerie")
    data = {
        "label": term.label,
        "slug": term.slug,
        "vague": "1",
        "couloirs": imaging.pk,
        "position": 0,
    }
    address = reverse("admin:faq_dispositif_change", args=(term.pk,))
    return {entry.pk}, 0, lambda: confirm_effects(client, address, data)


def tabled(client, tmp_path):
    """Import a table that changes an entry and creates another; sent again, it changes nothing."""
    entry = an_entry()
    data = write_rows(
        [
            {"reference": entry.reference, "version": "1", "question": "Autrement ?", "answer": "Autrement."},
            {"reference": "", "version": "", "question": "Nouvelle ?", "answer": "Oui."},
        ]
    )
    return {entry.pk}, 1, lambda: confirm_table(client, send_table(client, data))


def moved_by_a_table(client, tmp_path):
    """Import a table in which a dispositif belongs to another couloir."""
    entry = an_entry(dispositifs="dpi-vague-1")
    rows = read_rows(export_table(resource=DispositifResource))
    rows[0]["Couloirs Ségur"] = "imagerie"
    data, page = write_rows(rows), "faq_dispositif"
    return {entry.pk}, 0, lambda: confirm_table(client, send_table(client, data, page), page)


def refiled(route, model, survivor="", label=""):
    """Merge or split the term of an entry, by its page; the term is gone, or split already, the second time."""

    def path(client, tmp_path):
        entry = an_entry(dispositifs="dpi-vague-1")
        terms = Dispositif.objects
        data = {"label": label, "entries": entry.pk} if label else {"survivor": terms.get(slug=survivor).pk}
        address = reverse(f"admin:faq_{model}_{route}", args=(terms.get(slug="dpi-vague-1").pk,))
        return {entry.pk}, 0, lambda: confirm_effects(client, address, data)

    return path


FORM, ACTIONS = "faq.admin.entries.page", "faq.admin.entries.actions"
COMMANDS = "faq.management.commands"


def created_for_a_search(client, tmp_path):
    """Create the entry that visitors looked for in vain, from the inbox; a second press finds it there."""
    FailedSearch.objects.create(query="nouvelle", day=timezone.localdate())
    return set(), 1, lambda: client.post(f"{reverse('admin:feedback_inbox')}?boite=recherches", {"create": "nouvelle"})


PATHS = [
    ("faq.admin.taxonomy_operations", "save_term", moved_with_its_term),
    ("faq.admin.taxonomy_operations", "merge_terms", refiled("fusionner", "dispositif", survivor="ris-vague-1")),
    ("faq.admin.taxonomy_operations", "split_term", refiled("scinder", "dispositif", label="DPI public")),
    ("feedback.searches", "create_entry", created_for_a_search),
    (FORM, "create_entry", created("_save")),
    (FORM, "create_entry", created("_submit")),
    (FORM, "create_entry", created("_publish")),
    (FORM, "edit_entry", pressed("_save", answer="Autrement.")),
    (FORM, "edit_entry", pressed("_save", a_published_entry, answer="Autrement.")),
    (FORM, "edit_entry", pressed("_submit", answer="Autrement.")),
    (FORM, "edit_entry", pressed("_submit")),
    (FORM, "edit_entry", pressed("_publish", answer="Autrement.")),
    (FORM, "edit_entry", pressed("_publish", a_published_entry, answer="Autrement.")),
    (FORM, "edit_entry", pressed("_publish")),
    (FORM, "edit_entry", joined),
    (FORM, "edit_entry", resolved),
    (ACTIONS, "withdraw_entry", pressed("_withdraw", a_published_entry)),
    (ACTIONS, "archive_entry", pressed("_archive")),
    (ACTIONS, "restore_entry", pressed("_restore", archived)),
    (ACTIONS, "refuse_entry", pressed("_refuse", submitted, refusal="Trop court.")),
    (ACTIONS, "recall_entry", pressed("_recall", submitted_by_root)),
    (ACTIONS, "abandon_draft", pressed("_abandon", a_draft_beside)),
    (ACTIONS, "republish_former", reverted),
    (ACTIONS, "publish_entry", chosen("publish")),
    (ACTIONS, "submit_entry", chosen("submit")),
    (ACTIONS, "withdraw_entry", chosen("withdraw", a_published_entry)),
    (ACTIONS, "archive_entry", chosen("archive", a_published_entry)),
    (ACTIONS, "restore_entry", chosen("restore", archived)),
    (ACTIONS, "publish_entry", reviewed("publish")),
    (ACTIONS, "publish_entry", reviewed("publish-selected")),
    (ACTIONS, "refuse_entry", reviewed("refuse")),
    ("faq.resources.row_import", "save_term", moved_by_a_table),
    ("faq.resources.entry_import", "store_entry_table", tabled),
    ("faq.admin.dump_import", "compute_preview", previewed()),
    ("faq.admin.dump_preview", "compute_preview", previewed("compute")),
    ("faq.admin.dump_preview", "confirm_preview", imported_in_the_admin),
    ("faq.admin.entries.comparison", "restore_version", brought_back),
    ("faq.admin.entries.filing", "file_entries", filed),
    ("faq.admin.entries.merging", "merge_entries", merged),
    ("faq.admin.entries.questions", "edit_entry", titled),
    ("faq.admin.trash", "restore_entry", taken_from_the_trash),
    (
        "faq.admin.batches",
        "undo_batch",
        undone(lambda client, number: client.post(reverse("admin:faq_batch_undo", args=(number,)))),
    ),
    (f"{COMMANDS}.undo_batch", "undo_batch", undone(undone_by_command)),
    (f"{COMMANDS}.publish_entries", "publish_entry", commanded("publish_entries", an_entry, "Q-{}")),
    (f"{COMMANDS}.publish_due", "carry_out_due", commanded("publish_due", planned)),
    (f"{COMMANDS}.import_dump", "import_dumps", imported),
    (f"{COMMANDS}.import_curation", "import_curation", curated),
]
