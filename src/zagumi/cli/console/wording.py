"""Japanese of what the engine and argparse say in English with values inside: places, expectations, faults, reasons.

The engine speaks plain English. Here its sentences are recognised by their pattern; what is not recognised is shown as
it is. ``*`` in a pattern stands for any text, which is itself looked up.
"""

from __future__ import annotations

import re
from functools import lru_cache

from zagumi.engine.plan.check import Fault
from zagumi.engine.report.language import Language
from zagumi.engine.solve.result import Reason

PATTERNS: tuple[tuple[str, str], ...] = (
    # places
    ("line *, column *", "{0}行目{1}文字目"),
    ("line *, operations", "{0}行目の工程数"),
    ("line *, precedences", "{0}行目の前後関係の数"),
    ("line *, machines", "{0}行目の機械数"),
    ("line *, machines of the operation", "{0}行目の機械の数"),
    ("line *, operation", "{0}行目の工程番号"),
    ("line *, machine", "{0}行目の機械番号"),
    ("line *, minutes", "{0}行目の時間"),
    ("line *, travel time", "{0}行目の移動時間"),
    ("line *, factory", "{0}行目の工場"),
    ("line *, job", "{0}行目の仕事"),
    ("line *, jobs", "{0}行目の仕事の数"),
    ("line *, factories", "{0}行目の工場の数"),
    ("line *", "{0}行目"),
    ("byte *", "{0}バイト目"),
    ("the file", "ファイル"),
    ("file", "ファイル"),
    ("events, now", "出来事の今(now)"),
    ("stop, machine", "止まる機械"),
    ("stop, site", "止まる拠点"),
    ("stop, company", "止まる会社"),
    ("stop, road", "止まる道の拠点"),
    ("delay, operation", "遅れる工程"),
    ("delay of operation *", "工程{0}の遅れ"),
    ("change, case", "数量の変わる案件"),
    # expectations
    ("a whole number from * to *", "{0}から{1}までの整数"),
    ("a list of * entries", "{0}個の並び"),
    ("a list", "並び(リスト)"),
    ("an object", "オブジェクト({ … })"),
    ("an object with *", "{0}のあるオブジェクト"),
    ("an entry *", "{0}の項目"),
    ("a file that exists", "実在するファイル"),
    ("a file that can be read", "読めるファイル"),
    ("a file that can be written", "書けるファイル"),
    ("a file in a folder that exists", "実在するフォルダーの中のファイル"),
    ("a file of *", "次のどれかの形式のファイル:{0}"),
    ("a file", "ファイル"),
    ("a file *", "{0}のファイル"),
    ("text in UTF-8", "UTF-8の文字"),
    ("text", "文字"),
    ("some content", "何かの中身"),
    ("JSON (*)", "JSON({0})"),
    ("JSON of a few levels", "深すぎないJSON"),
    ("a finite number", "有限の数"),
    ("* lines by the heading", "見出しのとおり{0}行"),
    ("* numbers: * machines with minutes", "{0}個の数(機械{1}台と時間の組)"),
    ("operations, precedences and machines", "工程・前後関係・機械の数"),
    ("jobs, factories and machines", "仕事・工場・機械の数"),
    ("a precedence: before, after, and perhaps a job", "前後関係:前、後、(あれば)仕事"),
    ("each machine once", "機械はそれぞれ1回だけ"),
    ("each operation in one order", "工程はそれぞれ一つの注文に"),
    ("at least one machine", "1台以上の機械"),
    ("at least one machine, each once", "1台以上の機械を1回ずつ"),
    ("at least one operation", "1つ以上の工程"),
    ("* travel times, one to each machine", "機械ごとに一つ、{0}個の移動時間"),
    ("the same operations in every factory", "どの工場でも同じ工程"),
    ("not before its release at *", "着手できる{0}より後"),
    ("links without a cycle", "輪にならない前後関係"),
    ("every id once", "番号は1回ずつ"),
    ("* or more", "{0}以上"),
    ("more than *", "{0}より大きい値"),
    ("a minute before the horizon at *", "計画の期間の終わり({0}分)より前の分"),
    ("one of the problem's", "問題にあるもの"),
    ("one of the fields *", "次のどれかの項目:{0}"),
    ("one of machine, site, company, road", "machine・site・company・roadのどれか一つ"),
    ("minutes in order", "順になった時刻"),
    ("two different sites", "別々の二つの拠点"),
    (
        "runs by departure, each arriving after it departs, from minute * on",
        "出発順の便。どれも出発のあとに着くもの({0}分以降)",
    ),
    ("an arrival at minute * or later, as the run before", "前の便より先に着かないこと({0}分以降の到着)"),
    ("one service from a site to another", "拠点から拠点への定期便は一つだけ"),
    ("a site that is listed", "載っている拠点"),
    ("an operation not done by *", "{0}分までに終わっていない工程"),
    ("an end by the horizon at *", "計画の期間の終わり({0}分)までの終わり"),
    ("a company that is listed", "載っている会社"),
    ("a machine that is listed", "載っている機械"),
    ("an operation of the problem, such as *", "問題にある工程({0}など)"),
    ("a company of the problem, such as *", "問題にある会社({0}など)"),
    ("a machine or a company of the problem, such as *", "問題にある機械か会社({0}など)"),
    ("a plan without faults", "違反のない計画"),
    ("a version from * to *", "版{0}から{1}"),
    ("a heading with *", "{0}のある見出し"),
    ("at least one report", "1つ以上の報告"),
    ("reports that name a step and a machine", "工程と機械の分かる報告"),
    # requirements that leave no plan
    (
        "operation * has no machine that qualifies: none of its * options passes grade, barred companies and skills",
        "工程{0}の候補{1}台は、品質・担当できない会社・技能のどれかで外れます",
    ),
    ("operation * has no machine that qualifies", "工程{0}をできる機械がありません"),
    (
        "operation * needs at least * working minutes in one open stretch of one of its machines",
        "工程{0}は、途切れずに{1}分以上の開いた時間が要りますが、どの機械にもありません",
    ),
    (
        "operation * needs at least * working minutes in the free open hours before the horizon of one of its machines",
        "工程{0}は{1}分以上かかりますが、計画の期間の空き時間に入る機械がありません",
    ),
    (
        "operation * does not fit into any band that its machines publish",
        "工程{0}は、公開された空き枠のどれにも入りません",
    ),
    ("no company that could work on case * may lead", "案件{0}を担当できる会社に、幹事会社になれる会社がありません"),
    ("no single company can do every operation of case *", "案件{0}の工程すべてをできる一つの会社がありません"),
    (
        "no team of at most * companies that may work together can do every operation of case *",
        "案件{1}の工程すべてをできる{0}社以内の組み合わせがありません",
    ),
    (
        "no team that can do every operation of case * has a company that may lead",
        "案件{0}の工程すべてをできる会社の中に、幹事会社になれる会社がありません",
    ),
    (
        "what only machine * can do needs * working minutes, it has * before the horizon",
        "機械{0}にしかできない仕事は{1}分かかりますが、計画の期間に{2}分しかありません",
    ),
    (
        "no service takes pieces of operation * to site * any more when they are done",
        "工程{0}の品物ができるころには、{1}への定期便がもうありません",
    ),
    (
        "no service takes pieces of operation * to operation * any more when they are done",
        "工程{0}の品物ができるころには、工程{1}の機械への定期便がもうありません",
    ),
    ("no other vehicle carries pieces of operation *", "工程{0}の品物を運べる車両がほかにありません"),
    ("frozen work on operations * and * overlaps on *", "確定済みの工程{0}と{1}が重なっています({2})"),
    (
        "the complete search proved that no plan meets all the rules together",
        "すべての決まりを同時に満たす計画がないことを、しらみつぶしに確かめました",
    ),
    # argparse
    ("argument *: invalid * value: *", "{0}:{2} は使えません({1})"),
    ("argument *: invalid choice: * (choose from *)", "{0}:{1} はありません(次から選びます:{2})"),
    ("argument *: expected one argument", "{0}:値を一つ書いてください"),
    ("argument *: expected * arguments", "{0}:値を{1}個書いてください"),
    ("the following arguments are required: *", "次が足りません:{0}"),
    ("unrecognized arguments: *", "分からない指定:{0}"),
    ("list of *, each once,", "{0}をコンマで区切った、重なりのない並び"),
    ("whole number from *", "{0}以上の整数"),
    (
        "list of machine, company, site, vehicle, district",
        "machine、company、site、vehicle、district をコンマで区切った並び",
    ),
    ("number of seconds above 0", "0より大きい秒数"),
    ("probability above 0, at most 1", "0より大きく1以下の確率"),
)

# what was found, where it is said and not shown as it stands
FOUND = {
    "nothing": "なし",
    "a place that cannot be written": "書けない場所",
    "No such file or directory": "そのようなファイルはない",
    "Permission denied": "許されていない",
    "Is a directory": "フォルダー",
}

RULES = {
    "known": ("問題にないものの名前", ""),
    "plan": ("全体", ""),
    "option": ("使えない機械か人", ""),
    "quantity": ("数量", "個"),
    "split": ("分割", ""),
    "horizon": ("計画の期間", "分"),
    "release": ("着手できる時", "分"),
    "setup": ("段取りの時間", "分"),
    "hours": ("稼働時間", "分"),
    "overlap": ("機械の取り合い", "分"),
    "booking": ("先約との重なり", "分"),
    "band": ("空き枠", "分"),
    "person": ("人の取り合い", "分"),
    "frozen": ("確定済みの作業", ""),
    "feed": ("部品の受け渡し", "個"),
    "batch": ("まとめ渡し", ""),
    "travel": ("移動の時間", "分"),
    "arrival": ("部品の到着", "分"),
    "delivery": ("納入", ""),
    "team": ("座組み", ""),
    "lead": ("幹事会社", ""),
}


@lru_cache(maxsize=1)
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    return [
        (re.compile("(.+?)".join(re.escape(part) for part in pattern.split("*")), re.DOTALL), japanese)
        for pattern, japanese in PATTERNS
    ]


def expectation(text: str, language: Language) -> str:
    """A place or an expectation of the engine, or a complaint of argparse, in a language."""
    if language.code != "ja":
        return text
    for pattern, japanese in _patterns():
        found = pattern.fullmatch(text)
        if found:
            return japanese.format(*(expectation(part, language) for part in found.groups()))
    return text


def what_was_found(text: str, language: Language) -> str:
    """What was found in the place of what was expected, in a language."""
    return FOUND.get(text, text) if language.code == "ja" else text


def fault(found: Fault, language: Language) -> str:
    """A broken rule as a sentence."""
    if language.code != "ja":
        return f"{found.rule}: {found.text}"
    name, unit = RULES.get(found.rule, (found.rule, ""))
    return f"{name}({found.rule}):{'、'.join(found.items)}" + (f" {found.amount:,}{unit}" if found.amount else "")


def reason(found: Reason, language: Language) -> str:
    """A requirement that leaves no plan, as a sentence."""
    if language.code != "ja":
        return found.text
    name, _ = RULES.get(found.rule, (found.rule, ""))
    return f"{name}({found.rule}):{expectation(found.text, language)}"
