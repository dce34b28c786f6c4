"""Who sees what of the cases' rows and columns, and who may change them.

=============  ===========  =======================  =============================================  ==============
rows           coordinator  buyer                    member                                         viewer, carrier
=============  ===========  =======================  =============================================  ==============
case           all          own                      with an option of its own, or as lead          none
part           all          of own cases             of its own steps                               none
step           all          none                     its own                                        none
link           all          none                     to and from its own steps                      none
option         all          none                     its own                                        none
file           all          own cases', if audience  of its steps' parts, if audience; its own      none
note           all          between it and office    between it and office                          none
workbook       all          none                     none                                           none
=============  ===========  =======================  =============================================  ==============

Rows that were taken away show to the coordinator only, who can take that back; everybody else's rows are those
that count. What a member's step costs is a column: the owner's always, the coordinator's only with a stated
purpose (``services.open_costs``). The price of a case is the coordinator's.
"""

from django.db.models import Q

from zagumi.platform.cases.models import (
    BEFORE_PRODUCTION,
    Audience,
    Case,
    CaseFile,
    CaseImport,
    CaseNote,
    Operation,
    OperationLink,
    Option,
    Part,
)
from zagumi.platform.core.actor import Actor
from zagumi.platform.core.visibility import NOBODY, columns, rows

NO_COLUMNS: frozenset[str] = frozenset()


def _own_options(actor: Actor) -> Q:
    """Options on machines of the actor's company that count."""
    return Q(
        machine__site__party_id=actor.party_id,
        removed_at__isnull=True,
        operation__removed_at__isnull=True,
        operation__case__network_id=actor.network_id,
    )


def own_steps(actor: Actor) -> Q:
    """Steps in which a member has an option."""
    found = Option.objects.filter(_own_options(actor)).values("operation_id")
    return Q(pk__in=found) if actor.is_member and actor.party_id else NOBODY


# ------------------------------------------------------------------------------------------------------------- rows


@rows(Case)
def case_rows(actor: Actor) -> Q:
    """A buyer's own; a member's where it could do, or leads, something; the coordinator's all."""
    in_network = Q(network_id=actor.network_id)
    if actor.is_coordinator:
        return in_network
    if actor.party_id is None:
        return NOBODY
    if actor.is_buyer:
        return in_network & Q(buyer_id=actor.party_id)
    if actor.is_member:
        asked = Option.objects.filter(_own_options(actor)).values("operation__case_id")
        return in_network & (Q(pk__in=asked) | Q(lead__party_id=actor.party_id))
    return NOBODY


@rows(Part)
def part_rows(actor: Actor) -> Q:
    """Buyers see what they ordered; members the parts they work on."""
    in_network = Q(case__network_id=actor.network_id)
    if actor.is_coordinator:
        return in_network
    kept = in_network & Q(removed_at__isnull=True)
    if actor.is_buyer and actor.party_id:
        return kept & Q(case__buyer_id=actor.party_id)
    if actor.is_member and actor.party_id:
        return kept & Q(pk__in=Option.objects.filter(_own_options(actor)).values("operation__part_id"))
    return NOBODY


@rows(Operation)
def operation_rows(actor: Actor) -> Q:
    """The inner structure is the coordinator's; a member sees its own steps."""
    in_network = Q(case__network_id=actor.network_id)
    if actor.is_coordinator:
        return in_network
    return in_network & Q(removed_at__isnull=True) & own_steps(actor)


@rows(OperationLink)
def link_rows(actor: Actor) -> Q:
    """As the steps; a member's link tells that something comes before or after, never what."""
    in_network = Q(after__case__network_id=actor.network_id)
    if actor.is_coordinator:
        return in_network
    if not (actor.is_member and actor.party_id):
        return NOBODY
    own = Option.objects.filter(_own_options(actor)).values("operation_id")
    kept = Q(before__removed_at__isnull=True, after__removed_at__isnull=True)
    return in_network & kept & (Q(before_id__in=own) | Q(after_id__in=own))


@rows(Option)
def option_rows(actor: Actor) -> Q:
    """Who else could do a step is nobody's business but the coordinator's."""
    if actor.is_coordinator:
        return Q(operation__case__network_id=actor.network_id)
    return _own_options(actor) if actor.is_member and actor.party_id else NOBODY


@rows(CaseFile)
def file_rows(actor: Actor) -> Q:
    """By audience; companies only where the file concerns a part of their step (or no part in particular)."""
    in_network = Q(case__network_id=actor.network_id)
    if actor.is_coordinator:
        return in_network
    kept = in_network & Q(removed_at__isnull=True)
    if actor.is_buyer and actor.party_id:
        return (
            kept
            & Q(case__buyer_id=actor.party_id)
            & (Q(audience__in=Audience.with_buyer()) | Q(owner_id=actor.party_id))
        )
    if actor.is_member and actor.party_id:
        own = Option.objects.filter(_own_options(actor)).exclude(answer=Option.Answer.DECLINED)
        concerned = Q(part_id__in=own.values("operation__part_id")) | Q(
            part__isnull=True, case_id__in=own.values("operation__case_id")
        )
        mine = Q(owner_id=actor.party_id, case_id__in=own.values("operation__case_id"))
        return kept & ((concerned & Q(audience__in=Audience.with_steps())) | mine)
    return NOBODY


@rows(CaseNote)
def note_rows(actor: Actor) -> Q:
    """Between the office and one party; remarks without a party stay in the office."""
    in_network = Q(case__network_id=actor.network_id)
    if actor.is_coordinator:
        return in_network
    if actor.party_id and (actor.is_buyer or actor.is_member):
        return in_network & Q(party_id=actor.party_id)
    return NOBODY


@rows(CaseImport)
def import_rows(actor: Actor) -> Q:
    """A workbook holds everybody's figures: the coordinator's only."""
    return Q(network_id=actor.network_id) if actor.is_coordinator else NOBODY


# ---------------------------------------------------------------------------------------------------------- columns


@columns(Case)
def case_columns(actor: Actor, case: Case) -> frozenset[str]:
    """``price``, ``structure`` (steps, companies, options), ``buyer``, ``contract``, ``note``, ``parts``, ``dates``."""
    if actor.is_coordinator:
        return frozenset({"price", "structure", "buyer", "contract", "note", "parts", "lateness"})
    if actor.is_buyer and case.buyer_id == actor.party_id:
        return frozenset({"buyer", "parts"})
    return NO_COLUMNS


@columns(Operation)
def operation_columns(actor: Actor, _operation: Operation) -> frozenset[str]:
    """``neighbours``: what the step before and after is, and whose."""
    return frozenset({"neighbours", "options"}) if actor.is_coordinator else NO_COLUMNS


@columns(Option)
def option_columns(actor: Actor, option: Option) -> frozenset[str]:
    """``times`` for the owner and the coordinator; ``costs`` for the owner, and for a coordinator who said why."""
    if actor.is_member and option.machine.site.party_id == actor.party_id:
        return frozenset({"times", "costs", "answer"})
    if actor.is_system or (actor.is_coordinator and actor.purpose):
        return frozenset({"times", "costs", "answer"})
    return frozenset({"times", "answer"}) if actor.is_coordinator else NO_COLUMNS


@columns(CaseFile)
def file_columns(actor: Actor, _file: CaseFile) -> frozenset[str]:
    """``audience`` and ``author`` say who else is concerned."""
    return frozenset({"audience", "author"}) if actor.is_coordinator else NO_COLUMNS


# ------------------------------------------------------------------------------------------------------------ verbs


def may_register(actor: Actor) -> bool:
    """The office enters what it hears; buyers write themselves."""
    return actor.is_coordinator or actor.is_buyer


def may_edit(actor: Actor, _case: Case) -> bool:
    """The office keeps the register."""
    return actor.is_coordinator


def may_edit_steps(actor: Actor, case: Case) -> bool:
    """Parts, steps and options change until production begins; then through a change of plan."""
    return actor.is_coordinator and case.stage in BEFORE_PRODUCTION


def may_add_file(actor: Actor, case: Case) -> bool:
    """The office, the buyer, and companies that work on it (their photographs and records)."""
    return actor.is_coordinator or actor.is_buyer or (actor.is_member and case.is_open)


def may_answer(actor: Actor, option: Option) -> bool:
    """A company answers for its own machine; the office enters what it was told."""
    return actor.is_coordinator or (actor.is_member and option.machine.site.party_id == actor.party_id)
