import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from faq.domain.text import fold


def search_drafts_too(apps, schema_editor):
    """Let the admin's search find what a draft says beside its live text."""
    entries = apps.get_model("faq", "Entry").objects
    for entry in entries.filter(live__isnull=False).exclude(live=models.F("head")).select_related("head").iterator(500):
        texts = dict.fromkeys(f"{said.question}\n{said.answer}" for said in (entry, entry.head))
        entries.filter(pk=entry.pk).update(folded=fold("\n".join(texts)))


class Migration(migrations.Migration):
    dependencies = [
        ("faq", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ArchivedEntry",
            fields=[],
            options={
                "verbose_name": "fiche archivée",
                "verbose_name_plural": "fiches archivées",
                "proxy": True,
                "default_permissions": (),
                "indexes": [],
                "constraints": [],
            },
            bases=("faq.entry",),
        ),
        migrations.CreateModel(
            name="Presence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seen_at", models.DateTimeField(verbose_name="vu le")),
            ],
            options={
                "verbose_name": "présence",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Schedule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "action",
                    models.CharField(
                        choices=[("published", "publication"), ("withdrawn", "retrait")],
                        max_length=10,
                        verbose_name="opération",
                    ),
                ),
                ("due_at", models.DateTimeField(db_index=True, verbose_name="prévue le")),
                ("created_at", models.DateTimeField(verbose_name="planifiée le")),
                ("failed_at", models.DateTimeField(null=True, verbose_name="en échec depuis")),
                ("error", models.TextField(blank=True, verbose_name="raison de l’échec")),
            ],
            options={
                "verbose_name": "planification",
                "verbose_name_plural": "planifications",
                "ordering": ("due_at", "pk"),
                "default_permissions": ("view",),
            },
        ),
        migrations.RemoveConstraint(
            model_name="version",
            name="version_action_known",
        ),
        migrations.RemoveConstraint(
            model_name="version",
            name="version_origin_known",
        ),
        migrations.AlterField(
            model_name="version",
            name="action",
            field=models.CharField(
                choices=[
                    ("created", "création"),
                    ("edited", "modification"),
                    ("reverted", "retour à une version"),
                    ("submitted", "soumission"),
                    ("refused", "refus"),
                    ("published", "publication"),
                    ("withdrawn", "retrait"),
                    ("archived", "archivage"),
                    ("restored", "restauration"),
                    ("undone", "annulation"),
                ],
                max_length=10,
                verbose_name="opération",
            ),
        ),
        migrations.AlterField(
            model_name="version",
            name="origin",
            field=models.CharField(
                choices=[
                    ("form", "formulaire"),
                    ("list_edit", "saisie en liste"),
                    ("bulk_action", "action groupée"),
                    ("dump_import", "import d’une extraction"),
                    ("curation", "import de curation"),
                    ("schedule", "planification"),
                    ("command", "commande"),
                ],
                max_length=12,
                verbose_name="par",
            ),
        ),
        migrations.AddConstraint(
            model_name="version",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "action__in",
                        [
                            "created",
                            "edited",
                            "reverted",
                            "submitted",
                            "refused",
                            "published",
                            "withdrawn",
                            "archived",
                            "restored",
                            "undone",
                        ],
                    )
                ),
                name="version_action_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="version",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "origin__in",
                        ["form", "list_edit", "bulk_action", "dump_import", "curation", "schedule", "command"],
                    )
                ),
                name="version_origin_known",
            ),
        ),
        migrations.AddField(
            model_name="presence",
            name="entry",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="presences",
                to="faq.entry",
                verbose_name="fiche",
            ),
        ),
        migrations.AddField(
            model_name="presence",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="rédacteur",
            ),
        ),
        migrations.AddField(
            model_name="schedule",
            name="author",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="planifiée par",
            ),
        ),
        migrations.AddField(
            model_name="schedule",
            name="entry",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="schedules",
                to="faq.entry",
                verbose_name="fiche",
            ),
        ),
        migrations.AddField(
            model_name="schedule",
            name="version",
            field=models.ForeignKey(
                help_text="Le texte à publier, et nul autre ; sans objet pour un retrait.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="faq.version",
                verbose_name="version",
            ),
        ),
        migrations.AddConstraint(
            model_name="presence",
            constraint=models.UniqueConstraint(fields=("entry", "user"), name="presence_once_per_entry_and_user"),
        ),
        migrations.AddConstraint(
            model_name="schedule",
            constraint=models.UniqueConstraint(fields=("entry", "action"), name="schedule_once_per_entry_and_action"),
        ),
        migrations.AddConstraint(
            model_name="schedule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("action", "published"), ("version__isnull", False)),
                    models.Q(("action", "withdrawn"), ("version__isnull", True)),
                    _connector="OR",
                ),
                name="schedule_publishes_one_version",
            ),
        ),
        migrations.AddConstraint(
            model_name="schedule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("error", ""), ("failed_at__isnull", True)),
                    models.Q(("failed_at__isnull", False), models.Q(("error", ""), _negated=True)),
                    _connector="OR",
                ),
                name="schedule_failure_has_reason",
            ),
        ),
        migrations.RunPython(search_drafts_too, migrations.RunPython.noop, elidable=True),
    ]
