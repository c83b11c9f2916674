"""Ideas that citizens send."""
