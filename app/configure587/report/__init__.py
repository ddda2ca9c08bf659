"""Values to text and JSON: the room in which codes become sentences for people."""
