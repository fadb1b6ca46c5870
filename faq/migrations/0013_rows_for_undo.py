"""Store what undoing needs in rows and columns, no longer in a JSON document with dates in text."""

import re
from datetime import datetime

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_DATES = ("due_at", "created_at", "failed_at")


def write_rows(apps, schema_editor):
    """Write the rows of every merge from its document; say of every undo what it undid, and to what it returned."""
    batches = apps.get_model("faq", "Batch").objects
    for merge in batches.filter(kind="merge"):
        _write_rows_of(merge, apps)
    for undo in batches.filter(kind="undo"):
        if named := re.fullmatch(r"Annulation du lot (\d+)", undo.label):
            undo.undoes = batches.filter(pk=int(named[1])).first()
            undo.save(update_fields=["undoes"])
    _write_returns(apps.get_model("faq", "Version").objects)
    _check_now(schema_editor)


def _write_rows_of(merge, apps):
    def existing(name, numbers):
        return set(apps.get_model(*name.split(".")).objects.filter(pk__in=numbers).values_list("pk", flat=True))

    moved_row, alias = apps.get_model("faq", "MovedRow"), apps.get_model("faq", "EntryAlias")
    dropped_schedule = apps.get_model("faq", "DroppedSchedule")
    merge.survivor_id = merge.moved["survivor"]
    merge.save(update_fields=["survivor"])
    passages = {int(number): entry for number, entry in merge.moved["passages"].items()}
    aliases = {int(number): entry for number, entry in merge.moved["aliases"].items()}
    formers = dict(alias.objects.filter(pk__in=aliases).values_list("pk", "former"))
    moved_row.objects.bulk_create(
        [moved_row(batch=merge, passage_id=pk, entry_id=passages[pk]) for pk in existing("faq.Passage", passages)]
        + [moved_row(batch=merge, former_id=former, entry_id=aliases[pk]) for pk, former in formers.items()]
    )
    plans = merge.moved.get("schedules", ())
    authors = existing(settings.AUTH_USER_MODEL, [plan["author"] for plan in plans])
    for plan in plans:
        dates = {name: datetime.fromisoformat(plan[name]) if plan[name] else None for name in _DATES}
        dropped_schedule.objects.create(
            batch=merge,
            entry_id=plan["entry"],
            action=plan["action"],
            version_id=plan["version"],
            author_id=plan["author"] if plan["author"] in authors else None,
            error=plan["error"],
            **dates,
        )


def _write_returns(versions):
    """An undo brought back the version before the first of the batch that it undid, or what that one brought back."""
    undone = versions.filter(action="undone", batch__undoes__isnull=False).select_related("batch").order_by("pk")
    for version in undone.defer("answer", "filing"):
        own = versions.filter(entry=version.entry_id)
        first = own.filter(batch=version.batch.undoes_id).order_by("number").first()
        before = own.filter(number=first.number - 1).first() if first else None
        if before:
            own.filter(pk=version.pk).update(returns_to=before.returns_to_id or before.pk)


def write_documents(apps, schema_editor):
    """Write the document of every merge again from its rows."""
    for merge in apps.get_model("faq", "Batch").objects.filter(kind="merge"):
        rows = merge.moved_rows.all()
        formers = {row.former_id: row.entry_id for row in rows if row.former_id}
        aliases = apps.get_model("faq", "EntryAlias").objects.filter(former__in=formers).values_list("pk", "former")
        merge.moved = {
            "survivor": merge.survivor_id,
            "passages": {row.passage_id: row.entry_id for row in rows if row.passage_id},
            "aliases": {alias: formers[former] for alias, former in aliases},
            "schedules": [_document_of(plan) for plan in merge.dropped_schedules.all()],
        }
        merge.save(update_fields=["moved"])
    _check_now(schema_editor)


def _document_of(plan):
    dates = {name: getattr(plan, name) for name in _DATES}
    return {
        "entry": plan.entry_id,
        "action": plan.action,
        "version": plan.version_id,
        "author": plan.author_id,
        "error": plan.error,
        **{name: value.isoformat() if value else None for name, value in dates.items()},
    }


def _check_now(schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        # PostgreSQL does not alter a table while the check of a foreign key in it is still to come.
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _foreign_key(to, verbose_name=None, *, on_delete=django.db.models.deletion.PROTECT, related_name="+", **options):
    return models.ForeignKey(
        on_delete=on_delete, related_name=related_name, to=to, verbose_name=verbose_name, **options
    )


class Migration(migrations.Migration):
    dependencies = [("faq", "0012_plain_names"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="DroppedSchedule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "action",
                    models.CharField(
                        choices=[("published", "publication"), ("withdrawn", "retrait")],
                        max_length=10,
                        verbose_name="opération",
                    ),
                ),
                (
                    "version",
                    _foreign_key(
                        "faq.version",
                        "version",
                        null=True,
                        help_text="Le texte à publier, et nul autre ; sans objet pour un retrait.",
                    ),
                ),
                ("due_at", models.DateTimeField(db_index=True, verbose_name="prévue le")),
                ("author", _foreign_key(settings.AUTH_USER_MODEL, "planifiée par", null=True)),
                ("created_at", models.DateTimeField(verbose_name="planifiée le")),
                ("failed_at", models.DateTimeField(null=True, verbose_name="en échec depuis")),
                ("error", models.TextField(blank=True, verbose_name="raison de l’échec")),
                ("batch", _foreign_key("faq.batch", "lot", related_name="dropped_schedules")),
                ("entry", _foreign_key("faq.entry", "fiche")),
            ],
            options={
                "verbose_name": "planification abandonnée",
                "verbose_name_plural": "planifications abandonnées",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("batch", "entry", "action"), name="dropped_schedule_once_per_batch_entry_and_action"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MovedRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("batch", _foreign_key("faq.batch", "lot", related_name="moved_rows")),
                (
                    "passage",
                    _foreign_key("faq.passage", "passage", null=True, on_delete=django.db.models.deletion.CASCADE),
                ),
                ("former", _foreign_key("faq.entry", "ancienne fiche", null=True)),
                ("entry", _foreign_key("faq.entry", "fiche d’avant")),
            ],
            options={
                "verbose_name": "déplacement",
                "verbose_name_plural": "déplacements",
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("former__isnull", True), ("passage__isnull", False)),
                            models.Q(("former__isnull", False), ("passage__isnull", True)),
                            _connector="OR",
                        ),
                        name="moved_row_is_passage_or_former_number",
                    ),
                    models.UniqueConstraint(fields=("batch", "passage"), name="moved_row_passage_once_per_batch"),
                    models.UniqueConstraint(fields=("batch", "former"), name="moved_row_former_once_per_batch"),
                ],
            },
        ),
        migrations.AddField(
            model_name="batch",
            name="survivor",
            field=_foreign_key("faq.entry", "fiche conservée", editable=False, null=True),
        ),
        migrations.AddField(
            model_name="batch",
            name="undoes",
            field=_foreign_key("faq.batch", "annulation du lot", editable=False, null=True),
        ),
        migrations.AddField(
            model_name="version",
            name="returns_to",
            field=_foreign_key("faq.version", "retour à la version", editable=False, null=True),
        ),
        migrations.AlterField(
            model_name="batch",
            name="undone_by",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="faq.batch",
                verbose_name="annulé par le lot",
            ),
        ),
        migrations.RunPython(write_rows, write_documents),
        migrations.RemoveField(model_name="batch", name="moved"),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "merge"), ("survivor__isnull", False)),
                    models.Q(models.Q(("kind", "merge"), _negated=True), ("survivor__isnull", True)),
                    _connector="OR",
                ),
                name="batch_survivor_exactly_of_merges",
            ),
        ),
    ]
