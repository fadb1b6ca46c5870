"""A program of its own that writes to the database of a test, so that it can be killed, or run beside another.

    writer.py SETTINGS WRITE

SETTINGS are the database's, as JSON; WRITE is one of the names below. For every number that it reads from its
standard input, a process writes, and is killed, with SIGKILL, just before its statement of that number; none
is killed for 0. Its exit status is printed once it has ended: -9 where it was killed.
"""

import itertools
import json
import os
import signal
import sys
import time
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

import django

django.setup()

from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from faq.enums import Action, Origin
from faq.models import DumpPreview, Entry
from faq.services.autosaves import close_autosave, store_autosave
from faq.services.content import Content
from faq.services.dump_confirmation import confirm_preview
from faq.services.entries import edit_entry
from faq.services.mailing import send_notifications
from faq.services.schedules import carry_out_due
from faq.services.versions import Provenance
from tests.autosaving import a_sent_form


def edit_and_publish():
    """Publish another text of the first entry, by one save."""
    entry = Entry.objects.order_by("pk")[0]
    edit_entry(entry.pk, Content("Écrite ?", "Écrite."), Provenance(Origin.FORM), then=Action.PUBLISHED)


def confirm_latest_preview():
    """Confirm the preview that was made last."""
    preview = DumpPreview.objects.select_related("author").latest("pk")
    confirm_preview(preview.key, preview.author)


def autosave():
    """Keep what the first person types."""
    sent = a_sent_form("answer=tap%C3%A9", key=uuid.UUID(int=5), sequence=time.time_ns() // 1000)
    store_autosave(User.objects.order_by("pk")[0], sent, timezone.now())


def save_and_close():
    """Save the first entry, and close the form in which it was typed."""
    edit_and_publish()
    close_autosave(User.objects.order_by("pk")[0], uuid.UUID(int=5), timezone.now())


WRITES = {
    "autosave": autosave,
    "save_and_close": save_and_close,
    "edit_and_publish": edit_and_publish,
    "carry_out_due": carry_out_due,
    "confirm_latest_preview": confirm_latest_preview,
    "send_notifications": send_notifications,
}


def killed_at(last):
    """Count statements, and have the process killed before the one of that number."""
    count = itertools.count(1)

    def execute(run, sql, params, many, context):
        if next(count) == last:
            os.kill(os.getpid(), signal.SIGKILL)
        return run(sql, params, many, context)

    return execute


def main(settings, write):
    """Do as the module says."""
    connection.settings_dict.update(json.loads(settings))
    print("ready", flush=True)
    for line in sys.stdin:
        # No connection is open here that a child could inherit.
        child = os.fork()
        if child == 0:
            with connection.execute_wrapper(killed_at(int(line))):
                WRITES[write]()
            sys.exit()
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
