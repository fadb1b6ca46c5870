"""Folding takes « œ » for « oe » and dashes for hyphens: what was stored folded is given the form of now."""

from django.db import migrations

from faq.domain.duplicates.material import material_fingerprint
from faq.domain.duplicates.pairs import Document
from faq.domain.text import fold
from faq.migrations._former_folding import ADDED, former_fold

CHUNK = 500
_FINGERPRINTS = ("left_text", "right_text", "decided_left", "decided_right")


def give_the_form_of_now(apps, schema_editor):
    """Fold again what the admin searches, and rename the texts on which pairs were found and decided."""
    fold_search_texts(apps.get_model("faq", "Entry"))
    renamed = get_renamed_fingerprints(apps.get_model("faq", "Version"))
    if renamed:
        rename_texts_of_pairs(apps.get_model("faq", "Pair"), renamed)


def fold_search_texts(entry_model):
    """Fold the texts that hold one of the letters."""
    changed = []
    for entry in entry_model.objects.only("search_text").order_by("pk").iterator(CHUNK):
        if ADDED.search(entry.search_text):
            entry.search_text = fold(entry.search_text)
            changed.append(entry)
        if len(changed) == CHUNK:
            entry_model.objects.bulk_update(changed, ["search_text"])
            changed.clear()
    entry_model.objects.bulk_update(changed, ["search_text"])


def get_renamed_fingerprints(version_model):
    """Return the fingerprint of now by the former one, of the texts that hold one of the letters."""
    renamed = {}
    for question, answer in version_model.objects.order_by("pk").values_list("question", "answer").iterator(CHUNK):
        if ADDED.search(question) or ADDED.search(answer):
            document = Document(0, question, answer)
            renamed[material_fingerprint(document, fold=former_fold)] = material_fingerprint(document)
    return {former: present for former, present in renamed.items() if former != present}


def rename_texts_of_pairs(pair_model, renamed):
    """Write the fingerprints of now."""
    changed = []
    for pair in pair_model.objects.only(*_FINGERPRINTS).order_by("pk").iterator(CHUNK):
        names = [name for name in _FINGERPRINTS if getattr(pair, name) in renamed]
        for name in names:
            setattr(pair, name, renamed[getattr(pair, name)])
        if names:
            changed.append(pair)
        if len(changed) == CHUNK:
            pair_model.objects.bulk_update(changed, _FINGERPRINTS)
            changed.clear()
    pair_model.objects.bulk_update(changed, _FINGERPRINTS)


class Migration(migrations.Migration):
    dependencies = [("faq", "0013_rows_for_undo")]

    operations = [migrations.RunPython(give_the_form_of_now, migrations.RunPython.noop)]
