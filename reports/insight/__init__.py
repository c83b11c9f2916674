"""What was planned, what came, what is to be expected, and what brings most for the money."""
