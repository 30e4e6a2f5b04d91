#!/usr/bin/python3
"""The peer of the no-op benchmark: what a careful script on an SDK does to find out that nothing has to be done.

Describes the instance, compares every property that the script knows, and would modify what differs. Usage:
noop_boto3.py ENDPOINT_URL DICTIONARY.json; credentials and region come from the environment.
"""
import json
import sys

import boto3

READ = {
    "Engine": lambda i: i["Engine"],
    "EngineVersion": lambda i: i["EngineVersion"],
    "DBInstanceClass": lambda i: i["DBInstanceClass"],
    "AllocatedStorage": lambda i: i["AllocatedStorage"],
    "StorageType": lambda i: i["StorageType"],
    "BackupRetentionPeriod": lambda i: i["BackupRetentionPeriod"],
    "MultiAZ": lambda i: i["MultiAZ"],
    "PubliclyAccessible": lambda i: i["PubliclyAccessible"],
    "DBSubnetGroupName": lambda i: i["DBSubnetGroup"]["DBSubnetGroupName"],
    "DBParameterGroupName": lambda i: i["DBParameterGroups"][0]["DBParameterGroupName"],
    "VpcSecurityGroupIds": lambda i: sorted(g["VpcSecurityGroupId"] for g in i["VpcSecurityGroups"]),
}


def main():
    url, path = sys.argv[1:3]
    with open(path, encoding="utf-8") as file:
        desired = json.load(file)
    client = boto3.client("rds", endpoint_url=url)
    name = desired["DBInstanceIdentifier"]
    live = client.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]
    changes = {}
    for member, read in READ.items():
        if member in desired and read(live) != desired[member]:
            changes[member] = desired[member]
    print("nothing to do" if not changes else f"would modify {sorted(changes)}")
    return 0 if not changes else 1


if __name__ == "__main__":
    sys.exit(main())
