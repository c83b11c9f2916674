"""Photos and documents of projects."""
