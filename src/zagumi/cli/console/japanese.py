"""The Japanese of the command line's sentences; a test holds it complete."""

JAPANESE: dict[str, str] = {
    # argparse
    "usage: ": "使い方: ",
    "positional arguments": "引数",
    "options": "オプション",
    "show this help message and exit": "この説明を表示して終わる",
    "{prog}: {what}": "{prog}: {what}",
    # zagumi
    "Plan the work of many small factories as if they were one.": (
        "多くの小さな工場の仕事を、一つの工場のように計画します。"
    ),
    "--lang ja|en, anywhere on the line, chooses the language; else the environment's LANG does.": (
        "--lang ja|en をどこに書いても言語を選べます。なければ環境変数LANGに従います。"
    ),
    "This is a fault of the program, not of your input. Please report it: {what}": (
        "入力ではなくプログラムの誤りです。お知らせください:{what}"
    ),
    "With ZAGUMI_TRACE=1 the trace is shown.": "ZAGUMI_TRACE=1 とすると詳しい経過を示します。",
    "Stopped.": "止めました。",
    "{file}{place}: {given} was given, expected {expected}": "{file}{place}:{given} とあります。必要なのは、{expected}",
    "command line": "コマンド行",
    "the problem": "問題のファイル",
    "the problem, in any format that can be solved": "問題のファイル(解ける形式ならどれでも)",
    "the plan, as written by solve --out": "計画のファイル(solve --out で書いたもの)",
    "its format: %(choices)s (default: %(default)s)": "その形式:%(choices)s(省略時 %(default)s)",
    "format of PROBLEM: %(choices)s (default: %(default)s)": "PROBLEMの形式:%(choices)s(省略時 %(default)s)",
    "one JSON object on standard output": "標準出力にJSONを一つだけ出す",
    "what to read": "読むファイル",
    "where to write the problem": "問題を書くファイル",
    "where to write the plan": "計画を書くファイル",
    "where to write the report": "報告書(HTML)を書くファイル",
    # solve
    "plan the problem of a file": "ファイルの問題を計画する",
    "Plan the problem of a file. Ctrl-C ends the search with the best plan found so far. "
    "Exit codes: 0 a plan, 1 proved impossible, 2 bad input, 3 no plan within the limits.": (
        "ファイルの問題を計画します。Ctrl-Cで、それまでの最良の計画を残して探索を終えます。"
        "終了コード:0 計画あり、1 不可能と証明、2 入力の誤り、3 時間内に計画なし。"
    ),
    "seconds to search (default: %(default)g)": "探索の秒数(省略時 %(default)g)",
    "same seed and steps, same plan (default: %(default)s)": "種。種と歩数が同じなら計画も同じ(省略時 %(default)s)",
    "processes or threads (default: all cores)": "同時に働かせる数(省略時はコアの数)",
    "end after so many steps: fully repeatable": "この歩数で終える:完全に再現できる",
    "search along on the nodes of a Ray cluster; not repeatable": "Rayクラスターのノードでも探す(再現はできない)",
    "Joining the cluster at {address} …": "{address} のクラスターにつないでいます…",
    "{nodes} nodes ({slots} processors) search along": "{nodes}台のノード(プロセッサー{slots}個)もいっしょに探します",
    "nodes {nodes}, tasks {done}, lost {lost}": "ノード{nodes}台、仕事{done}件、失った仕事{lost}件",
    "Node {node} was given up, for what it sent is wrong: {why}": (
        "ノード {node} は、送ってきたものが正しくないため外しました:{why}"
    ),
    "Searching across machines needs Ray: pip install 'zagumi[cluster]'": (
        "ほかの機械でも探すにはRayが要ります:pip install 'zagumi[cluster]'"
    ),
    "No Ray cluster can be used at {address}: {why}": "{address} のRayクラスターは使えません:{why}",
    "The cluster at {address} has no node with a processor besides this machine": (
        "{address} のクラスターには、このコンピューターのほかにプロセッサーを持つノードがありません"
    ),
    "The cluster at {address} does not run what this machine runs: {what}": (
        "{address} のクラスターは、このコンピューターと同じ版ではありません:{what}"
    ),
    "up to 4 other plans, in half of the time (default: %(default)s)": (
        "別の案を4つまで、半分の時間で探す(省略時 %(default)s)"
    ),
    "measures that come before the weighted objective, in order, with commas between": (
        "重みつきの目的値より先に見るもの。順に、コンマで区切る"
    ),
    "first {measure}: {value}, no plan as good before it below {bound}": (
        "先に{measure}:{value}(それより前が同じなら{bound}未満の計画はない)"
    ),
    "a plan to begin from": "出発点にする計画",
    "what really happened, as written by import shoplog": "実際の記録(import shoplog で書いたもの)",
    "Plan written to {file}": "計画を書きました:{file}",
    "Report written to {file}": "報告書を書きました:{file}",
    "Compared with what really happened: {file}": "実際の記録と比べます:{file}",
    "Ending with what is found so far; Ctrl-C again stops at once.": (
        "それまでに見つかったもので終えます。もう一度Ctrl-Cですぐに止まります。"
    ),
    "No plan is possible:": "計画できません:",
    "No plan was found within the limits, and none is excluded: allow more time.": (
        "時間内に計画が見つかりませんでした。不可能とも言えません。時間を延ばしてください。"
    ),
    "searching …": "探しています…",
    "Looking for other plans …": "別の案を探しています…",
    "best {objective}, bound {bound}, gap {gap}": "最良 {objective}、下限 {bound}、最適性の差 {gap}",
    "no plan yet, none below {bound}": "計画はまだ。{bound}より小さくはならない",
    "objective {objective}, no plan below {bound} ({by}), gap {gap}": (
        "目的値 {objective}。{bound}より小さくはならない({by})。最適性の差 {gap}"
    ),
    "first plan after {first} s, search ended after {ended} s; judged: no fault": (
        "最初の計画まで{first}秒、探索{ended}秒。検査:違反なし"
    ),
    "… the {count} cases with the least slack of {all}": "… {all}件のうち余裕の少ない{count}件",
    "Bottleneck: {machine} ({company}), {share} taken, waits {time}": (
        "ボトルネック:{machine}({company})、負荷{share}、空き待ち{time}"
    ),
    "Against reality: {sooner} of {all} orders sooner, {later} later; "
    "lead time {planned}, really {real} (medians); "
    "machine hours {hours}, really {reported} (what this comparison cannot know is in the report)": (
        "実際との比較:{all}件のうち{sooner}件が早く、{later}件が遅い。リードタイム{planned}、実際{real}(中央値)。"
        "機械{hours}、実際{reported}(この比較で分からないことは報告書に書いてあります)"
    ),
    # check
    "judge a plan by every rule of its problem": "計画を、問題のすべての決まりで検査する",
    "{count} faults:": "違反 {count}件:",
    "  … and {count} more (all of them with --json)": "  … ほか{count}件(--json ですべて)",
    "No fault: {count} sub-lots judged by every rule.": "違反なし:分割ロット{count}個をすべての決まりで検査しました。",
    # explain
    "say why a plan is as it is: bottleneck, lateness, choice of companies": (
        "計画の理由を言う:ボトルネック、遅れ、会社の選び方"
    ),
    "why this operation is where it is": "この工程はなぜそこか",
    "why this company does not do it": "この会社はなぜ担当しないか",
    "seconds to plan anew for --why-not and --hour (default: %(default)g)": (
        "--why-not と --hour で計画し直す秒数(省略時 %(default)g)"
    ),
    "what one more hour of this machine or company would save (without a name: of the bottleneck)": (
        "この機械か会社があと1時間使えたら何が浮くか(名前がなければボトルネック)"
    ),
    "What binds": "縛っているもの",
    "{rule}, {item}: {yen} and {time} of lateness in {count} cases": (
        "{rule}:{item}、{yen}と遅れ{time}(案件{count}件)"
    ),
    "waits for the machine": "機械の空き待ち",
    "booked by others": "先約",
    "waits for the person": "人の空き待ち",
    "no published capacity": "空き枠の不足",
    "closed": "時間外",
    "transport": "運送",
    "quality asked for": "求める品質",
    "barred company": "担当できない会社",
    "missing skill": "足りない技能",
    "companies kept apart": "同じ案件を担当できない会社",
    "most companies in a team": "座組みの会社数の上限",
    "One more hour of {item}:": "{item}があと1時間使えたら:",
    "Nothing waits for {item}: one more hour saves nothing.": (
        "{item}を待つものはなく、あと1時間あっても何も浮きません。"
    ),
    "{machine} open an hour longer from {start}": "{machine}を{start}から1時間長く開ける",
    "{machine} booked an hour less from {start}": "{machine}の先約を{start}から1時間減らす",
    "{machine} with an hour more published from {start}": "{machine}の{start}からの空き枠を1時間増やす",
    "{machine} relieved of an hour of the work from {start}": "{machine}の{start}からの作業を1時間分よそに回す",
    "planned anew within the limits: no better plan was found with it.": (
        "決められた範囲で計画し直しても、それで良くなる計画は見つかりませんでした。"
    ),
    "planned anew within the limits: {yen}, lateness {late} ({late_yen}), all finishes together {finish}, CO2 {co2}": (
        "決められた範囲で計画し直すと:費用{yen}、遅れ{late}({late_yen})、終わりの合計{finish}、CO2 {co2}"
    ),
    "by the prices of the bound, in the objective: {price}": "下限の価格による見積もり(目的値):{price}",
    "no plan was found with it within the limits, and none is excluded": (
        "決められた範囲では、そこに置く計画が見つかりませんでした。ないとも言えません"
    ),
    "seed of that search (default: %(default)s)": "その探索の種(省略時 %(default)s)",
    "{machine} ({company}): {share} taken, waits {time}, lateness resting on it {saves}": (
        "{machine}({company}):負荷{share}、空き待ち{time}、ここがもとの遅れ{saves}"
    ),
    "No case is late.": "遅れる案件はありません。",
    "{operation} is done by {companies}. {decided}": "{operation} は {companies} が担当。{decided}",
    "It stands: the work is frozen.": "確定済みの作業です。",
    "Nobody else qualifies.": "ほかに条件を満たす所がありません。",
    "It is the cheapest, transport included.": "運送費を含めていちばん安いためです。",
    "Of those that qualify it is done first.": "条件を満たす中でいちばん早く終わるためです。",
    "It is neither the cheapest nor the first done: it leaves room or saves elsewhere.": (
        "いちばん安くも早くもありませんが、ほかの仕事に余裕ができるか、ほかで安くなるためです。"
    ),
    "could start {start}, done {finish}": "早くて{start}開始、{finish}終わり",
    "{company} does {operation}.": "{company} は {operation} を担当しています。",
    "{company} does not do {operation}:": "{company} は {operation} を担当しません:",
    "no machine there can do it": "できる機械がありません",
    "the machine does not reach the quality asked for": "機械が求める品質に届きません",
    "the company may not work on the case": "この案件を担当できない会社です",
    "nobody there has the skill": "必要な技能の人がいません",
    "it may not work beside a company that the case needs": "欠かせない会社と同じ案件を担当できません",
    "the work already stands elsewhere": "ほかで確定しています",
    "it fits nowhere before the horizon": "計画の期間に入る所がありません",
    "no valid plan has it there": "そこに置く計画は成り立ちません",
    "with it, planned anew within the time given: {yen}, lateness {late}, finish of the case {finish}, CO2 {co2}, "
    "{moved} operations moved": (
        "そこに置いて時間内で計画し直すと:費用{yen}、遅れ{late}、案件の終わり{finish}、CO2 {co2}、動く工程{moved}"
    ),
    "In all that is better: the given plan was not the best one.": (
        "全体ではその方が良く、元の計画は最良ではありませんでした。"
    ),
    # drill
    "let every machine, company, site, vehicle and district fail alone": (
        "機械・会社・拠点・車両・地区を一つずつ止めてみる"
    ),
    "Let every machine, company, site, kind of vehicle and district fail alone, plan anew around it, and "
    "rank what that costs. Ctrl-C ends with what is done.": (
        "機械・会社・拠点・車種・地区が一つずつ止まったとして計画し直し、被害の大きい順に並べます。"
        "Ctrl-Cで、済んだところまでで終えます。"
    ),
    "the plan in force; without one the problem is planned first": "いまの計画。なければ先に計画する",
    "what fails, with commas between (default: all)": "止めるもの。コンマで区切る(省略時はすべて)",
    "when each failure begins (default: %(default)s)": "止まり始める時(分、省略時 %(default)s)",
    "how long it lasts (default: to the end)": "止まる日数(省略時は期間の終わりまで)",
    "seconds for the whole drill (default: %(default)g)": "全体の秒数(省略時 %(default)g)",
    "where to write a table with a row for each failure": "止まるものごとに1行の表(CSV)を書くファイル",
    "{done} of {all} failures, last {name}": "{all}件のうち{done}件、いま {name}",
    "Table written to {file}": "表を書きました:{file}",
    "company": "会社",
    "site": "拠点",
    "vehicle": "車両",
    "district": "地区",
    "Failure": "止まるもの",
    "Hit": "ロット",
    "Lost": "不能",
    "Recovered": "復旧",
    "Late": "遅れ",
    "Days": "日数",
    "Moved": "移動",
    "… the worst {count} of {all} (all of them with --json or --csv)": (
        "… {all}件のうち被害の大きい{count}件(--json か --csv ですべて)"
    ),
    "{count} failures that the plan does not notice.": "止まっても計画に響かないもの {count}件。",
    "?: no plan was found for these cases in the time given, and none is excluded.": (
        "?:時間内に計画が見つからなかった案件です。不可能とも言えません。"
    ),
    "Nobody else can do:": "ほかにできる所がないもの:",
    "There is no {kind} in this problem.": "この問題に{kind}はありません。",
    "{count} failures were not reached in the time given: allow more.": (
        "時間内に{count}件を試せませんでした。時間を延ばしてください。"
    ),
    # replan
    "mend a plan after a rush case, a stop, a delay or a change of quantity": (
        "急ぎの案件・停止・遅れ・数量の変更のあとに計画を手直しする"
    ),
    "Mend the plan in force after what has happened, moving few operations. Work begun stands. "
    "Exit codes: 0 a plan, 1 proved impossible, 2 bad input, 3 no plan within the limits.": (
        "起きたことに合わせて、いまの計画を、なるべく動かさずに手直しします。始まった作業はそのままです。"
        "終了コード:0 計画あり、1 不可能と証明、2 入力の誤り、3 時間内に計画なし。"
    ),
    "the plan in force": "いまの計画",
    "what has happened, see docs/engine/files.md": "起きたこと(docs/engine/files.md を参照)",
    "what each moved operation costs in the objective (default: as much as an operation does at least)": (
        "動かす工程1つが目的値でいくらか(省略時は工程1つの最低の費用)"
    ),
    "seconds to search (default: by steps)": "探索の秒数(省略時は歩数による)",
    "where to write the problem that is left": "残った問題を書くファイル",
    "{moved} of {all} operations move, {unmoved} stay ({share})": (
        "{all}工程のうち{moved}工程が動き、{unmoved}工程はそのまま({share})"
    ),
    "against the plan in force: {yen}, CO2 {co2}, lateness {late}": (
        "いまの計画と比べて:費用{yen}、CO2 {co2}、遅れの費用{late}"
    ),
    "Late before": "前の遅れ",
    "Late now": "いまの遅れ",
    "new": "新規",
    "… {count} of {all} cases (all of them with --json)": "… {all}件のうち{count}件(--json ですべて)",
    # risk
    "say how likely a plan keeps its dates, and what more certainty costs": (
        "計画が納期を守る確率と、確率を上げる値段を言う"
    ),
    "Simulate a plan many times with run times, good pieces and stops as chance has them. "
    "With --target, look for the cheapest plan that keeps its dates so surely, and say what each further percent "
    "costs. Exit code 3: no plan that sure was found. Ctrl-C ends with what is found.": (
        "作業時間・良品・機械の停止を偶然にまかせて、計画を何度も動かしてみます。--target を付けると、"
        "その確率で納期を守るいちばん安い計画を探し、あと1%ごとの値段を言います。終了コード3:それほど確かな計画は見つからなかった。"
        "Ctrl-Cで、見つかったところまでで終えます。"
    ),
    "courses to simulate (default: %(default)s)": "動かしてみる回数(省略時 %(default)s)",
    "each machine stops once in so many hours of work, for so many minutes, on average": (
        "機械は平均で、この時間働くごとに1回、この分だけ止まる"
    ),
    "look for plans that keep each date so surely": "それぞれの納期をこの確率で守る計画を探す",
    "the target is for all dates together": "目標は、すべての納期を同時に守る確率とする",
    "seconds for that search (default: %(default)g)": "その探索の秒数(省略時 %(default)g)",
    "same seed and steps, same answer (default: %(default)s)": "種。種と歩数が同じなら答えも同じ(省略時 %(default)s)",
    "where to write the plan found": "見つかった計画を書くファイル",
    "{done} of {all} searches: {share} sure at {yen}": "{all}回のうち{done}回:{yen}で確率{share}",
    "Middle": "半分の場合",
    "Nine of ten by": "9割の場合",
    "Slack short": "足りない余裕",
    "… the {count} least sure cases of {all}": "… {all}件のうち確率の低い{count}件",
    "All dates together: {share}": "すべての納期を同時に守る確率:{share}",
    "What certainty costs, in courses that the search has not seen:": "確率の値段(探索が見ていない場合で確かめたもの):",
    "More": "増える費用",
    "Each date": "各納期",
    "All dates": "全納期",
    "Each further percent": "あと1%ごと",
    "No plan was found that is {target} sure; the surest is the last one.": (
        "確率{target}の計画は見つかりませんでした。最後のものがいちばん確かです。"
    ),
    "{target} is reached for {yen}.": "確率{target}は {yen} で得られます。",
    # import and sample
    "make a problem of a shop-floor log or of a case workbook": "現場の記録や案件の表から問題を作る",
    "learn times, routings and hours from a log of what really happened": "実際の記録から時間・工程・稼働時間を学ぶ",
    "plan each order with the minutes it really reported": "注文ごとに実際の時間で計画する",
    "allow each step only the machines it really ran on": "実際に使った機械だけを使えることにする",
    "read a case workbook (xlsx)": "案件の表(xlsx)を読む",
    "Problem written to {file}": "問題を書きました:{file}",
    "What really happened written to {file}": "実際の記録を書きました:{file}",
    "{companies} companies, {machines} machines, {cases} cases, {operations} operations": (
        "会社{companies}、機械{machines}、案件{cases}、工程{operations}"
    ),
    "make a problem of realistic make": "実際に近い問題を作る",
    "instead: a random network of at least so many operations": "代わりに、工程がこの数以上の乱数の網を作る",
    "of the network (default: one for 10 operations)": "その網の機械の数(省略時は工程10に1台)",
    "of the network (default: one for 2 machines)": "その網の拠点の数(省略時は機械2台に1か所)",
    "factor on the network's due windows (default: %(default)g)": "その網の納期までの幅に掛ける数(省略時 %(default)g)",
    "of the network: %(choices)s (default: none, and the file is of the format network)": (
        "その網の特徴:%(choices)s(省略時はなし。ファイルは network の形式)"
    ),
    "companies (default: %(default)s)": "会社の数(省略時 %(default)s)",
    "cases (default: %(default)s)": "案件の数(省略時 %(default)s)",
    "same seed, same problem (default: %(default)s)": "種。同じなら問題も同じ(省略時 %(default)s)",
    "where to write it; else it goes to standard output": "書くファイル。なければ標準出力",
    "with --out: say what was made as one JSON object": "--out のとき:作ったものをJSONで言う",
    "Learnt times (set-up with the fixed part of the run)": "学んだ時間(段取りは作業の固定部分を含む)",
    "Step": "工程",
    "Orders": "注文",
    "Seen": "観測",
    "Set-up (min)": "段取り(分)",
    "Min. per piece": "1個(分)",
    "Good rate": "良品率",
    "Spread": "ばらつき",
    "all": "全体",
    "Learnt hours": "学んだ稼働時間",
    "Days seen": "見た日数",
    "Hours from": "もと",
    "Share within": "中に入る割合",
    "machine": "機械",
    "trade": "業種",
    "shop": "全体",
    "Of {rows} rows:": "{rows}行のうち:",
    "left out": "外した",
    "put right": "直した",
    "lines {lines}": "{lines}行目",
    "unreadable number or time": "数か時刻が読めない",
    "repeats an earlier row": "前の行と同じ",
    "names no machine": "機械の名がない",
    "step of one trade on a machine of another": "工程と機械の業種が違う",
    "rework: lowers the good rate, gives no step": "手直し:良品率に入れ、工程にはしない",
    "only a date and a standard length: pieces and day count, times do not": (
        "日付と標準時間だけ:個数と日は使い、時間は使わない"
    ),
    "report type B, which the source does not explain: not learnt from": "報告の種類B(出典に説明なし):時間を学ばない",
    "names no step: taken as the machine's usual one": "工程の名がない:その機械のいつもの工程とした",
    "step names another machine than the machine column, which counts": "工程の機械と機械の欄が違う:機械の欄を採った",
    # the platform's commands
    "serve the platform: web pages, API and background work": "画面・API・裏の作業を動かす",
    "do the background work of the platform until told to stop": "止めるまで裏の作業をする",
    "do what is waiting, then end": "待っている作業をして終わる",
    "show an invented town in the browser": "架空の町をブラウザで見せる",
    "Build an invented town, plan its first case, and serve it until Ctrl-C. "
    "It lives in a folder of its own; nothing else on this machine is touched.": (
        "架空の町を作り、最初の案件を計画し、Ctrl-Cまで画面を出します。"
        "町は専用のフォルダーだけに置き、この機械のほかのものには触れません。"
    ),
    "build the town anew, around today's date": "今日の日付で町を作り直す",
    "build, plan, serve, ask for one page, and end": "作る・計画する・画面を出す・1ページ確かめる、で終わる",
    "port to serve at (default: 8000, else a free one)": "ポート(省略時8000。使用中なら空いているもの)",
    "folder of the town (default: in the user's data folder)": (
        "町を置くフォルダー(省略時は利用者のデータフォルダーの中)"
    ),
    "seconds to plan the first case (default: %(default)s)": "最初の案件を計画する秒数(省略時 %(default)s)",
    "{folder} holds an installation of its own. Choose another folder with --data-dir.": (
        "{folder} には別の座組みが入っています。--data-dir でほかのフォルダーを選んでください。"
    ),
    "A demo is using {folder}. End it first, or choose --data-dir.": (
        "{folder} はほかの demo が使っています。先に止めるか、--data-dir を選んでください。"
    ),
    "The town was built on {day}; --reset moves its dates to today.": (
        "この町は{day}に作りました。--reset で日付を今日に合わせて作り直します。"
    ),
    "Building the town: 40 companies, 3 buyers, 12 cases …": "町を作っています:会社40、発注者3、案件12 …",
    "Planning the work at hand …": "進行中の仕事を計画しています …",
    "Planning the first case …": "最初の案件を計画しています …",
    "The town stands after {seconds} s.": "町ができました({seconds}秒)。",
    "{seconds} s: best {objective}, bound {bound}, gap {gap}": ("{seconds}秒:最良 {objective}、下界 {bound}、差 {gap}"),
    "Plan": "計画",
    "Done": "完了",
    "Slack": "余裕",
    "On time": "納期どおり",
    "Cost": "費用",
    "Companies": "会社",
    "No plan was found: {why}": "計画が見つかりませんでした:{why}",
    "Cannot listen at {host}:{port} ({why}). Choose with --port.": (
        "{host}:{port} で待ち受けられません({why})。--port でほかの番号を選んでください。"
    ),
    "The pages did not answer within {seconds} s.": "{seconds}秒のあいだに画面の応答がありませんでした。",
    "The town is open: {address}": "町が開きました:{address}",
    "Come in as one of these people (no password):": "次の人になって入れます(パスワードは要りません):",
    "Ctrl-C ends everything.": "Ctrl-C ですべて止まります。",
    "The sign-in page answered {status}.": "サインインの画面の応答は {status} でした。",
    "One request answered: {status}, {size} characters.": "1回の要求に答えました:{status}、{size}文字。",
    "found a network and seat its first coordinator": "ネットワークを作り、最初の調整役を置く",
    "Found a network in your own installation and seat the first person of its neutral office. "
    "That person signs in with the name and password given here and invites everybody else.": (
        "自分の座組みにネットワークを作り、中立の事務局の最初の人を置きます。"
        "その人がここで決めた名前とパスワードで入り、ほかの人を招きます。"
    ),
    "short name of the network in addresses, such as minato": "アドレスに使うネットワークの短い名前(例:minato)",
    "name of the network": "ネットワークの名前",
    "name of the organisation that coordinates it": "調整役になる団体の名前",
    "name of the first coordinator": "最初の調整役の氏名",
    "with which that person signs in": "その人が入るときの名前",
    "read the password from standard input": "パスワードを標準入力から読む",
    "Password: ": "パスワード:",
    "Once more: ": "もう一度:",
    "The two passwords are not the same.": "二度のパスワードが違います。",
    "{name} is founded. Start it with `zagumi serve` and sign in as {who}.": (
        "{name} を作りました。`zagumi serve` で始め、{who} で入ってください。"
    ),
    "write the API's OpenAPI document": "APIのOpenAPI文書を書く",
    "write nothing; exit 1 when the file is not current": "書かずに比べ、古ければ終了コード1",
    "the file (default: %(default)s)": "ファイル(省略時 %(default)s)",
    "{file} is current.": "{file} は最新です。",
    "{file} is not current: run `zagumi openapi`.": "{file} が古くなっています。`zagumi openapi` を実行してください。",
    "{file} written.": "{file} を書きました。",
}
