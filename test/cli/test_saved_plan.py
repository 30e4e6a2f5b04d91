"""A plan in a file: what is in it, what it approves of, and what makes it void."""
import json
import os
import pathlib
import stat

from support import LocalRds as Base, instance, run

SECRET = {"DB_PASSWORD": "long-enough-secret"}


class SavedPlans(Base):
    def create(self, name, **more):
        path = self.file(instance(name, **more), name + ".yaml")
        self.assertStatus(self.run_local("apply", path, env=SECRET), 0)
        self.forget()
        return path

    def saved(self, path, *words, status=2):
        plan = os.path.join(self.folder, "saved.plan")
        done = self.run_local("plan", path, "--out", plan, *words)
        self.assertStatus(done, status)
        self.assertIn(f"saved: rdsteady apply --plan {plan}\n", done.stderr)
        self.forget()
        return plan

    def refused(self, plan, *reasons):
        done = self.run_local("apply", "--plan", plan, "--yes")
        self.assertStatus(done, 3)
        for reason in reasons:
            self.assertIn(f"  {reason}\n", done.stderr)
        self.assertIn(f"error: the plan of '{plan}' does not hold any more\n", done.stderr)
        self.assertEqual(self.mutating_calls(), [])
        return done

    def modify(self, name, *members):
        self.assertStatus(self.run_local("call", "ModifyDBInstance", f"DBInstanceIdentifier={name}", *members, "--yes"), 0)
        self.assertStatus(self.run_local("wait", f"DBInstance/{name}", "--for", "available", "--delay", "1"), 0)
        self.forget()

    def test_it_is_an_approval_and_private_and_applied_once(self):
        path = self.create("kept")
        self.file(instance("kept").replace("db.m6g.large", "db.m6g.xlarge"), "kept.yaml")
        plan = self.saved(path, "--when", "now")
        self.assertEqual(stat.S_IMODE(os.stat(plan).st_mode), 0o600)
        self.assertEqual([name for name in os.listdir(self.folder) if name.startswith("saved.plan")], ["saved.plan"])
        os.unlink(path)  # the manifest is in the plan
        done = self.run_local("apply", "--plan", plan)
        self.assertStatus(done, 0)
        self.assertIn("updated    DBInstance/kept", done.stdout)
        self.assertEqual(self.mutating_calls(), ["ModifyDBInstance"])
        self.forget()
        self.refused(plan, "DBInstance/kept.DBInstanceClass was db.m6g.large, and is db.m6g.xlarge")

    def test_a_creation_from_a_plan_resolves_the_secret_and_keeps_none(self):
        path = self.file(instance("fresh"))
        plan = self.saved(path)
        canary = "c4n4ry-of-this-test"
        self.assertNotIn(canary, pathlib.Path(plan).read_text())
        self.assertStatus(self.run_local("apply", "--plan", plan), 64)  # the secret is not there
        done = self.run_local("apply", "--plan", plan, env={"DB_PASSWORD": canary})
        self.assertStatus(done, 0)
        self.assertEqual(self.mutating_calls(), ["CreateDBInstance"])
        self.assertNotIn(canary, done.stdout + done.stderr)
        self.forget()
        self.refused(plan, "DBInstance/fresh was not there, and is there")

    def test_what_a_decision_read_and_has_moved_refuses(self):
        path = self.create("moved", days=2)
        self.file(instance("moved", storage=50, days=2) + "    Tags: {team: ours}\n", "moved.yaml")
        plan = self.saved(path, "--when", "now")
        self.modify("moved", "BackupRetentionPeriod=3", "ApplyImmediately=true")
        self.refused(plan, "DBInstance/moved.BackupRetentionPeriod was 2, and is 3")

    def test_what_no_decision_read_may_move(self):
        path = self.create("unread")
        self.file(instance("unread", storage=50), "unread.yaml")
        plan = self.saved(path, "--when", "now")
        reads = {read["name"] for read in json.loads(pathlib.Path(plan).read_text())["reads"]["DBInstance/unread"]["reads"]}
        self.assertIn("AllocatedStorage", reads)
        self.assertNotIn("LatestRestorableTime", reads)
        self.modify("unread", "CopyTagsToSnapshot=true", "ApplyImmediately=true")
        done = self.run_local("apply", "--plan", plan)
        self.assertStatus(done, 0)
        self.assertEqual(self.mutating_calls(), ["ModifyDBInstance"])

    def test_a_queued_change_of_another_refuses_what_would_flush_it(self):
        path = self.create("queue")
        self.file(instance("queue", storage=50), "queue.yaml")
        plan = self.saved(path, "--when", "now")
        self.modify("queue", "DBInstanceClass=db.m6g.xlarge")
        done = self.refused(plan)
        self.assertIn("DBInstanceClass", done.stderr)

    def test_what_has_gone_refuses(self):
        path = self.create("gone")
        self.file(instance("gone", days=4), "gone.yaml")
        plan = self.saved(path)
        self.assertStatus(self.run_local("delete", "DBInstance/gone", "--skip-final-snapshot", "--yes"), 0)
        self.forget()
        self.refused(plan, "DBInstance/gone was there, and is not there")

    def test_another_region_and_endpoint_are_not_even_read(self):
        path = self.create("target")
        self.file(instance("target", days=4), "target.yaml")
        plan = self.saved(path)
        region = self.endpoint["region"]
        done = self.run_local("apply", "--plan", plan, "--region", "eu-west-1")
        self.assertStatus(done, 3)
        self.assertIn(f"  it was made for region {region}, and --region says eu-west-1\n", done.stderr)
        keys = {"AWS_ACCESS_KEY_ID": self.credentials["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": self.credentials["SecretAccessKey"]}
        done = run("apply", "--plan", plan, "--endpoint-url", "http://127.0.0.1:9", "--region", region, env=dict(self.env, **keys))
        self.assertStatus(done, 3)
        self.assertIn(", and this is http://127.0.0.1:9\n", done.stderr)
        self.assertEqual(self.calls(), [])

    def test_the_region_of_the_plan_serves_where_none_is_set(self):
        path = self.create("regional")
        self.file(instance("regional", days=4), "regional.yaml")
        plan = self.saved(path)
        keys = {"AWS_ACCESS_KEY_ID": self.credentials["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": self.credentials["SecretAccessKey"]}
        done = run("apply", "--plan", plan, "--endpoint-url", self.endpoint["url"], env=dict(self.env, AWS_REGION="eu-west-1", **keys))
        self.assertStatus(done, 3)
        self.assertEqual(self.calls(), [])
        done = run("apply", "--plan", plan, "--endpoint-url", self.endpoint["url"], env=dict(self.env, **keys))
        self.assertStatus(done, 0)
        self.assertEqual(self.mutating_calls(), ["ModifyDBInstance"])

    def test_what_destroys_is_named_when_it_is_applied(self):
        path = self.create("precious", days=5)
        self.file(instance("precious", days=0), "precious.yaml")
        plan = self.saved(path, "--when", "now", "--allow-irreversible", "DBInstance/precious.BackupRetentionPeriod")
        done = self.run_local("apply", "--plan", plan, "--yes")
        self.assertStatus(done, 3)
        self.assertIn("    only with --allow-irreversible DBInstance/precious.BackupRetentionPeriod\n", done.stdout)
        self.assertEqual(self.mutating_calls(), [])
        done = self.run_local("apply", "--plan", plan, "--allow-irreversible", "DBInstance/precious.BackupRetentionPeriod")
        self.assertStatus(done, 0)
        self.assertEqual(self.mutating_calls(), ["ModifyDBInstance"])

    def test_its_policy_comes_along_and_ask_is_not_settled_by_it(self):
        path = self.create("ruled")
        self.file(instance("ruled", days=4), "ruled.yaml")
        policy = self.file("rules:\n  DBInstance:\n    '*': {BackupRetentionPeriod: ask}\n", "policy.yaml")
        plan = self.saved(path, "--policy", policy)
        os.unlink(policy)
        done = self.run_local("apply", "--plan", plan, "--yes")
        self.assertStatus(done, 3)
        self.assertIn(f"{policy}:3 says 'BackupRetentionPeriod: ask' for DBInstance *", done.stdout)
        self.assertEqual(self.mutating_calls(), [])
        done = self.run_local("apply", "--plan", plan, "--approve", "DBInstance/ruled.BackupRetentionPeriod")
        self.assertStatus(done, 0)
        self.assertEqual(self.mutating_calls(), ["ModifyDBInstance"])

    def test_what_is_no_whole_plan_of_ours_is_refused_without_a_call(self):
        path = self.create("broken")
        self.file(instance("broken", days=4), "broken.yaml")
        plan = self.saved(path)
        text = pathlib.Path(plan).read_text()
        printed = self.run_local("plan", path, "--json").stdout
        self.forget()
        edited = json.loads(text)
        edited["manifest"]["resources"][0]["states"]["BackupRetentionPeriod"] = 0
        for what, status, message in (
            (text[:len(text) // 2], 64, "it is no saved plan, or is truncated: not JSON at line "),
            (json.dumps(edited), 64, "it has been edited or damaged since it was saved\n  hint: change the manifest instead, and make the plan anew\n"),
            (text.replace("db.m6g.large", "db.m6g.mega"), 64, "it has been edited or damaged since it was saved\n"),
            (printed, 64, "it is what `plan --json` prints, which is for reading: it does not hold what `apply` needs\n"),
            ("[]", 64, "it is no saved plan\n  hint: make one with: rdsteady plan --out FILE\n"),
            (instance("broken"), 64, "it is no saved plan, or is truncated: "),
            ("", 64, "it is no saved plan, or is truncated: "),
        ):
            other = self.file(what, "other.plan")
            done = self.run_local("apply", "--plan", other, "--yes")
            self.assertStatus(done, status)
            self.assertIn(f"error: '{other}': {message}", done.stderr)
        done = self.run_local("apply", "--plan", "/nonexistent.plan")
        self.assertStatus(done, 64)
        newer = json.loads(text)
        newer["format_version"] = 2
        done = self.run_local("apply", "--plan", self.file(json.dumps(newer), "newer.plan"))
        self.assertStatus(done, 3)
        self.assertIn("it is a saved plan of format 2, and this version reads 1\n  hint: make the plan anew with this version\n", done.stderr)
        self.assertEqual(self.calls(), [])

    def test_a_literal_secret_cannot_be_saved(self):
        path = self.file(json.dumps({"DBInstanceIdentifier": "literal", "Engine": "postgres", "DBInstanceClass": "db.m6g.large",
                                     "AllocatedStorage": 20, "MasterUsername": "someone", "MasterUserPassword": "canary-literal"}), "script.json")
        plan = os.path.join(self.folder, "saved.plan")
        done = self.run_local("plan", path, "--out", plan)
        self.assertStatus(done, 64)
        self.assertIn("error: MasterUserPassword of DBInstance/literal is written out in the manifest, and a saved plan keeps no secret\n"
                      "  hint: refer to it: ", done.stderr)
        self.assertNotIn("canary-literal", done.stdout + done.stderr)
        self.assertFalse(os.path.exists(plan))
        self.assertEqual(self.calls(), [])

    def test_a_file_that_cannot_be_written(self):
        path = self.file(instance("unwritten"))
        for target, why in ((self.folder, "it is no file"), (os.path.join(self.folder, "no", "such", "folder"), "No such file or directory")):
            done = self.run_local("plan", path, "--out", target)
            self.assertStatus(done, 64)
            self.assertIn(f"error: '{target}' cannot be written: {why}\n", done.stderr)

    def test_references_and_settings_and_several_resources_come_back(self):
        text = ("vars: {days: 2}\n"
                "DBSubnetGroup:\n  whole:\n    DBSubnetGroupDescription: d\n    SubnetIds: [subnet-0a1b2c3d, subnet-4e5f6a7b]\n"
                + instance("whole", days="${days}") + "    DBSubnetGroupName: whole\n    Tags: {env: production}\n    wait: {timeout: 2h}\n")
        plan = self.saved(self.file(text))
        done = self.run_local("apply", "--plan", plan, env=SECRET)
        self.assertStatus(done, 0)
        self.assertEqual(self.mutating_calls(), ["CreateDBSubnetGroup", "CreateDBInstance"])
        self.assertStatus(self.run_local("apply", self.file(text)), 0)
        nothing = self.saved(self.file(text), status=0)
        self.forget()
        self.assertStatus(self.run_local("apply", "--plan", nothing), 0)
        self.assertEqual(self.mutating_calls(), [])
