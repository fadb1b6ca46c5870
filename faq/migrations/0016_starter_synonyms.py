"""Starter groups of synonyms that editors left alone get the expressions that the starter has now."""

from django.db import migrations

CHANGED = (
    (False, "EHPAD|maison de retraite", "EHPAD|maison de retraite|établissement pour personnes âgées"),
    (False, "DMP|dossier médical partagé", "DMP|dossier médical partagé|dossier partagé"),
    (
        False,
        "INS|identité nationale de santé|identifiant national de santé|matricule INS",
        "INS|identité nationale de santé|identifiant national de santé|matricule INS|identité nationale",
    ),
    (False, "CNAM|assurance maladie", "CNAM|assurance maladie|caisse d’assurance maladie|sécurité sociale"),
    (
        False,
        "IGC-Santé|IGC|autorité de certification",
        "IGC-Santé|IGC|autorité de certification|infrastructure de gestion de clés",
    ),
    (
        False,
        "biologie médicale|labo|laboratoire de biologie médicale",
        "biologie médicale|labo|laboratoire|biologiste",
    ),
    (False, "imagerie|radiologie", "imagerie|radiologie|radio"),
    (
        False,
        "financement|subvention|aide financière",
        "financement|subvention|aide financière|aide à l’équipement",
    ),
    (True, "délai|combien de temps", "délai|combien de temps|durée"),
    (False, "prix|tarif|coût", "prix|tarif|coût|frais|montant"),
    (True, "en panne|page blanche|bug", "en panne|page blanche|erreur"),
)
"""Whether the group is one way, its former expressions, and those of now."""


def give_the_expressions_of_now(apps, schema_editor):
    """Change the groups in use that are as the starter had them; an expression stays in one group of both ways."""
    groups = apps.get_model("faq", "SynonymGroup").objects.filter(retired=False)
    held = {text.casefold() for group in groups.filter(one_way=False) for text in group.expressions}
    for one_way, former, now in CHANGED:
        before, after = former.split("|"), now.split("|")
        if not one_way and not held.isdisjoint(text.casefold() for text in after if text not in before):
            continue
        for group in groups.filter(one_way=one_way, expressions=before):
            group.expressions = after
            group.save(update_fields=["expressions"])


class Migration(migrations.Migration):
    dependencies = [
        ("faq", "0015_alphabetical_order"),
    ]

    operations = [
        migrations.RunPython(give_the_expressions_of_now, migrations.RunPython.noop),
    ]
