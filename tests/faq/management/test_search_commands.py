"""The commands that rebuild the search and tell how good it is."""

import pytest
from django.core.management import CommandError, call_command

from faq.models import SearchedEntry
from tests.factories import a_published_entry, some_published_entries

pytestmark = pytest.mark.django_db


def test_rebuilding_tells_how_many(capsys):
    some_published_entries(3)
    SearchedEntry.objects.all().delete()
    call_command("rebuild_search")
    assert "3 fiches en ligne" in capsys.readouterr().out
    assert SearchedEntry.objects.count() == 3


def test_evaluation_prints_figures_and_names_what_fails(tmp_path, capsys):
    a_published_entry("Une carte ?", "Oui.")
    a_published_entry("Une carte ?", "Une autre réponse.")
    a_published_entry("Une carte CPS et une carte e-CPS ?", "Oui.")
    queries = tmp_path / "queries.csv"
    lines = ["kind,query,expected", "sigle,e-cps,Une carte CPS et une carte e-CPS ?", "sigle,licorne,Une carte ?"]
    queries.write_text("\n".join(lines), encoding="utf-8")
    call_command("evaluate_search", queries)
    told = capsys.readouterr().out
    assert "rappel@10" in told
    assert "0.500" in told
    assert "« licorne » : absente, 0 trouvées" in told
    assert "« e-cps »" not in told


@pytest.mark.parametrize(
    ("text", "complaint"),
    [("kind,query,expected\na,b,Absente ?", "Aucune fiche en ligne"), ("x,y\n1,2", "colonnes"), (None, "illisible")],
)
def test_a_file_that_does_not_fit_is_refused(tmp_path, text, complaint):
    path = tmp_path / "queries.csv"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(CommandError, match=complaint):
        call_command("evaluate_search", path)
