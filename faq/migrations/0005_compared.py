from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("faq", "0004_duplicates")]

    operations = [
        # What is stored already was compared when it was written, or waits for find_duplicates.
        migrations.AddField(
            model_name="entry",
            name="compared",
            field=models.BigIntegerField(db_index=True, default=0, editable=False, null=True),
            preserve_default=False,
        ),
    ]
