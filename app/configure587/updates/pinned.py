"""What the update check of this package believes; docs/releasing.md tells how it is filled in.

Empty means that this edition looks for no new versions.
"""

from __future__ import annotations

ADDRESS = ""
"""The https address of the announcement."""

KEYS: tuple[str, ...] = ()
"""Public Ed25519 keys, 64 hexadecimal digits each; two while one takes the place of another."""
