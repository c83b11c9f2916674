"""Figures, report documents and their rendering."""
