"""Keys that are stated by a name: the program asks the server's KMS over its socket what they stand for."""
import http.server
import json
import pathlib
import threading
import unittest

from support import LocalRds, instance, run

SECRET = {"DB_PASSWORD": "long-enough-secret"}


def encrypted(name, key, storage=20):
    return instance(name, storage=storage) + f"    StorageEncrypted: true\n    KmsKeyId: {key}\n"


class Denying(http.server.BaseHTTPRequestHandler):
    """A KMS that lets nobody ask."""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        body = json.dumps({"__type": "AccessDeniedException", "Message": "you are not authorized to perform: kms:DescribeKey"})
        self.server.targets.append(self.headers["X-Amz-Target"])
        self.send_response(400)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_):
        pass


class Keys(LocalRds):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kms = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Denying)
        cls.kms.targets = []
        cls.thread = threading.Thread(target=cls.kms.serve_forever)
        cls.thread.start()

    @classmethod
    def tearDownClass(cls):
        cls.kms.shutdown()
        cls.thread.join()
        cls.kms.server_close()
        super().tearDownClass()

    def run_at_endpoint(self, *words, **env):
        """As against AWS: with what the AWS tools would read from the environment."""
        keys = {"AWS_ACCESS_KEY_ID": self.credentials["AccessKeyId"],
                "AWS_SECRET_ACCESS_KEY": self.credentials["SecretAccessKey"],
                "AWS_REGION": self.endpoint["region"], "AWS_ENDPOINT_URL": self.endpoint["url"], "AWS_MAX_ATTEMPTS": "1"}
        return run(*words, env=dict(self.env, **keys, **env))

    def asked(self):
        return [call["parameters"]["KeyId"] for call in self.calls() if call["operation"] == "DescribeKey"]

    def live_key(self, name):
        done = self.run_local("call", "DescribeDBInstances", f"DBInstanceIdentifier={name}")
        return json.loads(done.stdout)["DBInstances"][0]["KmsKeyId"]

    def test_the_second_run_of_an_alias_does_nothing_and_says_nothing(self):
        path = self.file(encrypted("twice", "alias/twice"))
        self.assertStatus(self.run_local("apply", path, env=SECRET), 0)
        self.assertEqual(self.asked(), [], "a new database has nothing to compare it with")
        self.forget()
        done = self.run_local("apply", path, env=SECRET)
        self.assertStatus(done, 0)
        self.assertEqual((self.mutating_calls(), self.asked()), ([], ["alias/twice"]))
        self.assertNotIn("alias", done.stdout + done.stderr)
        explained = self.run_local("plan", "--explain", path, env=SECRET)
        self.assertStatus(explained, 0)
        self.assertIn("    KmsKeyId: equal [KMS-RESOLVE]\n        stated alias/twice; live\n", explained.stdout)
        self.assertIn("        the stated name is the live key's; compared as a KMS key:", explained.stdout)

    def test_an_alias_of_another_key_is_refused(self):
        path = self.file(encrypted("mine", "alias/mine") + encrypted("yours", "alias/yours").split("\n", 1)[1])
        self.assertStatus(self.run_local("apply", path, env=SECRET), 0)
        self.forget()
        done = self.run_local("apply", self.file(encrypted("mine", "alias/yours")), "--yes", env=SECRET)
        self.assertStatus(done, 3)
        self.assertEqual(self.mutating_calls(), [])
        self.assertIn(f"KmsKeyId is {self.live_key('mine')} and cannot become alias/yours ({self.live_key('yours')})",
                      done.stdout + done.stderr)

    def test_an_alias_that_is_not_there_is_refused(self):
        path = self.file(encrypted("known", "alias/known"))
        self.assertStatus(self.run_local("apply", path, env=SECRET), 0)
        self.forget()
        done = self.run_local("apply", self.file(encrypted("known", "alias/nobody", storage=40)), "--yes", env=SECRET)
        self.assertStatus(done, 3)
        self.assertEqual(self.mutating_calls(), [])
        self.assertIn("KmsKeyId is alias/nobody, and KMS knows no such key: NotFoundException: Alias arn:aws:kms:us-east-1:"
                      "123456789012:alias/nobody is not found", done.stdout + done.stderr)

    def test_what_kms_does_not_tell_is_a_warning(self):
        path = self.file(encrypted("quiet", "alias/quiet"))
        self.assertStatus(self.run_local("apply", path, env=SECRET), 0)
        self.forget()
        self.kms.targets.clear()
        denied = self.run_at_endpoint("apply", path, AWS_ENDPOINT_URL_KMS=f"http://127.0.0.1:{self.kms.server_port}")
        self.assertStatus(denied, 0)
        self.assertEqual(self.kms.targets, ["TrentService.DescribeKey"])
        self.assertIn(f"KmsKeyId: alias/quiet could not be resolved and is taken to mean the live key {self.live_key('quiet')}"
                      ": AccessDeniedException: you are not authorized to perform: kms:DescribeKey", denied.stdout)
        gone = self.run_at_endpoint("plan", path, AWS_ENDPOINT_URL_KMS="http://127.0.0.1:1")
        self.assertStatus(gone, 0)
        self.assertIn("alias/quiet could not be resolved and is taken to mean the live key", gone.stdout)
        self.assertIn("cannot connect to http://127.0.0.1:1", gone.stdout)
        self.assertEqual((self.mutating_calls(), self.asked()), ([], []))
        # Without a word about KMS the server itself is asked.
        self.assertNotIn("alias", self.run_at_endpoint("plan", path).stdout)
        self.assertEqual(self.asked(), ["alias/quiet"])

    def test_a_saved_plan_holds_what_the_alias_stood_for(self):
        path = self.file(encrypted("saved", "alias/saved"))
        self.assertStatus(self.run_local("apply", path, env=SECRET), 0)
        out = path + ".plan"
        more = self.file(encrypted("saved", "alias/saved", storage=40))
        self.assertStatus(self.run_local("plan", more, "--out", out), 2)
        reads = json.loads(pathlib.Path(out).read_text())["reads"]["DBInstance/saved"]["reads"]
        self.assertIn({"what": "key", "name": "KmsKeyId", "detail": "alias/saved", "value": self.live_key("saved")}, reads)
        away = self.run_at_endpoint("apply", "--plan", out, AWS_ENDPOINT_URL_KMS="http://127.0.0.1:1")
        self.assertStatus(away, 3)
        self.assertIn(f"DBInstance/saved.KmsKeyId (alias/saved) was {self.live_key('saved')}, and is null", away.stderr)
        self.assertStatus(self.run_local("apply", "--plan", out), 0)


if __name__ == "__main__":
    unittest.main()
