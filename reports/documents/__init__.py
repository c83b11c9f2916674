"""How a document looks: an HTML template and its values become a tagged PDF (PDF/UA-1). Nobody else renders.

Nothing is ever fetched from a network, and the fonts come from pinned wheels: a document looks the same on every
machine.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from klikks.qr import qr_code
from reports.documents.charts import Bar, bar_chart
from reports.documents.colours import Palette

if TYPE_CHECKING:
    from reports.documents.pdf import Logo, print_pdf, render, signature_of

__all__ = ["Bar", "Logo", "Palette", "bar_chart", "print_pdf", "qr_code", "render", "signature_of"]


def __getattr__(name: str) -> Any:
    """Load what prints when somebody prints: WeasyPrint takes a second, and every start would pay for it."""
    if name in __all__:
        return getattr(import_module("reports.documents.pdf"), name)
    raise AttributeError(name)
