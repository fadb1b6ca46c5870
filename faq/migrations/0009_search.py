import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("faq", "0008_site_pages"),
    ]

    operations = [
        migrations.CreateModel(
            name="SearchStem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=32, unique=True)),
            ],
            options={
                "verbose_name": "racine",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="SynonymGroup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("expressions", models.JSONField(default=list, verbose_name="expressions")),
                (
                    "one_way",
                    models.BooleanField(
                        default=False,
                        help_text="Chercher la première expression trouve aussi les autres, mais pas l’inverse.",
                        verbose_name="sens unique",
                    ),
                ),
                (
                    "retired",
                    models.BooleanField(
                        default=False,
                        help_text="Un groupe retiré ne sert plus à la recherche ; on peut le reprendre.",
                        verbose_name="retiré",
                    ),
                ),
            ],
            options={
                "verbose_name": "groupe de synonymes",
                "verbose_name_plural": "synonymes",
                "ordering": ("expressions", "pk"),
                "default_permissions": ("add", "change", "view"),
            },
        ),
        migrations.CreateModel(
            name="FailedSearch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(verbose_name="jour")),
                ("query", models.CharField(max_length=100, verbose_name="recherche")),
                ("times", models.PositiveIntegerField(default=1, verbose_name="fois")),
            ],
            options={
                "verbose_name": "recherche sans résultat",
                "verbose_name_plural": "recherches sans résultat",
                "ordering": ("-day", "-times", "query"),
                "default_permissions": ("view",),
                "constraints": [
                    models.UniqueConstraint(fields=("day", "query"), name="failed_search_once_a_day"),
                    models.CheckConstraint(
                        condition=models.Q(("query", ""), _negated=True), name="failed_search_says_something"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchedEntry",
            fields=[
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="faq.entry",
                    ),
                ),
                ("words", models.BinaryField()),
                ("generation", models.PositiveSmallIntegerField()),
                (
                    "usefulness",
                    models.SmallIntegerField(
                        default=0,
                        validators=[
                            django.core.validators.MinValueValidator(-100),
                            django.core.validators.MaxValueValidator(100),
                        ],
                    ),
                ),
            ],
            options={
                "verbose_name": "fiche cherchée",
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("usefulness__gte", -100), ("usefulness__lte", 100)),
                        name="searched_entry_usefulness_in_range",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchForm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("form", models.CharField(max_length=32, unique=True)),
                ("shown", models.CharField(max_length=100)),
                (
                    "stem",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="forms", to="faq.searchstem"
                    ),
                ),
            ],
            options={
                "verbose_name": "forme",
                "default_permissions": (),
            },
        ),
    ]
