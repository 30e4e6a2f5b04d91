#!/usr/bin/python3
"""Waiting for 1,000 instances: how many pages are read, and what it costs the client.

    bench/wait.py [--program build/release/rdsteady] [--instances 1000]

Instances are created and awaited by one apply (simulated, backups off). Printed are the calls by operation as the
server's access log has them, the client's CPU, wall and peak memory; then the same for a `wait` on the manifest when
there is nothing left to wait for.
"""
import collections
import json

import harness

BODY = ["    Engine: postgres", "    EngineVersion: 15", "    DBInstanceClass: db.m6g.large", "    AllocatedStorage: 20",
        "    MasterUsername: bench_admin", "    MasterUserPassword: {env: BENCH_PASSWORD}", "    BackupRetentionPeriod: 0"]


def calls(server):
    lines = (server.home / "log/access.log").read_text().splitlines()
    return collections.Counter(json.loads(line)["operation"] for line in lines)


def main():
    parser = harness.options(__doc__, 1)
    parser.add_argument("--instances", type=int, default=1000)
    options = parser.parse_args()
    harness.machine()
    with harness.local_rds(options.program, simulate=True) as server:
        manifest = server.home / "many.yaml"
        manifest.write_text("\n".join(["DBInstance:"] + [line for number in range(options.instances)
                                                         for line in [f"  bench-{number:05}:", *BODY]]) + "\n")
        env = dict(server.env, BENCH_PASSWORD=harness.PASSWORD)
        for title, command in (("apply, creates and waits", ["apply", "--yes"]), ("wait, nothing to wait for", ["wait"])):
            before = calls(server)
            run = harness.measure([options.program, *command, "--local", "--quiet", str(manifest)], env)
            made = {name: count for name, count in sorted((calls(server) - before).items()) if name}
            print(f"{title}: {options.instances} instances; calls {made}")
            harness.show(title, [run])


if __name__ == "__main__":
    main()
