"""How a document looks: an HTML template and its values become a tagged PDF (PDF/UA-1). Nobody else renders.

Nothing is ever fetched from a network, and the fonts come from pinned wheels: a document looks the same on every
machine.
"""

from reports.documents.charts import Bar, bar_chart
from reports.documents.colours import Palette
from reports.documents.pdf import Logo, print_pdf, render, signature_of
from reports.documents.qr import qr_code

__all__ = ["Bar", "Logo", "Palette", "bar_chart", "print_pdf", "qr_code", "render", "signature_of"]
