"""Small pieces of HTML and SVG; every text goes through :func:`text`."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

PAGE_ROWS = 50


def text(value: object) -> str:
    """Escaped for content and attributes."""
    return html.escape(str(value), quote=True)


def section(key: str, title: str, body: str, note: str = "") -> str:
    """A panel with a heading; nothing when it has no body."""
    if not body:
        return ""
    lead = f'<p class="note">{text(note)}</p>' if note else ""
    heading = f'<h2 id="{key}-title">{text(title)}</h2>'
    return f'<section id="{key}" aria-labelledby="{key}-title">{heading}{lead}{body}</section>'


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, caption: str, numbers: Sequence[int] = ()) -> str:
    """A table whose cells are HTML already; ``numbers`` are the columns set to the right.

    Cells repeat their heading for narrow screens, where rows become cards.
    """
    heads = "".join(f'<th scope="col"{_right(at, numbers)}>{text(name)}</th>' for at, name in enumerate(head))
    body = "".join(f"<tr>{_cells(head, row, numbers)}</tr>" for row in rows)
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{text(caption)}"><table>'
        f'<caption class="unseen">{text(caption)}</caption><thead><tr>{heads}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _cells(head: Sequence[str], row: Sequence[str], numbers: Sequence[int]) -> str:
    first = f'<th scope="row" data-head="{text(head[0])}">{row[0]}</th>'
    return first + "".join(
        f'<td data-head="{text(head[at])}"{_right(at, numbers)}>{cell}</td>' for at, cell in enumerate(row) if at
    )


def _right(at: int, numbers: Sequence[int]) -> str:
    return ' class="number"' if at in numbers else ""


def pages(
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    caption: str,
    numbers: Sequence[int] = (),
    size: int = PAGE_ROWS,
) -> str:
    """A long table in pages: the first one open, the others to unfold."""
    if len(rows) <= size:
        return table(head, rows, caption=caption, numbers=numbers)
    parts = []
    for first in range(0, len(rows), size):
        last = min(first + size, len(rows))
        part = table(head, rows[first:last], caption=f"{caption} {first + 1}–{last}", numbers=numbers)
        state = " open" if not first else ""
        parts.append(f"<details{state}><summary>{first + 1}–{last} / {len(rows):,}</summary>{part}</details>")
    return "".join(parts)


def definitions(items: Iterable[tuple[str, str, str]]) -> str:
    """Figures with their names and a remark each."""
    found = "".join(
        f"<div><dt>{text(name)}</dt><dd>{text(value)}{f'<small>{text(remark)}</small>' if remark else ''}</dd></div>"
        for name, value, remark in items
    )
    return f'<dl class="figures">{found}</dl>'


def svg(width: float, height: float, body: str, *, label: str, css: str = "") -> str:
    """A drawing with its text alternative."""
    style = f' class="{css}"' if css else ""
    return (
        f'<svg{style} role="img" aria-label="{text(label)}" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}">{body}</svg>'
    )


def number(value: float) -> str:
    """A coordinate, short."""
    return f"{value:.1f}".rstrip("0").rstrip(".")
