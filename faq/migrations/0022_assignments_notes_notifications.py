"""Assignments of entries, notes between editors, and what people are told of."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("faq", "0021_compared_version"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Assignment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("assigned_at", models.DateTimeField(verbose_name="attribuée le")),
                (
                    "assignee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assignments",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="attribuée à",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="attribuée par",
                    ),
                ),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assignment",
                        to="faq.entry",
                        verbose_name="fiche",
                    ),
                ),
            ],
            options={
                "verbose_name": "attribution",
                "verbose_name_plural": "attributions",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Mail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest_day", models.DateField(null=True, verbose_name="récapitulatif du")),
                ("message_id", models.CharField(max_length=250, unique=True, verbose_name="Message-ID")),
                ("created_at", models.DateTimeField(verbose_name="préparé le")),
                ("next_try_at", models.DateTimeField(db_index=True, verbose_name="prochain essai")),
                ("tries", models.PositiveSmallIntegerField(default=0, verbose_name="essais")),
                ("claimed_at", models.DateTimeField(null=True, verbose_name="remis au serveur le")),
                ("sent_at", models.DateTimeField(null=True, verbose_name="envoyé le")),
                ("failed_at", models.DateTimeField(null=True, verbose_name="abandonné le")),
                ("error", models.CharField(blank=True, max_length=500, verbose_name="dernier échec")),
                (
                    "recipient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="destinataire",
                    ),
                ),
            ],
            options={
                "verbose_name": "courriel",
                "verbose_name_plural": "courriels",
                "ordering": ("-pk",),
                "default_permissions": ("view", "change"),
            },
        ),
        migrations.CreateModel(
            name="NoteThread",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("settled_at", models.DateTimeField(null=True, verbose_name="réglée le")),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="note_threads",
                        to="faq.entry",
                        verbose_name="fiche",
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="réglée par",
                    ),
                ),
            ],
            options={
                "verbose_name": "échange de notes",
                "verbose_name_plural": "échanges de notes",
                "ordering": ("pk",),
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Note",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.CharField(max_length=2000, verbose_name="note")),
                ("created_at", models.DateTimeField(verbose_name="écrite le")),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="auteur",
                    ),
                ),
                (
                    "mentions",
                    models.ManyToManyField(
                        blank=True,
                        related_name="notes_mentioning",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="personnes citées",
                    ),
                ),
                (
                    "thread",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notes",
                        to="faq.notethread",
                        verbose_name="échange",
                    ),
                ),
            ],
            options={
                "verbose_name": "note",
                "verbose_name_plural": "notes",
                "ordering": ("pk",),
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Notification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("refused", "un de mes textes est refusé"),
                            ("assigned", "une fiche m’est attribuée"),
                            ("mentioned", "une note me cite"),
                            ("plan_failed", "une de mes planifications échoue"),
                            ("review_due", "une fiche dont je réponds est à revoir"),
                            ("submitted", "un texte attend une relecture"),
                        ],
                        max_length=12,
                        verbose_name="nature",
                    ),
                ),
                ("event", models.CharField(max_length=60, verbose_name="événement")),
                ("text", models.CharField(blank=True, max_length=1000, verbose_name="texte")),
                ("created_at", models.DateTimeField(db_index=True, verbose_name="arrivé le")),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="auteur",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="faq.entry",
                        verbose_name="fiche",
                    ),
                ),
                (
                    "mail",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notifications",
                        to="faq.mail",
                        verbose_name="courriel",
                    ),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="destinataire",
                    ),
                ),
            ],
            options={
                "verbose_name": "notification",
                "verbose_name_plural": "notifications",
                "ordering": ("pk",),
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="NotificationChoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("refused", "un de mes textes est refusé"),
                            ("assigned", "une fiche m’est attribuée"),
                            ("mentioned", "une note me cite"),
                            ("plan_failed", "une de mes planifications échoue"),
                            ("review_due", "une fiche dont je réponds est à revoir"),
                            ("submitted", "un texte attend une relecture"),
                        ],
                        max_length=12,
                        verbose_name="nature",
                    ),
                ),
                (
                    "delivery",
                    models.CharField(
                        choices=[("immediate", "tout de suite"), ("daily", "une fois par jour"), ("never", "jamais")],
                        max_length=10,
                        verbose_name="envoi",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notification_choices",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="personne",
                    ),
                ),
            ],
            options={
                "verbose_name": "préférence",
                "verbose_name_plural": "préférences",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="AssignmentChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("changed_at", models.DateTimeField(verbose_name="changée le")),
                (
                    "after",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="attribuée à",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="auteur",
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assignment_changes",
                        to="faq.batch",
                        verbose_name="lot",
                    ),
                ),
                (
                    "before",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="attribuée avant à",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assignment_changes",
                        to="faq.entry",
                        verbose_name="fiche",
                    ),
                ),
            ],
            options={
                "verbose_name": "changement d’attribution",
                "verbose_name_plural": "changements d’attribution",
                "ordering": ("pk",),
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("batch", "entry"), name="assignment_change_once_per_batch_and_entry"
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="mail",
            constraint=models.UniqueConstraint(
                fields=("recipient", "digest_day"), name="mail_one_digest_per_person_and_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="mail",
            constraint=models.CheckConstraint(
                condition=models.Q(("sent_at__isnull", True), ("failed_at__isnull", True), _connector="OR"),
                name="mail_sent_or_given_up",
            ),
        ),
        migrations.AddConstraint(
            model_name="notethread",
            constraint=models.CheckConstraint(
                condition=models.Q(("settled_at__isnull", False), ("settled_by__isnull", True), _connector="OR"),
                name="note_thread_settled_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="note",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="note_says_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="notification",
            constraint=models.UniqueConstraint(
                fields=("recipient", "kind", "entry", "event"), name="notification_once_per_person_and_event"
            ),
        ),
        migrations.AddConstraint(
            model_name="notification",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["refused", "assigned", "mentioned", "plan_failed", "review_due", "submitted"])
                ),
                name="notification_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="notificationchoice",
            constraint=models.UniqueConstraint(
                fields=("user", "kind"), name="notification_choice_once_per_person_and_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="notificationchoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["refused", "assigned", "mentioned", "plan_failed", "review_due", "submitted"])
                ),
                name="notification_choice_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="notificationchoice",
            constraint=models.CheckConstraint(
                condition=models.Q(("delivery__in", ["immediate", "daily", "never"])), name="notification_choice_known"
            ),
        ),
    ]
