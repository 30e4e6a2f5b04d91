#!/usr/bin/python3
"""What the program costs before it does anything: --version, --help, validate; and what is loaded with it.

    bench/startup.py [--program build/release/rdsteady] [--runs 100]

/bin/true is the floor: what this machine takes to start and end any dynamically linked process.
"""
import subprocess

import harness


def main():
    options = harness.options(__doc__, 100).parse_args()
    harness.machine()
    env = {"PATH": "/usr/bin:/bin"}
    manifest = str(harness.ROOT / "examples/orders.yaml")
    commands = [["/bin/true"], [options.program, "--version"], [options.program, "--help"], [options.program, "validate", manifest]]
    print(f"start to exit; {len(subprocess.run(['ldd', options.program], capture_output=True, text=True).stdout.splitlines())} lines of ldd")
    titles = ["/bin/true", "rdsteady --version", "rdsteady --help", "rdsteady validate orders.yaml"]
    for title, runs in zip(titles, harness.in_turn([(command, env) for command in commands], options.runs)):
        harness.show(title, runs)


if __name__ == "__main__":
    main()
