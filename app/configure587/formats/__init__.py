"""What bytes mean: pure lenses between bytes and named values, changing one span at a time."""
