"""Services that cannot be reached, do not know us, or answer nonsense: what is said, and exit status 1."""
import http.server
import json
import socket
import threading
import unittest

from support import LocalRds as Base, instance, run

KEYS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "nobody-knows", "AWS_REGION": "us-east-1"}


class Answering(http.server.BaseHTTPRequestHandler):
    """Answers every request with the class's own status and body."""
    answer = (200, "text/html", b"")
    cut = 0
    requests = 0

    def do_POST(self):
        type(self).requests += 1
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status, kind, body = self.answer
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("x-amzn-RequestId", "request-77")
        self.send_header("Content-Length", str(len(body) + self.cut))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def log_message(self, *arguments):
        pass


class Faults(Base):
    def against(self, answer, *words, cut=0):
        handler = type("Handler", (Answering,), {"answer": answer, "cut": cut, "requests": 0})
        with http.server.HTTPServer(("127.0.0.1", 0), handler) as server:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            try:
                done = run(*words, "--endpoint-url", f"http://127.0.0.1:{server.server_port}", "--call-attempts", "1", env=dict(self.env, **KEYS))
            finally:
                server.shutdown()
                thread.join()
        return done, handler.requests

    def test_a_refused_connection(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            port = taken.getsockname()[1]
        done = run("plan", self.file(instance("a")), "--endpoint-url", f"http://127.0.0.1:{port}", "--call-attempts", "1", env=dict(self.env, **KEYS))
        self.assertStatus(done, 1)
        self.assertIn(f"127.0.0.1:{port}", done.stderr)
        self.assertIn("DescribeDBInstances", done.stderr)
        self.assertIn("hint:", done.stderr)

    def test_json_holds_the_error(self):
        done = run("call", "DescribeDBInstances", "--json", "--endpoint-url", self.endpoint["url"], env=dict(self.env, **KEYS))
        self.assertStatus(done, 1)
        self.assertEqual(done.stderr, "")
        said = json.loads(done.stdout)
        self.assertEqual((said["format_version"], said["type"]), (1, "error"))
        self.assertEqual((said["errors"][0]["operation"], said["errors"][0]["http_status"]), ("DescribeDBInstances", 403))

    def test_no_credentials(self):
        done = run("plan", self.file(instance("a")), "--endpoint-url", self.endpoint["url"], "--region", "us-east-1", env=self.env)
        self.assertStatus(done, 1)
        self.assertIn("credentials", done.stderr)
        self.assertEqual(self.calls(), [])

    def test_no_region(self):
        done = run("plan", self.file(instance("a")), env={k: v for k, v in dict(self.env, **KEYS).items() if k != "AWS_REGION"})
        self.assertStatus(done, 64)
        self.assertIn("region", done.stderr)

    def test_credentials_that_the_service_does_not_know(self):
        done = run("plan", self.file(instance("a")), "--endpoint-url", self.endpoint["url"], env=dict(self.env, **KEYS))
        self.assertStatus(done, 1)
        self.assertRegex(done.stderr, r"code (InvalidClientTokenId|SignatureDoesNotMatch|UnrecognizedClientException), HTTP 403, request id \S+")
        self.assertNotIn("nobody-knows", done.stderr)

    def test_answers_that_are_none(self):
        for answer, cut in (((200, "text/html", b"<html>a proxy's page</html>"), 0),
                            ((200, "text/xml", b"<DescribeDBInstancesResponse><Describe"), 0),
                            ((200, "text/xml", b"<DescribeDBInstancesResponse>"), 100),
                            ((500, "text/plain", b"oh no"), 0),
                            ((403, "text/xml", b"<ErrorResponse><Error><Type>Sender</Type><Code>ExpiredToken</Code><Message>it has expired</Message>"
                                               b"</Error><RequestId>request-77</RequestId></ErrorResponse>"), 0)):
            done, requests = self.against(answer, "call", "DescribeDBInstances", cut=cut)
            self.assertStatus(done, 1)
            self.assertEqual(done.stdout, "")
            self.assertIn("DescribeDBInstances", done.stderr)
            self.assertIn("hint:", done.stderr, done.stderr)
            self.assertGreaterEqual(requests, 1)
            if not cut:
                self.assertIn("request-77", done.stderr)

    def test_a_mutating_call_whose_answer_was_lost_is_not_repeated(self):
        done, requests = self.against((500, "text/plain", b"oh no"), "call", "RebootDBInstance", "DBInstanceIdentifier=a", "--yes")
        self.assertStatus(done, 1)
        self.assertEqual(requests, 1)
        self.assertIn("whether the call took effect is not known", done.stderr)
