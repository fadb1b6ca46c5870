"""Name two columns and the table of changes by what they hold."""

from django.db import migrations


class Migration(migrations.Migration):
    """After the epoch of the terms. Everything that is stored stays."""

    dependencies = [("faq", "0011_epoch_of_terms")]

    operations = [
        migrations.RenameField("entry", "folded", "search_text"),
        migrations.RenameField("entry", "compared", "comparison_rank"),
        migrations.RenameModel("EpochStep", "ChangeLog"),
        migrations.AlterModelOptions(
            "changelog", {"default_permissions": (), "verbose_name": "journal des changements"}
        ),
    ]
