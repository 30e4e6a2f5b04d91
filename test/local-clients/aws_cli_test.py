"""Debian's AWS CLI, unmodified, through the life of a database on the local RDS."""

import json
import os
import subprocess

from local_server import PASSWORD, LocalServerTest, eventually, main, psql

AWS = "/usr/bin/aws"


class AwsCliTest(LocalServerTest):
    def run_aws(self, *arguments, secret=None, service="rds"):
        endpoint = self.server.endpoint
        return subprocess.run(
            [AWS, service, *arguments, "--endpoint-url", endpoint["url"], "--output", "json"],
            env={
                "PATH": "/usr/bin:/bin",
                "HOME": "/nonexistent",
                "AWS_DEFAULT_REGION": endpoint["region"],
                "AWS_ACCESS_KEY_ID": endpoint["access_key_id"],
                "AWS_SECRET_ACCESS_KEY": secret or endpoint["secret_access_key"],
                "AWS_MAX_ATTEMPTS": "1",
                "AWS_PAGER": "",
                "LC_ALL": "C.UTF-8",
            },
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    def aws(self, *arguments):
        done = self.run_aws(*arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout) if done.stdout.strip() else {}

    def instance(self, name):
        return self.aws("describe-db-instances", "--db-instance-identifier", name)["DBInstances"][0]

    def await_status(self, name, status):
        self.assertEqual(eventually(lambda: self.instance(name)["DBInstanceStatus"], status, 120), status)

    def test_the_life_of_a_database(self):
        self.aws("create-db-parameter-group", "--db-parameter-group-name", "cli", "--db-parameter-group-family",
                 "postgres15", "--description", "for a test")  # fmt: skip
        self.aws("modify-db-parameter-group", "--db-parameter-group-name", "cli", "--parameters",
                 "ParameterName=max_connections,ParameterValue=61,ApplyMethod=pending-reboot")  # fmt: skip
        created = self.aws(
            "create-db-instance", "--db-instance-identifier", "cli-db", "--engine", "postgres", "--engine-version", "15",
            "--db-instance-class", "db.t3.micro", "--allocated-storage", "20", "--db-name", "orders",
            "--master-username", "orders_admin", "--master-user-password", PASSWORD, "--backup-retention-period", "1",
            "--no-publicly-accessible", "--tags", "Key=service,Value=orders and more",
        )["DBInstance"]  # fmt: skip
        self.assertEqual(created["DBInstanceStatus"], "creating")
        self.await_status("cli-db", "available")
        # Its own poll comes every 30 seconds: asked when the answer is there already, it returns at once.
        self.aws("wait", "db-instance-available", "--db-instance-identifier", "cli-db")
        db = self.instance("cli-db")
        self.assertEqual(psql(db, "SELECT current_user"), "orders_admin")
        self.assertEqual(db["TagList"], [{"Key": "service", "Value": "orders and more"}])

        # A group with a static parameter: it waits for a reboot.
        self.aws("modify-db-instance", "--db-instance-identifier", "cli-db", "--db-parameter-group-name", "cli",
                 "--apply-immediately")  # fmt: skip
        status = lambda: self.instance("cli-db")["DBParameterGroups"][0]["ParameterApplyStatus"]
        self.assertEqual(eventually(status, "pending-reboot"), "pending-reboot")
        self.await_status("cli-db", "available")
        self.assertNotEqual(psql(db, "SHOW max_connections"), "61")
        self.aws("reboot-db-instance", "--db-instance-identifier", "cli-db")
        self.assertEqual(eventually(lambda: psql(db, "SHOW max_connections"), "61"), "61")
        self.assertEqual(eventually(status, "in-sync"), "in-sync")

        self.aws("modify-db-instance", "--db-instance-identifier", "cli-db", "--db-port-number", "5544",
                 "--apply-immediately")  # fmt: skip
        self.assertEqual(eventually(lambda: self.instance("cli-db")["Endpoint"]["Port"], 5544), 5544)
        self.await_status("cli-db", "available")
        self.assertEqual(eventually(lambda: psql(self.instance("cli-db"), "SELECT 1"), "1"), "1")

        self.aws("create-db-instance-read-replica", "--db-instance-identifier", "cli-replica",
                 "--source-db-instance-identifier", "cli-db")  # fmt: skip
        self.await_status("cli-replica", "available")
        replica = self.instance("cli-replica")
        self.assertEqual(replica["ReadReplicaSourceDBInstanceIdentifier"], "cli-db")
        self.assertEqual(psql(replica, "SELECT pg_is_in_recovery()"), "t")

        arn = db["DBInstanceArn"]
        self.aws("add-tags-to-resource", "--resource-name", arn, "--tags", "Key=a,Value=b+c d")
        tags = self.aws("list-tags-for-resource", "--resource-name", arn)["TagList"]
        self.assertEqual({t["Key"]: t["Value"] for t in tags}, {"service": "orders and more", "a": "b+c d"})

        for name in ("cli-replica", "cli-db"):
            self.aws("delete-db-instance", "--db-instance-identifier", name, "--skip-final-snapshot")
        gone = lambda: self.aws("describe-db-instances")["DBInstances"]
        self.assertEqual(eventually(gone, []), [])
        self.aws("wait", "db-instance-deleted", "--db-instance-identifier", "cli-db")
        done = self.run_aws("describe-db-instances", "--db-instance-identifier", "cli-db")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("(DBInstanceNotFound)", done.stderr)

    def test_keys_are_described_at_the_same_endpoint(self):
        self.aws("create-db-instance", "--db-instance-identifier", "kept", "--engine", "oracle-ee",
                 "--db-instance-class", "db.m6i.large", "--allocated-storage", "20", "--master-username", "someone",
                 "--master-user-password", PASSWORD, "--storage-encrypted", "--kms-key-id", "alias/kept")  # fmt: skip
        live = self.instance("kept")["KmsKeyId"]

        def described(key):
            done = self.run_aws("describe-key", "--key-id", key, service="kms")
            self.assertEqual(done.returncode, 0, done.stderr)
            return json.loads(done.stdout)["KeyMetadata"]

        self.assertEqual(described("alias/kept")["Arn"], live)
        self.assertEqual(described(live)["KeyId"], live.split("/")[1])
        self.assertEqual(described("alias/aws/rds")["KeyManager"], "AWS")
        done = self.run_aws("describe-key", "--key-id", "alias/nobody", service="kms")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("An error occurred (NotFoundException) when calling the DescribeKey operation", done.stderr)
        self.assertIn("Alias arn:aws:kms:us-east-1:123456789012:alias/nobody is not found.", done.stderr)
        done = self.run_aws("describe-key", "--key-id", "alias/kept", service="kms", secret="wrong")
        self.assertIn("(InvalidSignatureException)", done.stderr)
        self.await_status("kept", "available")
        self.aws("delete-db-instance", "--db-instance-identifier", "kept", "--skip-final-snapshot")
        self.assertEqual(eventually(lambda: self.aws("describe-db-instances")["DBInstances"], []), [])

    def test_a_wrong_key_is_told(self):
        done = self.run_aws("describe-db-instances", secret="wrong")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("(SignatureDoesNotMatch)", done.stderr)


if __name__ == "__main__":
    if not os.path.exists(AWS):
        raise SystemExit(AWS + " is missing: install the package awscli")
    main()
