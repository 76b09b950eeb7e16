#!/bin/bash
#SBATCH --job-name=gdm-studio
#SBATCH --nodes=2
#SBATCH --ntasks-per-node=1
#SBATCH --cpus-per-task=8
#SBATCH --gpus-per-node=1
#SBATCH --time=04:00:00
#SBATCH --signal=B:TERM@60
#
# Starts a Ray cluster on the nodes of a Slurm job, and a command of GDM Studio on the first one. See docs/cluster.md.
#
#     sbatch installer/cluster/slurm.sh generate --prompts foxes.jsonl --out foxes --cluster auto
#     sbatch installer/cluster/slurm.sh serve --host 0.0.0.0 --cluster auto
#
# GDM Studio is in .venv of the folder where sbatch is called, on a file system that all nodes share. The same command in a
# later job continues: finished lines of a prompt file and accepted requests are not generated again.
set -euo pipefail

if (($# == 0)); then
    echo "Name a command of gdm-studio, such as: serve --cluster auto" >&2
    exit 2
fi
PATH="$SLURM_SUBMIT_DIR/.venv/bin:$PATH"
# Users of the same nodes must not reach each other's clusters.
RAY_AUTH_MODE=token
RAY_AUTH_TOKEN=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')
RAY_USAGE_STATS_ENABLED=0
export PATH RAY_AUTH_MODE RAY_AUTH_TOKEN RAY_USAGE_STATS_ENABLED

mapfile -t nodes < <(scontrol show hostnames "$SLURM_JOB_NODELIST")
head=${nodes[0]}
address=$(srun --nodes=1 --ntasks=1 --nodelist="$head" hostname --ip-address | cut -d ' ' -f 1)
# Jobs on one node have different ports and folders. A socket's path may have 107 characters.
port=$((20000 + SLURM_JOB_ID % 10000))
folder=/tmp/ray-$SLURM_JOB_ID
gpus=${SLURM_GPUS_ON_NODE:-0}
options=(--num-cpus "${SLURM_CPUS_PER_TASK:-1}" --num-gpus "$gpus" --block)

srun --nodes=1 --ntasks=1 --overlap --nodelist="$head" \
    ray start --head --node-ip-address "$address" --port "$port" --temp-dir "$folder" \
    --include-dashboard=false "${options[@]}" &
ray_jobs=("$!")
for node in "${nodes[@]:1}"; do
    srun --nodes=1 --ntasks=1 --overlap --nodelist="$node" \
        bash -c 'until ray start "$@"; do sleep 2; done' ray --address "$address:$port" "${options[@]}" &
    ray_jobs+=("$!")
done

# The first node may still be starting. It is the one on which this script runs.
for _ in {1..60}; do
    if ray status --address "$address:$port" > /dev/null 2>&1; then
        break
    fi
    sleep 2
done
export RAY_ADDRESS="$address:$port"
gdm-studio "$@" &
command=$!
trap 'kill -TERM "$command"' TERM
status=0
wait "$command" || status=$?
# A signal ends the first wait before the command has ended.
while kill -0 "$command" 2> /dev/null; do
    status=0
    wait "$command" || status=$?
done
kill "${ray_jobs[@]}" 2> /dev/null || true
exit "$status"
