"""Small drawings of invented parts, as sheets with frame and title block."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import typst
from noto_cjk_sans_jp_regular import FONT_PATH  # type: ignore[import-untyped]

SHEET = """
#set page(width: 210mm, height: 148mm, margin: 6mm)
#set text(font: "Noto Sans CJK JP", size: 9pt)
#let thin = 0.2mm + luma(90)
#let thick = 0.5mm
#let axis(x1, y1, x2, y2) = place(line(start: (x1, y1), end: (x2, y2),
  stroke: (paint: luma(120), thickness: 0.15mm, dash: "dash-dotted")))
#let box(x, y, w, h, ..style) = place(dx: x, dy: y, rect(width: w, height: h, stroke: thick, ..style))
#let hole(x, y, r, ..style) = place(dx: x - r, dy: y - r, circle(radius: r, stroke: thick, ..style))
#let measure(x1, y1, x2, y2, words) = {
  place(line(start: (x1, y1), end: (x2, y2), stroke: thin))
  place(dx: calc.min(x1, x2) + calc.abs(x2 - x1) / 2 - 8mm, dy: calc.min(y1, y2) - 5mm, text(size: 9pt, words))
}
#rect(width: 100%, height: 100%, stroke: 0.35mm)[
  #SHAPE
  #place(bottom + right, dx: 0mm, dy: 0mm, table(columns: (22mm, 60mm), inset: 1.6mm, stroke: 0.2mm,
    [名称], [#NAME], [図番], [#NUMBER 改#REVISION], [材質], [#MATERIAL], [指示], [#REQUIREMENT], [注],
    [架空の図面(見本)]))
]
"""

SHAPES: Mapping[str, str] = {
    "shaft": """#box(18mm, 42mm, 30mm, 14mm) #box(48mm, 36mm, 62mm, 26mm) #box(110mm, 30mm, 40mm, 38mm)
  #box(150mm, 40mm, 22mm, 18mm) #axis(10mm, 49mm, 182mm, 49mm)
  #measure(18mm, 80mm, 172mm, 80mm, "全長") #measure(110mm, 24mm, 150mm, 24mm, "φ")""",
    "impeller": """#hole(62mm, 58mm, 40mm) #hole(62mm, 58mm, 10mm) #hole(62mm, 58mm, 16mm, fill: none)
  #for n in range(6) { place(dx: 62mm, dy: 58mm, rotate(n * 60deg, origin: left + top,
    curve(stroke: thick, curve.move((12mm, 0mm)), curve.quad((26mm, 6mm), (38mm, -10mm))))) }
  #axis(16mm, 58mm, 108mm, 58mm) #axis(62mm, 12mm, 62mm, 104mm)
  #box(130mm, 30mm, 14mm, 56mm) #box(144mm, 44mm, 22mm, 28mm) #axis(122mm, 58mm, 176mm, 58mm)""",
    "housing": """#box(26mm, 66mm, 84mm, 20mm) #box(40mm, 36mm, 56mm, 30mm) #hole(68mm, 52mm, 15mm)
  #hole(34mm, 76mm, 3mm) #hole(102mm, 76mm, 3mm) #axis(20mm, 52mm, 116mm, 52mm) #axis(68mm, 28mm, 68mm, 94mm)
  #box(134mm, 36mm, 34mm, 50mm) #axis(126mm, 52mm, 176mm, 52mm)""",
    "cover": """#box(24mm, 26mm, 92mm, 62mm, radius: 8mm) #hole(34mm, 36mm, 3mm) #hole(106mm, 36mm, 3mm)
  #hole(34mm, 78mm, 3mm) #hole(106mm, 78mm, 3mm) #axis(16mm, 57mm, 124mm, 57mm) #axis(70mm, 18mm, 70mm, 96mm)
  #box(140mm, 26mm, 3mm, 62mm) #measure(24mm, 104mm, 116mm, 104mm, "全幅")""",
    "bracket": """#place(polygon(stroke: thick, (24mm, 26mm), (34mm, 26mm), (34mm, 78mm), (110mm, 78mm), (110mm, 88mm),
    (24mm, 88mm))) #hole(29mm, 44mm, 2mm) #box(130mm, 26mm, 40mm, 62mm) #hole(150mm, 44mm, 6mm) #hole(150mm, 70mm, 4mm)
  #axis(122mm, 44mm, 178mm, 44mm) #axis(150mm, 20mm, 150mm, 94mm)""",
    "plate": """#box(24mm, 28mm, 100mm, 62mm) #hole(40mm, 44mm, 4mm) #hole(108mm, 44mm, 4mm) #hole(40mm, 74mm, 4mm)
  #hole(108mm, 74mm, 4mm) #box(58mm, 48mm, 32mm, 22mm) #axis(16mm, 59mm, 132mm, 59mm) #axis(74mm, 20mm, 74mm, 98mm)
  #box(150mm, 28mm, 12mm, 62mm)""",
    "cam": """#hole(66mm, 58mm, 40mm) #place(dx: 66mm - 30mm, dy: 58mm - 24mm, ellipse(width: 56mm, height: 44mm,
    stroke: thick)) #hole(66mm, 58mm, 11mm) #axis(18mm, 58mm, 114mm, 58mm) #axis(66mm, 12mm, 66mm, 104mm)
  #box(136mm, 18mm, 18mm, 80mm) #axis(128mm, 58mm, 164mm, 58mm)""",
    "gear": """#hole(66mm, 58mm, 36mm) #hole(66mm, 58mm, 40mm, stroke: (dash: "dashed", thickness: 0.2mm))
  #hole(66mm, 58mm, 12mm) #for n in range(28) { place(dx: 66mm, dy: 58mm, rotate(n * 360deg / 28,
    origin: left + top, place(dx: 36mm, dy: -1.6mm, rect(width: 5mm, height: 3.2mm, stroke: 0.3mm)))) }
  #axis(18mm, 58mm, 114mm, 58mm) #axis(66mm, 12mm, 66mm, 104mm) #box(136mm, 18mm, 16mm, 80mm)""",
    "block": """#box(26mm, 30mm, 76mm, 58mm) #for x in (40mm, 64mm, 88mm) { hole(x, 46mm, 5mm) }
  #for x in (52mm, 76mm) { hole(x, 72mm, 7mm) } #axis(18mm, 59mm, 110mm, 59mm) #axis(64mm, 22mm, 64mm, 96mm)
  #box(126mm, 30mm, 48mm, 58mm) #hole(150mm, 59mm, 9mm)""",
    "ring": """#hole(66mm, 58mm, 36mm) #hole(66mm, 58mm, 30mm) #axis(20mm, 58mm, 112mm, 58mm)
  #axis(66mm, 14mm, 66mm, 102mm) #box(136mm, 22mm, 6mm, 72mm)""",
}


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(font_paths=[str(FONT_PATH.parent)], ignore_system_fonts=True)


def drawing(part: Mapping[str, Any], *, revision: str = "") -> bytes:
    """The drawing of a part, as a picture (PNG).

    Args:
        part: a part of the table of cases.
        revision: another revision than the part's present one.
    """
    text = SHEET.replace("#SHAPE", SHAPES[part["shape"]])
    words = {
        "NAME": part["name"],
        "NUMBER": part["drawing_no"],
        "REVISION": revision or part["revision"],
        "MATERIAL": part["material"],
        "REQUIREMENT": part["requirement"],
    }
    for key, value in words.items():
        text = text.replace(f"#{key}", _plain(value))
    made = _compiler().compile(input=text.encode(), format="png", ppi=64)
    assert isinstance(made, bytes)
    return made


def _plain(text: str) -> str:
    """``text`` without meaning to the typesetter."""
    return "".join(f"\\{letter}" if letter in "#$*_`<>@[]\\~-/=+." else letter for letter in text)
