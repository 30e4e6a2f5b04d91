"""Mistakes are told all at once, with their place and what was probably meant, and nothing is called."""
import os
import tempfile
import unittest

from support import LocalRds, clean_environment, instance, run


class CommandLine(unittest.TestCase):
    def test_version_and_help_go_to_stdout(self):
        done = run("--version")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, r"^rdsteady \d+\.\d+\.\d+\n$")
        for words in (["--help"], ["apply", "--help"], ["local", "start", "--help"]):
            done = run(*words)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertIn("--help", done.stdout)

    def test_mistakes_go_to_stderr_and_exit_with_64(self):
        for words, message in (
            (["aply"], "error: unknown command 'aply' of 'rdsteady'\n  hint: did you mean 'apply'?\n"),
            (["apply", "--jsn"], "error: unknown flag '--jsn' of 'rdsteady apply'\n  hint: did you mean '--json'?\n"),
            (["schema"], "error: 'rdsteady schema' is not built yet\n  hint: the README lists what is there\n"),
        ):
            done = run(*words)
            self.assertEqual((done.returncode, done.stdout, done.stderr), (64, "", message))
        done = run()
        self.assertEqual((done.returncode, done.stdout), (64, ""))
        self.assertTrue(done.stderr.endswith("error: no command is given\n"))

    def test_an_operation_that_does_not_exist(self):
        done = run("call", "DescribeDBInstance")
        self.assertEqual((done.returncode, done.stdout), (64, ""))
        self.assertEqual(done.stderr, "error: there is no operation 'DescribeDBInstance'\n  hint: did you mean 'DescribeDBInstances'?\n")


class Manifests(LocalRds):
    def refused(self, text, command="apply"):
        path = self.file(text)
        done = self.run_local(command, path)
        self.assertStatus(done, 64)
        self.assertEqual(done.stdout, "")
        self.assertEqual(self.calls(), [])
        return done.stderr.replace(path, "FILE")

    def test_unknown_property(self):
        said = self.refused(instance("orders").replace("AllocatedStorage", "AllocatedStorag"))
        self.assertEqual(said,
                         "FILE:5:5: error: unknown property 'AllocatedStorag' of DBInstance\n"
                         "        AllocatedStorag: 20\n"
                         "        ^~~~~~~~~~~~~~~\n"
                         "  hint: did you mean 'AllocatedStorage'?\n"
                         "1 error\n")

    def test_all_faults_are_told_together(self):
        said = self.refused("DBInstanc:\n  a: {}\n" + instance("orders", storage="much") + "    Nonsense: 1\n")
        self.assertIn("FILE:1:1: error: unknown kind 'DBInstanc'", said)
        self.assertIn("did you mean 'DBInstance'?", said)
        self.assertIn("FILE:7:23: error:", said)
        self.assertIn("unknown property 'Nonsense'", said)
        self.assertTrue(said.endswith("3 errors\n"), said)

    def test_a_password_on_a_broken_line_is_masked(self):
        said = self.refused("DBInstance:\n  orders:\n    MasterUserPassword: 'canary\n")
        self.assertNotIn("canary", said)

    def test_a_literal_secret_is_refused_without_showing_it(self):
        said = self.refused(instance("orders").replace("{env: DB_PASSWORD}", "canary"))
        self.assertNotIn("canary", said)

    def test_files_that_are_none(self):
        for path in ("/nonexistent.yaml", "/dev/null"):
            done = self.run_local("apply", path)
            self.assertStatus(done, 64)
            self.assertIn(path, done.stderr)
        empty = self.file("")
        self.assertStatus(self.run_local("plan", empty), 64)
        big = self.file("# " + "x" * (70 << 20))
        done = self.run_local("plan", big)
        self.assertStatus(done, 64)
        self.assertIn("64 MiB", done.stderr)
        self.assertEqual(self.calls(), [])

    def test_the_default_manifest_is_missing(self):
        done = run("validate", env=clean_environment(), cwd=tempfile.mkdtemp(dir=self.folder))
        self.assertStatus(done, 64)
        self.assertIn("rdsteady.yaml", done.stderr)

    def test_validate_needs_no_service(self):
        path = self.file(instance("orders"))
        done = run("validate", os.path.basename(path), env=clean_environment(), cwd=self.folder)
        self.assertStatus(done, 0)
        self.assertEqual(done.stdout, "the manifest is valid: 1 resource\n")

    def test_json_holds_the_faults_too(self):
        import json
        path = self.file("DBInstance:\n  orders:\n    Nonsense: 1\n")
        done = run("validate", "--json", path, env=clean_environment())
        self.assertStatus(done, 64)
        self.assertEqual(done.stderr, "")
        said = json.loads(done.stdout)
        self.assertEqual((said["type"], said["format_version"]), ("error", 1))
        self.assertEqual(said["diagnostics"][0]["line"], 3)

    def test_a_secret_that_cannot_be_resolved_ends_the_run_before_the_first_call(self):
        path = self.file(instance("unresolved"))
        done = self.run_local("apply", path)
        self.assertStatus(done, 64)
        self.assertIn("the secret from env DB_PASSWORD cannot be resolved: the variable is not set", done.stderr)
        self.assertEqual(self.mutating_calls(), [])
