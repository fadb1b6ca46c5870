"""Fingerprints of compared texts count signs such as ≥ and +: those stored so far are given the form of now.

Without it, every decision would look as if it had been made on other texts.
"""

from django.db import migrations

from faq.domain.duplicates.material import material_fingerprint
from faq.domain.duplicates.pairs import Document
from faq.domain.text import fingerprint
from faq.migrations._former_folding import former_fold

CHUNK = 500
_SIDES = ("left", "right")


def former_fingerprint(question, answer):
    """Name the words of a text, as it was done before this migration."""
    words = (word for word in former_fold(f"{question}\n{answer}").split() if any(map(str.isalnum, word)))
    return fingerprint(" ".join(word.strip(".,;:!?«»()\"'") for word in words))


def give_the_form_of_now(apps, schema_editor):
    """Name again what every pair was found and decided on: a text that one of its entries had."""
    pair_model, version_model = apps.get_model("faq", "Pair"), apps.get_model("faq", "Version")
    changed = []
    for pair in pair_model.objects.order_by("pk").iterator(CHUNK):
        for side in _SIDES:
            _rename(pair, side, version_model)
        changed.append(pair)
        if len(changed) == CHUNK:
            _save(pair_model, changed)
    _save(pair_model, changed)


def _rename(pair, side, version_model):
    found, decided = getattr(pair, f"{side}_text"), getattr(pair, f"decided_{side}")
    versions = version_model.objects.filter(entry=getattr(pair, f"{side}_id")).order_by("number")
    for question, answer, at in versions.values_list("question", "answer", "created_at"):
        former, present = former_fingerprint(question, answer), material_fingerprint(Document(0, question, answer))
        if former == found:
            setattr(pair, f"{side}_text", present)
        if former == decided and at <= pair.decided_at:
            setattr(pair, f"decided_{side}", present)


def _save(pair_model, changed):
    pair_model.objects.bulk_update(changed, ["left_text", "right_text", "decided_left", "decided_right"])
    changed.clear()


class Migration(migrations.Migration):
    dependencies = [("faq", "0005_compared")]

    operations = [migrations.RunPython(give_the_form_of_now, migrations.RunPython.noop)]
