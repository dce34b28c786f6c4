"""The verbs of the register: every door leads into it, every refusal says why, everything is recorded."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tests.people import Cast
from tests.platform.cases.conftest import COSTS, PURPOSE, Town, at, case_sheet, option_sheet
from zagumi.platform.cases import queries, services
from zagumi.platform.cases.models import Case, CaseFile, Channel, Operation, Option, Stage
from zagumi.platform.cases.sheets import BuyerSheet, FileSheet
from zagumi.platform.core import audit
from zagumi.platform.core.errors import BadInput, Hidden, NotNow, Refused
from zagumi.platform.core.models import AuditEntry
from zagumi.platform.network import services as network
from zagumi.platform.network.sheets import CapabilitySheet

pytestmark = pytest.mark.django_db


def places(refused: Any) -> set[str]:
    return {fault.place for fault in refused.value.faults}


# ---------------------------------------------------------------------------------------------------------- register


@pytest.mark.parametrize("channel", Channel.values)
def test_every_door_leads_into_one_register(cast: Cast, channel: str) -> None:
    case = services.register_case(cast.coordinator, sheet=case_sheet(cast, channel=channel))
    assert case.code == "C-2026-0001"
    assert case.stage == Stage.INQUIRY
    assert case.reached == {"inquiry": "2026-11-16"}
    assert [row.channel for row in queries.case_list(cast.coordinator)] == [channel]


def test_the_same_inquiry_through_another_door_is_noticed(cast: Cast) -> None:
    services.register_case(cast.coordinator, sheet=case_sheet(cast))
    buyer = cast.buyer.party_code
    same_number = queries.likely_doubles(cast.coordinator, title="何か", buyer=buyer, reference="ＧＡ-26-1187")
    same_title = queries.likely_doubles(cast.coordinator, title="ロッド組立品　３００組", buyer=buyer)
    assert [one.code for one in same_number] == [one.code for one in same_title] == ["C-2026-0001"]
    assert not queries.likely_doubles(cast.coordinator, title="油圧ブロック 300個", buyer=buyer)
    assert not queries.likely_doubles(cast.coordinator, title="ロッド組立品 300組", buyer=cast.other_buyer.party_code)
    assert not queries.likely_doubles(cast.other_buyer, title="ロッド組立品 300組", reference="GA-26-1187")


def test_a_buyer_writes_for_itself_and_sets_nothing_of_the_office(cast: Cast) -> None:
    sheet = case_sheet(cast, buyer=cast.other_buyer.party_code, price_yen=1, late_yen_per_minute=999)
    case = services.register_case(cast.buyer, sheet=sheet)
    assert case.buyer_id == cast.buyer.party_id
    assert case.price_yen is None
    assert case.late_yen_per_minute == 10


@pytest.mark.parametrize("who", ["member", "carrier", "viewer"])
def test_others_register_nothing(cast: Cast, who: str) -> None:
    with pytest.raises(Refused):
        services.register_case(cast.everybody[who], sheet=case_sheet(cast))


def test_every_wrong_field_is_named(town: Town) -> None:
    sheet = case_sheet(
        town.cast, title=" ", buyer="P-9999", due=at(20, month=11), answer_due=date(2026, 11, 1), channel="pigeon",
        lead="P-9999", deliver_to="S-9999", late_yen_per_minute=-1,
    )  # fmt: skip
    with pytest.raises(BadInput) as refused:
        services.register_case(town.cast.coordinator, sheet=sheet)
    wrong = {"title", "buyer", "due", "answer_due", "channel", "lead", "deliver_to", "late_yen_per_minute"}
    assert places(refused) == wrong
    assert not Case.objects.exists()


def test_goods_go_to_the_buyer_not_to_a_rival_of_it(town: Town) -> None:
    sheet = case_sheet(town.cast, buyer=town.cast.other_buyer.party_code, deliver_to=town.goods_in)
    with pytest.raises(BadInput) as refused:
        services.register_case(town.cast.coordinator, sheet=sheet)
    assert places(refused) == {"deliver_to"}


def test_editing_records_what_changed_and_not_the_price(case: Case, town: Town) -> None:
    sheet = case_sheet(town.cast, deliver_to=town.goods_in, title="ロッド組立品 320組", price_yen=1)
    services.edit_case(town.cast.coordinator, code=case.code, sheet=sheet)
    entry = AuditEntry.objects.filter(verb="changed the case").get()
    assert entry.changes == {"title": ["ロッド組立品 300組", "ロッド組立品 320組"], "price_yen": ["•••", "•••"]}
    services.edit_case(town.cast.coordinator, code=case.code, sheet=sheet)
    assert AuditEntry.objects.filter(verb="changed the case").count() == 1
    assert queries.found(queries.case_list(town.cast.coordinator), "３２０組")


def test_a_new_buyer_is_registered_once(cast: Cast) -> None:
    party = services.register_buyer(cast.coordinator, sheet=BuyerSheet(name="岐山オートパーツ"))
    case = services.register_case(cast.coordinator, sheet=case_sheet(cast, buyer=party.code))
    assert case.buyer == party
    with pytest.raises(BadInput):
        services.register_buyer(cast.coordinator, sheet=BuyerSheet(name="岐山ｵｰﾄﾊﾟｰﾂ"))
    with pytest.raises(Refused):
        services.register_buyer(cast.buyer, sheet=BuyerSheet(name="だれか"))


def test_the_database_holds_what_the_services_promise(case: Case, town: Town) -> None:
    for wrong in (
        {"due": case.release},
        {"stage": "dreaming"},
        {"stage": "lost", "lost_reason": ""},
        {"channel": "pigeon"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Case.objects.filter(pk=case.pk).update(**wrong)
    step = Operation.objects.get(case=case, number=20)
    for wrong in ({"quantity": 0}, {"min_sublot": 999, "max_sublots": 2}, {"max_sublots": 2}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Operation.objects.filter(pk=step.pk).update(**wrong)
    option = Option.objects.filter(operation=step).get()
    for wrong in ({"good_rate": 0}, {"good_rate": Decimal("1.5")}, {"answer": "declined"}, {"minutes_per_piece": -1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Option.objects.filter(pk=option.pk).update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        Operation.objects.create(case=case, number=20, name="二重", process=step.process, quantity=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Option.objects.create(
            operation=step, machine=option.machine, setup_minutes=1, minutes_per_piece=1, fixed_yen=1, unit_yen=1
        )


# ------------------------------------------------------------------------------------------------------------ stages


def test_stages_go_to_and_fro_before_production(case: Case, town: Town) -> None:
    office = town.cast.coordinator
    for stage in ("planning", "team", "quote", "design", "planning"):
        services.advance(office, code=case.code, stage=stage)
    case.refresh_from_db()
    assert case.stage == "planning"
    assert case.reached["team"] == "2026-11-20"


def test_production_needs_somebody_for_every_step(case: Case, town: Town) -> None:
    office = town.cast.coordinator
    services.advance(office, code=case.code, stage="planning")
    with pytest.raises(NotNow) as refused:
        services.advance(office, code=case.code, stage="production")
    assert "40 組立" in str(refused.value)
    assert refused.value.next_step
    services.offer_option(office, code=case.code, number=40, sheet=option_sheet(town, "plater"))
    services.advance(office, code=case.code, stage="production")
    services.advance(office, code=case.code, stage="delivery")
    with pytest.raises(NotNow) as refused:
        services.advance(office, code=case.code, stage="inquiry")
    assert "製造" in str(refused.value.next_step)


def test_an_empty_case_cannot_be_produced(cast: Cast) -> None:
    case = services.register_case(cast.coordinator, sheet=case_sheet(cast))
    services.advance(cast.coordinator, code=case.code, stage="planning")
    with pytest.raises(NotNow):
        services.advance(cast.coordinator, code=case.code, stage="production")


def test_a_case_is_lost_with_a_reason_and_may_come_back(case: Case, town: Town) -> None:
    office = town.cast.coordinator
    with pytest.raises(BadInput):
        services.lose_case(office, code=case.code, reason=" ")
    services.lose_case(office, code=case.code, reason="値段が合わない")
    case.refresh_from_db()
    assert (case.stage, case.lost_reason) == ("lost", "値段が合わない")
    services.reopen_case(office, code=case.code)
    case.refresh_from_db()
    assert (case.stage, case.lost_reason) == ("inquiry", "")


def test_the_buyer_is_answered(case: Case, town: Town) -> None:
    assert case.needs_answer
    with pytest.raises(BadInput):
        services.record_answer(town.cast.coordinator, code=case.code, on=date(2026, 11, 30))
    services.record_answer(town.cast.coordinator, code=case.code)
    case.refresh_from_db()
    assert not case.needs_answer


def test_a_forecast_makes_a_case_late(case: Case, town: Town) -> None:
    services.expect_end(town.cast.coordinator, code=case.code, end=at(14, 12))
    row = queries.case_list(town.cast.coordinator)[0]
    assert row.is_late
    assert (row.state.kind, row.state.words) == ("late", "3日遅れの見込み")
    assert not queries.case_list(town.cast.buyer)[0].is_late
    assert queries.case_list(town.cast.buyer)[0].state.words == "12/14 着の見込み"
    services.expect_end(town.cast.coordinator, code=case.code, end=at(9, 12))
    assert queries.case_list(town.cast.coordinator)[0].state.words == "余裕2日"


@pytest.mark.parametrize("who", ["member", "rival", "buyer"])
def test_only_the_office_moves_and_changes_cases(case: Case, town: Town, who: str) -> None:
    actor = town.cast.everybody[who]
    for attempt in (
        lambda: services.advance(actor, code=case.code, stage="design"),
        lambda: services.lose_case(actor, code=case.code, reason="x"),
        lambda: services.edit_case(actor, code=case.code, sheet=case_sheet(town.cast)),
        lambda: services.record_answer(actor, code=case.code),
        lambda: services.remove_operation(actor, code=case.code, number=10),
        lambda: services.open_costs(actor, code=case.code, purpose=PURPOSE),
    ):
        with pytest.raises(Refused):
            attempt()


@pytest.mark.parametrize("who", ["viewer", "carrier", "other_buyer", "far_coordinator", "far_member"])
def test_for_strangers_there_is_no_case(case: Case, town: Town, who: str) -> None:
    with pytest.raises(Hidden):
        services.advance(town.cast.everybody[who], code=case.code, stage="design")
    with pytest.raises(Hidden):
        queries.case_page(town.cast.everybody[who], case.code)


# ----------------------------------------------------------------------------------------------------------- options


def test_a_company_answers_with_its_own_figures(case: Case, town: Town) -> None:
    sheet = option_sheet(town, "member", unit_yen=299)
    services.answer_option(
        town.cast.member, code=case.code, number=10, machine=town.machines["member"].code, sheet=sheet
    )
    option = Option.objects.get(operation__case=case, machine=town.machines["member"])
    assert (option.unit_yen, option.answer, option.source) == (299, "accepted", "quote")
    entry = AuditEntry.objects.filter(verb="quoted for the step").get()
    assert entry.changes == {"unit_yen": ["•••", "•••"]}


def test_a_company_declines_with_a_reason(case: Case, town: Town) -> None:
    machine = town.machines["member"].code
    with pytest.raises(BadInput):
        services.answer_option(town.cast.member, code=case.code, number=10, machine=machine)
    services.answer_option(town.cast.member, code=case.code, number=10, machine=machine, reason="手いっぱい")
    step = queries.case_steps(town.cast.coordinator, case)[0]
    assert [option.company_code for option in step.able] == [town.cast.rival.party_code]
    assert [option.reason for option in step.options if option.answer == "declined"] == ["手いっぱい"]


def test_nobody_answers_for_a_rival(case: Case, town: Town) -> None:
    with pytest.raises(Hidden):
        services.answer_option(
            town.cast.rival, code=case.code, number=10, machine=town.machines["member"].code, reason="やめます"
        )
    with pytest.raises(BadInput):
        services.answer_option(
            town.cast.member, code=case.code, number=10, machine=town.machines["member"].code,
            sheet=option_sheet(town, "rival", good_rate=Decimal(2)),
        )  # fmt: skip


def test_a_machine_stands_once_for_a_step(case: Case, town: Town) -> None:
    with pytest.raises(BadInput) as refused:
        services.offer_option(town.cast.coordinator, code=case.code, number=10, sheet=option_sheet(town, "member"))
    assert places(refused) == {"machine"}
    wrong = option_sheet(
        town, "plater", machine="M-9999", setup_minutes=-1, minutes_per_piece=Decimal(-1), good_rate=Decimal(0)
    )
    with pytest.raises(BadInput) as refused:
        services.offer_option(town.cast.coordinator, code=case.code, number=10, sheet=wrong)
    assert places(refused) == {"machine", "setup_minutes", "minutes_per_piece", "good_rate"}


def test_asking_on_a_company_s_own_entry_shows_nobody_its_costs(case: Case, town: Town) -> None:
    office, machine = town.cast.coordinator, town.machines["plater"]
    sheet = CapabilitySheet(
        process="assembly", machine=machine.code, setup_minutes=20, minutes_per_piece=Decimal("0.5"), fixed_yen=4321,
        unit_yen=87, good_rate=Decimal("0.995"),
    )  # fmt: skip
    network.declare_capability(town.plater, company_code=town.plater.party_code, sheet=sheet)
    found = queries.candidates(office, case, 40)
    assert [(one.machine_code, one.has_figures) for one in found] == [(machine.code, True)]
    assert not hasattr(found[0], "unit_yen")
    services.offer_from_capability(office, code=case.code, number=40, machine=machine.code)
    option = Option.objects.get(operation__case=case, operation__number=40)
    assert (option.unit_yen, option.answer, option.source) == (87, "waiting", "capability")
    step = next(step for step in queries.case_steps(office, case) if step.number == 40)
    assert step.options[0].unit_yen is None
    assert not queries.candidates(office, case, 40)
    with pytest.raises(Refused):
        queries.candidates(town.cast.member, case, 40)


def test_costs_open_with_a_purpose_and_the_look_is_recorded(case: Case, town: Town) -> None:
    office = town.cast.coordinator
    assert all(option.unit_yen is None for step in queries.case_steps(office, case) for option in step.options)
    with pytest.raises(BadInput):
        services.open_costs(office, code=case.code, purpose="ん")
    opened = services.open_costs(office, code=case.code, purpose=PURPOSE)
    shown = {option.unit_yen for step in queries.case_steps(opened, case) for option in step.options}
    assert shown == {unit for _fixed, unit in COSTS.values()}
    entry = AuditEntry.objects.filter(verb="looked at the costs of").get()
    assert (entry.case_code, entry.purpose, entry.user_name) == (case.code, PURPOSE, "佐伯 みどり")
    assert audit.verify(town.cast.network) == []


# ------------------------------------------------------------------------------------------------------------- files


def test_a_new_revision_replaces_the_one_before(case: Case, files: dict[str, str], town: Town) -> None:
    office, old = town.cast.coordinator, files["軸の図面"]
    sheet = FileSheet(title="軸の図面", part="A", revision="B", audience="all")
    new = services.attach_file(office, code=case.code, uploaded=b"%PDF-new", name="B.pdf", sheet=sheet, replaces=old)
    row = next(file for file in queries.case_files(town.cast.member, case) if file.part == "A")
    assert (row.code, row.revision, [older.revision for older in row.older]) == (new.code, "B", ["A"])
    with pytest.raises(NotNow):
        services.attach_file(office, code=case.code, uploaded=b"x", name="C.pdf", sheet=sheet, replaces=old)


def test_what_others_send_reaches_the_office_first(case: Case, town: Town) -> None:
    sheet = FileSheet(title="写真", kind="photo", audience="all")
    services.attach_file(town.cast.member, code=case.code, uploaded=b"\x89PNG\r\n\x1a\n", name="a.png", sheet=sheet)
    services.attach_file(
        town.cast.buyer, code=case.code, uploaded=b"%PDF-1", name="b.pdf", sheet=replace(sheet, kind="document")
    )
    assert set(CaseFile.objects.values_list("audience", flat=True)) == {"office", "buyer"}
    assert [file.name for file in queries.case_files(town.cast.member, case)] == ["a.png"]
    assert [file.name for file in queries.case_files(town.cast.buyer, case)] == ["b.pdf"]
    assert not queries.case_files(town.cast.rival, case)
    services.set_audience(
        town.cast.coordinator, code=case.code, file=queries.case_files(town.cast.member, case)[0].code, audience="steps"
    )
    assert [file.name for file in queries.case_files(town.cast.rival, case)] == ["a.png"]


def test_every_opening_is_recorded(case: Case, files: dict[str, str], town: Town) -> None:
    services.open_case_file(town.cast.member, code=case.code, file=files["軸の図面"])
    entry = AuditEntry.objects.filter(verb="opened the file").get()
    assert (entry.user_name, entry.case_code, entry.subject_code) == ("西尾 一", case.code, files["軸の図面"])
    with pytest.raises(Hidden):
        services.open_case_file(town.cast.member, code=case.code, file=files["座金の図面"])


def test_files_go_and_come_back(case: Case, files: dict[str, str], town: Town) -> None:
    office = town.cast.coordinator
    with pytest.raises(Refused):
        services.remove_file(town.cast.member, code=case.code, file=files["軸の図面"])
    gone = services.remove_file(office, code=case.code, file=files["軸の図面"])
    assert files["軸の図面"] not in {file.code for file in queries.case_files(office, case)}
    with pytest.raises(Hidden):
        services.open_case_file(town.cast.member, code=case.code, file=files["軸の図面"])
    services.restore(office, code=case.code, kind="file", key=gone.pk)
    assert files["軸の図面"] in {file.code for file in queries.case_files(office, case)}


# ------------------------------------------------------------------------------------------------------------- notes


def test_words_stay_between_the_office_and_one_party(case: Case, town: Town) -> None:
    office = town.cast.coordinator
    services.write_note(office, code=case.code, text="事務局の覚え")
    services.write_note(
        office, code=case.code, text="発注者への質問", party=town.cast.buyer.party_code, is_question=True
    )
    services.write_note(town.cast.member, code=case.code, text="面取りは全周ですか", is_question=True)
    seen = {
        who: {note.text for note in queries.case_notes(town.cast.everybody[who], case)}
        for who in ("coordinator", "member", "rival", "buyer")
    }
    assert seen == {
        "coordinator": {"事務局の覚え", "発注者への質問", "面取りは全周ですか"},
        "member": {"面取りは全周ですか"},
        "rival": set(),
        "buyer": {"発注者への質問"},
    }
    with pytest.raises(BadInput):
        services.write_note(office, code=case.code, text="だれへ", party=town.cast.carrier.party_code)
    question = next(note for note in queries.case_notes(office, case) if note.text == "発注者への質問")
    titles = [blocker.title for blocker in queries.case_page(office, case.code).blockers]
    assert titles.count("質問が返事を待っています") == 2
    services.settle_note(office, code=case.code, note=question.key)
    titles = [blocker.title for blocker in queries.case_page(office, case.code).blockers]
    assert titles.count("質問が返事を待っています") == 1
