"""python -m configure587."""

import sys

from configure587.cli import main

sys.exit(main())
