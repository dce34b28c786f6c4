"""Parts, steps and links: what fits together, what is refused, and what comes back after being taken away."""

from dataclasses import replace

import pytest

from tests.platform.cases.conftest import STEPS, Town, option_sheet
from zagumi.platform.cases import queries, services
from zagumi.platform.cases.bridge import engine_work
from zagumi.platform.cases.models import Case, Operation, OperationLink
from zagumi.platform.cases.requirement import Requirement
from zagumi.platform.cases.sheets import LinkSheet, OperationSheet, PartSheet
from zagumi.platform.core.clock import now
from zagumi.platform.core.errors import BadInput, Hidden, NotNow

pytestmark = pytest.mark.django_db


def numbers(case: Case, town: Town) -> list[int]:
    return [step.number for step in queries.case_steps(town.cast.coordinator, case)]


def test_cycles_are_refused_and_named(case: Case, town: Town) -> None:
    with pytest.raises(BadInput) as refused:
        services.link_operations(town.cast.coordinator, code=case.code, after=10, link=LinkSheet(20))
    assert refused.value.faults[-1].given == "10 → 20 → 10"
    with pytest.raises(BadInput):
        services.edit_operation(
            town.cast.coordinator, code=case.code, number=30, sheet=replace(STEPS[2], before=(LinkSheet(30),))
        )
    assert OperationLink.objects.count() == 3


def test_a_cycle_over_many_steps_is_named_whole(case: Case, town: Town) -> None:
    office = town.cast.coordinator
    sheet = OperationSheet(number=5, name="切断", process="sawing", quantity=9000, part="A")
    services.add_operation(office, code=case.code, sheet=sheet)
    services.link_operations(office, code=case.code, after=10, link=LinkSheet(5))
    with pytest.raises(BadInput) as refused:
        services.edit_operation(
            office, code=case.code, number=5, sheet=replace(sheet, before=(LinkSheet(20),), quantity=305)
        )
    assert "5 → 10 → 20 → 5" in {fault.given for fault in refused.value.faults}


def test_quantities_fit_along_every_link(case: Case, town: Town) -> None:
    office = town.cast.coordinator
    with pytest.raises(BadInput) as refused:
        services.link_operations(office, code=case.code, after=40, link=LinkSheet(30, per=3))
    assert "900" in str(refused.value.faults[0].expected)
    with pytest.raises(BadInput) as refused:
        services.edit_operation(office, code=case.code, number=30, sheet=replace(STEPS[2], quantity=599))
    assert {fault.place for fault in refused.value.faults} == {"quantity"}
    services.edit_operation(office, code=case.code, number=30, sheet=replace(STEPS[2], quantity=600))


def test_every_wrong_field_of_a_step_is_named(case: Case, town: Town) -> None:
    sheet = OperationSheet(
        number=20, name="", process="magic", quantity=0, part="Z", skill="magic", min_sublot=0, max_sublots=99,
        before=(LinkSheet(999), LinkSheet(10, per=0), LinkSheet(10)),
    )  # fmt: skip
    with pytest.raises(BadInput) as refused:
        services.add_operation(town.cast.coordinator, code=case.code, sheet=sheet)
    assert {fault.place for fault in refused.value.faults} == {
        "number", "name", "process", "quantity", "part", "skill", "min_sublot", "max_sublots", "before", "per",
    }  # fmt: skip


def test_renumbering_a_step_keeps_its_links(case: Case, town: Town) -> None:
    services.edit_operation(town.cast.coordinator, code=case.code, number=10, sheet=replace(STEPS[0], number=15))
    link = OperationLink.objects.get(after__number=20, after__case=case)
    assert link.before.number == 15


def test_unlinking(case: Case, town: Town) -> None:
    office = town.cast.coordinator
    services.unlink_operations(office, code=case.code, after=20, before=10)
    assert queries.case_steps(office, case)[1].before == ()
    with pytest.raises(Hidden):
        services.unlink_operations(office, code=case.code, after=20, before=10)


def test_a_removed_step_comes_back_with_links_and_options(case: Case, town: Town) -> None:
    office = town.cast.coordinator
    before = queries.case_steps(office, case)
    gone = services.remove_operation(office, code=case.code, number=20)
    assert numbers(case, town) == [10, 30, 40]
    assert [thing.name for thing in queries.removed_things(office, case)] == ["20 軸のめっき"]
    assert [op.id for op in engine_work([case], origin=now()).operations] == [f"{case.code}/{n}" for n in (10, 30, 40)]
    services.restore(office, code=case.code, kind="step", key=gone.pk)
    assert queries.case_steps(office, case) == before
    assert queries.removed_things(office, case) == ()


def test_what_is_removed_is_gone_for_the_company_too(case: Case, town: Town) -> None:
    gone = services.remove_option(
        town.cast.coordinator, code=case.code, number=10, machine=town.machines["member"].code
    )
    with pytest.raises(Hidden):
        queries.case_page(town.cast.member, case.code)
    services.restore(town.cast.coordinator, code=case.code, kind="option", key=gone.pk)
    assert queries.case_page(town.cast.member, case.code).steps[0].number == 10


def test_nothing_comes_back_over_something_else(case: Case, town: Town) -> None:
    office, code = town.cast.coordinator, case.code
    step = services.remove_operation(office, code=code, number=10)
    services.add_operation(office, code=code, sheet=replace(STEPS[0], name="別の旋削"))
    with pytest.raises(NotNow):
        services.restore(office, code=code, kind="step", key=step.pk)
    option = services.remove_option(office, code=code, number=30, machine=town.machines["plater"].code)
    services.offer_option(office, code=code, number=30, sheet=option_sheet(town, "plater"))
    with pytest.raises(NotNow):
        services.restore(office, code=code, kind="option", key=option.pk)
    for kind, key in (("step", 10**9), ("dream", 1), ("option", step.pk + 10**6)):
        with pytest.raises(Hidden):
            services.restore(office, code=code, kind=kind, key=key)


def test_a_step_does_not_come_back_into_a_cycle(case: Case, town: Town) -> None:
    office, code = town.cast.coordinator, case.code
    gone = services.remove_operation(office, code=code, number=20)
    sheet = replace(STEPS[0], before=(LinkSheet(40),), quantity=300)
    services.edit_operation(office, code=code, number=10, sheet=sheet)
    with pytest.raises(NotNow) as refused:
        services.restore(office, code=code, kind="step", key=gone.pk)
    assert "→" in str(refused.value)
    assert Operation.objects.get(pk=gone.pk).removed_at is not None


def test_parts(case: Case, town: Town) -> None:
    office, code = town.cast.coordinator, case.code
    with pytest.raises(BadInput) as refused:
        services.add_part(office, code=code, sheet=PartSheet(letter="ａ", name="", quantity=0, mass_g=-1))
    assert {fault.place for fault in refused.value.faults} == {"letter", "name", "quantity", "mass_g"}
    with pytest.raises(NotNow) as stopped:
        services.remove_part(office, code=code, letter="A")
    assert "10 旋削" in str(stopped.value)
    services.add_part(office, code=code, sheet=PartSheet(letter="ｃ", name="組立品", quantity=300))
    services.edit_part(
        office, code=code, letter="C", sheet=PartSheet(letter="D", name="組立品", quantity=300, mass_g=9)
    )
    gone = services.remove_part(office, code=code, letter="D")
    services.restore(office, code=code, kind="part", key=gone.pk)
    assert [part.letter for part in queries.case_page(office, code).parts] == ["A", "B", "D"]


def test_steps_stand_still_once_production_has_begun(case: Case, town: Town) -> None:
    office, code = town.cast.coordinator, case.code
    services.offer_option(office, code=code, number=40, sheet=option_sheet(town, "plater"))
    services.advance(office, code=code, stage="planning")
    services.advance(office, code=code, stage="production")
    for attempt in (
        lambda: services.remove_operation(office, code=code, number=10),
        lambda: services.offer_option(office, code=code, number=30, sheet=option_sheet(town, "member")),
        lambda: services.add_part(office, code=code, sheet=PartSheet(letter="Z", name="z", quantity=1)),
        lambda: services.answer_option(
            town.cast.member, code=code, number=10, machine=town.machines["member"].code, reason="やめます"
        ),
    ):
        with pytest.raises(NotNow):
            attempt()


def test_what_a_step_asks_is_kept_typed(case: Case, town: Town) -> None:
    office = town.cast.coordinator
    wanted = Requirement("SUS304", {"diameter_mm": 38, "hardness_hrc": 52}, ("ISO 9001",))  # type: ignore[dict-item]
    services.edit_operation(office, code=case.code, number=10, sheet=replace(STEPS[0], requirement=wanted))
    step = queries.case_steps(office, case)[0]
    assert [words.split()[-2:] for words in step.requirement] == [
        ["SUS304"],
        ["38", "mm"],
        ["52", "HRC"],
        ["ISO", "9001"],
    ]
    assert Requirement.of({"values": {"nonsense": "1", "length_mm": "x"}}) == Requirement()


# ------------------------------------------------------------------------------------------------------------ bridge


def test_the_work_for_the_engine(case: Case, town: Town, django_assert_num_queries: object) -> None:
    services.answer_option(
        town.cast.rival, code=case.code, number=10, machine=town.machines["rival"].code, reason="手いっぱい"
    )
    with django_assert_num_queries(5):  # type: ignore[operator]
        work = engine_work([case], origin=now())
    engine_case = work.cases[0]
    assert engine_case.id == case.code
    assert engine_case.release == (3 * 24 + 21) * 60 + 20
    assert engine_case.due > engine_case.release
    assert engine_case.deliver_to == town.goods_in
    assert {part.id: part.mass_g for part in work.parts} == {f"{case.code}/A": 90, f"{case.code}/B": 90}
    steps = {step.id.split("/")[1]: step for step in work.operations}
    assert [option.machine for option in steps["10"].options] == [town.machines["member"].code]
    assert (steps["10"].min_sublot, steps["10"].max_sublots) == (100, 2)
    assert [(link.before, link.batch, link.lag) for link in steps["20"].after] == [(f"{case.code}/10", 100, 30)]
    assert {link.before: link.per for link in steps["40"].after} == {f"{case.code}/20": 1, f"{case.code}/30": 2}
    assert steps["40"].options == ()
