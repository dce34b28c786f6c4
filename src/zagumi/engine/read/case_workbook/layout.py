"""The layout of a case workbook, said once: its sheets, columns, units and words.

A coordinator fills this workbook in by hand, so the headings are Japanese; the English headings beside
them are accepted as well. The reader, the writer, the import page and the export all follow these tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

MAX_BYTES = 5_000_000
MAX_UNPACKED_BYTES = 60_000_000
MAX_RATIO = 200
MAX_SHEETS = 20
MAX_ROWS = 5_000
MAX_COLUMNS = 60
MAX_FAULTS = 500
HEADER_ROWS = 10  # the heading is looked for within the first rows, below a title

DUE_MINUTE = 17 * 60  # a due date without a time means 17:00
DEFAULT_MAX_SUBLOTS = 3  # when a smallest sub-lot is given and the number of sub-lots is not

MINUTES = {
    "分": Decimal(1),
    "min": Decimal(1),
    "m": Decimal(1),
    "時間": Decimal(60),
    "h": Decimal(60),
    "秒": Decimal(1) / 60,
    "s": Decimal(1) / 60,
    "sec": Decimal(1) / 60,
}
GRAMS = {"g": Decimal(1), "グラム": Decimal(1), "kg": Decimal(1000), "mg": Decimal("0.001")}
YEN = {"円": Decimal(1), "yen": Decimal(1), "jpy": Decimal(1), "千円": Decimal(1000), "万円": Decimal(10000)}
PERCENT = {"%": Decimal(1), "パーセント": Decimal(1)}
PIECES = {unit: Decimal(1) for unit in ("個", "本", "枚", "組", "台", "点", "セット", "set", "sets", "pcs", "pc")}
HOURS = {"時間/週": Decimal(1), "h/週": Decimal(1), "時間": Decimal(1), "h": Decimal(1), "h/week": Decimal(1)}
DEGREES = {"度": Decimal(1), "°": Decimal(1), "deg": Decimal(1)}
TIMES = {"社": Decimal(1), "分割": Decimal(1)}

CHANNELS = {
    "web": ("web", "ウェブ", "サイト", "ホームページ"),
    "mail": ("メール", "mail", "email", "eメール"),
    "fax": ("fax", "ファックス", "ファクス"),
    "phone": ("電話", "phone", "tel", "telephone"),
    "excel": ("excel", "エクセル", "表計算"),
    "api": ("api", "連携"),
}
CONTRACT_FORMS = {
    "cooperative": ("組合が受注", "組合", "共同受注", "cooperative"),
    "lead": ("幹事会社が一括", "幹事会社", "幹事", "lead", "lead company"),
    "brokerage": ("取り次ぎだけ", "取次", "取り次ぎ", "あっせん", "brokerage"),
}
DAY_KINDS = {"closed": ("休み", "休", "休業", "休日", "closed"), "open": ("営業", "出勤", "稼働", "開", "open")}
YES = ("○", "〇", "◯", "o", "はい", "可", "有", "あり", "yes", "y", "true", "1", "レ", "✓", "✔", "☑")
NO = ("×", "✕", "✗", "x", "いいえ", "不可", "否", "無", "なし", "no", "n", "false", "0", "-", "ー", "―", "–", "—")
DITTO = ("〃", "″", "”", '"', "同上", "々", "ditto")


@dataclass(frozen=True)
class Column:
    """One column (or, on the case sheet, one line) of the layout.

    Attributes:
        key: field of the row's dataclass.
        header: Japanese heading, without its unit.
        english: English heading.
        kind: how the cell is read: text, name, letter, whole, wholes, decimal, date, moment, yes, choice,
            shifts, hours, links.
        unit: unit written after the heading; the value is stored in this unit.
        units: units understood in the heading or in a cell, with their factor to ``unit``.
        low, high: smallest and largest value.
        length: most characters of a text.
        note: Japanese explanation for the person who fills it in.
    """

    key: str
    header: str
    english: str
    kind: str = "text"
    required: bool = False
    unit: str = ""
    units: Mapping[str, Decimal] = field(default_factory=dict)
    low: int | None = None
    high: int | None = None
    length: int = 200
    minute: int = 0  # minute of the day that a moment without a time means
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    note: str = ""
    width: int = 14

    @property
    def title(self) -> str:
        """The heading as the template writes it: ``段取り(分)``."""
        return f"{self.header}({self.unit})" if self.unit else self.header


@dataclass(frozen=True)
class Sheet:
    """One sheet; ``vertical`` sheets have one field a line (heading in column A, value in column B)."""

    key: str
    name: str
    english: str
    columns: tuple[Column, ...]
    required: bool = True
    vertical: bool = False
    aliases: tuple[str, ...] = ()
    note: str = ""


CASE = Sheet(
    "case",
    "案件",
    "case",
    vertical=True,
    note="太字の項目は必ず書いてください。日付は 2026/12/11、R8.12.11、令和8年12月11日 のどれでも読めます。",
    columns=(
        Column("code", "案件番号", "case code", length=20, note="新しい案件は空けておく。書き出した表では番号が入る"),
        Column("title", "件名", "title", required=True, aliases=("案件名", "品名"), note="品名と数が一目でわかる名前"),
        Column("buyer", "発注者", "buyer", required=True, aliases=("お客様", "得意先", "発注元")),
        Column(
            "buyer_reference",
            "発注者の管理番号",
            "buyer reference",
            length=60,
            aliases=("先方番号", "注文番号"),
            note="先方の引合番号や注文番号。同じ案件かどうかの見分けに使う",
        ),
        Column("channel", "受付経路", "channel", kind="choice", choices=CHANNELS, note="電話・FAX・メール・Web・Excel"),
        Column("received_on", "受付日", "received on", kind="date"),
        Column("answer_due", "回答期限", "answer due", kind="date"),
        Column(
            "release",
            "着手できる日",
            "release",
            kind="moment",
            required=True,
            aliases=("着手日", "材料が入る日"),
            note="材料と図面がそろい、最初の工程を始められる日時",
        ),
        Column(
            "due", "納期", "due", kind="moment", required=True, minute=DUE_MINUTE, note="時刻を書かなければ 17:00 まで"
        ),
        Column(
            "late_yen_per_day",
            "遅れ1日あたりの損",
            "late yen per day",
            kind="whole",
            unit="円",
            units=YEN,
            low=0,
            high=100000000,
            aliases=("遅延損害",),
            note="1分あたりに直して計画に使う",
        ),
        Column("deliver_to", "納入先", "deliver to", aliases=("納入場所",)),
        Column("deliver_address", "納入先の住所", "deliver address"),
        Column(
            "deliver_latitude",
            "納入先の緯度",
            "deliver latitude",
            kind="decimal",
            low=20,
            high=46,
            unit="度",
            units=DEGREES,
        ),
        Column(
            "deliver_longitude",
            "納入先の経度",
            "deliver longitude",
            kind="decimal",
            low=122,
            high=154,
            unit="度",
            units=DEGREES,
        ),
        Column(
            "contract_form",
            "契約の形",
            "contract form",
            kind="choice",
            choices=CONTRACT_FORMS,
            note="幹事会社が一括・組合が受注・取り次ぎだけ",
        ),
        Column("lead", "幹事会社", "lead company", note="決まっていなければ空けておく"),
        Column(
            "price_yen",
            "受注額",
            "price",
            kind="whole",
            unit="円",
            units=YEN,
            low=0,
            high=100000000000,
            aliases=("受注金額", "見積金額"),
            note="調整役だけが見る",
        ),
        Column("note", "備考", "note", length=2000),
    ),
)

PARTS = Sheet(
    "parts",
    "部品",
    "parts",
    note="組立品そのものも1行にする(組立後の質量が運送の計算に使われる)。",
    columns=(
        Column("letter", "記号", "letter", kind="letter", required=True, note="A、B、C…", width=8),
        Column("name", "部品名", "name", required=True, aliases=("品名", "名称"), width=22),
        Column("drawing_no", "図番", "drawing no", length=60, width=14),
        Column("revision", "改訂", "revision", length=10, aliases=("版",), width=8),
        Column("material", "材質", "material", length=120, aliases=("材料",), width=20),
        Column("requirement", "要求", "requirement", length=500, aliases=("公差・要求", "要求事項"), width=36),
        Column(
            "quantity",
            "数量",
            "quantity",
            kind="whole",
            low=1,
            high=10000000,
            required=True,
            units=PIECES,
            aliases=("個数", "数"),
            width=10,
        ),
        Column(
            "mass_g",
            "1個の質量",
            "mass",
            kind="decimal",
            low=0,
            high=10000000,
            unit="g",
            units=GRAMS,
            aliases=("質量", "重量", "単重"),
            width=14,
        ),
    ),
)

OPERATIONS = Sheet(
    "operations",
    "工程",
    "operations",
    note="前の工程は番号を「、」で区切る。1個に4本使うなら 30×4 と書く。",
    columns=(
        Column(
            "number",
            "工程番号",
            "operation",
            kind="whole",
            low=1,
            high=99999,
            required=True,
            aliases=("工程no", "no", "番号"),
            width=10,
        ),
        Column("part", "部品", "part", kind="letter", aliases=("部品記号", "記号"), width=8),
        Column("name", "工程名", "name", required=True, aliases=("作業名",), width=20),
        Column("process", "加工", "process", length=60, required=True, aliases=("加工の種類", "プロセス"), width=14),
        Column(
            "quantity",
            "数量",
            "quantity",
            kind="whole",
            low=1,
            high=10000000,
            required=True,
            units=PIECES,
            aliases=("良品数",),
            width=10,
            note="この工程が次へ渡す良品の数",
        ),
        Column("before", "前の工程", "predecessors", kind="links", aliases=("前工程",), width=16),
        Column(
            "batch",
            "まとめて渡す数",
            "transfer batch",
            kind="wholes",
            units=PIECES,
            low=1,
            high=10000000,
            aliases=("受け渡しロット", "移動ロット"),
            width=14,
            note="全部そろう前に、この数ずつ次へ送ってよい。空なら全数そろってから",
        ),
        Column(
            "lag_minutes",
            "次まで待つ時間",
            "lag",
            kind="wholes",
            unit="分",
            units=MINUTES,
            low=0,
            high=525600,
            aliases=("放置時間", "乾燥時間"),
            width=14,
        ),
        Column(
            "min_sublot",
            "分けられる最小ロット",
            "smallest sub-lot",
            kind="whole",
            low=1,
            high=10000000,
            units=PIECES,
            aliases=("最小ロット",),
            width=14,
            note="空なら1社・1台でまとめて行う",
        ),
        Column(
            "max_sublots",
            "最大分割数",
            "most sub-lots",
            kind="whole",
            low=1,
            high=50,
            units=TIMES,
            width=12,
            note=f"最小ロットだけ書いたときは {DEFAULT_MAX_SUBLOTS}",
        ),
        Column(
            "may_pause",
            "途中で止めてよい",
            "may pause",
            kind="yes",
            width=12,
            note="×=終業時刻をまたげない(1勤務のうちに終える)。空なら○",
        ),
        Column("setup_family", "段取りの組", "set-up family", length=40, width=12),
        Column("skill", "要る資格", "skill", length=60, aliases=("資格",), width=14),
        Column("note", "備考", "note", length=500, width=24),
    ),
)

MACHINES = Sheet(
    "machines",
    "会社と設備",
    "companies and machines",
    aliases=("会社", "設備"),
    note="設備1台に1行。同じ会社が続くときは 〃 か、セルの結合でもよい。",
    columns=(
        Column("company", "会社名", "company", kind="name", required=True, aliases=("会社",), width=20),
        Column("site", "拠点", "site", kind="name", aliases=("工場",), width=14),
        Column("address", "住所", "address", kind="name", width=28),
        Column(
            "latitude",
            "緯度",
            "latitude",
            kind="decimal",
            low=20,
            high=46,
            required=True,
            unit="度",
            units=DEGREES,
            width=12,
        ),
        Column(
            "longitude",
            "経度",
            "longitude",
            kind="decimal",
            low=122,
            high=154,
            required=True,
            unit="度",
            units=DEGREES,
            width=12,
        ),
        Column(
            "machine", "設備", "machine", kind="name", required=True, aliases=("設備名", "機械", "ライン"), width=22
        ),
        Column("process", "加工", "process", length=60, required=True, aliases=("加工の種類",), width=14),
        Column(
            "shifts",
            "勤務時間",
            "shifts",
            kind="shifts",
            required=True,
            aliases=("勤務", "稼働時間"),
            width=34,
            note="例: 月-金 8:00-12:00 13:00-17:00; 土 8:00-12:00",
        ),
        Column(
            "free_hours",
            "空き",
            "free hours",
            kind="whole",
            low=0,
            high=168,
            unit="時間/週",
            units=HOURS,
            width=12,
            aliases=("空き時間",),
            note="この案件に使ってよい時間。空なら勤務時間のすべて",
        ),
        Column("may_lead", "幹事になれる", "may lead", kind="yes", width=12),
    ),
)

OPTIONS = Sheet(
    "options",
    "できる会社",
    "options",
    note="1つの工程に、できる会社と設備を何行でも。競う会社が多いほど計画の選択肢が増える。",
    columns=(
        Column(
            "operation",
            "工程番号",
            "operation",
            kind="whole",
            low=1,
            high=99999,
            required=True,
            aliases=("工程no", "工程"),
            width=10,
        ),
        Column("company", "会社名", "company", kind="name", required=True, aliases=("会社",), width=20),
        Column("machine", "設備", "machine", kind="name", required=True, aliases=("設備名", "機械"), width=22),
        Column(
            "setup_minutes",
            "段取り",
            "set-up",
            kind="whole",
            low=0,
            high=100000,
            required=True,
            unit="分",
            units=MINUTES,
            aliases=("段取り時間",),
            width=12,
        ),
        Column(
            "minutes_per_piece",
            "1個あたり",
            "minutes per piece",
            kind="decimal",
            low=0,
            high=100000,
            required=True,
            unit="分",
            units=MINUTES,
            aliases=("加工時間", "1個あたりの時間", "サイクルタイム"),
            width=12,
        ),
        Column(
            "fixed_yen",
            "固定費",
            "fixed cost",
            kind="whole",
            low=0,
            high=1000000000,
            required=True,
            unit="円",
            units=YEN,
            aliases=("段取り費",),
            width=12,
        ),
        Column(
            "unit_yen",
            "単価",
            "unit cost",
            kind="whole",
            low=0,
            high=100000000,
            required=True,
            unit="円",
            units=YEN,
            aliases=("1個あたりの費用", "加工単価"),
            width=12,
        ),
        Column(
            "good_rate",
            "良品率",
            "good rate",
            kind="decimal",
            low=10,
            high=100,
            unit="%",
            units=PERCENT,
            aliases=("歩留まり", "歩留"),
            width=10,
            note="空なら 100%",
        ),
        Column("note", "備考", "note", length=300, width=24),
    ),
)

HOLIDAYS = Sheet(
    "holidays",
    "休日",
    "holidays",
    required=False,
    aliases=("カレンダー",),
    note="会社名が空の行は全社に効く。営業の行には時間を書く。",
    columns=(
        Column("day", "日付", "date", kind="date", required=True, width=14),
        Column("company", "会社名", "company", kind="name", aliases=("会社",), width=20),
        Column("kind", "区分", "kind", kind="choice", choices=DAY_KINDS, note="休み(空でも同じ)・営業", width=10),
        Column(
            "hours", "時間", "hours", kind="hours", aliases=("営業時間",), note="営業の日だけ。例 8:00-12:00", width=20
        ),
        Column("reason", "理由", "reason", length=120, width=24),
    ),
)

SHEETS = (CASE, PARTS, OPERATIONS, MACHINES, OPTIONS, HOLIDAYS)
