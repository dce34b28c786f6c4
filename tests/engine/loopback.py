"""A Ray cluster of several nodes on this machine, in a process of its own: ``python loopback.py FOLDER NODES``.

Says the address of its head, then obeys: ``node N`` kills a node as a power cut would, ``all`` every node and the head.
Ends when its standard input does.
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36  # what a killed node leaves behind becomes a child of this process, which ends it


def main() -> None:
    folder, count = Path(sys.argv[1]), int(sys.argv[2])
    os.environ |= {"RAY_TMPDIR": str(folder), "RAY_USAGE_STATS_ENABLED": "0"}
    (folder / "ray").mkdir(parents=True)  # where Ray notes the address of its last cluster
    from ray.cluster_utils import Cluster  # makes psutil known, which Ray carries

    import psutil  # isort: skip

    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    small = {"object_store_memory": 80 * 2**20, "include_log_monitor": False}
    head = {"num_cpus": 0, "include_dashboard": False, "no_monitor": True, "gcs_server_port": 0}
    cluster = Cluster(initialize_head=True, head_node_args={"node_ip_address": "127.0.0.2", **head, **small})
    # 127.0.0.1 itself would be taken for the address of this machine
    addresses = [f"127.0.0.{number}" for number in range(3, 3 + count)]
    nodes = [cluster.add_node(num_cpus=1, node_ip_address=address, wait=False, **small) for address in addresses]
    print(cluster.address, flush=True)
    for line in sys.stdin:
        dying = nodes if line == "all\n" else [nodes[int(line.split()[1])]]
        for node in [node for node in dying if node in cluster.worker_nodes]:
            cluster.remove_node(node, allow_graceful=False)
        if line == "all\n":
            cluster.remove_node(cluster.head_node, allow_graceful=False)
        print("dead", flush=True)
    cluster.shutdown()
    for left in psutil.Process().children(recursive=True):
        left.kill()


if __name__ == "__main__":
    main()
