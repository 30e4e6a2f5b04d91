#!/usr/bin/python3
"""How many pages of 100 instances the local RDS answers to DescribeDBInstances for a second of its own CPU.

    bench/pages.py [--program build/release/rdsteady] [--pages 3000] [--runs 5] [--connections 1]

1,000 simulated instances; ten signed requests, one for each page, are sent over and over on a connection that is kept.
Prints server CPU per page, pages per CPU second and per wall second, of each run and their medians. A second figure has
one instance modified before every page: what is shown of it has to be made anew. A third has a parameter group created
before every page, after which the whole page has to be. Each page is checked to hold 100 instances.
"""
import http.client
import json
import statistics
import subprocess
import sys
import threading
import time
import urllib.parse

import botocore.auth
import botocore.awsrequest
import botocore.credentials

import harness

INSTANCES = 1000


def signed(server, parameters):
    body = urllib.parse.urlencode({"Version": "2014-10-31", **parameters})
    request = botocore.awsrequest.AWSRequest("POST", server.url + "/", data=body, headers={"Content-Type": "application/x-www-form-urlencoded"})
    keys = botocore.credentials.Credentials(server.client_env["AWS_ACCESS_KEY_ID"], server.client_env["AWS_SECRET_ACCESS_KEY"])
    botocore.auth.SigV4Auth(keys, "rds", "us-east-1").add_auth(request)
    return body, dict(request.headers)


def connection(server):
    place = urllib.parse.urlparse(server.url)
    return http.client.HTTPConnection(place.hostname, place.port)


def ask(link, request):
    link.request("POST", "/", *request)
    answer = link.getresponse()
    text = answer.read()
    if answer.status != 200:
        sys.exit(f"{answer.status}: {text.decode()}")
    return text


def fill(server):
    link = connection(server)
    for number in range(INSTANCES):
        ask(link, signed(server, {"Action": "CreateDBInstance", "DBInstanceIdentifier": f"bench-{number:05}", "Engine": "postgres",
                                  "EngineVersion": "15", "DBInstanceClass": "db.m6g.large", "AllocatedStorage": "20",
                                  "MasterUsername": "bench_admin", "MasterUserPassword": harness.PASSWORD,
                                  "BackupRetentionPeriod": "7", "Tags.Tag.1.Key": "service", "Tags.Tag.1.Value": "bench"}))
    # Two readings of the whole list that agree: everything has come to rest.
    seen = None
    for _ in range(600):
        pages = walk(server, link)[1]
        text = b"".join(pages)
        if b"<DBInstanceStatus>creating" not in text and b"<DBInstanceStatus>backing-up" not in text:
            return
        time.sleep(0.5)
    sys.exit("the instances do not come to rest")


def walk(server, link):
    """The requests of all pages, and their answers."""
    requests, answers, marker = [], [], None
    while marker != "":
        request = signed(server, {"Action": "DescribeDBInstances", "MaxRecords": "100", **({"Marker": marker} if marker else {})})
        text = ask(link, request)
        requests.append(request)
        answers.append(text)
        marker = text.partition(b"<Marker>")[2].partition(b"</Marker>")[0].decode()
    return requests, answers


def read_pages(server, requests, pages, connections):
    def read(count):
        link = connection(server)
        for number in range(count):
            ask(link, requests[number % len(requests)])
    threads = [threading.Thread(target=read, args=(pages // connections,)) for _ in range(connections)]
    cpu, wall = server.cpu_seconds(), time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    cpu, wall = server.cpu_seconds() - cpu, time.perf_counter() - wall
    done = pages // connections * connections
    return {"cpu": cpu / done, "pages": done / cpu, "wall": done / wall}


def line(title, run):
    print(f"  {title:<36} {run['cpu'] * 1000:7.3f} ms CPU a page, {run['pages']:8.0f} pages a CPU second, {run['wall']:8.0f} a wall second", flush=True)


def main():
    parser = harness.options(__doc__, 5)
    parser.add_argument("--pages", type=int, default=3000)
    parser.add_argument("--connections", type=int, default=1)
    options = parser.parse_args()
    harness.machine()
    with harness.local_rds(options.program, simulate=True) as server:
        fill(server)
        link = connection(server)
        requests, answers = walk(server, link)
        counts = [text.count(b"<DBInstance>") for text in answers]
        if counts != [100] * (INSTANCES // 100):
            sys.exit(f"the pages hold {counts} instances")
        print(f"DescribeDBInstances, {len(requests)} pages of 100 instances, {statistics.mean(map(len, answers)) / 1024:.0f} KiB each, "
              f"{options.connections} connection(s)")
        runs = [read_pages(server, requests, options.pages, options.connections) for _ in range(options.runs)]
        for number, run in enumerate(runs):
            line(f"run {number + 1}", run)
        line("median", {figure: statistics.median(run[figure] for run in runs) for figure in runs[0]})

        def changing(title, rounds, change):
            cpu = 0.0
            for number in range(rounds):
                ask(link, signed(server, change(number)))
                before = server.cpu_seconds()
                ask(link, requests[number % len(requests)])
                cpu += server.cpu_seconds() - before
            print(f"  {title:<36} {cpu / rounds * 1000:7.3f} ms CPU a page, that of the change apart", flush=True)

        changing("one of 1,000 modified before each", 300, lambda number: {
            "Action": "ModifyDBInstance", "DBInstanceIdentifier": f"bench-{number * 7 % INSTANCES:05}",
            "BackupRetentionPeriod": str(1 + number % 30), "ApplyImmediately": "true"})
        changing("everything to be made anew", 50, lambda number: {
            "Action": "CreateDBParameterGroup", "DBParameterGroupName": f"bench-{number}",
            "DBParameterGroupFamily": "postgres15", "Description": "bench"})


if __name__ == "__main__":
    main()
