"""Terms of one position stand in French order: é with e, œ with oe."""

from django.db import migrations

import faq.models.folding


class Migration(migrations.Migration):
    dependencies = [
        ("faq", "0014_folded_letters"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="couloir",
            options={
                "ordering": ("position", faq.models.folding.Folded("label")),
                "verbose_name": "couloir Ségur",
                "verbose_name_plural": "couloirs Ségur",
            },
        ),
        migrations.AlterModelOptions(
            name="dispositif",
            options={
                "ordering": ("position", faq.models.folding.Folded("label")),
                "verbose_name": "dispositif Ségur",
                "verbose_name_plural": "dispositifs Ségur",
            },
        ),
        migrations.AlterModelOptions(
            name="offertype",
            options={
                "ordering": ("position", faq.models.folding.Folded("label")),
                "verbose_name": "type d’offre",
                "verbose_name_plural": "types d’offre",
            },
        ),
        migrations.AlterModelOptions(
            name="product",
            options={
                "ordering": ("position", faq.models.folding.Folded("label")),
                "verbose_name": "produit ou service",
                "verbose_name_plural": "produits et services",
            },
        ),
        migrations.AlterModelOptions(
            name="theme",
            options={
                "ordering": ("position", faq.models.folding.Folded("name")),
                "verbose_name": "thématique",
                "verbose_name_plural": "thématiques",
            },
        ),
    ]
