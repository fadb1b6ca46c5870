"""Entries name the version whose text was compared last; those that do not wait were compared with the latest."""

import django.db.models.deletion
from django.db import migrations, models


def _fill(apps, schema_editor):
    entries = apps.get_model("faq", "Entry").objects.using(schema_editor.connection.alias)
    entries.filter(comparison_rank__isnull=False).update(compared_version=models.F("head"))


class Migration(migrations.Migration):
    dependencies = [("faq", "0020_taxonomy_batches")]

    operations = [
        migrations.AddField(
            model_name="entry",
            name="compared_version",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="faq.version",
            ),
        ),
        migrations.RunPython(_fill, migrations.RunPython.noop),
    ]
