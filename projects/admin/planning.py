"""The plan of a project on the desk: milestones, costs, financing, helpers."""

from unfold.admin import TabularInline

from projects.admin.base import TypedAmounts
from projects.models import CostItem, FinancingPart, Milestone, Supporter


class MilestoneInline(TabularInline):
    """The steps on the way; each feeds a deadline."""

    model = Milestone
    extra = 0
    hide_title = True
    fields = ("title", "due_on", "done_on")


class CostInline(TypedAmounts, TabularInline):
    """What must be paid for."""

    model = CostItem
    extra = 0
    hide_title = True
    fields = ("what", "amount")


class FinancingInline(TypedAmounts, TabularInline):
    """Who pays which part."""

    model = FinancingPart
    extra = 0
    hide_title = True
    fields = ("kind", "source", "amount")


class SupporterInline(TabularInline):
    """Who helps without leading."""

    model = Supporter
    extra = 0
    hide_title = True
    fields = ("kind", "name", "role", "contact")
