"""Forms of the plan of a project, on the portal and on the desk."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.forms import DayInput, EuroField
from projects.models import CostItem, FinancingPart, Milestone, Supporter


def amount_field(help_text: Any = "") -> EuroField:
    """Return a field for an amount in euro that must be known."""
    field = EuroField(
        label=_("Amount in euro"), help_text=help_text, localize=True, min_value=0, max_digits=14, decimal_places=2
    )
    field.widget.attrs["inputmode"] = "decimal"
    return field


class MilestoneForm(forms.ModelForm):
    """A step on the way, and its day."""

    class Meta:
        model = Milestone
        fields = ("title", "due_on")
        widgets = {"due_on": DayInput()}
        labels = {"title": _("What is to be done?"), "due_on": _("By when?")}


class CostItemForm(forms.ModelForm):
    """Something that must be paid for."""

    amount = amount_field()

    class Meta:
        model = CostItem
        fields = ("what", "amount")
        labels = {"what": _("What must be paid for?")}


class FinancingPartForm(forms.ModelForm):
    """Who pays which part."""

    amount = amount_field(_("For work or material that somebody gives: what you would have to pay for it."))

    class Meta:
        model = FinancingPart
        fields = ("kind", "source", "amount")
        labels = {"kind": _("What kind of money is it?"), "source": _("From whom, or what?")}
        widgets = {"kind": forms.RadioSelect}


class SupporterForm(forms.ModelForm):
    """A person or an organisation that helps."""

    class Meta:
        model = Supporter
        fields = ("kind", "name", "role", "contact")
        labels = {
            "kind": _("Who is it?"),
            "name": _("Name"),
            "role": _("What do they do?"),
            "contact": _("How do you reach them?"),
        }
        help_texts = {
            "name": _("Please name people only if they agree."),
            "contact": _("A phone number or an e-mail address, if they agree. Only you and your agency see it."),
        }
