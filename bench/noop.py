#!/usr/bin/python3
"""A no-op apply of one database beside a boto3 script that describes and compares: process start to exit.

    bench/noop.py [--program build/release/rdsteady] [--runs 30]

Both do the same work: read one file, ask the same server about the same instance with one signed DescribeDBInstances,
compare eleven properties, find nothing to do. They run in turn (A B A B ...) after a warm-up; both read the credentials
of the same server, ours by --local. The third line is ours with region and credentials from the environment and the
server's name in place of its address, which goes through libcurl as everything does that is not a loopback address: what
the program needs against AWS itself, TLS and distance apart. Python runs with its compiled modules in place. The server's
calls are counted: each run must have made exactly one.
"""
import json
import sys

import harness

DESIRED = {"DBInstanceIdentifier": "bench", "Engine": "postgres", "EngineVersion": "10.0.1", "DBInstanceClass": "db.m3.medium",
           "AllocatedStorage": 20, "StorageType": "gp2", "MasterUsername": "username", "BackupRetentionPeriod": 7, "MultiAZ": True,
           "PubliclyAccessible": False, "DBSubnetGroupName": "bench", "DBParameterGroupName": "default.postgres10",
           "VpcSecurityGroupIds": ["sg-0007c6489efbd9bca"], "MasterUserPassword": harness.PASSWORD}


def main():
    options = harness.options(__doc__, 30).parse_args()
    harness.machine()
    with harness.local_rds(options.program, simulate=True) as server:
        group = server.home / "group.json"
        group.write_text(json.dumps({"DBSubnetGroup": {"bench": {"DBSubnetGroupDescription": "bench",
                                                                 "SubnetIds": ["subnet-0a1b2c3d", "subnet-4e5f6a7b"]}}}))
        manifest = server.home / "one.json"
        manifest.write_text(json.dumps(DESIRED))
        server.run("apply", "--local", "--quiet", str(group))
        server.run("apply", "--local", "--quiet", str(manifest))
        commands = [
            ([options.program, "apply", "--local", "--quiet", str(manifest)], server.env),
            (["/usr/bin/python3", str(harness.HERE / "noop_boto3.py"), server.url, str(manifest)], server.client_env),
            ([options.program, "apply", "--quiet", "--endpoint-url", server.url.replace("127.0.0.1", "localhost"), str(manifest)],
             dict(server.client_env, AWS_REGION="us-east-1")),
        ]
        calls = server.status()["calls"]
        ours, peers, remote = harness.in_turn(commands, options.runs)
        made = server.status()["calls"] - calls
        print(f"no-op apply of one instance, process start to exit; {made / 3 / (options.runs + 3):.2f} calls a run")
        harness.show("rdsteady apply --local", ours)
        harness.show("boto3 describe and compare", peers)
        harness.show("rdsteady apply by libcurl", remote)
        harness.ratio(peers, ours)
        print("  and of the third:")
        harness.ratio(peers, remote)


if __name__ == "__main__":
    sys.exit(main())
