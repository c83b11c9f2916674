"""The page on which operators see how the engines are, and the same as metrics for Prometheus."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib import admin
from django.contrib.humanize.templatetags.humanize import naturaltime
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from agencies.permissions import VIEW, permission_required
from deadlines import vitals
from deadlines.vitals import Vitals

BEAT_IS_LATE = timedelta(minutes=3)
MAIL_IS_LATE = timedelta(minutes=10)
JOB_IS_LATE = timedelta(minutes=5)
QUEUE_IS_LONG = 1000
DISK_IS_SHORT = 0.1

# What is counted by agency: the name of the metric, and what it says.
BY_AGENCY = {
    "waiting": ("klikks_outbox_waiting", "Mails that wait to be sent, also those put off"),
    "due": ("klikks_outbox_due", "Mails whose time to be sent has come"),
    "held": ("klikks_outbox_held", "Mails collected for digests"),
    "sent_mails": ("klikks_mails_sent_last_day", "Mails written and sent in the last 24 hours"),
    "failed_mails": ("klikks_mails_failed_last_day", "Mails written and failed in the last 24 hours"),
    "suppressed": ("klikks_suppressed_addresses", "Addresses to which nothing is sent any more"),
    "queued_jobs": ("klikks_jobs_queued", "Jobs that wait for a worker"),
    "running_jobs": ("klikks_jobs_running", "Jobs that are being done"),
    "failed_jobs": ("klikks_jobs_failed_last_day", "Jobs that failed in the last 24 hours"),
}


@dataclass(frozen=True)
class Sign:
    """One line of the page: what was looked at, what was found, whether that is well, and what to do if not."""

    name: str
    value: str
    is_well: bool
    advice: str


class VitalsCollector(Collector):
    """Turns what `vitals.take` finds into metrics, at the moment they are asked for."""

    def collect(self) -> Iterable[Metric]:
        """Return all metrics."""
        found = vitals.take()
        for field, (name, words) in BY_AGENCY.items():
            metric = GaugeMetricFamily(name, words, labels=["agency"])
            for agency in found.agencies:
                metric.add_metric([agency.slug], getattr(agency, field))
            yield metric
        single = {
            "klikks_outbox_oldest_seconds": ("Age of the oldest mail that is due", _age(found.oldest("oldest_due"))),
            "klikks_jobs_oldest_seconds": ("Age of the oldest job without a worker", _age(found.oldest("oldest_job"))),
            "klikks_beat_seconds": ("Since beat, broker and worker last worked together", _age(found.last_beat, None)),
            "klikks_queue_length": ("Messages in the broker", found.queue),
            "klikks_disk_free_bytes": ("Free bytes where files are kept", found.disk_free),
            "klikks_disk_size_bytes": ("Size of the disk where files are kept", found.disk_size),
        }
        for name, (words, value) in single.items():
            if value is not None:
                yield GaugeMetricFamily(name, words, value=value)


@permission_required("operations", VIEW)
@never_cache
def operations(request: HttpRequest) -> HttpResponse:
    """Show operators what waits, what failed, and what to do about it."""
    found = vitals.take()
    signs = _signs(found)
    context = {
        **admin.site.each_context(request),
        "title": _("Health of the portal"),
        "signs": signs,
        "is_well": all(sign.is_well for sign in signs),
        "agencies": found.agencies,
    }
    return render(request, "admin/operations.html", context)


@permission_required("operations", VIEW)
def _metrics_for_operators(request: HttpRequest) -> HttpResponse:
    return _metrics()


@never_cache
def metrics(request: HttpRequest) -> HttpResponseBase:
    """Answer Prometheus, which shows the token of the setting METRICS_TOKEN, or an operator who has signed in."""
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    if settings.METRICS_TOKEN and constant_time_compare(shown, settings.METRICS_TOKEN):
        return _metrics()
    answer: HttpResponseBase = _metrics_for_operators(request)
    return answer


metrics.permission = ("operations", VIEW)  # type: ignore[attr-defined]


def _metrics() -> HttpResponse:
    registry = CollectorRegistry()
    registry.register(VitalsCollector())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _signs(found: Vitals) -> list[Sign]:
    """Judge what was found."""
    mail, job = found.oldest("oldest_due"), found.oldest("oldest_job")
    signs = [
        Sign(
            _("Last beat"),
            _ago(found.last_beat) or _("never"),
            _age(found.last_beat, BEAT_IS_LATE.total_seconds() + 1) <= BEAT_IS_LATE.total_seconds(),
            _("Look whether beat, a worker and the broker run: nothing is lost, but nothing happens by itself."),
        ),
        Sign(
            _("Messages in the broker"),
            _("no answer") if found.queue is None else number_format(found.queue),
            found.queue is not None and found.queue < QUEUE_IS_LONG,
            _("Look whether the broker answers and enough workers run. It may be emptied at any time."),
        ),
        Sign(
            _("Oldest mail that is due"),
            _ago(mail) or _("none"),
            _age(mail) <= MAIL_IS_LATE.total_seconds(),
            _("Look whether the mail server answers; each waiting mail of an agency says why it waits."),
        ),
        Sign(
            _("Mails that failed in the last 24 hours"),
            _of(found.total("failed_mails"), found.total("failed_mails") + found.total("sent_mails")),
            found.total("failed_mails") <= max(5, 0.05 * found.total("sent_mails")),
            _("Many at once mean that the mail server or a provider refuses us; staff see the reason of each."),
        ),
        Sign(
            _("Oldest job without a worker"),
            _ago(job) or _("none"),
            _age(job) <= JOB_IS_LATE.total_seconds(),
            _("Look whether workers run; more of them work faster."),
        ),
        Sign(
            _("Jobs that failed in the last 24 hours"),
            number_format(found.total("failed_jobs")),
            found.total("failed_jobs") == 0,
            _("Staff of the agency see the reason and can try again; the worker's log says more."),
        ),
    ]
    if found.disk_free is not None and found.disk_size:
        signs.append(
            Sign(
                _("Free space for files"),
                _of(filesizeformat(found.disk_free), filesizeformat(found.disk_size)),
                found.disk_free > DISK_IS_SHORT * found.disk_size,
                _("Make room: jobs that make files fail while the disk is full, and can be tried again after that."),
            )
        )
    return signs


def _age(at: datetime | None, without: float | None = 0.0) -> float:
    """Return how many seconds ago a time was."""
    return without if at is None else (timezone.now() - at).total_seconds()  # type: ignore[return-value]


def _ago(at: datetime | None) -> str:
    """Say how long ago a time was; empty without one."""
    return str(naturaltime(at)) if at else ""


def _of(part: object, whole: object) -> str:
    return _("%(part)s of %(whole)s") % {"part": part, "whole": whole}
