"""Drills: reminders and PDF jobs while workers are killed, the broker emptied, everything restarted, the disk full.

`script/drill [--mails N] [--jobs N]` starts a PostgreSQL, a Valkey and a mail server of its own (data under var/drill,
made anew each time), two workers and two beats, and harms these and no other processes. It counts what arrives at the
mail server and what lies in the storage, prints a table beside its bars and ends with an error when one is missed.

Reminders: as many deadlines fall due as asked for, each of somebody else. While their mails go out, a worker is killed
twenty times (SIGKILL, with its children), the broker is emptied once and restarted once, PostgreSQL is restarted once;
the mail server refuses 5 % once with 4xx, 1 % for good with 5xx, and stalls once for longer than the portal waits.

Jobs: certificates are ordered, and while they are made workers are killed, the broker is emptied, PostgreSQL is
restarted, the disk is full for a while and the storage out of reach for a while. What failed is tried again as staff
would.
"""
