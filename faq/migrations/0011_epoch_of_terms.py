"""Let the terms have an epoch of their own, so that they are read again only where one of them changed."""

from django.db import migrations, models
from django.db.models import F


def begin(apps, schema_editor):
    """Let the epoch of the terms be the present one."""
    epochs = apps.get_model("faq", "Epoch").objects.using(schema_editor.connection.alias)
    epochs.update(terms=F("token"))


class Migration(migrations.Migration):
    """After the review clock."""

    dependencies = [("faq", "0010_review_clock")]

    operations = [
        migrations.AddField("epoch", "terms", models.CharField(default="", max_length=32)),
        migrations.RunPython(begin, migrations.RunPython.noop, elidable=True),
    ]
