"""The member companies: how each joins, what it enters about itself, what others found out, what keeps it busy."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from zagumi.platform.core.actor import Actor
from zagumi.platform.core.models import Role
from zagumi.platform.network import services
from zagumi.platform.network.models import Capability, Company
from zagumi.platform.network.sheets import (
    CapabilitySheet,
    CertificateSheet,
    CompanySheet,
    MachineSheet,
    PersonSheet,
    ProofSheet,
    ShiftSheet,
    SiteSheet,
)
from zagumi.platform.shell.demo.story import Calendar, Script, is_working_day
from zagumi.platform.shell.demo.town import FICTIONAL, FOUNDED, Town, chance, corporate_number, table

Row = Mapping[str, Any]
Span = tuple[str, str]

WEEK = range(5)
HOURS: Mapping[str, Mapping[int, tuple[Span, ...]]] = {
    "day": dict.fromkeys(WEEK, (("8:00", "12:00"), ("13:00", "17:00"))),
    "early": dict.fromkeys(WEEK, (("7:00", "12:00"), ("12:45", "18:00"))),
    "saturday": {**dict.fromkeys(WEEK, (("8:00", "12:00"), ("13:00", "17:00"))), 5: (("8:00", "12:00"),)},
    "two": dict.fromkeys(WEEK, (("6:00", "14:00"), ("14:00", "22:00"))),
    "line": dict.fromkeys(WEEK, (("7:00", "18:00"),)),
    "night": dict.fromkeys(WEEK, (("8:00", "20:00"), ("20:00", "6:00"))),
    "furnace": {**dict.fromkeys(WEEK, (("8:00", "20:00"), ("20:00", "8:00"))), 5: (("8:00", "20:00"),)},
}
EXTRA_CALENDARS = {"line": "ライン(昼休みなし)", "night": "夜間無人運転", "furnace": "炉(昼夜連続)"}
WEEKS_AHEAD = (1.2, 1.0, 0.8, 0.5)
"""How full the coming weeks are against a machine's usual load."""
OWN_WORK = ("定期品", "自社品", "得意先分", "治具の製作")
CLOSURES: Mapping[str, tuple[int, str]] = {
    "灘ターニング": (8, "棚卸し"),
    "東雲表面処理": (6, "めっき液の入れ替え"),
    "磯辺精密プレス": (12, "社員研修"),
    "高台金型": (9, "設備の据え付け"),
}
"""Working days from today on which a company is closed."""


def joining(town: Town, number: int, row: Row) -> Script:
    """One company: it joins, is looked at by others later, and is busy now."""
    yield town.day.at(FOUNDED + 90 + 7 * number, 13)
    company = services.admit_company(town.office, sheet=_company_sheet(number, row))
    actor = _seated(town, row, company)
    _enter_hours(actor, company, row)
    site = services.add_site(actor, party=company.party, sheet=_site_sheet(row))
    owned = [(machine, _enter_machine(actor, company, site.code, machine)) for machine in row["machines"]]
    capabilities = [(machine, _declare(actor, company, machine, code)) for machine, code in owned]
    for machine, code in owned:
        for process in table("machines")[machine["type"]].get("also", ()):
            sheet = CapabilitySheet(process=process, machine=code)
            services.declare_capability(actor, company_code=company.code, sheet=sheet)
    for person in row["people"]:
        services.add_person(actor, company_code=company.code, sheet=_person_sheet(town.day, person))
    yield town.day.at(-95 + number, 15)
    for machine, capability in capabilities:
        _prove(town, machine, capability)
    for certificate in row["certificates"]:
        services.add_certificate(town.office, company_code=company.code, sheet=_certificate(town.day, certificate))
    yield town.day(-18, "16:30")
    _close_days(town, actor, company, row["short"])
    for machine, code in owned:
        _book_own_work(town.day, actor, row, machine, code)


def _company_sheet(number: int, row: Row) -> CompanySheet:
    facts = row["facts"]
    summary, summary_en = row.get("summary", ("", ""))
    trades, trades_en = row["trades"]
    return CompanySheet(
        name=row["name"] + FICTIONAL,
        name_kana=row["kana"],
        name_en=f"{row['en']} (fictional)",
        short_name=row["short"],
        corporate_number=corporate_number(number + 1),
        phone=f"000-200-{number + 1:04}",
        fax=f"000-201-{number + 1:04}",
        email=f"{slug(row)}@minato.example" if "contact" in row else "",
        postal_code=f"000-{number + 101:04}",
        address=row["place"]["address"],
        municipality_code="99202" if row["place"]["address"].startswith("灘市") else "99201",
        employees=facts["employees"],
        capital_yen=facts.get("capital"),
        founded=facts["founded"],
        may_lead=facts.get("may_lead", False),
        trades=trades,
        trades_en=trades_en,
        summary=summary,
        summary_en=summary_en,
        contact_channel=facts["channel"],
    )


def slug(row: Row) -> str:
    """The sign-in name of a company's person: the first words of its English name."""
    words = re.sub(r"[^a-z ]", "", row["en"].lower()).split()
    return "-".join(words[:2])


def _seated(town: Town, row: Row, company: Company) -> Actor:
    if "contact" not in row:
        return town.office.for_party(company.party, channel=row["facts"]["channel"])
    actor = town.seat(slug(row), row["contact"], company.party, Role.MEMBER)
    town.actors[company.code] = actor
    return actor


def _site_sheet(row: Row) -> SiteSheet:
    place = row["place"]
    latitude, longitude = place["at"]
    return SiteSheet(
        name=place.get("site", "本社工場"),
        name_en=place.get("site_en", "Main works"),
        latitude=float(latitude),
        longitude=float(longitude),
        address=place["address"],
    )


def _enter_hours(actor: Actor, company: Company, row: Row) -> None:
    services.set_shifts(actor, company_code=company.code, shifts=shifts(row["hours"]))
    for key in dict.fromkeys(machine.get("hours") for machine in row["machines"]):
        if key:
            services.set_shifts(actor, company_code=company.code, shifts=shifts(key), calendar=EXTRA_CALENDARS[key])


def shifts(key: str) -> list[ShiftSheet]:
    """A weekly pattern."""
    return [ShiftSheet(day, _time(start), _time(end)) for day, spans in HOURS[key].items() for start, end in spans]


def _time(text: str) -> time:
    hour, minute = map(int, text.split(":"))
    return time(hour, minute)


def _enter_machine(actor: Actor, company: Company, site: str, machine: Row) -> str:
    model = table("machines")[machine["type"]]
    key = machine.get("hours")
    numbered = re.search(r"(\d+)号", machine["name"])
    sheet = MachineSheet(
        name=machine["name"],
        name_en=f"{model['name_en']} no. {numbered[1]}" if numbered else model["name_en"],
        process=model["process"],
        maker=model["maker"],
        model=model["model"],
        hourly_yen=model["work"]["hourly"] + 100 * chance(company.party.short_name, machine["name"]).randint(-6, 8),
        calendar=EXTRA_CALENDARS[key] if key else "",
        installed_year=machine["year"],
        **model.get("takes", {}),
    )
    return services.add_machine(actor, site_code=site, sheet=sheet, disclosure=machine.get("shows", "exact")).code


def _declare(actor: Actor, company: Company, machine: Row, code: str) -> Capability:
    """The company's own word on what the machine can do; each reckons a little differently."""
    model = table("machines")[machine["type"]]
    work, own = model["work"], chance(company.party.short_name, machine["name"], "times")
    times, prices = Decimal(own.randint(92, 112)) / 100, Decimal(own.randint(90, 115)) / 100
    return services.declare_capability(
        actor,
        company_code=company.code,
        sheet=CapabilitySheet(
            process=model["process"],
            machine=code,
            materials=tuple(model.get("materials", ())),
            ranges={quantity: _bounds(bounds) for quantity, bounds in model.get("ranges", {}).items()},
            setup_minutes=work["setup"],
            minutes_per_piece=(work["each"] * times).quantize(Decimal("0.001")),
            fixed_yen=int(work["fixed"] * prices) // 100 * 100,
            unit_yen=max(1, int(work["unit"] * prices)),
            good_rate=work["good"],
        ),
    )


def _bounds(bounds: Iterable[Any]) -> tuple[Decimal | None, Decimal | None]:
    low, high = (*map(Decimal, bounds), None)[:2]
    return low, high


def _prove(town: Town, machine: Row, capability: Capability) -> None:
    """What a third party or the records said, as far as there is something."""
    today = timezone.localdate(town.day.present)
    if machine["proof"] == "declared":
        return
    measured = machine["proof"] == "measured"
    on = today - timedelta(days=400 if machine["proof"] == "expired" else 100)
    until = {"expired": today - timedelta(days=35), "verified": today + timedelta(days=630)}.get(machine["proof"])
    services.verify_capability(
        town.office,
        code=capability.code,
        sheet=ProofSheet(
            provenance="measured" if measured else "verified",
            assessor="連携センター 実績の集計" if measured else "県工業技術センター" + FICTIONAL,
            assessed_on=on,
            valid_until=until,
            measured_lots=chance(capability.code, "lots").randint(18, 420) if measured else None,
            proven={row.quantity: proven for row in capability.ranges.all() if (proven := _proven(row.low, row.high))},
        ),
    )


def _proven(low: Decimal | None, high: Decimal | None) -> tuple[Decimal, Decimal] | None:
    """The part of a range that records show: most of a closed one, near the fine end of an open one."""
    if low is None:
        return None
    if high is None:
        return low * Decimal("1.2"), low * 4
    width = high - low
    return low + width / 10, high - width * 15 / 100


def _certificate(day: Calendar, row: Row) -> CertificateSheet:
    number = "" if row["kind"] in ("other", "buyer") else f"X-{chance(row['kind'], row['days']).randint(10000, 99999)}"
    return CertificateSheet(
        kind=row["kind"],
        name=row["name"],
        name_en=row["en"],
        number=number and number + FICTIONAL,
        valid_until=day.later(row["days"]),
    )


def _person_sheet(day: Calendar, row: Row) -> PersonSheet:
    return PersonSheet(
        name=row["name"], skills={key: day.later(days) if days else None for key, days in row["skills"].items()}
    )


def _close_days(town: Town, actor: Actor, company: Company, short: str) -> None:
    """The days around New Year, for everybody and every calendar; a day of its own for some."""
    calendars = list(company.calendars.values_list("name", "is_default"))
    first = _next_year_end(town.day.today)
    closures = [(first, first + timedelta(days=5), "年末年始")]
    if short in CLOSURES:
        count, reason = CLOSURES[short]
        closures.append((town.day.day(count), town.day.day(count), reason))
    for name, is_default in calendars:
        for start, end, reason in closures:
            services.close_day(
                actor,
                company_code=company.code,
                first=start,
                last=end,
                reason=reason,
                calendar="" if is_default else name,
            )


def _next_year_end(today: date) -> date:
    """29 December of the turn of the year that is under way or comes next."""
    return date(today.year - 1, 12, 29) if (today.month, today.day) <= (1, 3) else date(today.year, 12, 29)


def _book_own_work(day: Calendar, actor: Actor, row: Row, machine: Row, code: str) -> None:
    """Some of each coming week is taken by the owner's own orders, less the further away it is."""
    own = chance(row["short"], machine["name"], "bookings")
    monday = day.today - timedelta(days=day.today.weekday())
    for number, fullness in enumerate(WEEKS_AHEAD):
        days = [each for n in range(5) if is_working_day(each := monday + timedelta(days=7 * number + n))]
        length = round(float(machine["load"]) * fullness * len(days) * 2) / 2
        if length < 1 or len(days) < length:
            continue
        first = own.randint(0, int(len(days) - length))
        start = _moment(days[first], 8)
        end = (
            _moment(days[first + int(length) - 1], 17)
            if length == int(length)
            else _moment(days[first + int(length)], 12)
        )
        services.book_machine(actor, code=code, start=start, end=end, note=own.choice(OWN_WORK))


def _moment(on: date, hour: int) -> datetime:
    return timezone.make_aware(datetime.combine(on, time(hour)))
