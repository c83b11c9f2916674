"""The pages of a municipality: its partnership, patrons, projects, documents, data and people, on a phone first."""
