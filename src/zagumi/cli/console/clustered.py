"""Other machines that search along: joining them, what they do, and why they cannot."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from zagumi.cli import console
from zagumi.cli.console import BAD_INPUT, say
from zagumi.engine.solve.cluster.trouble import ClusterError, Trouble

if TYPE_CHECKING:
    from zagumi.engine.solve.cluster.cluster import Cluster


@contextmanager
def joined(address: str | None) -> Iterator[Cluster | None]:
    """The cluster at an address, when there is one."""
    if address is None:
        yield None
        return
    from zagumi.engine.solve.cluster.cluster import Cluster

    console.complain(say("Joining the cluster at {address} …", address=address))
    with Cluster(address) as cluster:
        nodes = len(cluster.nodes)
        console.complain(say("{nodes} nodes ({slots} processors) search along", nodes=nodes, slots=cluster.slots))
        yield cluster
        for node, why in cluster.refused.items():
            console.complain(say("Node {node} was given up, for what it sent is wrong: {why}", node=node, why=why))


def refuse(error: ClusterError, *, wants_json: bool) -> int:
    """Say why the cluster cannot be used; the exit code."""
    texts = {
        Trouble.PACKAGE: say("Searching across machines needs Ray: pip install 'zagumi[cluster]'"),
        Trouble.SILENT: say("No Ray cluster can be used at {address}: {why}", address=error.address, why=error.detail),
        Trouble.EMPTY: say(
            "The cluster at {address} has no node with a processor besides this machine", address=error.address
        ),
        Trouble.VERSION: say(
            "The cluster at {address} does not run what this machine runs: {what}",
            address=error.address,
            what=error.detail,
        ),
    }
    console.complain(texts[error.why])
    if wants_json:
        console.answer({"error": {"cluster": error.address, "trouble": str(error.why), "detail": error.detail}})
    return BAD_INPUT


def progress(cluster: Cluster) -> str:
    """What the cluster has done so far, in a few words."""
    counts = {"nodes": len(cluster.nodes), "done": cluster.answered.total(), "lost": cluster.lost}
    return say("nodes {nodes}, tasks {done}, lost {lost}", **counts)


def document(cluster: Cluster) -> dict[str, Any]:
    """What the cluster did, for ``--json``."""
    return {
        "address": cluster.address,
        "nodes": dict(sorted(cluster.answered.items())),
        "tasks": cluster.answered.total(),
        "lost": cluster.lost,
        "why_lost": cluster.why_lost,
        "gone": cluster.gone,
        "refused": cluster.refused,
    }
