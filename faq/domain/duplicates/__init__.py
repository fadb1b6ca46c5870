"""The detector of duplicates: candidate pairs from an inverted index, then a verdict with its reason on each pair.

Three steps that can be looked at one by one: `AnalysedText` (the words of a text), `Postings.find_nearest` (the
documents worth comparing), `compare_documents` (the verdict). A verdict depends on its two documents alone.
"""
