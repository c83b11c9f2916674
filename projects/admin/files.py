"""Photos and documents of a project on the desk: one page on which staff look at them, add and remove them."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from agencies.desk import dressed, object_url
from agencies.permissions import user_of
from projects.files import services
from projects.files.forms import DocumentForm, PhotoForm
from projects.models import Project, ProjectDocument, ProjectPhoto

ADDING: dict[str, tuple[type[Any], Any]] = {
    "photo": (PhotoForm, services.add_photo),
    "document": (DocumentForm, services.add_document),
}
MODELS: dict[str, Any] = {"photo": ProjectPhoto, "document": ProjectDocument}


def files_page(request: HttpRequest, project: Project) -> HttpResponse:
    """Show the files of a project; take what was posted: `add`, or what is to happen to one `photo` or `document`."""
    forms = {name: form(prefix=name) for name, (form, _do) in ADDING.items()}
    if request.method == "POST":
        kind = request.POST.get("add", "")
        if kind not in ADDING:
            _act(request, project)
            return redirect(request.path)
        form_class, do = ADDING[kind]
        form = forms[kind] = form_class(request.POST, request.FILES, prefix=kind)
        if form.is_valid():
            try:
                do(project, by=user_of(request), **form.cleaned_data)
            except ValidationError as refused:
                form.add_error(None, refused)
            else:
                messages.success(request, _("The file is saved."))
                return redirect(request.path)
    context = {
        **admin.site.each_context(request),
        "opts": Project._meta,
        "original": project,
        "title": _("Photos and documents"),
        "project": project,
        "back": object_url(project),
        "photos": project.photos.all(),
        "documents": project.documents.all(),
        "forms": [(name, dressed(form)) for name, form in forms.items()],
    }
    return render(request, "admin/projects/files.html", context)


def _act(request: HttpRequest, project: Project) -> None:
    """Do to one file what its buttons say."""
    for name, model in MODELS.items():
        key = request.POST.get(name, "")
        if not key.isdecimal():
            continue
        file = get_object_or_404(model.objects.select_related("project"), pk=key, project=project)
        by = user_of(request)
        if "remove" in request.POST:
            services.remove_file(file, by=by)
            messages.success(request, _("“%s” is removed.") % file)
        elif "first" in request.POST:
            services.make_title_picture(file, by=by)
        elif "public" in request.POST:
            words = file.alt if name == "photo" else file.title
            services.change_file(file, by=by, words=words, is_public=not file.is_public)
