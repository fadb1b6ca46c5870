"""The admin: the lists, forms and pages on which editors work."""

from faq.admin import (
    accounts,
    batches,
    dumps,
    entries,
    mails,
    media,
    past,
    schedules,
    search,
    site_pages,
    taxonomy,
    trash,
    versions,
)
