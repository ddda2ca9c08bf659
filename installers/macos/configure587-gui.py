"""What the application runs when it is opened: the window."""

import sys

from configure587.cli import main_gui

sys.exit(main_gui())
