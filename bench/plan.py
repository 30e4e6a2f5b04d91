#!/usr/bin/python3
"""A plan of a manifest with 10,000 instances against 10,000 simulated ones that are as stated.

    bench/plan.py [--program build/release/rdsteady] [--runs 5] [--instances 10000]

Prints how many calls one plan makes (the server's own count) and the client's CPU and wall seconds and peak memory.
Filling the server takes a minute or two.
"""
import statistics
import subprocess
import sys
import threading

import harness
from pages import ask, connection, signed

KINDS = {"Engine": "postgres", "EngineVersion": "15", "DBInstanceClass": "db.m6g.large", "AllocatedStorage": "20",
         "MasterUsername": "bench_admin", "BackupRetentionPeriod": "7"}


def fill(server, count):
    def create(numbers):
        link = connection(server)
        for number in numbers:
            ask(link, signed(server, {"Action": "CreateDBInstance", "DBInstanceIdentifier": f"bench-{number:05}",
                                      "MasterUserPassword": harness.PASSWORD, "Tags.Tag.1.Key": "service",
                                      "Tags.Tag.1.Value": "bench", **KINDS}))
    threads = [threading.Thread(target=create, args=(range(start, count, 4),)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def manifest_text(count):
    lines = ["region: us-east-1", "DBInstance:"]
    for number in range(count):
        lines.append(f"  bench-{number:05}:")
        lines += [f"    {name}: {value}" for name, value in KINDS.items()]
        lines += ["    MasterUserPassword: {env: BENCH_PASSWORD}", "    Tags: {service: bench}"]
    return "\n".join(lines) + "\n"


def main():
    parser = harness.options(__doc__, 5)
    parser.add_argument("--instances", type=int, default=10_000)
    options = parser.parse_args()
    harness.machine()
    with harness.local_rds(options.program, simulate=True) as server:
        fill(server, options.instances)
        manifest = server.home / "all.yaml"
        manifest.write_text(manifest_text(options.instances))
        command = [options.program, "plan", "--local", "--quiet", str(manifest)]
        print(f"{options.instances} instances there, manifest of {manifest.stat().st_size / 2**20:.1f} MiB", flush=True)
        before = server.status()["calls"]
        # The first plan comes when everything has come to rest, and warms up.
        for _ in range(120):
            if subprocess.run(command, env=server.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0:
                break
        else:
            sys.exit("the plan is not empty: " + subprocess.run(command, env=server.env, capture_output=True, text=True).stdout[-2000:])
        before, cpu = server.status()["calls"], server.cpu_seconds()
        runs = [harness.measure(command, server.env) for _ in range(options.runs)]
        calls, cpu = (server.status()["calls"] - before) / options.runs, (server.cpu_seconds() - cpu) / options.runs
        harness.show("rdsteady plan", runs)
        print(f"  calls a plan {calls:.1f}; CPU of the server a plan {cpu * 1000:.0f} ms, "
              f"its peak memory {peak(server.pid):.0f} MiB; client CPU median {statistics.median(run['cpu'] for run in runs):.2f} s")


def peak(pid):
    return next(int(line.split()[1]) for line in open(f"/proc/{pid}/status") if line.startswith("VmHWM")) / 1024


if __name__ == "__main__":
    main()
