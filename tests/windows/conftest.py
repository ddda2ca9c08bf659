"""These tests are about Windows itself: elsewhere they are not even collected."""

from __future__ import annotations

import sys

collect_ignore_glob = [] if sys.platform == "win32" else ["test_*.py"]
