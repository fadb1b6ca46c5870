"""Where editors work."""

from faq.admin import accounts, batches, dumps, entries, past, schedules, taxonomy, trash, versions

__all__ = ["accounts", "batches", "dumps", "entries", "past", "schedules", "taxonomy", "trash", "versions"]
