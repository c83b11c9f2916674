"""Reads of documents: which ones there are about an object, and which ones a person may have."""

from collections.abc import Collection

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q

from agencies.models import User
from agencies.models.accounts import Role
from agencies.permissions import allows
from communes.access import accesses_of
from communes.models import Commune
from patrons.models import Appointment, Patron
from reports.models import Document, Report
from trainings.models import TrainingCertificate


def documents_of(subject: models.Model) -> models.QuerySet[Document]:
    """Return the documents about an object of the context's agency, the newest first; one query.

    About a municipality these are its reports, about a patron the certificates of all appointments and our thanks.
    """
    if isinstance(subject, Commune):
        return Document.objects.filter(_about(Report, Report.objects.filter(commune=subject)))
    if isinstance(subject, Patron):
        own = Appointment.objects.filter(patron=subject)
        trained = TrainingCertificate.objects.filter(enrolment__patron=subject)
        return Document.objects.filter(
            _about(Appointment, own)
            | _about(Patron, Patron.objects.filter(pk=subject.pk))
            | _about(TrainingCertificate, trained)
        )
    return Document.objects.filter(subject_type=ContentType.objects.get_for_model(subject), subject_id=subject.pk)


def documents_for(user: User) -> models.QuerySet[Document]:
    """Return the documents a person may download.

    Staff: all of their agency. A patron: the own certificates, and the reports about municipalities where the patron
    is in office. A coordinator: lists of participants. A municipality: what is about itself. The walls keep all of them
    to the own agency.
    """
    if allows(user, "document", "download"):
        return Document.objects.all()
    if user.role == Role.PATRON:
        own = Appointment.objects.filter(patron__user=user)
        served = Report.objects.filter(
            kind=Report.Kind.COMMUNE, commune__in=own.filter(ended_on__isnull=True).values("commune")
        )
        person = Patron.objects.filter(user=user)
        trained = TrainingCertificate.objects.filter(enrolment__patron__user=user)
        return Document.objects.filter(
            _about(Appointment, own)
            | _about(Report, served)
            | _about(Patron, person)
            | _about(TrainingCertificate, trained)
        )
    if user.role == Role.COORDINATOR:
        return Document.objects.filter(kind=Document.Kind.ATTENDANCE_LIST)
    if user.role == Role.MUNICIPALITY:
        return documents_of_municipality(accesses_of(user).values("commune"))
    return Document.objects.none()


def documents_of_municipality(communes: models.QuerySet | Collection[int]) -> models.QuerySet[Document]:
    """Return what municipalities may have: the reports about them, and the certificates of patrons they appointed."""
    reports = Report.objects.filter(kind=Report.Kind.COMMUNE, commune__in=communes)
    return Document.objects.filter(
        _about(Report, reports) | _about(Appointment, Appointment.objects.filter(commune__in=communes))
    )


def _about(model: type[models.Model], subjects: models.QuerySet) -> Q:
    """Return the condition that a document is about one of these objects."""
    return Q(subject_type=ContentType.objects.get_for_model(model), subject_id__in=subjects.values("pk"))
