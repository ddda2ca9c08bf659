"""One run that nobody watches: each person's part, the report of it, and whose turn it is."""
