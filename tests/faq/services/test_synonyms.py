"""Groups of synonyms: who may keep them, which make sense, and those that an installation begins with."""

import json

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied

from faq.models import Epoch, SynonymGroup
from faq.services.synonyms import SynonymsRefused, find_synonym_problems, load_starter_synonyms, save_synonyms

pytestmark = pytest.mark.django_db

STARTER = settings.BASE_DIR / "fixtures" / "synonyms.json"


def somebody(role):
    user = User.objects.create_user(role)
    user.groups.set(Group.objects.filter(name=role))
    return user


def test_writers_keep_groups_and_readers_do_not():
    group = SynonymGroup(expressions=["DPI", "dossier patient informatisé"])
    with pytest.raises(PermissionDenied):
        save_synonyms(group, somebody("analyste"))
    epoch = Epoch.now()
    save_synonyms(group, somebody("rédacteur"))
    assert Epoch.now() != epoch
    group.one_way = True
    save_synonyms(group, somebody("relecteur"))
    assert SynonymGroup.objects.get().one_way


@pytest.mark.parametrize(
    ("expressions", "problem"),
    [
        ([], "au moins deux"),
        (["DPI"], "au moins deux"),
        (["carte CPS", "cartes cps"], "au moins deux"),
        (["carte", "badge", "les cartes"], "de la même façon"),
        (["carte", "de la"], "ne dit rien"),
        (["carte", "x" * 101], "trop longue"),
        (["carte", "un deux trois quatre cinq six sept huit neuf dix"], "trop de mots"),
        ([f"mot{rank}" for rank in range(21)], "au plus 20"),
        (["badge", "DMP"], "déjà dans le groupe"),
    ],
)
def test_groups_that_mean_nothing_are_refused(expressions, problem):
    SynonymGroup.objects.create(expressions=["DMP", "dossier médical partagé"])
    group = SynonymGroup(expressions=expressions)
    assert problem in " ".join(find_synonym_problems(group))
    with pytest.raises(SynonymsRefused, match=problem):
        save_synonyms(group, None)


def test_an_expression_may_stand_in_a_group_of_one_way_and_in_a_retired_one():
    SynonymGroup.objects.create(expressions=["CPS", "carte de professionnel de santé"])
    assert find_synonym_problems(SynonymGroup(expressions=["CPx", "CPS"], one_way=True)) == []
    assert find_synonym_problems(SynonymGroup(expressions=["CPS", "carte"], retired=True)) == []
    assert find_synonym_problems(SynonymGroup(expressions=["CPS", "carte"])) != []


def test_starter_groups_are_sound_and_loaded_once():
    added = load_starter_synonyms(STARTER)
    assert added == SynonymGroup.objects.count() == len(json.loads(STARTER.read_text(encoding="utf-8"))) > 40
    assert [problem for group in SynonymGroup.objects.all() for problem in find_synonym_problems(group)] == []
    changed = SynonymGroup.objects.first()
    changed.expressions, changed.retired = [*changed.expressions, "autre façon"], True
    changed.save()
    epoch = Epoch.now()
    assert load_starter_synonyms(STARTER) == 0
    assert Epoch.now() == epoch
