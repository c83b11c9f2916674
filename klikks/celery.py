"""Celery application and the one table of what runs when."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "klikks.settings")

app = Celery("klikks")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# What nobody has begun when the next one comes is dropped: rows wait, messages need not.
app.conf.beat_schedule = {
    "write reminders that fall due": {
        "task": "deadlines.tasks.write_due_reminders",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "close dates that have passed": {
        "task": "deadlines.tasks.close_passed_dates",
        "schedule": crontab(hour=0, minute=10),
    },
    "remember when participation windows close": {
        "task": "communes.tasks.keep_dates",
        "schedule": crontab(hour=0, minute=20),
    },
    "remember when watched calls for funding close": {
        "task": "projects.tasks.keep_watched_calls",
        "schedule": crontab(hour=0, minute=30),
    },
    "remember which reports are owed to funders": {
        "task": "reports.tasks.keep_owed_reports",
        "schedule": crontab(hour=0, minute=40),
    },
    "close accounts that nobody uses": {
        "task": "deadlines.tasks.close_unused_accounts",
        "schedule": crontab(hour=3, minute=45),
    },
    "ask whether people who wait still want to": {
        "task": "patrons.tasks.keep_consents",
        "schedule": crontab(hour=6, minute=40),
    },
    "know the holidays of the coming years": {
        "task": "deadlines.tasks.load_holidays",
        "schedule": crontab(day_of_week=1, hour=2, minute=0),
    },
    "send what waits in the outbox": {
        "task": "deadlines.tasks.drain_outbox",
        "schedule": 20.0,
        "options": {"expires": 20},
    },
    "write digests whose morning has come": {
        "task": "deadlines.tasks.write_digests",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "read what came back": {
        "task": "deadlines.tasks.fetch_bounces",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "show that beat and worker live": {
        "task": "deadlines.tasks.note_pulse",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "pick up jobs that nobody runs": {
        "task": "deadlines.tasks.sweep_jobs",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "offer free places in trainings": {
        "task": "trainings.tasks.keep_waiting_lists",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "tell changes of trainings": {
        "task": "trainings.tasks.tell_changes",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "ask for feedback on trainings": {
        "task": "trainings.tasks.ask_for_feedback",
        "schedule": crontab(minute=40),
        "options": {"expires": 3000},
    },
    "forget guests of trainings": {
        "task": "trainings.tasks.forget_guests",
        "schedule": crontab(hour=3, minute=35),
    },
    "store the figures that have changed": {
        "task": "reports.tasks.store_figures",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "forget unconfirmed registrations": {
        "task": "communes.tasks.forget_unconfirmed",
        "schedule": crontab(hour=3, minute=0),
    },
    "write the mails with news of the exchange": {
        "task": "patrons.tasks.order_digests",
        "schedule": crontab(hour=6, minute=20),
    },
    "forget unconfirmed volunteers": {
        "task": "patrons.tasks.forget_unconfirmed",
        "schedule": crontab(hour=3, minute=10),
    },
    "forget imported sheets": {
        "task": "agencies.tasks.forget_sheets",
        "schedule": crontab(hour=3, minute=20),
    },
    "forget authors and followers of old ideas": {
        "task": "projects.tasks.forget_people_of_ideas",
        "schedule": crontab(hour=3, minute=25),
    },
    "forget the words of old mails": {
        "task": "deadlines.tasks.empty_old_mails",
        "schedule": crontab(hour=3, minute=30),
    },
    "ask after those who have gone quiet": {
        "task": "website.tasks.keep_care_tasks",
        "schedule": crontab(minute=15),
    },
    "clear sessions that have ended": {
        "task": "agencies.tasks.clear_sessions",
        "schedule": crontab(hour=3, minute=40),
    },
}
