"""For somebody on the phone with support: a code to read aloud, and a report to look through."""
