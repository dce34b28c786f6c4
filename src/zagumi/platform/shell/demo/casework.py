"""What the office does with a case of the tables: register, design, ask, attach; and the case in the workbook."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils import timezone

from zagumi.platform.cases import services
from zagumi.platform.cases.models import Audience, Case, CaseFile, Channel, Option
from zagumi.platform.cases.requirement import Requirement
from zagumi.platform.cases.sheets import CaseSheet, FileSheet, LinkSheet, OperationSheet, OptionSheet, PartSheet
from zagumi.platform.core import clock
from zagumi.platform.network.models import Machine, Site
from zagumi.platform.shell.demo.drawings import drawing
from zagumi.platform.shell.demo.town import Town, chance, table

WORKBOOK = Path(__file__).parent / "data" / "automotive_case.xlsx"
SHAPES_OF_WORKBOOK = {"A": "shaft", "B": "bracket", "C": "ring"}
Row = Mapping[str, Any]


def register(
    town: Town, key: str, *, due: datetime, channel: str = Channel.MAIL, answer_due: date | None = None, **more: Any
) -> str:
    """Write the case called ``key`` into the register; returns its code."""
    row = table("cases")[key]
    buyer = town.party(row["buyer"])
    sheet = CaseSheet(
        title=row["title"],
        buyer=buyer.code,
        buyer_reference=row["reference"],
        channel=channel,
        received_on=clock.today(),
        answer_due=answer_due,
        due=due,
        deliver_to=Site.objects.get(party=buyer).code,
        **more,
    )
    town.cases[key] = services.register_case(town.office, sheet=sheet).code
    return town.cases[key]


def design(town: Town, key: str) -> None:
    """Write down parts and steps."""
    row, code = table("cases")[key], town.cases[key]
    for part in row["parts"]:
        fields = {name: value for name, value in part.items() if name != "shape"}
        services.add_part(town.office, code=code, sheet=PartSheet(**fields))
    for step in row["steps"]:
        services.add_operation(town.office, code=code, sheet=_step_sheet(step))


def _step_sheet(step: Row) -> OperationSheet:
    least, most = step.get("split", (None, 1))
    return OperationSheet(
        number=step["number"],
        name=step["name"],
        process=step["process"],
        quantity=step["quantity"],
        part=step["part"],
        before=tuple(LinkSheet(before, per, batch or None) for before, per, batch in step.get("before", ())),
        may_pause=step.get("pause", True),
        min_sublot=least,
        max_sublots=most,
        requirement=Requirement(
            step.get("material", ""), {name: Decimal(value) for name, value in step.get("values", {}).items()}
        ),
        skill=step.get("skill", ""),
        note=step.get("note", ""),
    )


def ask(town: Town, key: str) -> None:
    """Ask the companies of every step; write down what those say that answer at once."""
    code = town.cases[key]
    for step in table("cases")[key]["steps"]:
        for answer, places in (
            (Option.Answer.ACCEPTED, step["at"]),
            (Option.Answer.WAITING, step.get("waiting", ())),
            (Option.Answer.WAITING, step.get("declined", ())),
        ):
            for place in places:
                sheet = _option_sheet(key, step, place, answer)
                services.offer_option(town.office, code=code, number=step["number"], sheet=sheet)
        for place, reason in step.get("declined", {}).items():
            short = place.partition("/")[0]
            services.answer_option(
                town.acting_for(short), code=code, number=step["number"], machine=machine_code(place), reason=reason
            )


def _option_sheet(key: str, step: Row, place: str, answer: str) -> OptionSheet:
    setup, each, fixed, unit, good = step["take"]
    own = chance(key, step["number"], place)
    times, prices = Decimal(own.randint(90, 112)) / 100, Decimal(own.randint(92, 114)) / 100
    return OptionSheet(
        machine=machine_code(place),
        setup_minutes=round(setup * times),
        minutes_per_piece=(each * times).quantize(Decimal("0.0001")),
        fixed_yen=int(fixed * prices) // 100 * 100,
        unit_yen=max(1, int(unit * prices)),
        good_rate=good,
        answer=answer,
    )


def machine_code(place: str) -> str:
    """The code of a machine written as company/machine."""
    short, _slash, name = place.partition("/")
    return Machine.objects.get(site__party__short_name=short, name=name).code


def move(town: Town, key: str, *stages: str) -> None:
    """Bring the case through these stages."""
    for stage in stages:
        services.advance(town.office, code=town.cases[key], stage=stage)


def bring_forward(town: Town, key: str, *, hours: int) -> None:
    """The buyer wants it so many hours after the forecast (before it, when negative); the office writes that down."""
    case = Case.objects.select_related("buyer", "deliver_to").get(network=town.network, code=town.cases[key])
    if case.expected_end is not None:
        wanted = timezone.localtime(case.expected_end + timedelta(hours=hours)).replace(hour=17, minute=0)
        services.edit_case(town.office, code=case.code, sheet=replace(_sheet_of(case), due=wanted))


def _sheet_of(case: Case) -> CaseSheet:
    """What the register says of a case, to be corrected in part."""
    return CaseSheet(
        title=case.title,
        buyer=case.buyer.code,
        due=case.due,
        release=case.release,
        buyer_reference=case.buyer_reference,
        channel=case.channel,
        received_on=case.received_on,
        answer_due=case.answer_due,
        late_yen_per_minute=case.late_yen_per_minute,
        deliver_to=case.deliver_to.code if case.deliver_to else "",
        contract_form=case.contract_form,
        price_yen=case.price_yen,
        note=case.note,
    )


def attach_drawings(town: Town, key: str, *, revision: str = "", letters: str = "") -> None:
    """Attach the drawing of every part (or of those with these letters), open to the companies of its steps."""
    for part in table("cases")[key]["parts"]:
        if not letters or part["letter"] in letters:
            attach_drawing(town, town.cases[key], part, revision=revision)


def attach_drawing(town: Town, code: str, part: Row, *, revision: str = "", replaces: str = "") -> CaseFile:
    """Attach the drawing of a part, in a revision of its own or the part's present one."""
    shown = revision or part["revision"]
    return services.attach_file(
        town.office,
        code=code,
        uploaded=drawing(part, revision=shown),
        name=f"{part['drawing_no']}_{shown}.png",
        sheet=FileSheet(title=f"{part['name']} 部品図", part=part["letter"], revision=shown, audience=Audience.ALL),
        replaces=replaces,
    )


def import_workbook(town: Town, key: str) -> str:
    """Import the automotive case, and move its dates so that it begins on the next working day."""
    day = town.day
    content = WORKBOOK.read_bytes()
    case, _outcome = services.import_case_workbook(town.office, file=content, name="プッシュロッド組立品.xlsx")
    town.cases[key] = case.code
    moved = replace(
        _sheet_of(case),
        received_on=clock.today(),
        answer_due=day.today,
        release=day(1, "8:00"),
        due=day(10, "17:00"),
    )
    services.edit_case(town.office, code=case.code, sheet=moved)
    for part in case.parts.filter(letter__in=SHAPES_OF_WORKBOOK):
        row = {name: getattr(part, name) for name in ("letter", "name", "drawing_no", "revision", "material")}
        shape = SHAPES_OF_WORKBOOK[part.letter]
        attach_drawing(town, case.code, {**row, "requirement": part.requirement, "shape": shape})
    return case.code
