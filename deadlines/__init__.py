"""Deadlines, tasks, phase plans, reminders, the mail outbox and background jobs."""
