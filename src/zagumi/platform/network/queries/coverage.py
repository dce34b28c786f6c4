"""Which process is held by whom, by one company only, or by nobody."""

from dataclasses import dataclass

from zagumi.platform.core.actor import Actor
from zagumi.platform.network.insight import Holdings
from zagumi.platform.network.models import Capability, Company, Family, Process
from zagumi.platform.network.queries.companies import Proofs, require_reader
from zagumi.platform.network.queries.load import ProcessCapacity, process_capacity, sharing_parties


@dataclass(frozen=True)
class Holder:
    """A company that can do a process; ``proof``: how that is known at best ("" from its machines alone)."""

    code: str
    name: str
    proof: str


@dataclass(frozen=True)
class CoverageRow:
    """One process.

    ``state`` is none, single, few (two or three) or many; ``is_direct``: somebody holds it as such, not only a special
    case of it; ``capacity`` counts free others, unnamed.
    """

    process_key: str
    process: str
    family: str
    family_name: str
    is_case_of: str
    holders: tuple[Holder, ...]
    is_direct: bool
    state: str
    capacity: ProcessCapacity | None

    @property
    def count(self) -> int:
        """How many companies."""
        return len(self.holders)


@dataclass(frozen=True)
class Coverage:
    """Every process of the list, and the companies of the table."""

    rows: tuple[CoverageRow, ...]
    companies: tuple[Holder, ...]

    @property
    def single(self) -> tuple[CoverageRow, ...]:
        """Processes that one company alone holds, without the wider ones that it holds only through them."""
        return tuple(row for row in self.rows if row.state == "single" and row.is_direct)

    @property
    def missing(self) -> tuple[CoverageRow, ...]:
        """Processes nobody can do, without the special cases of those that are missing as a whole."""
        gone = {row.process_key for row in self.rows if row.state == "none"}
        return tuple(row for row in self.rows if row.state == "none" and row.is_case_of not in gone)


def coverage(actor: Actor) -> Coverage:
    """The coverage of the actor's network by its active companies. A wider process counts its special cases.

    Raises:
        Refused: the actor is neither a member nor the coordinator.
    """
    require_reader(actor)
    parties = sharing_parties(actor.network_id)
    holdings = Holdings.of(parties)
    companies = {
        company.party_id: company
        for company in Company.objects.visible_to(actor).filter(party_id__in=parties).select_related("party")
    }
    proofs: dict[tuple[int, int], list[Capability]] = {}
    known = Capability.objects.visible_to(actor).filter(withdrawn_on__isnull=True, company__in=companies.values())
    for capability in known.select_related("company"):
        proofs.setdefault((capability.process_id, capability.company.party_id), []).append(capability)
    processes = list(Process.objects.visible_to(actor).select_related("parent"))
    spare = process_capacity(actor, [p.pk for p in processes]) if actor.is_member else {}
    rows = []
    for process in processes:
        holders = tuple(
            Holder(company.code, company.party.short, Proofs.of(proofs.get((process.pk, party), ())).best)
            for party, company in companies.items()
            if party in holdings.wide.get(process.pk, ())
        )
        rows.append(
            CoverageRow(
                process_key=process.key,
                process=str(process),
                family=process.family,
                family_name=process.family_name,
                is_case_of=process.parent.key if process.parent else "",
                holders=holders,
                is_direct=process.pk in holdings.direct,
                state=_state(len(holders)),
                capacity=spare.get(process.pk),
            )
        )
    return Coverage(tuple(rows), tuple(Holder(c.code, c.party.short, "") for c in companies.values()))


def _state(count: int) -> str:
    return "none" if count == 0 else "single" if count == 1 else "few" if count <= 3 else "many"


def families() -> list[tuple[str, str]]:
    """The process families with their names."""
    return [(family.value, str(family.label)) for family in Family]
