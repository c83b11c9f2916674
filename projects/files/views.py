"""Photos and documents of projects: the patron's pages, and handing them out to those who may see them."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from agencies.permissions import permission_required, user_of
from klikks.photos import photo_answer
from klikks.uploads import download
from projects.files import services
from projects.files.forms import AltForm, DocumentForm, PhotoForm, TitleForm
from projects.models import Project, ProjectDocument, ProjectPhoto, PublicDocument, PublicPhoto
from projects.rights import led_project

PRIVATE, PUBLIC = "private, no-store", "public, max-age=3600"


@permission_required("project", "view_own")
def files(request: HttpRequest, pk: int) -> HttpResponse:
    """Show photos and documents of a project, and how to add some."""
    return _files_page(request, led_project(request, pk))


@permission_required("project", "change_own")
@require_POST
def add_photo(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a photo."""
    project = led_project(request, pk)
    form = PhotoForm(request.POST, request.FILES, prefix="photo")
    if form.is_valid():
        try:
            services.add_photo(project, by=user_of(request), **form.cleaned_data)
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("The photo is saved."))
            return redirect("projects:files", pk=pk)
    return _files_page(request, project, photo_form=form)


@permission_required("project", "change_own")
@require_POST
def add_document(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a document."""
    project = led_project(request, pk)
    form = DocumentForm(request.POST, request.FILES, prefix="document")
    if form.is_valid():
        try:
            added = services.add_document(project, by=user_of(request), **form.cleaned_data)
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("“%s” is saved.") % added)
            return redirect("projects:files", pk=pk)
    return _files_page(request, project, document_form=form)


@permission_required("project", "change_own")
def change_photo(request: HttpRequest, pk: int) -> HttpResponse:
    """Describe a photo anew, put it to another place, or remove it."""
    photo = _own(request, ProjectPhoto, pk)
    for word, do in {"first": services.make_title_picture, "forward": services.move_forward}.items():
        if request.method == "POST" and word in request.POST:
            do(photo, by=user_of(request))
            return redirect("projects:files", pk=photo.project_id)
    return _change(request, photo, AltForm, "alt", _("Change the photo"), {"photo": photo})


@permission_required("project", "change_own")
def change_document(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a document another title, or remove it."""
    return _change(request, _own(request, ProjectDocument, pk), TitleForm, "title", _("Change the document"), {})


@permission_required("project", "view_own")
@require_safe
@never_cache
def own_photo(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out a photo to the patron who leads the project."""
    return photo_answer(str(_own(request, ProjectPhoto, pk).file), PRIVATE)


@permission_required("project", "view_own")
@require_safe
@never_cache
def own_document(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out a document to the patron who leads the project, never as a page of ours."""
    return download(str(_own(request, ProjectDocument, pk).file), caching=PRIVATE)


@permission_required("projectphoto", "view")
@require_safe
@never_cache
def desk_photo(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out a photo to the project's own agency."""
    return photo_answer(str(get_object_or_404(ProjectPhoto, pk=pk).file), PRIVATE)


@permission_required("projectdocument", "view")
@require_safe
@never_cache
def desk_document(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out a document to the project's own agency, never as a page of ours."""
    return download(str(get_object_or_404(ProjectDocument, pk=pk).file), caching=PRIVATE)


@permission_required("site", "view")
@require_safe
def public_photo(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out a released photo of a released project."""
    return photo_answer(get_object_or_404(PublicPhoto, pk=pk).file, PUBLIC)


@permission_required("site", "view")
@require_safe
def public_document(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out a released document of a released project, never as a page of ours."""
    return download(get_object_or_404(PublicDocument, pk=pk).file, caching=PUBLIC)


def _files_page(
    request: HttpRequest,
    project: Project,
    photo_form: PhotoForm | None = None,
    document_form: DocumentForm | None = None,
) -> HttpResponse:
    context = {
        "project": project,
        "photos": project.photos.all(),
        "documents": project.documents.all(),
        "photo_form": photo_form or PhotoForm(prefix="photo"),
        "document_form": document_form or DocumentForm(prefix="document"),
    }
    return render(request, "projects/files.html", context)


def _change(
    request: HttpRequest,
    file: Any,
    form_class: type[forms.Form],
    words: str,
    title: str,
    more: dict[str, Any],
) -> HttpResponse:
    """Change or remove a photo or document."""
    if request.method == "POST" and "remove" in request.POST:
        services.remove_file(file, by=user_of(request))
        messages.success(request, _("“%s” is removed.") % file)
        return redirect("projects:files", pk=file.project_id)
    initial = {words: getattr(file, words), "is_public": file.is_public}
    form = form_class(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            services.change_file(file, by=user_of(request), words=data[words], is_public=data["is_public"])
        except ObjectDoesNotExist:
            messages.error(request, _("Somebody has just removed this. Nothing was changed."))
        else:
            messages.success(request, _("Your changes are saved."))
        return redirect("projects:files", pk=file.project_id)
    context = {
        "project": file.project,
        "form": form,
        "title": title,
        "removable": True,
        "back": reverse("projects:files", args=[file.project_id]),
        **more,
    }
    return render(request, "projects/row.html", context)


def _own(request: HttpRequest, model: Any, pk: int) -> Any:
    """Return a photo or document of a project the patron leads, or answer "404 not found"."""
    own = model.objects.filter(project__leads__patron__user=user_of(request))
    return get_object_or_404(own.select_related("project"), pk=pk)
