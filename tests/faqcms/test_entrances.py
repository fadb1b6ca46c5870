"""Every way into the site for editors and operators: commands, admin addresses, admin actions, and who may use each.

A package in INSTALLED_APPS brings commands, pages and actions with it. One that is not listed here fails a test; before
it is added, it must write through the services, as the last tests demand of what is ours.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.contrib.auth.models import User
from django.core.management import get_commands
from django.db.models import Model
from django.db.models.signals import ModelSignal, m2m_changed, post_delete, post_save, pre_delete, pre_save
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver
from django.utils import timezone

from faq.enums import Action
from faq.models import FailedSearch, Mail, SynonymGroup
from faq.services.schedules import schedule
from faq.services.synonyms import save_synonyms
from faq.services.workflow import archive_entry
from feedback.models import VoteAnswer
from feedback.votes import cast_vote, get_votable
from tests.factories import a_dump_file, a_published_entry, a_taxonomy, an_entry, by_command, take_dump
from tests.media import many_media_files

ROOT = Path(settings.BASE_DIR)

COMMANDS = {
    "faq": {
        "doctor",
        "evaluate_search",
        "export_dump",
        "export_entries",
        "faq_at",
        "find_duplicates",
        "import_curation",
        "import_dump",
        "import_media",
        "import_table",
        "list_dumps",
        "load_taxonomy",
        "publish_due",
        "publish_entries",
        "purge_media",
        "rebuild_search",
        "send_notifications",
        "undo_batch",
    },
    "feedback": {"export_table", "export_votes", "load_demo", "purge_feedback", "rank_by_votes", "recount_votes"},
    "django.contrib.auth": {"changepassword", "createsuperuser"},
    "django.contrib.contenttypes": {"remove_stale_contenttypes"},
    "django.contrib.sessions": {"clearsessions"},
    "django.contrib.staticfiles": {"collectstatic", "findstatic", "runserver"},
    "django.core": {
        "check",
        "compilemessages",
        "createcachetable",
        "dbshell",
        "diffsettings",
        "dumpdata",
        "flush",
        "inspectdb",
        "loaddata",
        "makemessages",
        "makemigrations",
        "migrate",
        "optimizemigration",
        "sendtestemail",
        "shell",
        "showmigrations",
        "sqlflush",
        "sqlmigrate",
        "sqlsequencereset",
        "squashmigrations",
        "startapp",
        "startproject",
        "test",
        "testserver",
    },
}
"""By application. Operators run them; Django's own reach the tables directly, and nobody but operators has a shell."""

STAFF, ANALYSTE, REDACTEUR, RELECTEUR, ADMINISTRATEUR, SUPERUSER, NOBODY = range(7)
ROLES = {
    STAFF: None,
    ANALYSTE: "analyste",
    REDACTEUR: "rédacteur",
    RELECTEUR: "relecteur",
    ADMINISTRATEUR: "administrateur",
    SUPERUSER: None,
}
"""Accounts in the order of their powers: each may do at least what those before may."""


class Access(NamedTuple):
    """The least powerful account that may open an address, and that may send it a form."""

    open: int
    send: int


class Table(NamedTuple):
    """The least powerful account that may use each of Django's pages, and each action, of one table."""

    view: int
    add: int = NOBODY
    change: int = NOBODY
    delete: int = NOBODY
    actions: dict[str, int] = {}


TERMS = Table(ANALYSTE, ADMINISTRATEUR, ADMINISTRATEUR, ADMINISTRATEUR)
ACCOUNTS = Table(ADMINISTRATEUR, ADMINISTRATEUR, ADMINISTRATEUR, SUPERUSER, {"delete_selected": SUPERUSER})
PEOPLE = ACCOUNTS._replace(actions={"delete_selected": SUPERUSER, "send_password_link": ADMINISTRATEUR})
TABLES = {
    "auth/group": ACCOUNTS,
    "auth/user": PEOPLE,
    "faq/archivedentry": Table(ANALYSTE, actions={"restore": RELECTEUR}),
    "faq/batch": Table(ANALYSTE),
    "faq/couloir": TERMS,
    "faq/dispositif": TERMS,
    "faq/dump": Table(ANALYSTE),
    "faq/entry": Table(
        ANALYSTE,
        REDACTEUR,
        REDACTEUR,
        actions={
            "export_ticked": ANALYSTE,
            **dict.fromkeys(("assign", "file", "submit"), REDACTEUR),
            **dict.fromkeys(("publish", "withdraw", "archive", "restore", "merge"), RELECTEUR),
        },
    ),
    "faq/failedsearch": Table(ANALYSTE),
    "faq/mail": Table(ADMINISTRATEUR, actions={"retry": ADMINISTRATEUR}),
    "faq/mediafile": Table(ANALYSTE, REDACTEUR, REDACTEUR),
    "faq/offertype": TERMS,
    "faq/product": TERMS,
    "faq/schedule": Table(ANALYSTE),
    "faq/sitepage": Table(ANALYSTE, change=RELECTEUR),
    "faq/synonymgroup": Table(ANALYSTE, REDACTEUR, REDACTEUR),
    "faq/theme": TERMS._replace(add=REDACTEUR),
    "faq/version": Table(ANALYSTE),
    "feedback/vote": Table(ANALYSTE, actions={"reinstate": RELECTEUR, "dismiss": RELECTEUR}),
}
EXPORTED = TABLES.keys() - {
    "auth/group",
    "auth/user",
    "faq/batch",
    "faq/mail",
    "faq/mediafile",
    "faq/schedule",
    "faq/sitepage",
}
"""The tables whose lists may be exported by all who may read them."""
IMPORTED = {"faq/entry": REDACTEUR, "faq/synonymgroup": REDACTEUR} | dict.fromkeys(
    ("faq/couloir", "faq/dispositif", "faq/offertype", "faq/product", "faq/theme"), ADMINISTRATEUR
)
"""The tables that may be imported, and the least powerful account that may."""
TABLE_WITHOUT_PAGES = "faq/publication"
PAGES = {
    "": Access(STAFF, STAFF),
    "faq/batch/<int:number>/annuler/": Access(RELECTEUR, RELECTEUR),
    "faq/dump/<int:number>/telecharger/": Access(ANALYSTE, NOBODY),
    "faq/dump/importer/": Access(RELECTEUR, RELECTEUR),
    "faq/dump/importer/<str:key>/": Access(RELECTEUR, RELECTEUR),
    "faq/dump/lot/<int:number>/": Access(ANALYSTE, NOBODY),
    # Everybody's own forms, and nobody else's.
    "faq/entry/autosave/": Access(ANALYSTE, ANALYSTE),
    "faq/entry/<int:number>/presence/": Access(NOBODY, REDACTEUR),
    "faq/entry/<str:object_id>/compare/": Access(ANALYSTE, REDACTEUR),
    "faq/entry/assign/": Access(REDACTEUR, REDACTEUR),
    "faq/entry/due/": Access(ANALYSTE, REDACTEUR),
    "faq/entry/due/events/": Access(ANALYSTE, REDACTEUR),
    "faq/entry/duplicates/": Access(ANALYSTE, REDACTEUR),
    "faq/entry/duplicates/export/": Access(ANALYSTE, ANALYSTE),
    "faq/entry/filing/": Access(REDACTEUR, REDACTEUR),
    # A form from somebody who has lost the right comes back with what was typed, and is not carried out.
    "faq/entry/merge/": Access(RELECTEUR, ANALYSTE),
    "faq/entry/pick/": Access(ANALYSTE, NOBODY),
    "faq/entry/preview/": Access(NOBODY, ANALYSTE),
    "faq/entry/questions/": Access(REDACTEUR, REDACTEUR),
    "faq/entry/review/": Access(ANALYSTE, RELECTEUR),
    # One's own filters; the service checks the right to share them.
    "faq/entry/saved-filters/": Access(NOBODY, ANALYSTE),
    "faq/entry/similar/": Access(NOBODY, ANALYSTE),
    "faq/entry/suggestions/": Access(NOBODY, REDACTEUR),
    "faq/mail/preferences/": Access(STAFF, STAFF),
    "faq/mediafile/choisir/": Access(REDACTEUR, NOBODY),
    "faq/mediafile/envoyer/": Access(NOBODY, REDACTEUR),
    "faq/publication/past/": Access(ANALYSTE, NOBODY),
    "faq/publication/past/json/": Access(ANALYSTE, NOBODY),
    "faq/sitepage/apercu/": Access(NOBODY, ANALYSTE),
    "feedback/vote/rapports/": Access(ANALYSTE, NOBODY),
    # What one may do in the inbox depends on the form: the services check it.
    "feedback/vote/retours/": Access(ANALYSTE, ANALYSTE),
    "feedback/vote/retours/export/": Access(ANALYSTE, ANALYSTE),
    "aide/": Access(ANALYSTE, NOBODY),
    "jsi18n/": Access(STAFF, NOBODY),
    "recherche/": Access(ANALYSTE, NOBODY),
    "password_change/": Access(STAFF, STAFF),
    "password_change/done/": Access(STAFF, NOBODY),
    "auth/user/<id>/password/": Access(ADMINISTRATEUR, ADMINISTRATEUR),
}
PAGES |= {
    f"faq/{model}/<int:number>/{route}/": Access(ADMINISTRATEUR, ADMINISTRATEUR)
    for model in ("couloir", "dispositif", "offertype", "product", "theme")
    for route in ("deplacer", "fusionner", "scinder", "retirer", "remettre")
    if route != "deplacer" or model not in ("offertype", "theme")
}
DJANGO = {
    "login/",
    "logout/",
    "autocomplete/",
    "r/<path:content_type_id>/<path:object_id>/",
    "^(?P<app_label>auth|faq|feedback)/$",
    "(?P<url>.*)$",
}
"""Django's own addresses, which lead nowhere else than those above."""


def pages_of_tables() -> dict[str, Access]:
    """Return who may use the pages that Django makes for each table."""
    pages = {}
    for name, table in TABLES.items():
        pages |= {
            f"{name}/": Access(table.view, table.view),
            f"{name}/add/": Access(table.add, table.add),
            f"{name}/<path:object_id>/history/": Access(table.view, table.view),
            f"{name}/<path:object_id>/delete/": Access(table.delete, table.delete),
            f"{name}/<path:object_id>/change/": Access(table.view, table.change),
        }
        if name in EXPORTED:
            pages[f"{name}/export/"] = Access(table.view, table.view)
        if name in IMPORTED:
            pages[f"{name}/import/"] = Access(IMPORTED[name], IMPORTED[name])
            pages[f"{name}/process_import/"] = Access(IMPORTED[name], IMPORTED[name])
    # Leads to the page of the entry, which decides.
    pages["faq/archivedentry/<path:object_id>/change/"] = Access(STAFF, STAFF)
    return pages


ADDRESSES = PAGES | pages_of_tables()


def routes(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    """Yield every address below the admin."""
    for pattern in patterns:
        route = f"{before}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route


def some_rows() -> dict[str, Model]:
    """Return one row of every table that has pages, made by the services."""
    a_taxonomy()
    take_dump(a_dump_file("Un.", "Deux."))
    entry = a_published_entry()
    archived = archive_entry(an_entry().pk, by_command()).entry
    schedule(entry.pk, Action.WITHDRAWN, timezone.now() + timezone.timedelta(hours=1), by_command())
    many_media_files(1)
    save_synonyms(SynonymGroup(expressions=["dpi", "dossier patient"]), None)
    FailedSearch.objects.create(query="licorne", day=timezone.localdate())
    cast_vote(get_votable(entry.pk), VoteAnswer.NO, "visitor")
    told = User.objects.create_user("autre", "autre@example.org")
    Mail.objects.create(
        recipient=told, message_id="<1@example.org>", created_at=timezone.now(), next_try_at=timezone.now()
    )
    first = {name_of(model): model._default_manager.order_by("pk").first() for model in admin.site._registry}
    return first | {"faq/archivedentry": archived}


def name_of(model: type[Model]) -> str:
    """Return how the addresses of a table begin."""
    return f"{model._meta.app_label}/{model._meta.model_name}"


def address(route: str, rows: dict[str, Model]) -> str:
    """Return a route's address for the row that stands for its table."""
    row = rows.get("/".join(route.split("/")[:2]))
    return "/admin/" + re.sub("<[^>]+>", str(row.pk) if row else "1", route)


def account(sign_in, rank: int) -> Client:
    """Open a session for somebody of a rank."""
    return sign_in(ROLES[rank], superuser=rank == SUPERUSER)


def test_there_is_no_other_command():
    found = {}
    for command, application in get_commands().items():
        found.setdefault(application, set()).add(command)
    assert found == COMMANDS


def test_there_is_no_other_admin_address():
    made_by_django = {f"{name}/<path:object_id>/" for name in TABLES}
    assert set(routes(admin.site.urls[0])) == set(ADDRESSES) | DJANGO | made_by_django


def test_there_is_no_other_table_in_the_admin():
    found = {name_of(model) for model in admin.site._registry}
    assert found == {*TABLES, TABLE_WITHOUT_PAGES}


@pytest.mark.every_database
def test_nobody_reaches_an_admin_address_without_signing_in(client, db):
    rows = some_rows()
    for route in ADDRESSES:
        for answered in (client.get(address(route, rows)), client.post(address(route, rows))):
            assert answered.status_code == 302, route
            assert answered.url.startswith("/admin/login/"), route


@pytest.mark.parametrize("rank", ROLES)
@pytest.mark.once  # Rights are Django’s own rows, each page has other tests.
@pytest.mark.slow
def test_who_may_use_each_address(rank, sign_in):
    """Accounts are nested: each address is tried by the least powerful that may use it, and by the one just below."""
    rows = some_rows()
    client = account(sign_in, rank)
    for route, access in ADDRESSES.items():
        for method, least in (("get", access.open), ("post", access.send)):
            if least in {rank, rank + 1}:
                status = getattr(client, method)(address(route, rows)).status_code
                assert (status not in {403, 405}) == (least == rank), (method, route, status)
                assert status < 404 or status in {403, 405}, (method, route, status)


@pytest.mark.parametrize("rank", ROLES)
def test_who_may_use_each_action(rank, sign_in):
    request = RequestFactory().get("/admin/")
    request.user = account(sign_in, rank).user
    expected = {name: {key for key, least in table.actions.items() if least <= rank} for name, table in TABLES.items()}
    found = {
        name_of(model): set(model_admin.get_actions(request)) for model, model_admin in admin.site._registry.items()
    }
    assert found == expected | {TABLE_WITHOUT_PAGES: set()}


SAVING = ("save_model", "changeform_view", "change_view")
"""The methods that an admin class overrides to save in its own way."""


def test_what_the_admin_saves_and_deletes_passes_through_a_service():
    """Accounts are Django's own; every other table that somebody may write has its own way to do it."""
    ours = {
        name_of(model): type(model_admin)
        for model, model_admin in admin.site._registry.items()
        if model._meta.app_label != "auth"
    }
    for name, model_admin in ours.items():
        table = TABLES.get(name, Table(NOBODY))
        if min(table.add, table.change) < NOBODY:
            assert any(getattr(model_admin, name) is not getattr(ModelAdmin, name) for name in SAVING), name
        if table.delete < NOBODY:
            assert model_admin.delete_model is not ModelAdmin.delete_model, name
            assert "delete_selected" not in table.actions, name


WRITING = {"bulk_create", "bulk_update", "create", "delete", "execute", "get_or_create", "save", "update_or_create"}
WRITING_LAYERS = ("faq.services", "faq.models", "faq.selectors", "faq.caching", "faq.migrations", "feedback.migrations")
WRITING_MODULES = {"comments", "networks", "retention", "searches", "subtotals", "vote_upsert", "votes"}
"""Modules of feedback that hold its services."""
NOT_A_WRITE = {
    ("faq.admin.accounts", "save"),  # sends a mail
    ("faq.domain.media.images", "save"),  # writes an image into memory
    ("feedback.demo_queues", "save"),  # writes an image into memory
    ("feedback.management.commands.load_demo", "execute"),  # asks whether the file is a database
}


def writes(path: Path) -> Iterator[str]:
    """Yield the names of the methods that a module calls to write rows."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            # `update` with keywords only is a queryset's; a dictionary's takes its items.
            of_rows = node.func.attr == "update" and node.keywords and not node.args
            if of_rows or node.func.attr in WRITING:
                yield node.func.attr


def test_only_services_write_rows():
    found = set()
    for path in (path for app in ("faq", "feedback", "faqcms") for path in (ROOT / app).rglob("*.py")):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        is_service = module.startswith(WRITING_LAYERS) or module in {f"feedback.{name}" for name in WRITING_MODULES}
        found |= set() if is_service else {(module, name) for name in writes(path)}
    assert found == NOT_A_WRITE


@pytest.mark.parametrize("signal", [pre_save, post_save, pre_delete, post_delete, m2m_changed])
def test_nothing_listens_to_writes(signal: ModelSignal):
    assert signal.receivers == []
