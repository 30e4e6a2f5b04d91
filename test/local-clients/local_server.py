"""A local RDS in a folder of its own, for one test program; and logins into what it creates."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

PASSWORD = "canary-Client-90e3"


class LocalServer:
    def __init__(self, program):
        self.folder = tempfile.mkdtemp(prefix="rdsteady-clients-", dir="/tmp")
        os.chmod(self.folder, 0o711)
        self.errors = open(self.folder + "/errors", "w+")
        self.program = program
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [self.program], stdout=subprocess.PIPE, stderr=self.errors, env={"PATH": os.environ["PATH"], "RDSTEADY_HOME": self.folder + "/home"}
        )
        line = self.process.stdout.readline()
        if not line:
            self.errors.seek(0)
            raise RuntimeError("the local RDS did not start: " + self.errors.read())
        self.endpoint = json.loads(line)

    def kill_and_start(self):
        """As after a crash: the same folder, with whatever was under way."""
        self.process.kill()
        self.process.wait(120)
        self.process.stdout.close()
        self.start()

    def stop(self):
        self.process.terminate()
        status = self.process.wait(120)
        self.process.stdout.close()
        self.errors.seek(0)
        errors = self.errors.read()
        self.errors.close()
        shutil.rmtree(self.folder, ignore_errors=True)
        if status != 0 or errors:
            raise RuntimeError("the local RDS ended with %s: %s" % (status, errors))

    def log(self):
        with open(self.folder + "/home/log/access.log") as file:
            return [json.loads(line) for line in file]


def psql(instance, sql, password=PASSWORD):
    """One statement's output, or "error: ..."."""
    done = subprocess.run(
        ["psql", "-X", "-At", "-h", instance["Endpoint"]["Address"], "-p", str(instance["Endpoint"]["Port"]),
         "-U", instance["MasterUsername"], "-d", instance["DBName"], "-c", sql],
        env={"PATH": os.environ["PATH"], "PGPASSWORD": password, "PGCONNECT_TIMEOUT": "10"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout.strip() if done.returncode == 0 else "error: " + done.stderr.strip()


def eventually(ask, wanted, seconds=60):
    """The last answer: the wanted one as soon as it comes."""
    end = time.monotonic() + seconds
    while True:
        answer = ask()
        if answer == wanted or time.monotonic() > end:
            return answer
        time.sleep(0.05)


class LocalServerTest(unittest.TestCase):
    """The server is started once per class; `program` is the test's argument."""

    program = None

    @classmethod
    def setUpClass(cls):
        cls.server = LocalServer(cls.program)

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()


def main():
    LocalServerTest.program = sys.argv.pop(1)
    unittest.main(verbosity=2)
