"""Bad luck on the wire, between the program and its server: answers that never come back, requests that never arrive,
a minute of throttling, and two programs at once."""
import http.client
import http.server
import json
import subprocess
import threading
import unittest
import urllib.parse

from support import PROGRAM, LocalRds as Base, instance, run

THROTTLED = (b"<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message></Error>"
             b"<RequestId>request-77</RequestId></ErrorResponse>")


class Between(http.server.BaseHTTPRequestHandler):
    """Hands on what it is given, byte for byte, but for what `luck` says of an operation: the fates of its calls."""
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        operation = urllib.parse.parse_qs(body.decode())["Action"][0]
        with self.server.lock:
            self.server.seen.append(operation)
            fates = self.server.luck.get(operation, [])
            fate = fates.pop(0) if fates else "pass"
        if fate == "lose the request":
            return self.hang_up()
        status, headers, answer = (400, [("Content-Type", "text/xml")], THROTTLED) if fate == "throttle" else self.hand_on(body)
        if fate == "lose the answer":
            return self.hang_up()
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def hand_on(self, body):
        connection = http.client.HTTPConnection(*self.server.behind)
        connection.putrequest("POST", self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        kept = [(name, value) for name, value in answer.getheaders() if name.lower() in ("content-type", "x-amzn-requestid")]
        return answer.status, kept, content

    def hang_up(self):
        self.close_connection = True
        self.connection.close()

    def log_message(self, *arguments):
        pass


class Luck(Base):
    def setUp(self):
        super().setUp()
        url = urllib.parse.urlsplit(self.endpoint["url"])
        self.between = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Between)
        self.between.behind = (url.hostname, url.port)
        self.between.lock, self.between.seen, self.between.luck = threading.Lock(), [], {}
        self.thread = threading.Thread(target=self.between.serve_forever)
        self.thread.start()

    def tearDown(self):
        self.between.shutdown()
        self.thread.join()
        self.between.server_close()

    def words(self, path, *more):
        return ("apply", path, "--yes", "--endpoint-url", f"http://127.0.0.1:{self.between.server_port}", *more)

    def environment(self):
        return dict(self.env, AWS_ACCESS_KEY_ID=self.credentials["AccessKeyId"],
                    AWS_SECRET_ACCESS_KEY=self.credentials["SecretAccessKey"], AWS_REGION=self.endpoint["region"],
                    DB_PASSWORD="a-test-password")

    def apply(self, path, *more):
        return run(*self.words(path, *more), env=self.environment())

    def sent(self, operation):
        return self.between.seen.count(operation)

    def test_a_creation_whose_answer_is_lost(self):
        path = self.file(instance("answer-lost"))
        self.between.luck = {"CreateDBInstance": ["lose the answer"]}
        self.assertStatus(self.apply(path), 0)
        self.assertEqual(self.sent("CreateDBInstance"), 1)
        self.assertEqual(self.mutating_calls(), ["CreateDBInstance"])
        self.forget()
        self.assertStatus(self.apply(path), 0)
        self.assertEqual(self.mutating_calls(), [])

    def test_a_creation_whose_request_is_lost(self):
        path = self.file(instance("request-lost"))
        self.between.luck = {"CreateDBInstance": ["lose the request"]}
        self.assertStatus(self.apply(path), 0)
        self.assertEqual(self.sent("CreateDBInstance"), 2)
        self.assertEqual(self.mutating_calls(), ["CreateDBInstance"])

    def test_throttling_is_outlasted(self):
        path = self.file(instance("throttled"))
        self.between.luck = {"CreateDBInstance": ["throttle"] * 4, "DescribeDBInstances": ["pass", "pass"] + ["throttle"] * 3}
        done = self.apply(path)
        self.assertStatus(done, 0)
        self.assertEqual(self.mutating_calls(), ["CreateDBInstance"])
        self.assertEqual(self.sent("CreateDBInstance"), 5)

    def test_two_programs_at_once(self):
        path = self.file(instance("together"))
        programs = [subprocess.Popen([PROGRAM, *self.words(path)], env=self.environment(), stdin=subprocess.DEVNULL,
                                     stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
        for program in programs:
            out, err = program.communicate(timeout=120)
            self.assertEqual(program.returncode, 0, out + err)
        self.assertIn(self.sent("CreateDBInstance"), (1, 2))
        self.forget()
        self.assertStatus(self.apply(path), 0)
        self.assertEqual(self.mutating_calls(), [])
        shown = run("call", "DescribeDBInstances", "DBInstanceIdentifier=together", "--local", env=self.env)
        self.assertEqual(json.loads(shown.stdout)["DBInstances"][0]["DBInstanceStatus"], "available")


if __name__ == "__main__":
    unittest.main()
