#!/usr/bin/env python
"""Django's command line, with the development settings unless told otherwise."""

import os
import signal
import sys

from django.core.management import execute_from_command_line


def main():
    """Run a command; end quietly, as others do, where nobody reads what it prints any more (`… | head`)."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "faqcms.settings.dev")
    try:
        execute_from_command_line(sys.argv)
        sys.stdout.flush()
    except BrokenPipeError:
        # Python would try once more to print, on its way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(128 + signal.SIGPIPE)


if __name__ == "__main__":
    main()
