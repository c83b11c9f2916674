"""The desk's page of qualifications: coordinators keep the rules, all staff read them."""

from typing import ClassVar

from django.contrib import admin
from unfold.admin import TabularInline

from agencies.desk import DeskAdmin
from trainings.learning.models import Qualification, QualificationPart


class PartInline(TabularInline):
    """What a qualification asks for."""

    model = QualificationPart
    extra = 1
    fields = ("count", "content", "topic")


@admin.register(Qualification)
class QualificationAdmin(DeskAdmin):
    """When a patron counts as qualified, by programme."""

    list_display = ("name", "programme")
    list_filter = ("programme",)
    search_fields = ("name",)
    list_select_related = ("programme",)
    fields = ("programme", "name", "name_en")
    inlines: ClassVar = [PartInline]
