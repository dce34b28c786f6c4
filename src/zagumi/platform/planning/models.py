"""Rows of planning: runs of the solver, the alternatives they offer, and the plans that were adopted."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zagumi.platform.cases.models import Case, Operation
from zagumi.platform.core import clock
from zagumi.platform.core.append_only import append_only
from zagumi.platform.core.models import Job, Network, Seat
from zagumi.platform.core.visibility import VisibleQuerySet
from zagumi.platform.network.models import Company, Machine, Person, Site

MOST_SECONDS = 600
MOST_WEIGHT = 9


class Run(models.Model):
    """One search for a plan of one or several cases, with its conditions; it belongs to the coordinator.

    ``snapshot`` is the engine's problem as gzipped JSON, taken when the search began; times in it are minutes
    after ``origin``. ``points`` is the course of the search: lists of seconds, objective (or null) and bound.
    """

    class Outcome(models.TextChoices):
        """How the search ended; empty while it has not, or when its job failed or was cancelled."""

        OPEN = "", _("None yet")
        DONE = "done", _("Alternatives ready")
        INFEASIBLE = "infeasible", _("No plan possible")

    _weight = (MinValueValidator(0), MaxValueValidator(MOST_WEIGHT))

    network = models.ForeignKey(Network, models.PROTECT, related_name="+", verbose_name=_("network"))
    code = models.CharField(_("code"), max_length=20)
    cases = models.ManyToManyField(Case, related_name="runs", verbose_name=_("cases"))
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome.choices, default=Outcome.OPEN, blank=True)
    started_by = models.ForeignKey(Seat, models.PROTECT, null=True, related_name="+", verbose_name=_("started by"))
    created = models.DateTimeField(_("started"), default=clock.now)
    finished = models.DateTimeField(_("finished"), null=True)
    reason = models.CharField(_("why now"), max_length=200, blank=True)

    seconds = models.PositiveIntegerField(
        _("time for the search"), default=20, validators=[MinValueValidator(1), MaxValueValidator(MOST_SECONDS)]
    )
    seed = models.PositiveIntegerField(_("random seed"), default=1)
    weight_date = models.PositiveSmallIntegerField(_("weight of the date"), default=3, validators=_weight)
    weight_cost = models.PositiveSmallIntegerField(_("weight of the cost"), default=2, validators=_weight)
    weight_near = models.PositiveSmallIntegerField(_("weight of nearness"), default=1, validators=_weight)
    weight_fair = models.PositiveSmallIntegerField(_("weight of fairness"), default=1, validators=_weight)
    max_companies = models.PositiveSmallIntegerField(_("most companies in a team"), null=True, blank=True)
    freeze_until = models.DateTimeField(_("work fixed until"), null=True, blank=True)

    origin = models.DateTimeField(null=True)
    snapshot = models.BinaryField(default=b"")
    snapshot_sha256 = models.CharField(max_length=64, blank=True)
    versions = models.JSONField(default=dict, help_text="plan version of each case when the snapshot was taken")
    job = models.ForeignKey(Job, models.PROTECT, null=True, related_name="+")
    points = models.JSONField(default=list)
    objective = models.BigIntegerField(null=True)
    bound = models.BigIntegerField(null=True)
    bound_by = models.CharField(max_length=60, blank=True)
    first_plan_seconds = models.FloatField(null=True)
    seconds_used = models.FloatField(null=True)
    reasons = models.JSONField(default=list)

    objects = VisibleQuerySet["Run"].as_manager()

    class Meta:
        verbose_name = _("planning run")
        verbose_name_plural = _("planning runs")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["network", "code"], name="planning_run_code"),
            models.CheckConstraint(condition=Q(seconds__gte=1, seconds__lte=MOST_SECONDS), name="planning_run_seconds"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def state(self) -> str:
        """The outcome, else where its job stands: queued, running, failed, cancelled."""
        if self.outcome or self.job is None:
            return self.outcome or Job.State.QUEUED
        # a job is done only together with its outcome; a done one without it was stopped from outside
        return Job.State.FAILED if self.job.state == Job.State.DONE else self.job.state

    @property
    def is_over(self) -> bool:
        """Whether the search has ended, one way or another."""
        return self.state not in {Job.State.QUEUED, Job.State.RUNNING}


class Alternative(models.Model):
    """One plan a run offers.

    ``plan`` is the engine's plan as gzipped JSON; ``measures`` and ``gives_up`` are its figures.

    ``on_time`` is the share of simulated courses in which each case keeps its date: ``{case code: 0..1}``.
    """

    class Key(models.TextChoices):
        """What the alternative is best at; ``current`` is the plan in force, for comparison."""

        CURRENT = "current", _("As it is")
        CHEAPEST = "cheapest", _("Cheap")
        FASTEST = "fastest", _("Fast")
        LOCAL = "local", _("Near, low CO2")
        ROBUST = "robust", _("Robust")
        BALANCED = "balanced", _("Balanced")

    run = models.ForeignKey(Run, models.CASCADE, related_name="alternatives", verbose_name=_("planning run"))
    key = models.CharField(_("kind"), max_length=12, choices=Key.choices)
    position = models.PositiveSmallIntegerField(default=0)
    objective = models.BigIntegerField()
    bound = models.BigIntegerField()
    bound_by = models.CharField(max_length=60, blank=True)
    measures = models.JSONField()
    gives_up = models.JSONField(default=list)
    on_time = models.JSONField(default=dict)
    faults = models.JSONField(default=list)
    plan = models.BinaryField()

    objects = VisibleQuerySet["Alternative"].as_manager()

    class Meta:
        verbose_name = _("alternative")
        verbose_name_plural = _("alternatives")
        ordering = ["run", "position"]
        constraints = [models.UniqueConstraint(fields=["run", "key"], name="planning_alternative_once")]

    def __str__(self) -> str:
        return f"{self.run} {self.get_key_display()}"


@append_only
class Plan(models.Model):
    """An adopted plan of one case: immutable; the highest version is in force.

    ``hash`` is the SHA-256 of its sub-lots and transfers in canonical form.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="plans", verbose_name=_("case"))
    version = models.PositiveIntegerField(_("version"))
    alternative = models.ForeignKey(Alternative, models.PROTECT, related_name="plans", verbose_name=_("alternative"))
    adopted = models.DateTimeField(_("adopted"), default=clock.now)
    adopted_by = models.ForeignKey(Seat, models.PROTECT, null=True, related_name="+", verbose_name=_("adopted by"))
    reason = models.CharField(_("why this one"), max_length=300)
    lead = models.ForeignKey(
        Company, models.PROTECT, null=True, related_name="led_plans", verbose_name=_("lead company")
    )
    completion = models.DateTimeField(_("completion"))
    cost_yen = models.BigIntegerField(_("cost"))
    co2_g = models.BigIntegerField(_("CO2"))
    on_time = models.FloatField(_("probability of keeping the date"), null=True)
    hash = models.CharField(max_length=64)

    objects = VisibleQuerySet["Plan"].as_manager()

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        ordering = ["case", "-version"]
        constraints = [models.UniqueConstraint(fields=["case", "version"], name="planning_plan_version")]

    def __str__(self) -> str:
        return f"{self.case.code} v{self.version}"

    @property
    def code(self) -> str:
        """What people call it."""
        return str(self)


@append_only
class PlannedSublot(models.Model):
    """A sub-lot of an adopted plan: so many pieces of a step on a machine, from when to when."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="sublots", verbose_name=_("plan"))
    operation = models.ForeignKey(Operation, models.PROTECT, related_name="sublots", verbose_name=_("operation"))
    lot = models.PositiveSmallIntegerField(_("sub-lot"))
    machine = models.ForeignKey(Machine, models.PROTECT, related_name="sublots", verbose_name=_("machine"))
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="sublots", verbose_name=_("person"))
    quantity = models.PositiveIntegerField(_("quantity"))
    starts = models.DateTimeField(_("start"))
    ends = models.DateTimeField(_("end"))
    setup_minutes = models.PositiveIntegerField(_("set-up minutes"), default=0)

    objects = VisibleQuerySet["PlannedSublot"].as_manager()

    class Meta:
        verbose_name = _("planned sub-lot")
        verbose_name_plural = _("planned sub-lots")
        ordering = ["starts", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "operation", "lot"], name="planning_sublot_once"),
            models.CheckConstraint(condition=Q(ends__gte=F("starts")), name="planning_sublot_forward"),
        ]
        indexes = [models.Index(fields=["machine", "starts"], name="planning_sublot_machine")]

    def __str__(self) -> str:
        return f"{self.operation} / {self.lot}"


@append_only
class PlannedTransfer(models.Model):
    """A movement of an adopted plan between two sub-lots, or (``to`` empty) to the buyer's site."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="transfers", verbose_name=_("plan"))
    giver = models.ForeignKey(PlannedSublot, models.PROTECT, related_name="given", verbose_name=_("from"))
    taker = models.ForeignKey(PlannedSublot, models.PROTECT, null=True, related_name="taken", verbose_name=_("to"))
    from_site = models.ForeignKey(Site, models.PROTECT, related_name="+", verbose_name=_("from site"))
    to_site = models.ForeignKey(Site, models.PROTECT, related_name="+", verbose_name=_("to site"))
    pieces = models.PositiveIntegerField(_("pieces"))
    mass_g = models.PositiveBigIntegerField(_("mass in grams"), default=0)
    departs = models.DateTimeField(_("departure"))
    arrives = models.DateTimeField(_("arrival"))
    km = models.FloatField(_("road kilometres"), default=0)
    yen = models.PositiveIntegerField(_("cost"), default=0)
    co2_g = models.PositiveIntegerField(_("CO2"), default=0)

    objects = VisibleQuerySet["PlannedTransfer"].as_manager()

    class Meta:
        verbose_name = _("planned transfer")
        verbose_name_plural = _("planned transfers")
        ordering = ["departs", "pk"]
        constraints = [models.CheckConstraint(condition=Q(arrives__gte=F("departs")), name="planning_transfer_forward")]

    def __str__(self) -> str:
        return f"{self.giver} → {self.taker or self.to_site}"
