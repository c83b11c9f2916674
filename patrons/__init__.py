"""Climate patrons, appointments, matching, stories."""
