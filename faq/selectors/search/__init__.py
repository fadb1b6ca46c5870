"""Searching what is published: one protocol, answered from the memory of a worker or by a search server."""
