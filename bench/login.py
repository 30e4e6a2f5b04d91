#!/usr/bin/python3
"""From CreateDBInstance to a login: a real PostgreSQL, no pool of servers that were started beforehand.

    bench/login.py [--program build/release/rdsteady] [--runs 9]

One run: a signed CreateDBInstance, DescribeDBInstances every 10 ms until the instance has an endpoint, psql every 10 ms
until "SELECT 1" is answered to the master user. The time to the answer of CreateDBInstance, to the endpoint and to the
login are printed, psql's own start included in the last. The instance is deleted after each run. The first run stands
apart: it may wait for the template data directory that the server makes when it starts.
"""
import statistics
import subprocess
import sys
import time

import harness
from pages import ask, connection, signed

ENGINE = {"Engine": "postgres", "EngineVersion": "15", "DBInstanceClass": "db.t3.micro", "AllocatedStorage": "20",
          "DBName": "app", "MasterUsername": "app_admin", "MasterUserPassword": harness.PASSWORD, "BackupRetentionPeriod": "0"}


def between(text, start, end):
    return text.partition(start)[2].partition(end)[0]


def one(server, link, name):
    begin = time.perf_counter()
    ask(link, signed(server, {"Action": "CreateDBInstance", "DBInstanceIdentifier": name, **ENGINE}))
    answered = time.perf_counter()
    address = ""
    while not address:
        text = ask(link, signed(server, {"Action": "DescribeDBInstances", "DBInstanceIdentifier": name})).decode()
        if "<DBInstanceStatus>failed" in text:
            sys.exit(f"{name} failed; see {server.home}/log")
        address = between(text, "<Address>", "</Address>")
        if not address:
            time.sleep(0.01)
    port = between(text, "<Port>", "</Port>")
    reachable = time.perf_counter()
    login = ["psql", "-X", "-h", address, "-p", port, "-U", "app_admin", "-d", "app", "-Atc", "SELECT 1"]
    env = dict(server.env, PGPASSWORD=harness.PASSWORD)
    while subprocess.run(login, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout != b"1\n":
        time.sleep(0.01)
    end = time.perf_counter()
    server.run("--local", "delete", f"DBInstance/{name}", "--skip-final-snapshot", "--yes", check=False)
    return {"answer": answered - begin, "endpoint": reachable - begin, "login": end - begin}


def line(title, run):
    print(f"  {title:<8} CreateDBInstance answered {run['answer'] * 1000:6.1f} ms, endpoint {run['endpoint'] * 1000:7.1f} ms, "
          f"login {run['login'] * 1000:7.1f} ms", flush=True)


def main():
    options = harness.options(__doc__, 9).parse_args()
    harness.machine()
    with harness.local_rds(options.program) as server:
        print("CreateDBInstance to a login with the master user, PostgreSQL 15")
        link = connection(server)
        line("first", one(server, link, "login-first"))
        runs = [one(server, link, f"login-{number}") for number in range(options.runs)]
        for title, pick in (("median", statistics.median), ("min", min), ("max", max)):
            line(title, {figure: pick(run[figure] for run in runs) for figure in runs[0]})
        print(f"  runs {len(runs)}")


if __name__ == "__main__":
    main()
