"""What all pages of the staff desk share: rights from the permission table, and actions that ask before they act."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from unfold.admin import ModelAdmin

from agencies.permissions import ADD, CHANGE, DELETE, VIEW, allows


class DeskAdmin(ModelAdmin):
    """Base of every list and page of the staff desk. The permission table alone decides what may be done."""

    list_per_page = 50
    show_full_result_count = False
    list_filter_submit = True
    compressed_fields = True
    warn_unsaved_form = True

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Whether the role may look at these objects."""
        return self._allows(request, VIEW, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whether the role may add one."""
        return self._allows(request, ADD)

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Whether the role may change it."""
        return self._allows(request, CHANGE, obj)

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Whether the role may delete it."""
        return self._allows(request, DELETE, obj)

    def _allows(self, request: HttpRequest, action: str, obj: models.Model | None = None) -> bool:
        return allows(request.user, self.opts.model_name, action, obj)


def object_url(instance: models.Model) -> str:
    """Return the address of an object's page on the staff desk."""
    return reverse(f"admin:{instance._meta.app_label}_{instance._meta.model_name}_change", args=[instance.pk])


def action_page(
    request: HttpRequest,
    *,
    title: str,
    form: type[forms.Form],
    do: Callable[[dict[str, Any]], str],
    back: str,
    initial: dict[str, Any] | None = None,
    submit: str = "",
) -> HttpResponse:
    """Answer an action that needs a few words first: a form, then `do(cleaned_data)`, then `back` with its message.

    `do` calls a service and returns what to tell the reader. What a service refuses (ValidationError) is shown above
    the form, with everything that was typed.
    """
    bound = form(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and bound.is_valid():
        try:
            told = do(bound.cleaned_data)
        except ValidationError as refusal:
            bound.add_error(None, refusal)
        else:
            messages.success(request, told)
            return redirect(back)
    context = {"title": title, "form": bound, "back": back, "submit": submit or title}
    return render(request, "admin/action.html", context)
