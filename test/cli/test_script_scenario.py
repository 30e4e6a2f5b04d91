"""The dictionary of a script on an SDK, taken as it is."""
import json
import pathlib
import unittest

from support import SOURCE, LocalRds as Base

EXAMPLES = SOURCE / "examples"
UPDATABLE = "AllocatedStorage,DBInstanceClass,DBParameterGroupName,DBSubnetGroupName,EngineVersion,Iops,StorageType"


class Script(Base):
    def test_the_script_applies_twice(self):
        groups = str(EXAMPLES / "script-groups.yaml")
        dictionary = str(EXAMPLES / "script-dictionary.json")
        for path, created in ((groups, 2), (dictionary, 1)):
            self.forget()
            done = self.run_local("apply", path, "--delay", "1", "--max-attempts", "60")
            self.assertStatus(done, 0)
            self.assertIn(f"{created} created", done.stdout)
            self.forget()
            done = self.run_local("apply", path)
            self.assertStatus(done, 0)
            self.assertRegex(done.stdout, r"nothing to do: \d resources? (is|are) as stated; mutating calls: 0\n$")
            self.assertEqual(self.mutating_calls(), [])

        # A literal password is taken here, with a warning that does not show it.
        self.assertIn("warning", done.stderr)
        self.assertNotIn("change-me-please", done.stderr + done.stdout)

        done = self.run_local("plan", dictionary, "--json")
        self.assertStatus(done, 0)
        warnings = [json.loads(line) for line in done.stderr.splitlines()]
        self.assertEqual({warning["type"] for warning in warnings}, {"diagnostic"})

        changed = json.loads(pathlib.Path(dictionary).read_text())
        changed["AllocatedStorage"] = 30
        path = self.file(json.dumps(changed), "changed.json")
        self.forget()
        done = self.run_local("apply", path, "--yes", "--allow-update", UPDATABLE)
        self.assertStatus(done, 0)
        self.assertEqual(self.mutating_calls(), ["ModifyDBInstance"])

        changed["BackupRetentionPeriod"] = 9
        path = self.file(json.dumps(changed), "changed.json")
        self.forget()
        done = self.run_local("apply", path, "--yes", "--allow-update", UPDATABLE)
        self.assertStatus(done, 3)
        self.assertIn("BackupRetentionPeriod", done.stderr)
        self.assertEqual(self.mutating_calls(), [])

    def test_the_name_of_such_scripts_is_refused_with_the_rule(self):
        literal = json.loads((EXAMPLES / "script-dictionary.json").read_text())
        literal["DBInstanceIdentifier"] = "instance_name"
        done = self.run_local("apply", self.file(json.dumps(literal), "literal.json"))
        self.assertStatus(done, 64)
        self.assertIn("instance_name", done.stderr)
        self.assertIn("instance-name", done.stderr)
        self.assertNotIn("change-me-please", done.stderr)
        self.assertEqual(self.calls(), [])
