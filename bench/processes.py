#!/usr/bin/python3
"""Whole-process benchmarks with a peer in the same run: no-op apply, and CreateDBInstance to a login.

    bench/processes.py [--program build/release/rdsteady] [--runs 15]

Starts a local RDS of its own in a temporary home, measures each command and its peer in turn (A B A B ...), and prints
the median, minimum and maximum of CPU seconds, wall seconds and peak resident memory as the operating system counted
them for the finished process, and the ratios of the medians. Nothing here passes or fails.
"""
import argparse
import json
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
PASSWORD = "bench-password-1"


def measure(command, env):
    """Runs one command; CPU and wall seconds, peak MiB, exit status."""
    start = time.perf_counter()
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    error = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - start
    if process.returncode != 0:
        sys.exit(f"{command}: exit {process.returncode}: {error.decode()}")
    return {"cpu": usage.ru_utime + usage.ru_stime, "wall": wall, "mib": usage.ru_maxrss / 1024}


def show(title, runs):
    for figure, unit in (("cpu", "s"), ("wall", "s"), ("mib", "MiB")):
        values = [run[figure] for run in runs]
        print(f"  {title:<28} {figure:<5} median {statistics.median(values):9.4f} {unit:<4} "
              f"min {min(values):9.4f}  max {max(values):9.4f}  runs {len(values)}")


def ratio(peer, ours):
    for figure in ("cpu", "wall", "mib"):
        print(f"  peer / rdsteady, {figure:<5} {statistics.median(r[figure] for r in peer) / statistics.median(r[figure] for r in ours):8.1f}")


def no_op(program, home, env, runs):
    manifest = home / "one.json"
    desired = {"DBInstanceIdentifier": "bench", "Engine": "postgres", "EngineVersion": "10.0.1", "DBInstanceClass": "db.m3.medium",
               "AllocatedStorage": 20, "StorageType": "gp2", "MasterUsername": "username", "BackupRetentionPeriod": 7,
               "MultiAZ": True, "PubliclyAccessible": False, "VpcSecurityGroupIds": ["sg-0007c6489efbd9bca"]}
    manifest.write_text(json.dumps(desired | {"MasterUserPassword": PASSWORD}))
    subprocess.run([program, "--local", "apply", "--quiet", str(manifest)], env=env, check=True, stdout=subprocess.DEVNULL)
    endpoint = json.loads(subprocess.run([program, "local", "status", "--json"], env=env, check=True, capture_output=True).stdout)["endpoint"]
    credentials = json.loads((home / "credentials.json").read_text())
    theirs = dict(os.environ, AWS_ACCESS_KEY_ID=credentials["access_key_id"], AWS_SECRET_ACCESS_KEY=credentials["secret_access_key"],
                  AWS_DEFAULT_REGION="us-east-1")
    url = endpoint["url"] if isinstance(endpoint, dict) else endpoint
    ours, peers = [], []
    for _ in range(runs):
        ours.append(measure([program, "--local", "apply", "--quiet", str(manifest)], env))
        peers.append(measure(["/usr/bin/python3", str(HERE / "noop_boto3.py"), url, str(manifest)], theirs))
    print("no-op apply of one instance, process start to exit")
    show("rdsteady apply", ours)
    show("boto3 describe and compare", peers)
    ratio(peers, ours)


def create_to_login(program, home, env, runs):
    """From CreateDBInstance to a login with the master user; no server is started beforehand."""
    walls = []
    for number in range(runs):
        manifest = home / f"login{number}.json"
        manifest.write_text(json.dumps({"DBInstanceIdentifier": f"login{number}", "Engine": "postgres", "EngineVersion": "15",
                                        "DBInstanceClass": "db.t3.micro", "AllocatedStorage": 20, "DBName": "app",
                                        "MasterUsername": "app_admin", "MasterUserPassword": PASSWORD, "BackupRetentionPeriod": 0}))
        start = time.perf_counter()
        subprocess.run([program, "--local", "apply", "--quiet", "--no-wait", str(manifest)], env=env, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        address = None
        while address is None:
            answer = subprocess.run([program, "--local", "call", "DescribeDBInstances", f"DBInstanceIdentifier=login{number}"], env=env,
                                    check=True, capture_output=True)
            address = json.loads(answer.stdout)["DBInstances"][0].get("Endpoint")
        login = ["psql", "-h", address["Address"], "-p", str(address["Port"]), "-U", "app_admin", "-d", "app", "-Atc", "SELECT 1"]
        while subprocess.run(login, env=dict(env, PGPASSWORD=PASSWORD), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode:
            pass
        walls.append(time.perf_counter() - start)
        subprocess.run([program, "--local", "delete", f"DBInstance/login{number}", "--skip-final-snapshot", "--yes"], env=env,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    print("CreateDBInstance to a login with the master user, PostgreSQL 15 (command line and psql included)")
    print(f"  wall median {statistics.median(walls):.3f} s, min {min(walls):.3f}, max {max(walls):.3f}, runs {len(walls)}; the first makes the template")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=str(ROOT / "build/release/rdsteady"))
    parser.add_argument("--runs", type=int, default=15)
    options = parser.parse_args()
    home = pathlib.Path(tempfile.mkdtemp(prefix="rdsteady-bench-"))
    os.chmod(home, 0o711)
    env = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    env["RDSTEADY_HOME"] = str(home)
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} CPUs, {platform.system()} {platform.release()}, {time.strftime('%Y-%m-%d')}")
    try:
        subprocess.run([options.program, "local", "start"], env=env, check=True, stdout=subprocess.DEVNULL)
        no_op(options.program, home, env, options.runs)
        create_to_login(options.program, home, env, max(3, options.runs // 3))
    finally:
        subprocess.run([options.program, "local", "stop"], env=env, stdout=subprocess.DEVNULL)
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
