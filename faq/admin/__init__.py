"""Where editors work."""

from django.contrib import admin

from faq.admin import accounts, batches, dumps, entries, taxonomy, versions

__all__ = ["accounts", "batches", "dumps", "entries", "taxonomy", "versions"]

admin.site.site_header = "faqcms · administration"
admin.site.site_title = "faqcms"
admin.site.index_title = "Accueil"
admin.site.empty_value_display = "–"
