"""Is there a good door? Talking SMTP to a server, and judging what was seen."""
