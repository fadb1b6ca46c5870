"""The table of files that wait for the confirmation of their preview."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("faq", "0016_starter_synonyms"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Upload",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("group", models.UUIDField(db_index=True, default=uuid.uuid4, verbose_name="aperçu")),
                (
                    "purpose",
                    models.CharField(
                        choices=[("dump", "extraction"), ("table", "tableau")], max_length=10, verbose_name="usage"
                    ),
                ),
                ("name", models.CharField(max_length=255, verbose_name="nom du fichier")),
                ("content", models.BinaryField(verbose_name="contenu")),
                ("size", models.PositiveBigIntegerField(verbose_name="taille en octets")),
                ("created_at", models.DateTimeField(verbose_name="envoyé le")),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="auteur",
                    ),
                ),
            ],
            options={
                "verbose_name": "fichier envoyé",
                "verbose_name_plural": "fichiers envoyés",
                "ordering": ("pk",),
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("purpose__in", ["dump", "table"])), name="upload_purpose_known"
                    )
                ],
            },
        ),
    ]
