"""A secret that is given appears nowhere: not in output, log, state, process argument, nor a child's environment."""
import os
import pathlib
import unittest

from support import LocalRds as Base, instance, run

CANARY = f"c4n4ry-{os.getpid()}-{os.urandom(6).hex()}"  # of this run: others may run the same test


def holds(path, needle):
    try:
        return needle in path.read_bytes()
    except OSError:
        return False


class Secrets(Base):
    def assertNowhere(self, *texts):
        for text in texts:
            self.assertNotIn(CANARY, text)
        needle = CANARY.encode()
        found = [str(path) for path in pathlib.Path(self.home).rglob("*") if path.is_file() and "given" not in path.name and holds(path, needle)]
        self.assertEqual(found, [])
        for process in pathlib.Path("/proc").iterdir():
            if not process.name.isdigit() or int(process.name) == os.getpid():
                continue
            for what in ("cmdline", "environ"):
                self.assertFalse(holds(process / what, needle), f"{process / what} holds the secret")

    def test_from_everywhere(self):
        given = self.file(CANARY + "\n", "given")
        script = self.file(f"#!/bin/sh\necho {CANARY}\n", "given.sh")
        os.chmod(script, 0o755)
        for number, reference in enumerate(("{env: DB_PASSWORD}", f"{{file: {given}}}", f"{{command: [{script}]}}")):
            name = f"secret{number}"
            path = self.file(instance(name).replace("{env: DB_PASSWORD}", reference), name + ".yaml")
            texts = []
            saved = os.path.join(self.folder, name + ".plan")
            for words in (("validate",), ("plan",), ("plan", "--json"), ("plan", "--out", saved), ("apply", "--json"), ("apply",), ("status",)):
                done = (run(*words, path, env=dict(self.env, DB_PASSWORD=CANARY)) if words[0] == "validate"
                        else self.run_local(*words, path, env={"DB_PASSWORD": CANARY}))
                self.assertIn(done.returncode, (0, 2), done.stderr)
                texts += [done.stdout, done.stderr]
            self.assertIn("secret" + str(number), pathlib.Path(saved).read_text())  # it is there to be looked through
            self.assertNowhere(*texts)

    def test_a_call_takes_references(self):
        path = self.file(instance("called"), "called.yaml")
        self.assertStatus(self.run_local("apply", path, env={"DB_PASSWORD": CANARY}), 0)
        done = self.run_local("call", "ModifyDBInstance", "DBInstanceIdentifier=called", 'MasterUserPassword={"env": "DB_PASSWORD"}', "--yes",
                              env={"DB_PASSWORD": CANARY})
        self.assertStatus(done, 0)
        self.assertNowhere(done.stdout, done.stderr)

    def test_a_daemon_does_not_inherit_it(self):
        home = os.path.join(self.folder, "daemon")
        os.chmod(self.folder, 0o755)
        env = dict(self.env, RDSTEADY_HOME=home, DB_PASSWORD=CANARY)
        try:
            done = run("call", "DescribeDBInstances", "--local", env=env)  # starts it
            self.assertStatus(done, 0)
            self.assertNowhere(done.stdout, done.stderr)
        finally:
            self.assertStatus(run("local", "stop", env=env), 0)
