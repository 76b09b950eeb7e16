#!/bin/sh
# Ray 2.60.0: `ray.init(log_to_driver=False)` does not keep the driver's standard output clean. When a node is lost, Ray
# prints lines such as "(raylet) Task Actor.work failed. There are infinite retries remaining, ..." to standard OUTPUT,
# where a program that prints JSON lines has its results. `logging_level` has no effect on them, and no option stops them:
# they come from the thread `ray_listen_error_messages`, which runs whatever `log_to_driver` is.
# Ends with 0 if that is so, with 1 if standard output is clean.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check ray==2.60.0
cat > "$folder/driver.py" <<'PYTHON'
import logging
import os
import sys
import time

os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
import ray
from ray.cluster_utils import Cluster

small = {"object_store_memory": 80 * 2**20}
cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False, **small})
node = cluster.add_node(num_cpus=1, **small)
ray.init(address=cluster.address, log_to_driver=False, logging_level=logging.CRITICAL)


@ray.remote(num_cpus=1, max_restarts=-1)
class Actor:
    def work(self, seconds):
        time.sleep(seconds)
        return seconds


actor = Actor.remote()
ray.get(actor.work.remote(0))
task = actor.work.options(max_task_retries=-1).remote(6)
time.sleep(2)
cluster.remove_node(node, allow_graceful=False)
cluster.add_node(num_cpus=1, **small)
print("result", ray.get(task, timeout=120), flush=True)
time.sleep(3)
ray.shutdown()
cluster.shutdown()
PYTHON
"$folder/venv/bin/python" -c 'import ray; print("ray", ray.__version__)'
"$folder/venv/bin/python" "$folder/driver.py" > "$folder/stdout" 2> "$folder/stderr"
echo "lines of the program on standard output: $(grep -c '^result' "$folder/stdout")"
echo "lines of Ray on standard output: $(grep -c '(raylet)' "$folder/stdout" || true)"
echo "lines of Ray on standard error: $(grep -c '(raylet)' "$folder/stderr" || true)"
grep -m 1 -o '(raylet).\{0,120\}' "$folder/stdout"
