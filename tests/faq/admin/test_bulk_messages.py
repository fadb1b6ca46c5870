"""What several refusals say: one message, with a list."""

from faq.admin.bulk_messages import list_refusals


def test_one_refusal_stands_alone():
    assert list_refusals(["La fiche Q-1 est archivée."]) == "La fiche Q-1 est archivée."


def test_several_refusals_are_one_message_with_a_list_that_ends():
    said = list_refusals([f"Q-{number} <b>" for number in range(1, 31)])
    assert said.startswith("<p>30 fiches refusées, dont voici les 20 premières\u00a0:</p><ul><li>Q-1 &lt;b&gt;</li>")
    assert said.count("<li>") == 20
    assert "dont voici" not in list_refusals(["Un.", "Deux."])
