"""What policies refuse, ask about and require, from manifests, policy files and flags together."""
import json

from support import LocalRds as Base, instance, run

SECRET = {"DB_PASSWORD": "long-enough-secret"}


class Policies(Base):
    def create(self, name, **more):
        path = self.file(instance(name, **more), name + ".yaml")
        self.assertStatus(self.run_local("apply", path, env=SECRET), 0)
        self.forget()
        return path

    def test_the_strictest_of_several_files_wins_and_names_its_line(self):
        path = self.create("several")
        self.file("policy:\n  rules:\n    DBInstance:\n      sev*: {BackupRetentionPeriod: now}\n" + instance("several", days=9), "several.yaml")
        loose = self.file("rules:\n  DBInstance:\n    '*': {BackupRetentionPeriod: ask}\n", "loose.yaml")
        strict = self.file("rules:\n  DBInstance:\n    'several':\n      BackupRetentionPeriod: never\n", "strict.yaml")
        done = self.run_local("apply", path, "--policy", loose, "--policy", strict, "--yes",
                              "--approve", "DBInstance/several.BackupRetentionPeriod")
        self.assertStatus(done, 3)
        self.assertIn(f"BackupRetentionPeriod may not be changed: {strict}:4 says 'BackupRetentionPeriod: never' for DBInstance several", done.stderr)
        self.assertEqual(self.mutating_calls(), [])
        self.assertStatus(self.run_local("apply", path), 0)
        self.assertEqual(self.mutating_calls(), ["ModifyDBInstance"])

    def test_ask_is_not_settled_by_yes(self):
        path = self.create("asks")
        self.file(instance("asks", days=9), "asks.yaml")
        policy = self.file("rules:\n  DBInstance:\n    '*': {BackupRetentionPeriod: ask}\n", "policy.yaml")
        done = self.run_local("apply", path, "--policy", policy, "--yes")
        self.assertStatus(done, 3)
        self.assertIn(f"needs approval:\n  DBInstance/asks.BackupRetentionPeriod: {policy}:3 says 'BackupRetentionPeriod: ask' for DBInstance *\n"
                      "    only by a person, or with --approve DBInstance/asks.BackupRetentionPeriod\n", done.stdout)
        self.assertEqual(done.stderr, "error: the plan needs approval, and nobody can be asked\n"
                                      "  hint: a policy says ask: approve of each such change with --approve KIND/NAME.PROPERTY\n")
        self.assertEqual(self.mutating_calls(), [])
        said = json.loads(self.run_local("plan", path, "--policy", policy, "--json").stdout)
        self.assertEqual([need["asked"] for need in said["approvals"]], [True])
        done = self.run_local("apply", path, "--policy", policy, "--approve", "DBInstance/asks.BackupRetentionPeriod")
        self.assertStatus(done, 0)
        self.assertEqual(self.mutating_calls(), ["ModifyDBInstance"])

    def test_create_asks_and_never(self):
        path = self.file(instance("born"))
        never = self.file("rules:\n  DBInstance:\n    '*': {create: never}\n", "never.yaml")
        ask = self.file("rules:\n  DBInstance:\n    '*': {create: ask}\n", "ask.yaml")
        done = self.run_local("apply", path, "--policy", never, "--yes", env=SECRET)
        self.assertStatus(done, 3)
        self.assertIn("it does not exist and may not be created", done.stderr)
        done = self.run_local("apply", path, "--policy", ask, "--yes", env=SECRET)
        self.assertStatus(done, 3)
        self.assertEqual(self.mutating_calls(), [])
        done = self.run_local("apply", path, "--policy", ask, "--approve", "DBInstance/born.create", env=SECRET)
        self.assertStatus(done, 0)
        self.assertEqual(self.mutating_calls(), ["CreateDBInstance"])
        self.assertStatus(self.run_local("apply", path, "--policy", never), 0)  # it exists

    def test_now_approves(self):
        path = self.create("approved")
        self.file(instance("approved").replace("db.m6g.large", "db.m6g.xlarge"), "approved.yaml")
        policy = self.file("rules:\n  DBInstance:\n    '*': {DBInstanceClass: now}\n", "policy.yaml")
        self.assertStatus(self.run_local("apply", path, "--when", "now"), 3)
        self.assertStatus(self.run_local("apply", path, "--when", "now", "--policy", policy), 0)

    def test_window_waits_whatever_the_flag_says(self):
        path = self.create("waits")
        self.file(instance("waits", days=4).replace("db.m6g.large", "db.m6g.xlarge"), "waits.yaml")
        policy = self.file("rules:\n  DBInstance:\n    '*': {DBInstanceClass: window}\n", "policy.yaml")
        done = self.run_local("apply", path, "--when", "now", "--policy", policy, "--yes")
        self.assertStatus(done, 0)
        self.assertIn("scheduled  DBInstance/waits", done.stdout)
        self.assertEqual([sorted(call["parameters"]) for call in self.calls() if call["mutating"]],
                         [["BackupRetentionPeriod", "DBInstanceIdentifier"], ["DBInstanceClass", "DBInstanceIdentifier"]])
        self.forget()
        self.assertStatus(self.run_local("apply", path, "--when", "now", "--policy", policy, "--yes"), 0)
        self.assertEqual(self.mutating_calls(), [])
        overridable = self.file("overridable: true\nrules:\n  DBInstance:\n    '*': {DBInstanceClass: window}\n", "policy.yaml")
        self.assertStatus(self.run_local("apply", path, "--when", "now", "--policy", overridable, "--yes"), 0)
        self.assertEqual(self.mutating_calls(), ["ModifyDBInstance"])

    def test_what_is_required_must_hold(self):
        path = self.create("held")
        policy = self.file("rules:\n  DBInstance:\n    '*':\n      require: {BackupRetentionPeriod: {at_least: 7}, DeletionProtection: true}\n", "policy.yaml")
        done = self.run_local("plan", path, "--policy", policy)
        self.assertStatus(done, 3)
        self.assertIn(f"BackupRetentionPeriod is 1, and must be at least 7 ({policy}:4)", done.stdout)
        self.assertIn(f"DeletionProtection is false and is not stated, and must be true ({policy}:4)", done.stdout)
        self.file(instance("held", days=7) + "    DeletionProtection: true\n", "held.yaml")
        self.assertStatus(self.run_local("apply", path, "--policy", policy), 0)
        self.assertStatus(self.run_local("apply", path, "--policy", policy), 0)

    def test_validate_finds_offline_what_is_required_otherwise(self):
        path = self.file(instance("offline"))
        policy = self.file("rules:\n  DBInstance:\n    '*':\n      require: {BackupRetentionPeriod: {at_least: 7}}\n", "policy.yaml")
        done = run("validate", path, "--policy", policy)
        self.assertStatus(done, 3)
        self.assertEqual((done.stdout, done.stderr.replace(path, "FILE").replace(policy, "POLICY")),
                         ("", "FILE:8:5: error: BackupRetentionPeriod of DBInstance/offline is 1, and must be at least 7\n"
                              "        BackupRetentionPeriod: 1\n"
                              "        ^~~~~~~~~~~~~~~~~~~~~\n"
                              "  POLICY:4:17: required here for DBInstance *\n"
                              "          require: {BackupRetentionPeriod: {at_least: 7}}\n"
                              "                    ^~~~~~~~~~~~~~~~~~~~~\n"
                              "1 error\n"))
        said = json.loads(run("validate", path, "--policy", policy, "--json").stdout)
        self.assertEqual((said["valid"], said["diagnostics"][0]["line"]), (False, 8))
        self.assertEqual(self.calls(), [])

    def test_faults_of_all_files_are_told_together_and_nothing_is_called(self):
        path = self.file(instance("faulty") + "    Nonsense: 1\n")
        policy = self.file("rules:\n  DBInstance:\n    prod-*:\n      DBInstanceClass: sometimes\n      AllocatedStorag: ask\n", "policy.yaml")
        other = self.file("max_disruption: ${most}\n", "other.yaml")  # variables are the manifest's
        done = self.run_local("apply", path, "--policy", policy, "--policy", other, "--policy", "/nonexistent")
        self.assertStatus(done, 64)
        said = done.stderr.replace(policy, "POLICY").replace(other, "OTHER")
        self.assertIn("unknown property 'Nonsense' of DBInstance", said)
        self.assertIn("POLICY:4:24: error: DBInstanceClass takes 'never', 'ask', 'window' or 'now', not 'sometimes'\n"
                      "          DBInstanceClass: sometimes\n"
                      "                           ^~~~~~~~~\n", said)
        self.assertIn("POLICY:5:7: error: unknown property 'AllocatedStorag' of DBInstance\n", said)
        self.assertIn("OTHER:1:17: error: the most disruption is 'none', 'degraded', 'failover', 'restart' or 'outage', not '${most}'\n", said)
        self.assertIn("/nonexistent: error: ", said)
        self.assertTrue(said.endswith("5 errors\n"), said)
        self.assertEqual(self.calls(), [])

    def test_power_obeys_the_words(self):
        path = self.create("powered")
        self.file(instance("powered") + "    power: stopped\n", "powered.yaml")
        policy = self.file("rules:\n  DBInstance:\n    '*': {power: never}\n", "policy.yaml")
        done = self.run_local("apply", path, "--policy", policy, "--yes")
        self.assertStatus(done, 3)
        self.assertIn("power may not be changed", done.stderr)
        self.assertEqual(self.mutating_calls(), [])
