"""Changes of the taxonomy are batches; two spellings of a label are one term; a merged term leads to another."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

import faq.models.taxonomy

TERMS = ("offertype", "couloir", "dispositif", "product", "theme")
KINDS = {
    "dump_import": "import d’une extraction",
    "curation": "import de curation",
    "table": "import d’un tableau",
    "bulk_action": "action groupée",
    "merge": "fusion",
    "check": "vérification",
    "taxonomy": "taxonomie",
    "undo": "annulation d’un lot",
}
ACTIONS = {
    "created": "création",
    "edited": "modification",
    "reverted": "retour à une version",
    "submitted": "soumission",
    "refused": "refus",
    "published": "publication",
    "withdrawn": "retrait",
    "archived": "archivage",
    "restored": "restauration",
    "merged": "fusion",
    "absorbed": "fusion dans une autre fiche",
    "undone": "annulation",
    "refiled": "reclassement",
}
ORIGINS = {
    "form": "formulaire",
    "list_edit": "saisie en liste",
    "bulk_action": "action groupée",
    "dump_import": "import d’une extraction",
    "curation": "import de curation",
    "table": "import d’un tableau",
    "merge": "fusion",
    "schedule": "planification",
    "taxonomy": "taxonomie",
    "command": "commande",
}


def compute_keys(apps, schema_editor):
    """Store the key of every label; of two spellings of one label the second gets a key with a mark."""
    for name in TERMS:
        terms = apps.get_model("faq", name).objects
        taken = set()
        for pk, label in terms.order_by("pk").values_list("pk", "name" if name == "theme" else "label"):
            key = faq.models.taxonomy.compute_label_key(label)
            if key in taken:
                key = f"{key}{faq.models.taxonomy.LabelKeyField.DOUBLE}{pk}"
            taken.add(key)
            terms.filter(pk=pk).update(label_key=key)


def note_public_themes(apps, schema_editor):
    """Mark the thématiques that only drafts have named, whose names the public has never read."""
    named, public = set(), set()
    versions = apps.get_model("faq", "Version").objects.order_by().values_list("status", "filing__themes")
    for status, themes in versions.iterator(1000):
        ids = {theme["id"] for theme in themes or ()}
        named |= ids
        public |= ids if status == "published" else set()
    apps.get_model("faq", "Theme").objects.filter(pk__in=named - public).update(was_public=False)


def _choice(model, column, choices, length, verbose_name):
    field = models.CharField(choices=list(choices.items()), max_length=length, verbose_name=verbose_name)
    name = f"{model}_{column}_known"
    check = models.CheckConstraint(condition=Q(**{f"{column}__in": list(choices)}), name=name)
    return [
        migrations.RemoveConstraint(model, name),
        migrations.AlterField(model, column, field),
        migrations.AddConstraint(model, check),
    ]


def _columns(model):
    key = faq.models.taxonomy.LabelKeyField(default="", editable=False, max_length=320, verbose_name="clé du libellé")
    merged_into = models.ForeignKey(
        editable=False,
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=f"faq.{model}",
        verbose_name="fusionné dans",
    )
    return [migrations.AddField(model, "label_key", key), migrations.AddField(model, "merged_into", merged_into)]


def _constraints(model):
    once = models.UniqueConstraint(fields=("label_key",), name=f"{model}_label_key_once")
    retired = models.CheckConstraint(
        condition=Q(merged_into__isnull=True) | Q(("retired", True), ~Q(merged_into=F("id"))),
        name=f"{model}_merged_is_retired",
    )
    return [migrations.AddConstraint(model, once), migrations.AddConstraint(model, retired)]


class Migration(migrations.Migration):
    dependencies = [("faq", "0019_table_imports")]

    operations = [
        migrations.CreateModel(
            name="RowChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("table", models.CharField(max_length=40, verbose_name="table")),
                ("row", models.BigIntegerField(verbose_name="ligne")),
                ("before", models.JSONField(null=True, verbose_name="avant")),
                ("after", models.JSONField(null=True, verbose_name="après")),
                ("successor", models.BigIntegerField(null=True, verbose_name="successeur")),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="row_changes",
                        to="faq.batch",
                        verbose_name="lot",
                    ),
                ),
            ],
            options={
                "verbose_name": "changement d’une ligne",
                "verbose_name_plural": "changements de lignes",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("batch", "table", "row"), name="row_change_once_per_batch"),
                    models.CheckConstraint(
                        condition=Q(("before__isnull", False), ("after__isnull", False), _connector="OR"),
                        name="row_change_says_something",
                    ),
                ],
            },
        ),
        *_choice("batch", "kind", KINDS, 20, "nature"),
        *_choice("version", "action", ACTIONS, 10, "opération"),
        *_choice("version", "origin", ORIGINS, 12, "par"),
        *[operation for model in TERMS for operation in _columns(model)],
        migrations.AddField(
            "theme",
            "was_public",
            models.BooleanField(default=True, editable=False, verbose_name="a été publique"),
        ),
        migrations.RunPython(compute_keys, migrations.RunPython.noop),
        migrations.RunPython(note_public_themes, migrations.RunPython.noop),
        *[operation for model in TERMS for operation in _constraints(model)],
    ]
