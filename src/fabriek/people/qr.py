"""A QR code as inline SVG that obeys the content policy: attributes only, no styles."""

from collections.abc import Iterator
from itertools import groupby

import qrcode  # type: ignore[import-untyped]
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

QUIET = 4


def svg(text: str) -> SafeString:
    """Dark on white in every colour scheme, for a camera needs the contrast."""
    code = qrcode.QRCode(border=0)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    size = len(rows) + 2 * QUIET
    marks = "".join(
        f"M{start + QUIET} {y + QUIET}h{length}v1h-{length}z"
        for y, row in enumerate(rows)
        for start, length in _runs(row)
    )
    return format_html(
        '<svg class="fab-qr" viewBox="0 0 {} {}" width="240" height="240" role="img"'
        ' aria-label="{}" shape-rendering="crispEdges"><rect width="{}" height="{}" fill="#fff"/>'
        '<path d="{}" fill="#000"/></svg>',
        size,
        size,
        _("QR code with the key for your app"),
        size,
        size,
        marks,
    )


def _runs(row: list[bool]) -> Iterator[tuple[int, int]]:
    """Where dark squares stand together: start and length."""
    start = 0
    for dark, group in groupby(row):
        length = len(list(group))
        if dark:
            yield start, length
        start += length
