"""Many computers and their provider: who still sends through port 25, and who has moved."""
