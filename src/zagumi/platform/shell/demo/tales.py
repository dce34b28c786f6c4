"""What happens with each case: good things and bad ones, each at its own time. Days are working days from today."""

from zagumi.platform.cases import services
from zagumi.platform.cases.models import Channel, Stage
from zagumi.platform.network import services as network
from zagumi.platform.shell.demo.casework import (
    ask,
    attach_drawing,
    attach_drawings,
    bring_forward,
    design,
    import_workbook,
    machine_code,
    move,
    register,
)
from zagumi.platform.shell.demo.story import Script
from zagumi.platform.shell.demo.town import Town, table


def tales(town: Town) -> list[Script]:
    """The story of every case."""
    told = (automotive, pump, cam, conveyor, fixture, block, titanium, rush, tank, plastic, gears, marine)
    return [tale(town) for tale in told] + [leaving(town)]


def automotive(town: Town) -> Script:
    """The first case: a workbook with thirteen companies, ready to be planned."""
    day = town.day
    yield day(-7, "10:20")
    code = import_workbook(town, "automotive")
    yield day(-6, "9:40")
    move(town, "automotive", Stage.DESIGN)
    yield day(-4, "14:10")
    move(town, "automotive", Stage.TEAM)
    yield day(-2, "11:30")
    move(town, "automotive", Stage.QUOTE)
    services.write_note(
        town.office, code=code, text="岐山オートパーツの購買に電話。初回3,000組、以後は月1,000組の見込み。"
    )
    yield day(-1, "16:50")
    move(town, "automotive", Stage.PLANNING)


def pump(town: Town) -> Script:
    """In production by a plan, when a furnace stops."""
    day = town.day
    yield day(-32, "10:12")
    code = register(
        town, "pump", due=day(13, "17:00"), answer_due=day.day(-24), late_yen_per_minute=62, price_yen=8_940_000
    )
    yield day(-30, "13:30")
    design(town, "pump")
    attach_drawings(town, "pump", letters="BCD")
    main = table("cases")["pump"]["parts"][0]
    old = attach_drawing(town, code, main, revision="B")
    move(town, "pump", Stage.DESIGN)
    yield day(-26, "9:20")
    move(town, "pump", Stage.TEAM)
    ask(town, "pump")
    yield day(-24, "16:00")
    services.record_answer(town.office, code=code)
    yield day(-18, "10:00")
    move(town, "pump", Stage.QUOTE)
    yield day(-11, "15:40")
    attach_drawing(town, code, main, replaces=old.code)
    services.write_note(
        town.actors["toto"], code=code, text="主軸の面取りを改Cで C0.3 から C0.5 に変えました。差し替えをお願いします。"
    )
    yield day(-9, "9:00")
    move(town, "pump", Stage.PLANNING)
    yield day(-2, "10:30")
    move(town, "pump", Stage.PRODUCTION)


def cam(town: Town) -> Script:
    """In production; the date is tight."""
    day = town.day
    yield day(-28, "11:05")
    code = register(town, "cam", due=day(10, "17:00"), channel=Channel.FAX, late_yen_per_minute=35, price_yen=2_650_000)
    yield day(-25, "10:40")
    design(town, "cam")
    attach_drawings(town, "cam")
    move(town, "cam", Stage.DESIGN, Stage.TEAM)
    yield day(-22, "9:10")
    ask(town, "cam")
    yield day(-15, "14:20")
    move(town, "cam", Stage.QUOTE)
    services.record_answer(town.office, code=code)
    yield day(-8, "9:30")
    move(town, "cam", Stage.PLANNING)
    yield day(-2, "10:40")
    move(town, "cam", Stage.PRODUCTION)
    yield day(-1, "14:05")
    bring_forward(town, "cam", hours=24)
    services.write_note(town.office, code=code, text="西浦包機から電話。納期を早めてほしい。今の計画でも余裕はわずか。")
    yield day(-1, "15:15")
    services.write_note(
        town.acting_for("北浜研磨"),
        code=code,
        text="内面の取り代を片側0.2にできますか。0.3だと1個あたり4分延びます。",
        is_question=True,
    )


def conveyor(town: Town) -> Script:
    """In production; the buyer now wants it sooner than the plan gives."""
    day = town.day
    yield day(-21, "9:25")
    code = register(
        town, "conveyor", due=day(9, "17:00"), channel=Channel.WEB, late_yen_per_minute=20, price_yen=1_980_000
    )
    yield day(-19, "13:50")
    design(town, "conveyor")
    attach_drawings(town, "conveyor")
    move(town, "conveyor", Stage.DESIGN, Stage.TEAM)
    yield day(-17, "10:15")
    ask(town, "conveyor")
    yield day(-12, "16:10")
    move(town, "conveyor", Stage.QUOTE)
    yield day(-7, "9:15")
    move(town, "conveyor", Stage.PLANNING)
    yield day(-2, "10:50")
    move(town, "conveyor", Stage.PRODUCTION)
    yield day(-1, "16:20")
    bring_forward(town, "conveyor", hours=-24)
    services.write_note(
        town.office, code=code, text="据え付けが早まった。納期の前倒しを受けたが、今の計画では1日足りない。"
    )


def fixture(town: Town) -> Script:
    """Quotes are coming in; a question about the drawing waits at the buyer."""
    day = town.day
    yield day(-12, "10:55")
    code = register(town, "fixture", due=day(24, "17:00"), answer_due=day.day(1), price_yen=1_240_000)
    yield day(-10, "9:35")
    design(town, "fixture")
    attach_drawings(town, "fixture")
    move(town, "fixture", Stage.DESIGN)
    yield day(-6, "13:20")
    move(town, "fixture", Stage.TEAM, Stage.QUOTE)
    ask(town, "fixture")
    yield day(-2, "11:10")
    services.write_note(
        town.acting_for("港精密加工"),
        code=code,
        text="ゲージピンの面取り C0.3 は全周ですか、端面だけですか。",
        is_question=True,
    )
    yield day(-2, "13:05")
    services.write_note(
        town.office,
        code=code,
        text="ゲージピンの面取り C0.3 の範囲を教えてください。",
        party=town.party("東都ポンプ").code,
        is_question=True,
    )


def block(town: Town) -> Script:
    """Asked on the telephone yesterday; the buyer wants an answer today."""
    day = town.day
    yield day(-1, "13:10")
    code = register(
        town,
        "block",
        due=day(28, "17:00"),
        channel=Channel.PHONE,
        answer_due=day.today,
        note="西浦専務から電話。年内に初回分がほしい。",
    )
    design(town, "block")
    attach_drawings(town, "block")
    yield day(-1, "15:30")
    ask(town, "block")
    services.write_note(town.office, code=code, text="高台マシニングは月100個なら続けて受けられるとのこと。")


def titanium(town: Town) -> Script:
    """Nobody in town can cast titanium."""
    day = town.day
    yield day(-9, "9:50")
    code = register(town, "titanium", due=day(45, "17:00"), answer_due=day.day(3))
    yield day(-7, "16:20")
    design(town, "titanium")
    attach_drawings(town, "titanium")
    move(town, "titanium", Stage.DESIGN)
    ask(town, "titanium")
    yield day(-5, "10:05")
    services.write_note(town.office, code=code, text="隣県の鋳造組合に照会中。削り出しにできないか東都ポンプにも聞く。")


def rush(town: Town) -> Script:
    """Wanted in three days; even the quickest way takes longer."""
    day = town.day
    yield day(-2, "16:35")
    code = register(
        town,
        "rush",
        due=day(3, "12:00"),
        channel=Channel.PHONE,
        answer_due=day.today,
        late_yen_per_minute=90,
        price_yen=690_000,
    )
    design(town, "rush")
    attach_drawings(town, "rush")
    move(town, "rush", Stage.DESIGN, Stage.TEAM)
    ask(town, "rush")
    yield day(-1, "9:15")
    services.write_note(town.office, code=code, text="ライン停止の予備品。分けて納めてもよいか聞いている。")
    move(town, "rush", Stage.QUOTE, Stage.PLANNING)


def tank(town: Town) -> Script:
    """Made, packed and about to be delivered."""
    day = town.day
    yield day(-45, "9:30")
    code = register(town, "tank", due=day(1, "17:00"), price_yen=1_520_000)
    design(town, "tank")
    attach_drawings(town, "tank")
    move(town, "tank", Stage.DESIGN, Stage.TEAM)
    ask(town, "tank")
    yield day(-38, "10:00")
    services.record_answer(town.office, code=code)
    move(town, "tank", Stage.QUOTE)
    yield day(-30, "9:00")
    move(town, "tank", Stage.PLANNING)
    yield day(-24, "9:00")
    move(town, "tank", Stage.PRODUCTION)
    yield day(-1, "11:40")
    move(town, "tank", Stage.DELIVERY)
    services.expect_end(town.office, code=code, end=day(1, "11:00"))
    services.write_note(town.office, code=code, text="明日の午前便で納めます。", party=town.party("東都ポンプ").code)


def plastic(town: Town) -> Script:
    """Over and looked back on."""
    day = town.day
    yield day(-88, "13:00")
    code = register(town, "plastic", due=day(-36, "17:00"), price_yen=310_000)
    design(town, "plastic")
    move(town, "plastic", Stage.DESIGN, Stage.TEAM)
    ask(town, "plastic")
    yield day(-80, "13:00")
    services.record_answer(town.office, code=code)
    move(town, "plastic", Stage.QUOTE, Stage.PLANNING)
    yield day(-62, "9:00")
    move(town, "plastic", Stage.PRODUCTION)
    yield day(-38, "15:00")
    move(town, "plastic", Stage.DELIVERY)
    yield day(-30, "10:00")
    move(town, "plastic", Stage.SETTLEMENT)
    yield day(-20, "10:00")
    move(town, "plastic", Stage.REVIEW)
    services.write_note(town.office, code=code, text="次回は検査の基準写真を先に渡す。外観の戻りが2回あった。")
    yield day(-14, "16:00")
    move(town, "plastic", Stage.DONE)


def gears(town: Town) -> Script:
    """The one gear cutter of the town has not answered."""
    day = town.day
    yield day(-10, "14:45")
    code = register(town, "gears", due=day(30, "17:00"), channel=Channel.WEB, answer_due=day.day(2))
    yield day(-8, "10:30")
    design(town, "gears")
    attach_drawings(town, "gears")
    move(town, "gears", Stage.DESIGN)
    yield day(-4, "9:45")
    move(town, "gears", Stage.TEAM)
    ask(town, "gears")
    services.write_note(town.office, code=code, text="東雲ギヤの社長は午前中なら電話に出る。")


def marine(town: Town) -> Script:
    """Lost: the price did not meet the budget."""
    day = town.day
    yield day(-38, "10:25")
    register(town, "marine", due=day(4, "17:00"), answer_due=day.day(-30))
    design(town, "marine")
    move(town, "marine", Stage.DESIGN, Stage.TEAM)
    ask(town, "marine")
    yield day(-30, "11:00")
    services.record_answer(town.office, code=town.cases["marine"])
    yield day(-25, "17:10")
    services.lose_case(
        town.office,
        code=town.cases["marine"],
        reason="価格が予算に届かなかった(予算1個2,600円、見積3,150円)。塗装が高い。",
    )


def leaving(town: Town) -> Script:
    """The only forge announces that it will close."""
    yield town.day(-13, "16:00")
    network.move_admission(town.office, company_code=town.party("浜田鍛工").code, verb="announce")


STOPS = {
    20: "真空ポンプの油もれ。部品の到着待ち",
    30: "主軸の異音。点検中",
    21: "主軸の冷却が効かない。修理の手配中",
    22: "工具交換装置の故障。修理の手配中",
    60: "締付け機の校正切れ。再校正中",
}
"""Why the machine of a step of the pump stands still, the likeliest step first."""


def machine_stops(town: Town, place: str, reason: str) -> Script:
    """This morning the telephone rings: a machine the pump needs stands still, nobody knows for how long."""
    yield town.day.ago(88)
    network.report_stop(town.acting_for(place.partition("/")[0]), code=machine_code(place), reason=reason)
