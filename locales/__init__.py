"""Catalogues, mounted into the package as configure587.locales."""
