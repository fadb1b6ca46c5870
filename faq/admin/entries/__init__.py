"""« Fiches »: the list of entries, the page of one, and the pages around both."""

from faq.admin.entries.listing import EntryAdmin
