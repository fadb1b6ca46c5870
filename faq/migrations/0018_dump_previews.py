"""The tables of previews of imports."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("faq", "0017_uploads"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DumpPreview",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(default=uuid.uuid4, unique=True, verbose_name="clé")),
                ("created_at", models.DateTimeField(verbose_name="créé le")),
                ("files", models.JSONField(default=list, verbose_name="fichiers")),
                ("computed_at", models.DateTimeField(null=True, verbose_name="calculé le")),
                ("known_version", models.PositiveBigIntegerField(default=0, verbose_name="dernière version connue")),
                ("started_at", models.DateTimeField(null=True, verbose_name="import commencé le")),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="auteur",
                    ),
                ),
                (
                    "batch",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="faq.batch",
                        verbose_name="lot",
                    ),
                ),
            ],
            options={
                "verbose_name": "aperçu d’import",
                "verbose_name_plural": "aperçus d’import",
                "ordering": ("pk",),
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="PreviewedAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file", models.PositiveSmallIntegerField(help_text="À partir de 0.", verbose_name="rang du fichier")),
                (
                    "position",
                    models.PositiveIntegerField(
                        help_text="Dans son fichier, ou dans l’édition précédente.", verbose_name="rang"
                    ),
                ),
                ("line", models.PositiveIntegerField(verbose_name="ligne")),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("new", "nouvelle"),
                            ("known", "déjà connue"),
                            ("looks_like", "ressemble à une autre"),
                            ("changed", "changée depuis la dernière édition"),
                            ("empty", "vide"),
                            ("vanished", "disparue depuis la dernière édition"),
                        ],
                        max_length=10,
                        verbose_name="verdict",
                    ),
                ),
                ("text", models.TextField(blank=True, verbose_name="réponse")),
                ("fingerprint", models.CharField(blank=True, max_length=32, verbose_name="empreinte")),
                ("version", models.PositiveIntegerField(null=True, verbose_name="version de la fiche")),
                ("twin", models.CharField(blank=True, max_length=30, verbose_name="réponse semblable")),
                ("evidence", models.JSONField(default=dict, verbose_name="ressemblance")),
                ("curated", models.BooleanField(default=False, verbose_name="fiche retravaillée")),
                (
                    "choice",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("create", "nouvelle fiche, en brouillon"),
                            ("keep", "rattacher à la fiche, sans la changer"),
                            ("propose", "proposer ce texte à la fiche, en brouillon"),
                        ],
                        max_length=10,
                        verbose_name="choix",
                    ),
                ),
                ("renewed", models.BooleanField(default=False, verbose_name="verdict nouveau")),
                (
                    "entry",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="faq.entry",
                        verbose_name="fiche",
                    ),
                ),
                (
                    "former",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="faq.passage",
                        verbose_name="passage précédent",
                    ),
                ),
                (
                    "preview",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="answers",
                        to="faq.dumppreview",
                        verbose_name="aperçu",
                    ),
                ),
            ],
            options={
                "verbose_name": "réponse d’un aperçu",
                "verbose_name_plural": "réponses d’un aperçu",
                "ordering": ("pk",),
                "default_permissions": (),
                "indexes": [models.Index(fields=["preview", "verdict"], name="previewed_answer_by_verdict")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("verdict__in", ["new", "known", "looks_like", "changed", "empty", "vanished"])
                        ),
                        name="previewed_answer_verdict_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("choice__in", ["", "create", "keep", "propose"])),
                        name="previewed_answer_choice_known",
                    ),
                ],
            },
        ),
    ]
