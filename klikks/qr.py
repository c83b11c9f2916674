"""QR codes as vector paths."""

import segno
from django.utils.html import format_html
from django.utils.safestring import SafeString


def qr_code(text: str, alternative: str) -> SafeString:
    """Return a QR code as inline SVG, with an alternative text for people who do not see it."""
    # Level Q still reads with a quarter of the code under a coffee stain.
    code = segno.make(text, error="q", micro=False)
    size = code.symbol_size(border=0)[0]
    path = "".join(
        f"M{start} {row}h{length}v1h-{length}z" for row, line in enumerate(code.matrix) for start, length in _runs(line)
    )
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" class="qr" viewBox="0 0 {size} {size}" role="img">'
        '<title>{alternative}</title><path d="{path}"/></svg>',
        size=size,
        alternative=alternative,
        path=path,
    )


def _runs(line: bytearray) -> list[tuple[int, int]]:
    """Return start and length of each run of dark modules in a line."""
    runs: list[tuple[int, int]] = []
    for place, dark in enumerate(line):
        if dark and runs and sum(runs[-1]) == place:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        elif dark:
            runs.append((place, 1))
    return runs
