"""Data files, mounted into the package as configure587.resources."""
