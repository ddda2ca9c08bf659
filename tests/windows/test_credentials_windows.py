"""The Windows Credential Manager through keyring: where a password for a test message may be.

Only in the lab: on a person's own Windows this would be their own Credential Manager.
"""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

pytestmark = [
    pytest.mark.windows,
    pytest.mark.skipif("C587_LAB" not in os.environ, reason="a person's own credentials"),
]

# In a process of its own, for keyring asks the registry which Windows this is.
ROUND_TRIP = """
import keyring
from keyring.backends.Windows import WinVaultKeyring
assert isinstance(keyring.get_keyring(), WinVaultKeyring), keyring.get_keyring()
words = ("configure587-test", "jo\\u00e3o@exemplo.com.br")
assert keyring.get_password(*words) is None
keyring.set_password(*words, "canary-587 \\u00e7\\u20ac")
assert keyring.get_password(*words) == "canary-587 \\u00e7\\u20ac"
keyring.delete_password(*words)
assert keyring.get_password(*words) is None
print("done")
"""


def test_a_password_is_kept_read_back_and_taken_away() -> None:
    words = [sys.executable, "-c", ROUND_TRIP]
    tried = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    assert tried.stdout.rstrip() == b"done", tried.stderr
