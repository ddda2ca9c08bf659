"""Policies: what an organisation wishes, from files, the registry and managed preferences."""
