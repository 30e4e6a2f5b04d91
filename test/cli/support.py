"""The program under test, and a local RDS of a test class's own, in a folder of its own."""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

PROGRAM = os.environ["RDSTEADY"]
SOURCE = pathlib.Path(os.environ["RDSTEADY_SOURCE_DIR"])


def run(*words, env=None, cwd=None, input="", timeout=300):
    """One run of the program with nothing on its standard input but `input`. Words are its arguments."""
    return subprocess.run([PROGRAM, *words], env=env or clean_environment(), cwd=cwd, input=input, text=True,
                          capture_output=True, timeout=timeout)


def clean_environment(**more):
    """This process's environment without what would speak to AWS or decorate output."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "RDSTEADY"))}
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_COLOR"):
        env.pop(name, None)
    env["HOME"] = "/nonexistent"
    env.update(more)
    return env


class LocalRds(unittest.TestCase):
    """Tests with a server of their own: databases are simulated, so nothing is real but the protocol and the state."""

    arguments = ("--simulate",)

    @classmethod
    def setUpClass(cls):
        # Short, because sockets lie in it.
        cls.home = tempfile.mkdtemp(prefix="rdsteady-", dir="/tmp")
        os.chmod(cls.home, 0o755)
        cls.env = clean_environment(RDSTEADY_HOME=cls.home + "/home")
        cls.server = subprocess.Popen([PROGRAM, "local", "start", "--foreground", "--json", *cls.arguments], env=cls.env,
                                      stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        text = ""
        for line in cls.server.stdout:
            text += line
            if line == "}\n":
                break
        cls.endpoint = json.loads(text)
        cls.log = pathlib.Path(cls.endpoint["home"], "log", "access.log")
        cls.credentials = json.loads(pathlib.Path(cls.endpoint["home"], "credentials.json").read_text())

    @classmethod
    def tearDownClass(cls):
        cls.server.send_signal(signal.SIGTERM)
        ended = cls.server.wait(timeout=60)
        cls.server.stdout.close()
        shutil.rmtree(cls.home, ignore_errors=True)
        if ended != 0:
            raise AssertionError(f"the server ended with {ended}")

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="manifest-", dir=self.home)
        self.seen = self.count_lines()

    def file(self, text, name="rdsteady.yaml"):
        path = os.path.join(self.folder, name)
        pathlib.Path(path).write_text(text)
        return path

    def run_local(self, *words, **more):
        env = dict(self.env, **more.pop("env", {}))
        return run(*words, "--local", env=env, **more)

    def count_lines(self):
        return len(self.log.read_text().splitlines()) if self.log.exists() else 0

    def calls(self):
        """What the server was asked since the test began, or since forget()."""
        return [json.loads(line) for line in self.log.read_text().splitlines()[self.seen:]]

    def mutating_calls(self):
        return [call["operation"] for call in self.calls() if call["mutating"]]

    def forget(self):
        self.seen = self.count_lines()

    def assertStatus(self, done, status):
        self.assertEqual(done.returncode, status, f"stdout:\n{done.stdout}\nstderr:\n{done.stderr}")


def wait_until(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError("it did not come to pass in time")


INSTANCE = """\
DBInstance:
  {name}:
    Engine: postgres
    DBInstanceClass: db.m6g.large
    AllocatedStorage: {storage}
    MasterUsername: someone
    MasterUserPassword: {{env: DB_PASSWORD}}
    BackupRetentionPeriod: {days}
"""


def instance(name, storage=20, days=1):
    return INSTANCE.format(name=name, storage=storage, days=days)
