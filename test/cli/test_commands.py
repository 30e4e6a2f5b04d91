"""What each command does, says and exits with, against a server whose log tells what it was asked."""
import json
import signal
import subprocess
import unittest

from support import PROGRAM, LocalRds as Base, instance, run, wait_until

SECRET = {"DB_PASSWORD": "long-enough-secret"}


class Commands(Base):
    def create(self, name, **more):
        path = self.file(instance(name, **more), name + ".yaml")
        done = self.run_local("apply", path, env=SECRET)
        self.assertStatus(done, 0)
        self.forget()
        return path

    def test_apply_twice_then_edit(self):
        path = self.file(instance("twice"))
        planned = self.run_local("plan", path)
        self.assertStatus(planned, 2)
        self.assertIn("+ DBInstance/twice: create\n  CreateDBInstance: new, empty\n", planned.stdout)
        self.assertTrue(planned.stdout.endswith("1 to create; 1 call to make\n"), planned.stdout)
        self.assertEqual(self.mutating_calls(), [])

        first = self.run_local("apply", path, env=SECRET)
        self.assertStatus(first, 0)
        self.assertEqual(self.mutating_calls(), ["CreateDBInstance"])
        self.assertRegex(first.stdout, r"created    DBInstance/twice: \S+ at 127\.\d+\.\d+\.\d+:5432\n")
        self.assertTrue(first.stdout.endswith("1 created; mutating calls: 1\n"), first.stdout)
        self.assertIn("DBInstance/twice: calling CreateDBInstance\n", first.stderr)
        self.assertNotIn("\x1b", first.stdout + first.stderr)

        self.forget()
        second = self.run_local("apply", path)  # without the secret: nothing needs it
        self.assertStatus(second, 0)
        self.assertEqual(second.stdout, "nothing to do: 1 resource is as stated; mutating calls: 0\n")
        self.assertEqual(self.mutating_calls(), [])
        self.assertStatus(self.run_local("plan", path), 0)

        self.file(instance("twice", days=3))
        planned = self.run_local("plan", path)
        self.assertStatus(planned, 2)
        self.assertIn("    BackupRetentionPeriod: 1 -> 3\n", planned.stdout)
        self.forget()
        third = self.run_local("apply", path)
        self.assertStatus(third, 0)
        modify = [call for call in self.calls() if call["mutating"]]
        self.assertEqual([call["operation"] for call in modify], ["ModifyDBInstance"])
        self.assertEqual(sorted(modify[0]["parameters"]), ["BackupRetentionPeriod", "DBInstanceIdentifier"])
        self.assertStatus(self.run_local("apply", path), 0)

    def test_status_tells_what_differs_and_exits_with_2(self):
        path = self.create("told")
        done = self.run_local("status", path)
        self.assertStatus(done, 0)
        self.assertRegex(done.stdout, r"DBInstance/told: available at 127\.\d+\.\d+\.\d+:5432\n1 resource is as stated\n")
        self.file(instance("told", days=5), "told.yaml")
        done = self.run_local("status", path)
        self.assertStatus(done, 2)
        self.assertIn("  differs: BackupRetentionPeriod is 1, stated 5\n1 of 1 resource differs\n", done.stdout)
        self.assertNotIn("ModifyDBInstance", done.stdout)
        said = json.loads(self.run_local("status", path, "--json").stdout)
        self.assertEqual(said["resources"][0]["differs"], [{"property": "BackupRetentionPeriod", "stated": 5, "live": 1}])

    def test_what_is_scheduled_is_success_and_detailed_is_4(self):
        path = self.create("later")
        self.file(instance("later").replace("db.m6g.large", "db.m6g.xlarge"), "later.yaml")
        done = self.run_local("apply", path, "--yes")
        self.assertStatus(done, 0)
        self.assertIn("scheduled  DBInstance/later", done.stdout)
        self.forget()
        self.assertStatus(self.run_local("apply", path), 0)
        self.assertStatus(self.run_local("apply", path, "--detailed-exit-code"), 4)
        self.assertStatus(self.run_local("plan", path), 0)
        self.assertEqual(self.mutating_calls(), [])
        self.assertIn("  scheduled: DBInstanceClass", self.run_local("status", path).stdout)

    def test_what_disrupts_needs_approval(self):
        path = self.create("gentle")
        self.file(instance("gentle").replace("db.m6g.large", "db.m6g.xlarge"), "gentle.yaml")
        done = self.run_local("apply", path, "--when", "now")
        self.assertStatus(done, 3)
        self.assertIn("needs approval:\n  DBInstance/gentle.DBInstanceClass: ", done.stdout)
        self.assertEqual(done.stderr, "error: the plan needs approval, and nobody can be asked\n  hint: approve of the plan with --yes\n")
        self.assertEqual(self.mutating_calls(), [])
        done = self.run_local("apply", path, "--when", "now", "--approve", "DBInstance/gentle.DBInstanceClass")
        self.assertStatus(done, 0)
        self.assertEqual(self.mutating_calls(), ["ModifyDBInstance"])

    def test_policy_refuses(self):
        path = self.create("guarded")
        self.file(instance("guarded", days=9), "guarded.yaml")
        done = self.run_local("apply", path, "--allow-update", "AllocatedStorage,Iops")
        self.assertStatus(done, 3)
        self.assertIn("refused    DBInstance/guarded", done.stdout)
        self.assertIn("BackupRetentionPeriod", done.stderr)
        policy = self.file("policy:\n  updatable: [AllocatedStorage]\n", "policy.yaml")
        done = self.run_local("plan", path, "--policy", policy)
        self.assertStatus(done, 3)
        self.assertIn("! DBInstance/guarded: refused\n", done.stdout)
        self.assertEqual(self.mutating_calls(), [])
        self.assertStatus(self.run_local("apply", path, "--allow-update", "BackupRetentionPeriod"), 0)

    def test_another_account_is_refused(self):
        path = self.file('account: "999999999999"\n' + instance("foreign"))
        done = self.run_local("apply", path, env=SECRET)
        self.assertStatus(done, 3)
        self.assertIn("the manifest is for account 999999999999, but the credentials are of account", done.stderr)
        self.assertEqual(self.mutating_calls(), [])

    def test_no_wait_is_accepted_and_wait_finishes(self):
        path = self.file(instance("hasty"))
        done = self.run_local("apply", path, "--no-wait", env=SECRET)
        self.assertStatus(done, 5)
        self.assertIn("accepted   DBInstance/hasty", done.stdout)
        done = self.run_local("wait", "DBInstance/hasty", "--for", "available")
        self.assertStatus(done, 0)
        self.assertEqual(done.stdout, "DBInstance/hasty: available\n")
        done = self.run_local("wait", path)
        self.assertStatus(done, 0)
        self.assertEqual(done.stdout, "DBInstance/hasty: settled\n")
        self.assertStatus(self.run_local("apply", path), 0)

    def test_a_wait_that_runs_out(self):
        done = self.run_local("wait", "DBInstance/nobody", "--for", "available", "--delay", "1", "--max-attempts", "1")
        self.assertStatus(done, 1)
        self.assertIn("DBInstance/nobody", done.stderr)

    def test_json_is_the_only_thing_on_stdout(self):
        path = self.file(instance("machine"))
        plan = self.run_local("plan", path, "--json")
        self.assertStatus(plan, 2)
        self.assertEqual(json.loads(plan.stdout)["counts"]["create"], 1)
        done = self.run_local("apply", path, "--json", env=SECRET)
        self.assertStatus(done, 0)
        said = json.loads(done.stdout)
        self.assertEqual((said["type"], said["format_version"], said["counts"]["created"]), ("outcome", 1, 1))
        events = [json.loads(line) for line in done.stderr.splitlines()]
        self.assertTrue(all(event["type"] == "event" for event in events))
        self.assertEqual([event["operation"] for event in events if event["event"] == "calling"], ["CreateDBInstance"])
        self.assertEqual([event["resource"] for event in events if event["event"] == "done"], ["DBInstance/machine"])

    def test_quiet_says_only_the_result(self):
        path = self.file(instance("silent"))
        done = self.run_local("apply", path, "--quiet", env=SECRET)
        self.assertStatus(done, 0)
        self.assertEqual(done.stderr, "")

    def test_call(self):
        done = self.run_local("call", "DescribeDBInstances", "MaxRecords=20")
        self.assertStatus(done, 0)
        self.assertIn("DBInstances", json.loads(done.stdout))
        done = self.run_local("call", "CreateDBSubnetGroup", "DBSubnetGroupName=g", "DBSubnetGroupDescription=d", "SubnetIds=[subnet-1,subnet-2]")
        self.assertStatus(done, 3)
        self.assertEqual(done.stderr, "error: CreateDBSubnetGroup may change something, and nobody can be asked\n  hint: send it with --yes\n")
        self.assertEqual(self.mutating_calls(), [])
        done = self.run_local("call", "CreateDBSubnetGroup", "DBSubnetGroupName=g", "DBSubnetGroupDescription=d",
                              "SubnetIds=[subnet-0a1b2c3d,subnet-4e5f6a7b]", "--yes")
        self.assertStatus(done, 0)
        self.assertEqual(json.loads(done.stdout)["DBSubnetGroup"]["DBSubnetGroupName"], "g")
        done = self.run_local("call", "DescribeDBInstances", "DBInstanceIdentifier=nobody")
        self.assertStatus(done, 1)
        self.assertIn("DescribeDBInstances: ", done.stderr)
        self.assertIn("code DBInstanceNotFound, HTTP 404, request id ", done.stderr)

    def test_delete(self):
        self.create("doomed")
        done = self.run_local("delete", "DBInstance/doomed")
        self.assertStatus(done, 64)
        self.assertEqual(done.stderr, "error: deleting DBInstance/doomed needs --final-snapshot ID or --skip-final-snapshot\n"
                                      "  hint: without a final snapshot the data is gone for good\n")
        done = self.run_local("delete", "DBInstance/doomed", "--skip-final-snapshot")
        self.assertStatus(done, 3)
        self.assertEqual(self.mutating_calls(), [])
        done = self.run_local("delete", "DBInstance/doomed", "--skip-final-snapshot", "--yes")
        self.assertStatus(done, 0)
        self.assertEqual(done.stdout, "DBInstance/doomed: deleted\n")
        self.assertStatus(self.run_local("delete", "DBInstance/doomed", "--skip-final-snapshot", "--yes"), 1)

    def test_token(self):
        done = self.run_local("token", "--host", "db.example", "--port", "5432", "--user", "someone")
        self.assertStatus(done, 0)
        self.assertRegex(done.stdout, r"^db\.example:5432/\?Action=connect&DBUser=someone&X-Amz-Algorithm=AWS4-HMAC-SHA256&.*X-Amz-Expires=900.*\n$")
        self.assertNotIn(self.credentials["SecretAccessKey"], done.stdout)
        self.assertEqual(self.calls(), [])

    def test_local_status_lists_the_databases(self):
        self.create("listed")
        done = run("local", "status", env=self.env)
        self.assertStatus(done, 0)
        self.assertRegex(done.stdout, r"the local RDS is running at http://127\.0\.0\.1:\d+ \(region us-east-1, account \d{12}, pid \d+\)\n")
        self.assertRegex(done.stdout, r"  listed: available at 127\.\d+\.\d+\.\d+:5432 \(postgres \S+, simulated\)\n")
        done = run("local", "start", env=self.env)  # it runs already
        self.assertStatus(done, 0)
        self.assertIn(f"pid {self.server.pid}", done.stdout)
        self.assertStatus(run("local", "reset", env=self.env), 3)

    def test_a_signal_ends_at_a_steps_border_and_the_next_run_goes_on(self):
        for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            path = self.file(instance(f"cut{status}"))
            self.forget()
            running = subprocess.Popen([PROGRAM, "apply", path, "--local"], env=dict(self.env, **SECRET), stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE, text=True)
            wait_until(lambda: self.mutating_calls() == ["CreateDBInstance"])
            running.send_signal(number)
            _, err = running.communicate(timeout=60)
            self.assertEqual(running.returncode, status, err)
            self.assertIn("run the same command again", err)
            self.assertStatus(self.run_local("apply", path), 0)
            self.assertStatus(self.run_local("wait", path), 0)
            self.assertStatus(self.run_local("plan", path), 0)
            self.assertEqual(self.mutating_calls(), ["CreateDBInstance"])

    def test_a_closed_pipe_is_a_failure_not_a_crash(self):
        path = self.file(instance("piped"))
        with subprocess.Popen([PROGRAM, "plan", path, "--local"], env=self.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
            running.stdout.close()
            running.stderr.read()
            self.assertEqual(running.wait(timeout=60), 1)
