"""Configure 587! moves outgoing mail from port 25 to port 587, and can always undo it."""

__version__ = "0.1.0"
