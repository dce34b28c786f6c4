"""Small random problems for property tests, with every feature on a switch."""

from __future__ import annotations

from dataclasses import fields, replace

from hypothesis import strategies as st

from zagumi.engine.problem import (
    Band,
    Calendar,
    Case,
    Company,
    FrozenWork,
    Link,
    Machine,
    Operation,
    Option,
    Part,
    Person,
    Policy,
    Problem,
    Roads,
    Service,
    Site,
    Vehicle,
    Weights,
)
from zagumi.engine.sample import Features

NAMES = tuple(field.name for field in fields(Features))


@st.composite
def tiny_problems(draw: st.DrawFn, features: int = 4, always: tuple[str, ...] = ()) -> Problem:
    """One to three operations on two or three machines within a dozen minutes.

    A few features at a time, so that each pair of them meets often and trying everything stays possible.
    """
    others = [name for name in NAMES if name not in always]
    chosen = (
        draw(st.lists(st.sampled_from(others), min_size=features, max_size=features, unique=True)) if features else []
    )
    return Tiny(draw, Features.only(**dict.fromkeys((*always, *chosen), True))).problem()


class Tiny:
    """Draws a tiny problem piece by piece."""

    def __init__(self, draw: st.DrawFn, features: Features) -> None:
        self.draw = draw
        self.has = features
        few = features.splitting or features.batches
        self.count = draw(st.sampled_from((2, 2, 1) if few else (3, 2, 2, 1)))
        self.horizon = draw(st.integers(5, 9 if few or self.count > 2 else 12))

    def number(self, least: int, most: int) -> int:
        """A whole number."""
        return self.draw(st.integers(least, most))

    def flip(self) -> bool:
        """True or false."""
        return self.draw(st.booleans())

    def windows(self) -> tuple[tuple[int, int], ...]:
        """One to three open windows, touching ones among them."""
        points = sorted(self.draw(st.sets(st.integers(0, self.horizon), min_size=2, max_size=6)))
        return tuple(zip(points[::2], points[1::2], strict=False))

    def machine(self, name: str, site: str) -> Machine:
        """One machine."""
        has = self.has
        bookings = bands = ()
        if has.bookings and self.flip():
            start = self.number(0, self.horizon - 1)
            bookings = ((start, start + self.number(1, 2)),)
        if has.bands and self.flip():
            bands = tuple(Band(a, b, self.number(1, 5)) for a, b in self.windows())
        pairs = [("", "x"), ("x", "x"), ("x", "y"), ("y", "x"), ("", "y")]
        setups = {pair: self.number(0, 3) for pair in pairs if self.flip()} if has.families else {}
        calendar = f"hours-{name}" if has.calendars and self.flip() else None
        return Machine(name, site, calendar, bookings, bands, setups, family="x" if setups and self.flip() else "")

    def option(self, machine: str) -> Option:
        """What an operation takes on a machine."""
        has = self.has
        return Option(
            machine,
            setup_minutes=self.number(0, 2),
            minutes_per_piece=self.draw(st.sampled_from((1.0, 0.5, 1.5, 2.0, 0.0))),
            fixed_yen=self.number(0, 4),
            unit_yen=self.number(0, 3),
            good_rate=self.draw(st.sampled_from((0.5, 0.7, 1.0))) if has.good_rates else 1.0,
            co2_g=self.number(0, 3),
            unit_co2_g=self.number(0, 1),
            skill="weld" if has.people and self.flip() else None,
            grade=self.number(0, 1) if has.grades else 0,
        )

    def operation(self, at: int, machines: tuple[Machine, ...], earlier: list[Operation]) -> Operation:
        """One operation, after some of those drawn before."""
        has = self.has
        case = "two" if at and not has.assembly and self.number(0, 3) == 3 else "one"
        quantity = self.number(1, 4 if has.splitting else 3)
        befores = [o for o in earlier if o.case == case]
        links = []
        for before in befores[-1:] if not has.assembly else [o for o in befores if self.flip()]:
            quantity = min(quantity, before.quantity)
            per = self.number(1, max(1, before.quantity // quantity))
            batch = self.number(1, 2) if has.batches else None
            links.append(Link(before.id, per, batch, self.number(1, 2) if has.lags else 0))
        links = [
            link for link in links if next(o for o in befores if o.id == link.before).quantity >= quantity * link.per
        ]
        chosen = self.draw(st.lists(st.sampled_from(machines), min_size=1, max_size=2, unique_by=lambda m: m.id))
        split = has.splitting and quantity > 1 and len(chosen) > 1
        return Operation(
            f"op{at}",
            case,
            tuple(self.option(machine.id) for machine in chosen),
            quantity,
            "part" if case == "one" else None,
            tuple(links),
            may_pause=not (has.no_pause and self.flip()),
            min_sublot=self.number(1, 2) if split else None,
            max_sublots=2 if split else 1,
            family=self.draw(st.sampled_from(("", "x", "y"))) if has.families else "",
            min_grade=self.number(0, 1) if has.grades else 0,
        )

    def case(self, name: str) -> Case:
        """One case."""
        has = self.has
        release = self.number(0, 3) if has.releases else 0
        return Case(
            name,
            release,
            release + self.number(0, 5) if self.flip() else None,
            self.number(0, 3),
            self.number(0, 2),
            "buyer" if has.deliveries and self.flip() else None,
            barred=frozenset({"B"}) if has.barred and self.flip() else frozenset(),
        )

    def roads(self) -> Roads:
        """Between some sites by service."""
        if not self.has.services:
            return self.ways()
        delays = {("b", "a"): 1} if self.flip() else {}
        pairs = (("a", "b"), ("b", "a"), ("a", "buyer"), ("b", "buyer"))
        services = tuple(self.service(*pair) for pair in pairs if self.flip())
        return replace(self.ways(), delays=delays, services=services)

    def service(self, origin: str, destination: str) -> Service:
        """Up to four runs."""
        runs, arrived = [], 0
        for departure in sorted(self.draw(st.sets(st.integers(0, self.horizon), max_size=4))):
            arrived = max(arrived, departure + self.number(0, 3))
            runs.append((departure, arrived))
        return Service(origin, destination, tuple(runs), self.number(0, 4), self.number(0, 3))

    def ways(self) -> Roads:
        """Given by a table, or from coordinates with two kinds of vehicle."""
        if not self.has.travel:
            return Roads(handling_minutes=0)
        if self.flip():
            order = ("a", "b", "buyer")
            table = tuple(tuple(self.number(0, 2) for _ in order) for _ in order)
            return Roads(order=order, minutes=table, yen=tuple(tuple(self.number(0, 4) for _ in order) for _ in order))
        vehicles = (
            Vehicle("van", 1, self.number(0, 5), 1, 2),
            Vehicle("truck", 2, self.number(0, 8), 2, self.number(0, 3)),
        )
        return Roads(speed_kmh=60.0, handling_minutes=self.number(0, 1), vehicles=vehicles)

    def frozen(self, operations: list[Operation]) -> tuple[FrozenWork, ...]:
        """Work that stands, in the first operation."""
        if not self.has.frozen:
            return ()
        operation = operations[0]
        start = self.number(0, self.horizon)
        end = self.number(start, min(self.horizon, start + 3))
        quantity = self.number(1, operation.quantity)
        setup = self.number(0, 2) if self.flip() else None
        return (FrozenWork(operation.id, operation.options[0].machine, quantity, start, end, None, setup),)

    def policy(self, operations: list[Operation]) -> Policy:
        """Weights and rules."""
        has = self.has
        weights = Weights(
            cost=self.number(0, 3),
            tardiness=self.number(0, 3),
            co2=self.number(0, 2),
            makespan=self.number(0, 3),
            risk=self.number(0, 2),
            fairness=self.number(0, 3) if has.fairness else 0,
            companies=self.number(0, 4) if has.teams else 0,
        )
        return Policy(
            weights,
            max_companies=self.number(1, 2) if has.teams and self.flip() else None,
            apart=frozenset({("A", "B")}) if has.teams and self.flip() else frozenset(),
            lead_required=has.leads and self.flip(),
            entitlement={"A": self.number(0, 3), "B": self.number(0, 2)} if has.fairness else {},
            frozen=self.frozen(operations),
            one_company=frozenset({"one"}) if has.teams and self.flip() else frozenset(),
        )

    def problem(self) -> Problem:
        """All of it."""
        has = self.has
        apart = 0.01 if has.travel else 0.0
        machines = tuple(self.machine(f"M{at}", "a" if at % 2 else "b") for at in range(1, self.number(2, 3) + 1))
        operations: list[Operation] = []
        for at in range(self.count):
            operations.append(self.operation(at, machines, operations))
        people = [Person(f"P{at}", "AAB"[at], frozenset({"weld"}), None) for at in range(3)] if has.people else []
        calendars = [Calendar(m.calendar, self.windows()) for m in machines if m.calendar]
        if people and has.calendars:
            calendars.append(Calendar("P0-hours", self.windows()))
            people[0] = Person("P0", "A", frozenset({"weld"}), "P0-hours")
        return Problem(
            companies=(Company("A", may_lead=not has.leads or self.flip()), Company("B", may_lead=True)),
            sites=(Site("a", "A"), Site("b", "B", apart), Site("buyer", None, 0.0, apart)),
            machines=machines,
            cases=(self.case("one"), self.case("two")),
            operations=tuple(operations),
            horizon=self.horizon,
            calendars=tuple(calendars),
            people=tuple(people),
            parts=(Part("part", "one", mass_g=self.draw(st.sampled_from((0, 400, 700, 1000)))),),
            roads=self.roads(),
            policy=self.policy(operations),
        )
