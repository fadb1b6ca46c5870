"""French search: what is indexed of an entry, the index in memory, and what a query finds in it."""
