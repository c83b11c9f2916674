"""Pages of this room for visitors: the search while typing."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from communes.search import find_communes, label


@require_safe
@cache_control(public=True, max_age=3600)
def search(request: HttpRequest) -> JsonResponse:
    """Answer what was typed with the municipalities it may mean, as JSON; the answer may be cached by anybody."""
    results = [
        {
            "id": commune.pk,
            "ags": commune.ags,
            "name": commune.name,
            "label": label(commune),
            "district": str(commune.district or ""),
            "state": str(commune.state or ""),
            "postcode": commune.postcodes[0] if commune.postcodes else "",
        }
        for commune in find_communes(request.GET.get("q", ""))
    ]
    return JsonResponse({"results": results})
