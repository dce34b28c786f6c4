"""The Japanese of the report's sentences; a test holds it complete."""

JAPANESE: dict[str, str] = {
    # figures and words
    "minute {minute}": "{minute}分",
    " and {count} more": " ほか{count}件",
    "{count} s": "{count}秒",
    "Plan": "計画",
    "Case": "案件",
    "Cases": "案件",
    "Order": "注文",
    "Operation": "工程",
    "Operations": "工程数",
    "Company": "会社",
    "Companies": "会社",
    "Machine": "機械",
    "Person": "人",
    "Pieces": "個数",
    "Start": "開始",
    "End": "終わり",
    "Set-up": "段取り",
    "Working time": "作業時間",
    "Done": "でき上がり",
    "Due": "納期",
    "Slack": "余裕",
    "Cost": "費用",
    "Costs": "費用",
    "Load": "負荷",
    "Share": "割合",
    "Gap": "最適性の差",
    "CO2": "CO2",
    "kg": "kg",
    "km": "km",
    "none": "なし",
    "{time} late": "{time}遅れ",
    "{time} later": "{time}遅い",
    "{time} sooner": "{time}早い",
    # page
    "To the plan": "計画へ",
    "report of a plan": "計画の報告書",
    "Contents": "目次",
    "Every plan is judged by the independent checker.": "どの計画も、解く側とは別の検査器で確かめています。",
    # summary and figures
    "All work is done by {end}; nothing shorter exists (proved).": (
        "すべての作業は{end}で終わります。これより短い計画はありません(証明済み)。"
    ),
    "All work is done by {end}.": "すべての作業は{end}で終わります。",
    "{cases} cases are done by {end}": "{cases}件が{end}までに終わります",
    "All {cases} cases with a date keep it": "納期のある{cases}件すべてが間に合います",
    "{kept} of {cases} cases keep their date, {late} are late, the latest ({case}) by {time}": (
        "{cases}件のうち{kept}件が間に合い、{late}件が遅れます。いちばん遅いのは{case}の{time}です"
    ),
    "; {companies} companies, {yen}.": "。{companies}社、費用は{yen}。",
    "Objective": "目的値",
    "weighted sum, lower is better": "重みつき合計。小さいほど良い",
    "proved best": "最良と証明済み",
    "no plan is below {bound}": "{bound}より小さくはならない",
    "Last completion": "最後のでき上がり",
    "Lateness in all": "納期遅れの合計",
    "{count} late cases": "遅れ {count}件",
    "Processing": "加工費",
    "Transport": "運送費",
    "{count} trips": "{count}便",
    "{count} sub-lots": "分割ロット {count}",
    # Gantt
    "Schedule by machine": "機械ごとの日程",
    "Company, machine": "会社・機械",
    "Gantt, scrolls sideways": "ガント図。横に動かせます",
    "Gantt of {machines} machines with {bars} bars from {start} to {end}; the table of all work says the same": (
        "機械{machines}台、帯{bars}本のガント図。{start}から{end}まで。同じ中身が「全作業」の表にあります"
    ),
    "Shown are the {shown} busiest of {all} used machines (at most {rows} rows and {bars} bars).": (
        "使う機械{all}台のうち、負荷の高い{shown}台を示しています(最大{rows}行・帯{bars}本)。"
    ),
    "{count} machines without work are left out.": "仕事のない機械{count}台は省いています。",
    "Bottleneck": "ボトルネック",
    "Due {moment}": "納期 {moment}",
    "set-up": "段取り",
    "closed hours": "休みの時間",
    "taken by other work": "ほかの仕事で使用中",
    "after the due date": "納期の後",
    "only a band of free hours is published": "空き時間の帯だけを公開",
    "about {share}": "約{share}",
    "dark: assembly": "濃い帯:組立",
    "double red line: due date": "赤の二重線:納期",
    "due dates are in the table of cases": "納期は案件の表にあります",
    "{company}, {machine}: {operation}, {quantity} pieces, {start} to {end}, set-up {setup}": (
        "{company}・{machine}:{operation}、{quantity}個、{start}から{end}まで、段取り{setup}"
    ),
    # cases and lateness
    "By case": "案件ごと",
    "From release to finish": "着手からでき上がりまで",
    "The {count} cases with the least slack of {all} are listed.": (
        "{all}件のうち、余裕の少ない{count}件を載せています。"
    ),
    "{case}: done {end}, due {due}": "{case}:でき上がり{end}、納期{due}",
    "Why late": "なぜ遅れるか",
    "Only what the lateness rests on is named: what slack absorbs, or other cases suffer, does not count.": (
        "遅れのもとだけを挙げます。余裕で吸収される待ちや、ほかの案件の待ちは数えません。"
    ),
    "The {count} latest of {all} late cases.": "遅れる{all}件のうち、遅い方から{count}件です。",
    "the work itself and the way between the machines": "作業そのものと移動",
    "; even without any wait it would end {time} late": "。待ちがまったくなくても{time}遅れます",
    "{operation} on {machine}: {kind}, {time}; without it {saves} less": (
        "{machine}の{operation}:{kind} {time}。なければ{saves}縮みます"
    ),
    " (waits for {others})": "({others}を待つ)",
    "material and drawings": "材料と図面の待ち",
    "the work itself": "作業そのもの",
    "machine taken by other work": "機械が空くのを待つ",
    "machine booked for other work": "先約が終わるのを待つ",
    "person busy elsewhere": "人が空くのを待つ",
    "no published capacity": "空き枠を待つ",
    "transport and cooling": "移動と冷まし",
    "begun later than possible": "早く始められるが始めていない",
    "Where it is tight": "どこが詰まっているか",
    "Open": "開いている時間",
    "Taken": "使う時間",
    "Waits for it": "空き待ち",
    "Lateness resting on it": "ここがもとの遅れ",
    "Between {start} and {end}; the tightest first.": "{start}から{end}まで。詰まっている順です。",
    "The {count} tightest of {all} machines.": "機械{all}台のうち、詰まっている{count}台です。",
    "Load of machines": "機械の負荷",
    # flows and costs
    "Flow of goods": "物の流れ",
    "From": "出す",
    "To": "受ける",
    "Trips": "便",
    "{movements} movements between {sites} sites, {km} km. The thicker the line, the more is carried.": (
        "{sites}か所の間を{movements}便、{km} km。線が太いほど多く運びます。"
    ),
    "The {count} largest flows of {all} are listed.": "{all}本の流れのうち、大きい{count}本を載せています。",
    "Flows between sites": "工場の間の流れ",
    "Map of {sites} sites with the flows between them; the table lists them": (
        "{sites}か所とその間の流れの地図。同じ中身が表にあります"
    ),
    "{count} more companies": "ほか{count}社",
    "Cost in all": "費用の合計",
    "Lateness weighs {yen} in the objective; it is not a cost.": (
        "遅れは目的値に{yen}として入ります。費用ではありません。"
    ),
    # other plans and the search
    "Other plans": "ほかの案",
    "this plan": "この計画",
    "Late cases": "遅れる案件",
    "Cheapest": "最安",
    "Fastest": "最短",
    "Most local, least CO2": "地元優先",
    "Most robust": "余裕重視",
    "{yen} dearer than “{best}”": "「{best}」より{yen}高い",
    "{time} later in all than “{best}”": "「{best}」よりでき上がりが合計{time}遅い",
    "{mass} more CO2 than “{best}”": "「{best}」よりCO2が{mass}多い",
    "{count} more companies in the teams than “{best}”": "「{best}」より座組みが延べ{count}社多い",
    "{time} less slack at the tightest date than “{best}”": "「{best}」よりいちばん厳しい納期の余裕が{time}少ない",
    "teams against “{other}”: {changes}": "「{other}」との座組みの違い {changes}",
    "… and {count} more": "… ほか{count}件",
    "Gives up": "手放すもの",
    "How good it is": "どれだけ良い計画か",
    "Search": "探索",
    "Value": "値",
    "Figures of the search": "探索の数値",
    "Costs by company": "会社ごとの費用",
    "Measures of the plans": "案ごとの数値",
    "All work by start": "全作業(開始順)",
    "Best plan": "最良の計画",
    "No plan can be below": "これより小さくはならない",
    "tree": "各案件だけの最小",
    "prices": "機械時間の価格",
    "critical path": "最長の工程経路",
    "load": "機械の負荷",
    "one machine": "機械1台ごとの下限",
    "First plan after": "最初の計画まで",
    "Search ended after": "探索の時間",
    "Judged by the independent checker": "独立した検査器の判定",
    "no fault": "違反なし",
    "Blue: best plan so far; grey: what no plan can be below.": (
        "青:見つかった最良の計画。灰:これより良くはならない線。"
    ),
    "Best plan from {first} down to {last} within {seconds}; nothing can be below {bound}": (
        "最良の計画は{seconds}で{first}から{last}へ。{bound}より小さくはならない"
    ),
    "All work": "全作業",
    "The first {count} of {all} entries; all of them are in the plan's file.": (
        "{all}件のうち先の{count}件です。すべては計画のファイルにあります。"
    ),
    # compared with reality
    "Compared with what really happened": "実際との比較",
    "Of {all} orders the plan finishes {sooner} sooner than they really were and {later} later, by {tardy} in all; "
    "the median lead time is {planned} instead of {real}.": (
        "{all}件のうち、実際より早く終わるのが{sooner}件、遅く終わるのが{later}件(遅れの合計{tardy})。"
        "リードタイムの中央値は、実際の{real}に対して{planned}です。"
    ),
    "Median lead time": "リードタイムの中央値",
    "Lead times in all": "リードタイムの合計",
    "really {time}": "実際は{time}",
    "Machine hours": "機械の時間",
    "On the way between sites": "工場の間の移動",
    "{count} trips; really none": "{count}便。実際はなし",
    "Planned": "計画",
    "Really": "実際",
    "Really begun": "実際の開始",
    "Really finished": "実際の終わり",
    "Planned finish": "計画の終わり",
    "Real lead time": "実際のリードタイム",
    "Planned lead time": "計画のリードタイム",
    "Difference": "違い",
    "Orders, planned and real": "注文ごとの計画と実際",
    "real lead time": "実際のリードタイム",
    "planned lead time": "計画のリードタイム",
    "{sooner} of {all} orders lie on or below the line of equal lead times": (
        "{all}件のうち{sooner}件が、同じ長さを示す線の上か下側にあります"
    ),
    "What this comparison cannot know": "この比較では分からないこと",
    "The log covers one quarter of one workshop; orders not in it took machine time too, which the plan keeps.": (
        "記録は一つの作業場の3か月分です。記録にない注文も機械を使っていましたが、計画ではその時間が空いています。"
    ),
    "Orders may have begun before the log or ended after it: only their reported part is planned and compared.": (
        "記録の前に始まった注文、後に終わった注文があります。報告された部分だけを計画し、比べています。"
    ),
    "The plan knows all orders beforehand; in reality they came in one by one and changed.": (
        "計画はすべての注文を前もって知っています。実際は一件ずつ入り、変わりました。"
    ),
    "Times are those learnt from the log, not each order's own; good days and bad days of single orders even out.": (
        "時間は記録から学んだもので、注文ごとの実績ではありません。注文ごとの良い日・悪い日はならされます。"
    ),
    "People are not planned: in reality one worker often served several machines, or was away.": (
        "人は計画に入っていません。実際は一人が何台も受け持ち、休みもありました。"
    ),
    "Hours are learnt from activity; material, tools and the customer's wishes are not in the log.": (
        "稼働時間は記録から学びました。材料・工具・お客様の都合は記録にありません。"
    ),
    "The seven companies and their places are assumed; in reality all machines stood in one workshop.": (
        "7社とその工場の場所は仮のものです。実際は一つの作業場の中でした。"
    ),
}
