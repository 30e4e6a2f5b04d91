"""Debian's boto3, unmodified, through the life of a database on the local RDS."""

import os

import boto3
import botocore.config
import botocore.exceptions

from local_server import PASSWORD, LocalServerTest, eventually, main, psql

# The waiters' own 30 seconds are for a cloud.
FAST = {"Delay": 1, "MaxAttempts": 120}


class Boto3Test(LocalServerTest):
    def setUp(self):
        self.rds = self.client()
        self.addCleanup(self.rds.close)

    def client(self, **changes):
        endpoint = self.server.endpoint
        arguments = {
            "endpoint_url": endpoint["url"],
            "region_name": endpoint["region"],
            "aws_access_key_id": endpoint["access_key_id"],
            "aws_secret_access_key": endpoint["secret_access_key"],
            "config": botocore.config.Config(retries={"max_attempts": 1}),
        }
        arguments.update(changes)
        return boto3.client("rds", **arguments)

    def instance(self, name):
        return self.rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]

    def code(self, call, **arguments):
        with self.assertRaises(botocore.exceptions.ClientError) as caught:
            call(**arguments)
        return caught.exception.response["Error"]["Code"], caught.exception.response["ResponseMetadata"]["HTTPStatusCode"]

    def test_the_life_of_a_database(self):
        rds = self.rds
        group = rds.create_db_parameter_group(
            DBParameterGroupName="boto3", DBParameterGroupFamily="postgres15", Description="for a test"
        )["DBParameterGroup"]
        self.assertEqual(group["DBParameterGroupFamily"], "postgres15")
        rds.modify_db_parameter_group(
            DBParameterGroupName="boto3",
            Parameters=[{"ParameterName": "log_min_duration_statement", "ParameterValue": "500", "ApplyMethod": "immediate"}],
        )
        created = rds.create_db_instance(
            DBInstanceIdentifier="boto3-db",
            Engine="postgres",
            EngineVersion="15",
            DBInstanceClass="db.t3.micro",
            AllocatedStorage=20,
            DBName="orders",
            MasterUsername="orders_admin",
            MasterUserPassword=PASSWORD,
            DBParameterGroupName="boto3",
            BackupRetentionPeriod=1,
            Tags=[{"Key": "service", "Value": "orders"}],
        )["DBInstance"]
        self.assertEqual(created["DBInstanceStatus"], "creating")
        rds.get_waiter("db_instance_available").wait(DBInstanceIdentifier="boto3-db", WaiterConfig=FAST)
        db = self.instance("boto3-db")
        self.assertEqual(db["Endpoint"]["Port"], 5432)
        self.assertEqual(psql(db, "SELECT current_database() || ' ' || current_user"), "orders orders_admin")
        self.assertEqual(psql(db, "SHOW log_min_duration_statement"), "500ms")
        self.assertIn("error: ", psql(db, "SELECT 1", password="wrong"))
        psql(db, "CREATE TABLE t AS SELECT 1 AS x")

        # A dynamic parameter reaches the running server.
        rds.modify_db_parameter_group(
            DBParameterGroupName="boto3",
            Parameters=[{"ParameterName": "log_min_duration_statement", "ParameterValue": "700", "ApplyMethod": "immediate"}],
        )
        self.assertEqual(eventually(lambda: psql(db, "SHOW log_min_duration_statement"), "700ms"), "700ms")

        # A change for the window stays pending; one for now takes effect.
        pending = rds.modify_db_instance(DBInstanceIdentifier="boto3-db", DBInstanceClass="db.t3.small", ApplyImmediately=False)
        self.assertEqual(pending["DBInstance"]["PendingModifiedValues"]["DBInstanceClass"], "db.t3.small")
        rds.modify_db_instance(
            DBInstanceIdentifier="boto3-db", DBInstanceClass="db.t3.small", BackupRetentionPeriod=3, ApplyImmediately=True
        )
        self.assertEqual(eventually(lambda: self.instance("boto3-db")["DBInstanceClass"], "db.t3.small"), "db.t3.small")
        rds.get_waiter("db_instance_available").wait(DBInstanceIdentifier="boto3-db", WaiterConfig=FAST)
        self.assertEqual(eventually(lambda: self.instance("boto3-db")["BackupRetentionPeriod"], 3), 3)
        self.assertEqual(self.instance("boto3-db")["PendingModifiedValues"], {})

        rds.modify_db_instance(DBInstanceIdentifier="boto3-db", MasterUserPassword=PASSWORD + "2", ApplyImmediately=True)
        self.assertEqual(eventually(lambda: psql(db, "SELECT 1", password=PASSWORD + "2"), "1"), "1")
        rds.get_waiter("db_instance_available").wait(DBInstanceIdentifier="boto3-db", WaiterConfig=FAST)

        # A replica streams; promoted, it takes writes.
        rds.create_db_instance_read_replica(DBInstanceIdentifier="boto3-replica", SourceDBInstanceIdentifier="boto3-db")
        rds.get_waiter("db_instance_available").wait(DBInstanceIdentifier="boto3-replica", WaiterConfig=FAST)
        self.assertEqual(self.instance("boto3-db")["ReadReplicaDBInstanceIdentifiers"], ["boto3-replica"])
        replica = self.instance("boto3-replica")
        ask = lambda: psql(replica, "SELECT count(*) FROM t", password=PASSWORD + "2")
        psql(db, "INSERT INTO t VALUES (2)", password=PASSWORD + "2")
        self.assertEqual(eventually(ask, "2"), "2")
        self.assertIn("read-only", psql(replica, "INSERT INTO t VALUES (3)", password=PASSWORD + "2"))
        rds.promote_read_replica(DBInstanceIdentifier="boto3-replica")
        write = lambda: psql(replica, "INSERT INTO t VALUES (3)", password=PASSWORD + "2")
        self.assertEqual(eventually(write, "INSERT 0 1"), "INSERT 0 1")
        rds.get_waiter("db_instance_available").wait(DBInstanceIdentifier="boto3-replica", WaiterConfig=FAST)

        arn = db["DBInstanceArn"]
        rds.add_tags_to_resource(ResourceName=arn, Tags=[{"Key": "owner", "Value": "jane"}])
        rds.remove_tags_from_resource(ResourceName=arn, TagKeys=["service"])
        self.assertEqual(rds.list_tags_for_resource(ResourceName=arn)["TagList"], [{"Key": "owner", "Value": "jane"}])

        rds.stop_db_instance(DBInstanceIdentifier="boto3-db")
        self.assertEqual(eventually(lambda: self.instance("boto3-db")["DBInstanceStatus"], "stopped"), "stopped")
        self.assertIn("Connection refused", psql(db, "SELECT 1"))
        rds.start_db_instance(DBInstanceIdentifier="boto3-db")
        rds.get_waiter("db_instance_available").wait(DBInstanceIdentifier="boto3-db", WaiterConfig=FAST)
        rds.reboot_db_instance(DBInstanceIdentifier="boto3-db")
        rds.get_waiter("db_instance_available").wait(DBInstanceIdentifier="boto3-db", WaiterConfig=FAST)
        self.assertEqual(psql(db, "SELECT count(*) FROM t", password=PASSWORD + "2"), "2")

        for name in ("boto3-replica", "boto3-db"):
            rds.delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True)
            rds.get_waiter("db_instance_deleted").wait(DBInstanceIdentifier=name, WaiterConfig=FAST)
        self.assertEqual(self.code(rds.describe_db_instances, DBInstanceIdentifier="boto3-db"), ("DBInstanceNotFound", 404))
        self.assertIn("Connection refused", psql(db, "SELECT 1"))
        rds.delete_db_parameter_group(DBParameterGroupName="boto3")

    def create(self, name):
        self.rds.create_db_instance(
            DBInstanceIdentifier=name, Engine="postgres", EngineVersion="15", DBInstanceClass="db.t3.micro",
            AllocatedStorage=20, DBName="orders", MasterUsername="orders_admin", MasterUserPassword=PASSWORD,
            BackupRetentionPeriod=1, Tags=[{"Key": "service", "Value": "orders"}],
        )  # fmt: skip
        self.available(name)
        return self.instance(name)

    def available(self, name):
        self.rds.get_waiter("db_instance_available").wait(DBInstanceIdentifier=name, WaiterConfig=FAST)

    def delete(self, *names):
        for name in names:
            self.rds.delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True)
        for name in names:
            self.rds.get_waiter("db_instance_deleted").wait(DBInstanceIdentifier=name, WaiterConfig=FAST)

    def test_snapshots_and_restores_hold_the_data(self):
        rds = self.rds
        db = self.create("snap-db")
        psql(db, "CREATE TABLE t AS SELECT 1 AS x")
        snapshot = rds.create_db_snapshot(
            DBInstanceIdentifier="snap-db", DBSnapshotIdentifier="snap-one", Tags=[{"Key": "why", "Value": "test"}]
        )["DBSnapshot"]
        self.assertEqual((snapshot["Status"], snapshot["SnapshotType"]), ("creating", "manual"))
        self.assertEqual(
            self.code(rds.restore_db_instance_from_db_snapshot, DBInstanceIdentifier="early", DBSnapshotIdentifier="snap-one"),
            ("InvalidDBSnapshotState", 400),
        )
        # The server dies while the snapshot is taken, or just before: it is taken all the same.
        self.server.kill_and_start()
        rds.get_waiter("db_snapshot_available").wait(DBSnapshotIdentifier="snap-one", WaiterConfig=FAST)
        self.available("snap-db")
        self.assertEqual(eventually(lambda: psql(db, "INSERT INTO t VALUES (2)"), "INSERT 0 1"), "INSERT 0 1")
        self.assertEqual(
            rds.list_tags_for_resource(ResourceName=snapshot["DBSnapshotArn"])["TagList"], [{"Key": "why", "Value": "test"}]
        )

        rds.restore_db_instance_from_db_snapshot(DBInstanceIdentifier="snap-old", DBSnapshotIdentifier="snap-one", Port=5433)
        rds.restore_db_instance_to_point_in_time(
            SourceDBInstanceIdentifier="snap-db", TargetDBInstanceIdentifier="snap-new", UseLatestRestorableTime=True
        )
        self.available("snap-old")
        self.available("snap-new")
        old, new = self.instance("snap-old"), self.instance("snap-new")
        self.assertEqual(old["Endpoint"]["Port"], 5433)
        self.assertEqual(psql(old, "SELECT count(*) FROM t"), "1")
        self.assertEqual(psql(new, "SELECT count(*) FROM t"), "2")
        self.assertEqual(len({d["Endpoint"]["Address"] for d in (db, old, new)}), 3)
        self.assertEqual(old["TagList"], [{"Key": "service", "Value": "orders"}])
        self.assertEqual(new["TagList"], [])

        rds.delete_db_instance(DBInstanceIdentifier="snap-db", FinalDBSnapshotIdentifier="snap-last")
        rds.get_waiter("db_instance_deleted").wait(DBInstanceIdentifier="snap-db", WaiterConfig=FAST)
        rds.restore_db_instance_from_db_snapshot(DBInstanceIdentifier="snap-db", DBSnapshotIdentifier="snap-last")
        self.available("snap-db")
        self.assertEqual(psql(self.instance("snap-db"), "SELECT count(*) FROM t"), "2")

        names = lambda **kind: [s["DBSnapshotIdentifier"] for s in rds.describe_db_snapshots(**kind)["DBSnapshots"]]
        self.assertEqual(names(SnapshotType="manual"), ["snap-last", "snap-one"])
        self.assertEqual(len(names(SnapshotType="automated", DBInstanceIdentifier="snap-new")), 1)
        self.delete("snap-db", "snap-old", "snap-new")
        self.assertEqual(names(SnapshotType="automated"), [])
        for name in ("snap-one", "snap-last"):
            self.assertEqual(rds.delete_db_snapshot(DBSnapshotIdentifier=name)["DBSnapshot"]["Status"], "deleted")
        self.assertEqual(self.code(rds.describe_db_snapshots, DBSnapshotIdentifier="snap-one"), ("DBSnapshotNotFound", 404))
        engines = self.server.folder + "/home/engines"
        left = lambda: [name for name in os.listdir(engines) if name.startswith(("snap-", "trash-"))]
        self.assertEqual(eventually(left, []), [])

    def test_faults_are_those_of_rds(self):
        rds = self.rds
        self.assertEqual(self.code(rds.describe_db_instances, DBInstanceIdentifier="none"), ("DBInstanceNotFound", 404))
        for wrong, code in (
            ({"aws_secret_access_key": "wrong"}, "SignatureDoesNotMatch"),
            ({"aws_access_key_id": "AKIDNOBODY"}, "InvalidClientTokenId"),
            ({"aws_session_token": "token"}, "InvalidClientTokenId"),
        ):
            stranger = self.client(**wrong)
            self.assertEqual(self.code(stranger.describe_db_instances), (code, 403))
            stranger.close()
        with self.assertRaisesRegex(botocore.exceptions.ClientError, "not implemented"):
            rds.describe_db_clusters()

    def test_pages_and_catalogue(self):
        for number in range(25):
            self.rds.create_db_parameter_group(
                DBParameterGroupName="page-%02d" % number, DBParameterGroupFamily="postgres15", Description="x"
            )
        pages = self.rds.get_paginator("describe_db_parameter_groups").paginate(PaginationConfig={"PageSize": 20})
        names = [g["DBParameterGroupName"] for page in pages for g in page["DBParameterGroups"]]
        self.assertEqual([n for n in names if n.startswith("page-")], ["page-%02d" % n for n in range(25)])
        versions = self.rds.describe_db_engine_versions(Engine="postgres")["DBEngineVersions"]
        self.assertIn("15", {v["EngineVersion"].split(".")[0] for v in versions})
        options = self.rds.describe_orderable_db_instance_options(
            Engine="postgres", EngineVersion=versions[-1]["EngineVersion"], DBInstanceClass="db.t3.micro"
        )["OrderableDBInstanceOptions"]
        self.assertEqual({o["DBInstanceClass"] for o in options}, {"db.t3.micro"})

    def test_no_password_in_the_logs(self):
        text = str(self.server.log())
        self.assertIn("describe", text.lower())
        self.assertNotIn(PASSWORD, text)


if __name__ == "__main__":
    main()
