"""The command inside the application, for a terminal."""

import sys

from configure587.cli import main

sys.exit(main())
