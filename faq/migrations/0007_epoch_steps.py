from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("faq", "0006_material_fingerprints"),
    ]

    operations = [
        migrations.CreateModel(
            name="EpochStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.CharField(max_length=32, unique=True)),
                ("entries", models.JSONField(null=True)),
            ],
            options={
                "verbose_name": "pas de l’époque",
                "default_permissions": (),
            },
        ),
    ]
