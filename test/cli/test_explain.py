"""explain, plan --explain, iam: what the tables say, why a plan is as it is, and which permissions it needs."""
import json
import unittest

from support import LocalRds, clean_environment, instance, run


def statements(document):
    return {statement["Sid"]: statement for statement in document["Statement"]}


def actions(document):
    return [action for statement in document["Statement"] for action in statement["Action"]]


class Explain(unittest.TestCase):
    def test_a_property_a_kind_and_a_rule(self):
        done = run("explain", "dbinstance.storagetype")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertTrue(done.stdout.startswith("DBInstance.StorageType\n"), done.stdout)
        self.assertIn("What a change does\n", done.stdout)
        self.assertLessEqual(max(len(line) for line in done.stdout.splitlines()), 80)
        self.assertNotIn("\x1b", done.stdout)
        self.assertIn("  AllocatedStorage                     modify\n", run("explain", "DBInstance").stdout)
        self.assertIn("storage never shrinks\n", run("explain", "GROW-ONLY").stdout)

    def test_json_says_the_same(self):
        done = run("explain", "DBInstance.Port", "--json")
        said = json.loads(done.stdout)
        self.assertEqual([said["format_version"], said["type"], said["subject"]], [1, "explanation", "property"])
        self.assertEqual(said["value"], {"type": "integer", "least": 1150, "most": 65535})
        self.assertEqual(said["modify"], {"operation": "ModifyDBInstance", "as": "DBPortNumber"})
        self.assertEqual(said["effects"][0]["disruption"], "restart")

    def test_mistakes(self):
        for words, text in [
            (["DBInstance.StorageTyp"],
             "error: DBInstance has no property 'StorageTyp'\n  hint: did you mean 'StorageType'?\n"),
            ([], "error: 'rdsteady explain' needs a subject\n  hint: rdsteady explain DBInstance.StorageType\n"),
            (["Port", "--region", "x"], "error: unknown flag '--region' of 'rdsteady explain'\n"
                                        "  hint: see rdsteady explain --help\n"),
        ]:
            done = run("explain", *words)
            self.assertEqual((done.returncode, done.stdout, done.stderr), (64, "", text))
        done = run("explain", "Zzz", "--json")
        self.assertEqual(done.returncode, 64)
        self.assertEqual(json.loads(done.stdout)["errors"][0]["category"], "usage")


class Decisions(LocalRds):
    def test_a_plan_says_why(self):
        secret = {"DB_PASSWORD": "long-enough-secret"}
        path = self.file(instance("why", storage=30))
        done = self.run_local("plan", "--explain", path, env=secret)
        self.assertStatus(done, 2)
        self.assertIn("    AllocatedStorage: new, sent by CreateDBInstance\n        stated 30\n", done.stdout)
        self.assertIn("        stated (secret, env DB_PASSWORD)\n", done.stdout)
        self.assertStatus(self.run_local("apply", path, env=secret), 0)

        done = self.run_local("plan", "--explain", path)
        self.assertStatus(done, 0)
        self.assertIn("  DBInstance/why: unchanged\n  why:\n", done.stdout)
        self.assertTrue(done.stdout.endswith("nothing to do: 1 resource is as stated\n"), done.stdout)
        self.assertNotIn("why:", self.run_local("plan", path).stdout)

        self.file(instance("why", storage=20, days=3))
        done = self.run_local("plan", "--explain", "--json", path)
        self.assertStatus(done, 3)
        decisions = {one["property"]: one for one in json.loads(done.stdout)["resources"][0]["decisions"]}
        self.assertEqual(decisions["AllocatedStorage"]["verdict"], "refused")
        self.assertEqual(decisions["AllocatedStorage"]["rule"], "GROW-ONLY")
        self.assertEqual(decisions["Engine"]["verdict"], "equal")
        self.assertEqual([decisions["BackupRetentionPeriod"][m] for m in ("desired", "live", "scheduled")], [3, 1, None])
        self.assertEqual(self.mutating_calls(), ["CreateDBInstance"])

    def test_iam_of_a_manifest_reads_nothing_but_the_manifest(self):
        path = self.file("region: eu-west-1\naccount: '123456789012'\n" + instance("orders"))
        env = clean_environment(HTTPS_PROXY="http://127.0.0.1:1")
        done = run("iam", path, env=env)
        self.assertEqual(done.returncode, 0, done.stderr)
        policies = json.loads(done.stdout)
        self.assertEqual(sorted(policies), ["apply", "plan"])
        for document in policies.values():
            self.assertEqual(document["Version"], "2012-10-17")
            sids = [statement["Sid"] for statement in document["Statement"]]
            self.assertEqual(len(sids), len(set(sids)))
            for statement in document["Statement"]:
                self.assertRegex(statement["Sid"], r"^[A-Za-z0-9]+$")
                self.assertLessEqual(set(statement), {"Sid", "Effect", "Action", "Resource", "Condition"})
            self.assertEqual([action for action in actions(document) if "Delete" in action or "*" in action], [])
        self.assertEqual(statements(policies["plan"])["ReadDBInstance"]["Resource"],
                         ["arn:aws:rds:eu-west-1:123456789012:db:orders"])
        self.assertTrue(all(action.startswith(("rds:Describe", "rds:List")) for action in actions(policies["plan"])))
        self.assertIn("rds:CreateDBInstance", actions(policies["apply"]))
        self.assertIn("CreateDBInstance\n  rds:CreateDBInstance\n    creates the DBInstance", done.stderr)
        self.assertIn("(not confirmed)", done.stderr)
        self.assertEqual(run("iam", "--quiet", path, env=env).stderr, "")

        said = json.loads(run("iam", "--json", path, env=env).stdout)
        self.assertEqual([said["format_version"], said["type"]], [1, "iam"])
        self.assertEqual([said["plan"], said["apply"]], [policies["plan"], policies["apply"]])
        sids = {(one["policy"], one["sid"]) for one in said["reasons"]}
        self.assertEqual(sids, {(policy, statement["Sid"]) for policy in ("plan", "apply")
                                for statement in said[policy]["Statement"]})
        self.assertEqual(self.calls(), [])

    # What the server is really asked is what the policy allows.
    def test_every_call_of_a_run_is_allowed(self):
        path = self.file(instance("allowed") + "    Tags: {a: b}\n    EngineVersion: 15\n")
        secret = {"DB_PASSWORD": "long-enough-secret"}
        self.assertStatus(self.run_local("apply", path, env=secret), 0)
        self.file(instance("allowed", days=3) + "    Tags: {c: d}\n    EngineVersion: 15\n")
        self.assertStatus(self.run_local("apply", path, "--when", "now", "--yes", env=secret), 0)
        asked = {"rds:" + call["operation"] for call in self.calls()}
        self.assertIn("rds:ModifyDBInstance", asked)
        document = json.loads(run("iam", "--quiet", path).stdout)["apply"]
        self.assertEqual(asked - set(actions(document)), set())

    def test_a_manifest_with_faults_has_no_policy(self):
        done = run("iam", self.file("DBInstance:\n  orders:\n    Engin: postgres\n"))
        self.assertStatus(done, 64)
        self.assertEqual(done.stdout, "")
        self.assertIn("did you mean 'Engine'?", done.stderr)


if __name__ == "__main__":
    unittest.main()
