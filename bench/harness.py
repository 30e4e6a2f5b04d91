"""What the benchmarks share: a local RDS of their own, measuring finished processes, and how figures are printed.

Nothing here passes or fails. CPU seconds and peak memory are the operating system's own figures for the finished
process; CPU is the one to compare on a machine that others use at the same time.
"""
import argparse
import atexit
import contextlib
import functools
import json
import os
import pathlib
import platform
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
PASSWORD = "bench-password-1"


def options(description, runs):
    # Ended from outside, the server is stopped and the home removed as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=str(ROOT / "build/release/rdsteady"))
    parser.add_argument("--runs", type=int, default=runs, help=f"counted runs (default {runs})")
    return parser


def machine():
    """One line: processor, how many, memory, kernel, date and what else the machine is doing."""
    cpu = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")),
               platform.machine())
    memory = next(int(line.split()[1]) for line in open("/proc/meminfo") if line.startswith("MemTotal")) / 2**20
    load = " ".join(f"{value:.2f}" for value in os.getloadavg())
    print(f"{cpu}, {os.cpu_count()} CPUs, {memory:.1f} GiB, Linux {platform.release()}, "
          f"{time.strftime('%Y-%m-%d %H:%M')} UTC, load {load}", flush=True)


class Server:
    """A running local RDS: its home, how our program and how other clients reach it."""

    def __init__(self, program, home, env):
        self.program, self.home, self.env = program, home, env
        status = self.status()
        self.url, self.pid = status["url"], status["pid"]
        keys = json.loads((home / "credentials.json").read_text())
        self.client_env = dict(env, AWS_ACCESS_KEY_ID=keys["AccessKeyId"], AWS_SECRET_ACCESS_KEY=keys["SecretAccessKey"],
                               AWS_DEFAULT_REGION="us-east-1")

    def run(self, *words, check=True):
        return subprocess.run([self.program, *words], env=self.env, check=check, capture_output=True)

    def status(self):
        """The server's own account of itself, its pid and its counts of calls among it."""
        return json.loads(self.run("local", "status", "--json").stdout)

    def cpu_seconds(self):
        """Of all threads of the server since it started, its children (the databases) excluded."""
        return sum(int((task / "schedstat").read_text().split()[0]) for task in pathlib.Path(f"/proc/{self.pid}/task").iterdir()) / 1e9


@contextlib.contextmanager
def local_rds(program, simulate=False):
    """A server in a temporary home; with `simulate` no database is started. Ends with the block, the home with it."""
    home = pathlib.Path(tempfile.mkdtemp(prefix="rdsteady-bench-"))
    os.chmod(home, 0o711)
    env = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    env["RDSTEADY_HOME"] = str(home)
    simulated = None
    try:
        if simulate:
            simulated = subprocess.Popen([program, "local", "start", "--foreground", "--simulate"], env=env,
                                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        else:
            subprocess.run([program, "local", "start", "--quiet"], env=env, check=True, capture_output=True)
        while "pid" not in json.loads(subprocess.run([program, "local", "status", "--json"], env=env, capture_output=True).stdout or "{}"):
            if simulated is not None and simulated.poll() is not None:
                sys.exit("the local RDS does not start")
            time.sleep(0.05)
        yield Server(program, home, env)
    finally:
        subprocess.run([program, "local", "stop"], env=env, stdout=subprocess.DEVNULL)
        if simulated is not None:
            simulated.terminate()
            simulated.wait()
        shutil.rmtree(home, ignore_errors=True)


@functools.cache
def measurer():
    """measure.c, compiled; removed at the end of this process."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="rdsteady-measure-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    compiler = next(filter(None, map(shutil.which, ("clang-19", "cc", "gcc"))))
    subprocess.run([compiler, "-O1", "-D_GNU_SOURCE", "-o", folder / "measure", HERE / "measure.c"], check=True)
    return str(folder / "measure")


def measure(command, env, accepted=(0,)):
    """Runs one command; CPU and wall seconds, peak MiB."""
    printed = subprocess.run([measurer(), *command], env=env, check=True, capture_output=True, text=True).stdout
    user, system, wall, kib, status = printed.split()
    if int(status) not in accepted:
        sys.exit(f"{command}: exit {status}")
    return {"cpu": float(user) + float(system), "wall": float(wall), "mib": int(kib) / 1024}


def in_turn(commands, runs, warm_up=3):
    """Runs each of [(command, env), ...] in turn, A B A B ..., so that a drift of the machine meets all alike."""
    results = [[] for _ in commands]
    for number in range(warm_up + runs):
        for index, (command, env) in enumerate(commands):
            run = measure(command, env)
            if number >= warm_up:
                results[index].append(run)
    return results


def show(title, runs):
    for figure, unit, scale in (("cpu", "ms", 1000), ("wall", "ms", 1000), ("mib", "MiB", 1)):
        values = [run[figure] * scale for run in runs]
        print(f"  {title:<28} {figure:<5} median {statistics.median(values):9.2f} {unit:<4} "
              f"min {min(values):9.2f}  max {max(values):9.2f}  runs {len(values)}")


def ratio(peer, ours):
    """Of the medians, and pair by pair, which says how far it can be trusted."""
    for figure in ("cpu", "wall", "mib"):
        pairs = sorted(theirs[figure] / mine[figure] for theirs, mine in zip(peer, ours))
        whole = statistics.median(run[figure] for run in peer) / statistics.median(run[figure] for run in ours)
        print(f"  peer / rdsteady, {figure:<5} {whole:8.1f}   pair by pair: min {pairs[0]:.1f}, median {statistics.median(pairs):.1f}, max {pairs[-1]:.1f}")
