"""Training series, sessions and enrolments."""
