#!/usr/bin/env python3
"""Compares the wire layer with botocore: the same work is given to both, and any difference fails.

    compare_with_botocore.py PEER

PEER is the program built from wire_peer.cc. For every operation that both know:
  requests    the same input gives the same form, and each form is decoded to the input again
  answers     botocore and we read the same values from the same XML, however it is spelled
  clients     botocore's own client sends the input, signed; we verify, decode, and answer; its caller gets our values
Besides: errors, signatures of odd requests both ways, presigned URLs, database tokens, pages.

Members that only one of the two models knows are left out and counted.
"""

import datetime
import json
import re
import subprocess
import sys
import urllib.parse
import xml.etree.ElementTree as ElementTree

try:
    import botocore
    import botocore.auth
    import botocore.awsrequest
    import botocore.credentials
    import botocore.parsers
    import botocore.serialize
    import botocore.session
    from botocore.config import Config
    from botocore.model import ListShape, MapShape, StructureShape
except ImportError as error:
    sys.exit(f"compare_with_botocore.py: botocore is needed ({error}); install Debian's python3-botocore")

ACCESS_KEY = "AKIDEXAMPLE"
SECRET_KEY = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
REGION = "us-east-1"
REQUEST_ID = "0b9a0f5e-1111-4222-8333-444455556666"
DATE = "2026-01-02T03:04:05Z"
NOW = datetime.datetime(2026, 1, 2, 3, 4, 5)
NAMESPACE = "http://rds.amazonaws.com/doc/2014-10-31/"
# Values made by the peer's sampler: two with every member, the rest with about half of them.
SEEDS = [(1, "everything"), (2, "everything")] + [(seed, "some") for seed in range(3, 9)]

# What has to be reached for the comparison to mean anything. Members are counted by their path from the operation.
LEAST = {
    "operations": 141,
    "operations with output": 130,
    "members in requests": 1150,
    "members in answers": 4800,
    "requests": 1100,
    "answers": 1000,
    "answers spelled otherwise": 2000,
    "signatures": 1100,
    "client calls": 280,
    "odd signatures": 100,
    "errors": 150,
    "tokens": 8,
    "presigned URLs": 11,
    "pages": 5,
    "texts with '+'": 1000,
    "texts with blanks": 1000,
    "texts beyond ASCII": 1000,
    "empty texts": 1000,
    "empty lists": 1000,
    "timestamps": 1000,
    "timestamps with fractions": 500,
    "doubles": 200,
    "long integers": 100,
    "booleans": 1000,
}


class Difference(Exception):
    pass


class FrozenDatetime(datetime.datetime):
    """Stands in for datetime.datetime inside botocore.auth, so that both sign at the same second."""

    @classmethod
    def utcnow(cls):
        return NOW


class FrozenModule:
    datetime = FrozenDatetime

    def __getattr__(self, name):
        return getattr(datetime, name)


class Peer:
    def __init__(self, program):
        self._process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                         encoding="utf-8")

    def __call__(self, do, **arguments):
        self._process.stdin.write(json.dumps({"do": do, **arguments}) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            sys.exit(f"compare_with_botocore.py: the peer ended (status {self._process.wait()}) at {do} {arguments}")
        return json.loads(answer)

    def close(self):
        self._process.stdin.close()
        if self._process.wait(timeout=60) != 0:
            sys.exit(f"compare_with_botocore.py: the peer ended with status {self._process.returncode}")


def same(what, ours, theirs):
    """Both as nested dicts, lists and scalars. True is not 1; 128 is 128.0."""
    if ours != theirs or not same_types(ours, theirs):
        raise Difference(f"{what}:\n  ours:   {json.dumps(ours, default=str, sort_keys=True)[:3000]}"
                         f"\n  theirs: {json.dumps(theirs, default=str, sort_keys=True)[:3000]}")


def same_types(a, b):
    if isinstance(a, dict):
        return isinstance(b, dict) and all(same_types(a[key], b[key]) for key in a)
    if isinstance(a, list):
        return isinstance(b, list) and all(same_types(x, y) for x, y in zip(a, b))
    return isinstance(a, bool) == isinstance(b, bool)


def parse_time(text):
    pattern = "%Y-%m-%dT%H:%M:%S.%fZ" if "." in text else "%Y-%m-%dT%H:%M:%SZ"
    return datetime.datetime.strptime(text, pattern).replace(tzinfo=datetime.timezone.utc)


class Comparison:
    def __init__(self, peer):
        self.peer = peer
        self.counts = dict.fromkeys(LEAST, 0)
        self.left_out = set()
        self.seen = {"requests": set(), "answers": set()}
        session = botocore.session.Session()
        # Where python3-awscrt is installed botocore's clients sign with it, by a clock that cannot be stopped from here.
        botocore.auth.AUTH_TYPE_MAPS["v4"] = botocore.auth.SigV4Auth
        botocore.auth.AUTH_TYPE_MAPS["v4-query"] = botocore.auth.SigV4QueryAuth
        self.client = session.create_client(
            "rds", region_name=REGION, aws_access_key_id=ACCESS_KEY, aws_secret_access_key=SECRET_KEY,
            config=Config(parameter_validation=False, retries={"total_max_attempts": 1}))
        self.model = self.client.meta.service_model
        self.serializer = botocore.serialize.create_serializer("query", include_validation=False)
        self.parser = botocore.parsers.create_parser("query")
        self.responder = None
        self.client.meta.events.register_first("before-send.rds", self.before_send)

    # The part of a value that botocore's model knows, and what it holds, counted.

    def known(self, shape, value, side, path):
        if isinstance(shape, StructureShape):
            result = {}
            for name, item in value.items():
                if name not in shape.members:
                    self.left_out.add(f"{shape.name}.{name}")
                    continue
                kept = self.known(shape.members[name], item, side, f"{path}.{name}")
                # What lost all its content cannot be said in a request.
                if side == "requests" and kept in ({}, []) and item not in ({}, []):
                    continue
                self.seen[side].add(f"{path}.{name}")
                result[name] = kept
            return result
        if isinstance(shape, ListShape):
            items = [self.known(shape.member, item, side, path) for item in value]
            if not value:
                self.counts["empty lists"] += 1
            return [item for item in items if side == "answers" or item != {}]
        if isinstance(shape, MapShape):
            return {key: self.known(shape.value, item, side, path) for key, item in value.items()}
        self.count_scalar(shape, value)
        return value

    def count_scalar(self, shape, value):
        if shape.type_name == "string":
            self.counts["texts with '+'"] += "+" in value
            self.counts["texts with blanks"] += " " in value
            self.counts["texts beyond ASCII"] += not value.isascii()
            self.counts["empty texts"] += value == ""
        elif shape.type_name == "timestamp":
            self.counts["timestamps"] += 1
            self.counts["timestamps with fractions"] += "." in value
        elif shape.type_name in ("double", "float"):
            self.counts["doubles"] += 1
        elif shape.type_name == "long":
            self.counts["long integers"] += abs(value) > 2**31
        elif shape.type_name == "boolean":
            self.counts["booleans"] += 1

    def as_python(self, shape, value):
        """Our decoded value as botocore's parser would give it."""
        if isinstance(shape, StructureShape):
            return {name: self.as_python(shape.members[name], item) for name, item in value.items()}
        if isinstance(shape, ListShape):
            return [self.as_python(shape.member, item) for item in value]
        if isinstance(shape, MapShape):
            return {key: self.as_python(shape.value, item) for key, item in value.items()}
        return parse_time(value) if shape.type_name == "timestamp" else value

    # Requests.

    def compare_request(self, operation, input_):
        theirs = self.serializer.serialize_to_request(input_, operation)
        assert theirs["method"] == "POST" and theirs["url_path"] == "/"
        their_form = urllib.parse.urlencode(theirs["body"], doseq=True)
        encoded = self.peer("encode_request", operation=operation.name, input=input_)
        if "error" in encoded:
            raise Difference(f"we cannot encode: {encoded['error']}")
        our_form = encoded["form"]
        our_pairs = urllib.parse.parse_qsl(our_form, keep_blank_values=True, strict_parsing=True)
        if len(our_pairs) != len(dict(our_pairs)):
            raise Difference(f"a name occurs twice in {our_form}")
        same("form", self.plain_form(our_pairs), self.plain_form(theirs["body"].items()))
        for who, form in (("theirs", their_form), ("ours", our_form)):
            decoded = self.peer("decode_request", form=form)
            same(f"decoded form of {who}", decoded, {"operation": operation.name, "input": input_})
        self.counts["requests"] += 1
        self.compare_signature(operation, our_form)
        return our_form

    @staticmethod
    def plain_form(pairs):
        """Spellings that mean the same made equal: 1e+21 and 1e21, .678000Z and .678Z."""
        plain = {}
        for name, value in pairs:
            text = str(value)
            if isinstance(value, float) or re.fullmatch(r"-?\d+(\.\d+)?(e[+-]?\d+)?", text):
                text = repr(float(text)) if abs(float(text)) < 2**53 and not text.startswith("0x") else text
            if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", text):
                text = parse_time(text).isoformat()
            plain[name] = text
        return plain

    # Signatures.

    def auth(self, token=None, service="rds", region=REGION):
        credentials = botocore.credentials.Credentials(ACCESS_KEY, SECRET_KEY, token)
        return botocore.auth.SigV4Auth(credentials, service, region)

    def keys(self, token=None):
        keys = {"access_key": ACCESS_KEY, "secret_key": SECRET_KEY, "date": DATE, "region": REGION}
        return keys if token is None else {**keys, "token": token}

    def compare_signature(self, operation, form):
        token = "IQoJ/tok+en==" if self.counts["signatures"] % 2 else None
        content_type = "application/x-www-form-urlencoded; charset=utf-8"
        theirs = botocore.awsrequest.AWSRequest(method="POST", url=f"https://rds.{REGION}.amazonaws.com/",
                                                headers={"Content-Type": content_type}, data=form.encode())
        self.auth(token).add_auth(theirs)
        ours = self.peer("sign", method="POST", path="/", query="", body=form,
                         headers=[["Host", f"rds.{REGION}.amazonaws.com"], ["Content-Type", content_type]],
                         **self.keys(token))
        headers = {name.lower(): value for name, value in ours["headers"]}
        same(f"signature of {operation.name}", headers["authorization"], theirs.headers["Authorization"])
        same("date", headers["x-amz-date"], theirs.headers["X-Amz-Date"])
        same("token", headers.get("x-amz-security-token"), token)
        self.counts["signatures"] += 1

    def compare_odd_signatures(self):
        """Requests as other clients may send them: botocore signs, we verify; where it is possible both sign."""
        paths = ["", "/", "//", "/a", "/a/", "/a//b", "/./a/../b", "/a%20b", "/a%2Fb", "/~x-_.", "/gr%C3%BCn"]
        queries = ["", "a=1", "b=2&a=1", "a=2&a=1", "a=", "a", "A=1&a=2", "a=x%20y", "x=%2B", "ab=1&a=2&a-b=3",
                   "Action=DescribeDBInstances&Version=2014-10-31"]
        extra = [{}, {"X-Amz-Meta": "  a   b "}, {"Content-Type": "text/plain;  charset=utf-8"},
                 {"Accept": "*/*", "X-Custom": "a,b"}, {"amz-sdk-request": "attempt=1; max=3"},
                 {"Date": "replaced"}, {"X-Amz-Content-SHA256": None}]
        cases = [(path, "a=1", headers) for path in paths for headers in extra[:3]]
        cases += [("/", query, headers) for query in queries for headers in extra]
        for number, (path, query, headers) in enumerate(cases):
            body = "" if number % 3 == 0 else f"body {number} grün"
            headers = dict(headers)
            if "X-Amz-Content-SHA256" in headers:
                headers["X-Amz-Content-SHA256"] = botocore.auth.sha256(body.encode()).hexdigest()
            host = "127.0.0.1:8080" if number % 2 else "rds.example.com"
            token = "t/+=" if number % 4 == 0 else None
            url = f"https://{host}{path}" + (f"?{query}" if query else "")
            request = botocore.awsrequest.AWSRequest(method="POST", url=url, headers=headers, data=body.encode())
            self.auth(token).add_auth(request)
            sent = [["Host", host]] + [[name, value] for name, value in request.headers.items()]
            arguments = {"method": "POST", "path": path, "query": query, "body": body}
            verified = self.peer("verify", headers=sent, **arguments, **self.keys(token))
            same(f"verification of {url} {headers}", verified,
                 {"access_key": ACCESS_KEY, "region": REGION, "service": "rds"})
            broken = self.peer("verify", headers=sent, **{**arguments, "body": body + "x"}, **self.keys(token))
            if "does not match the signature" not in broken.get("error", ""):
                raise Difference(f"a changed body was not noticed at {url}: {broken}")
            # botocore signs the query as it stands, so only canonical ones can be compared with ours.
            if not set(headers) - {"X-Amz-Meta", "Content-Type"} and query != "a":
                ours = self.peer("sign", headers=[["Host", host]] + [[n, v] for n, v in headers.items()],
                                 **arguments, **self.keys(token))
                same(f"signature of {url}", dict(map(tuple, ours["headers"]))["Authorization"],
                     request.headers["Authorization"])
            self.counts["odd signatures"] += 1

    def compare_presigned(self):
        query = "Action=DescribeDBInstances&Version=2014-10-31&DBInstanceIdentifier=a%20b%2Bc"
        for token in (None, "IQoJ/tok+en=="):
            for expires in (1, 900, 604800):
                request = botocore.awsrequest.AWSRequest(method="GET", url=f"https://h.example.com/?{query}")
                credentials = botocore.credentials.Credentials(ACCESS_KEY, SECRET_KEY, token)
                botocore.auth.SigV4QueryAuth(credentials, "rds", REGION, expires=expires).add_auth(request)
                theirs = urllib.parse.urlsplit(request.url).query
                common = {"method": "GET", "path": "/", "headers": [["host", "h.example.com"]], **self.keys(token)}
                verified = self.peer("verify", query=theirs, **common)
                same("verification of a presigned URL", verified,
                     {"access_key": ACCESS_KEY, "region": REGION, "service": "rds"})
                ours = self.peer("presign", query=query, expires=expires, **common)["query"]
                same("presigned query", sorted(urllib.parse.parse_qsl(ours)), sorted(urllib.parse.parse_qsl(theirs)))
                decoded = self.peer("decode_request", query=theirs)
                same("presigned request", decoded, {"operation": "DescribeDBInstances",
                                                    "input": {"DBInstanceIdentifier": "a b+c"}})
                self.counts["presigned URLs"] += 1

    def compare_cross_region(self):
        arn = "arn:aws:rds:us-west-2:123456789012:snapshot:orders-1"
        calls = [
            ("CopyDBSnapshot", {"SourceDBSnapshotIdentifier": arn, "TargetDBSnapshotIdentifier": "t", "KmsKeyId": "k"}),
            ("CopyDBClusterSnapshot", {"SourceDBClusterSnapshotIdentifier": arn,
                                       "TargetDBClusterSnapshotIdentifier": "t",
                                       "Tags": [{"Key": "a b", "Value": "c+d"}]}),
            ("CreateDBCluster", {"DBClusterIdentifier": "c", "Engine": "mysql", "ReplicationSourceIdentifier": arn}),
            ("CreateDBInstanceReadReplica", {"DBInstanceIdentifier": "r", "SourceDBInstanceIdentifier": arn}),
            ("StartDBInstanceAutomatedBackupsReplication", {"SourceDBInstanceArn": arn, "KmsKeyId": "k"}),
        ]
        for name, input_ in calls:
            sent = self.call_client(name, {**input_, "SourceRegion": "us-west-2"}, {})
            theirs = sent["input"].pop("PreSignedUrl")
            same(f"{name} without its URL", sent["input"], input_)
            answer = self.peer("presigned_url", operation=name, input={**input_, "SourceRegion": "us-west-2"},
                               **self.keys())
            ours = answer["input"].pop("PreSignedUrl")
            same(f"{name} without its URL", answer["input"], input_)
            ours, theirs = urllib.parse.urlsplit(ours), urllib.parse.urlsplit(theirs)
            same(f"place of the URL of {name}", ours[:3], theirs[:3])
            same(f"query of the URL of {name}", sorted(urllib.parse.parse_qsl(ours.query)),
                 sorted(urllib.parse.parse_qsl(theirs.query)))
            self.counts["presigned URLs"] += 1

    def compare_tokens(self):
        # Not port 443: botocore takes it for HTTPS's own and signs the host without it, other SDKs keep every port.
        for host, port, user in [("db1.abc.us-east-1.rds.amazonaws.com", 3306, "jane_doe"), ("h", 8443, "a b+c@d"),
                                 ("127.1.2.3", 5432, "grün"), ("h.example.com", 80, "x/y:z=&")]:
            for token in (None, "IQoJ/tok+en=="):
                session = botocore.session.Session()
                client = session.create_client("rds", region_name=REGION, aws_access_key_id=ACCESS_KEY,
                                               aws_secret_access_key=SECRET_KEY, aws_session_token=token)
                theirs = client.generate_db_auth_token(DBHostname=host, Port=port, DBUsername=user)
                ours = self.peer("token", host=host, port=port, user=user, **self.keys(token))["token"]
                same("address in a token", ours.split("?")[0], theirs.split("?")[0])
                same("token", sorted(urllib.parse.parse_qsl(ours.split("?")[1])),
                     sorted(urllib.parse.parse_qsl(theirs.split("?")[1])))
                self.counts["tokens"] += 1

    # Answers.

    def parse(self, operation, xml, status=200):
        parsed = self.parser.parse({"status_code": status, "headers": {}, "body": xml.encode()}, operation.output_shape)
        metadata = parsed.pop("ResponseMetadata", {})
        return parsed, metadata.get("RequestId")

    def compare_answer(self, operation, output):
        encoded = self.peer("encode_response", operation=operation.name, output=output, request_id=REQUEST_ID)
        if "error" in encoded:
            raise Difference(f"we cannot encode the answer: {encoded['error']}")
        expected = self.as_python(operation.output_shape, self.known(operation.output_shape, output, "answers",
                                                                     operation.name))
        self.compare_xml(operation, encoded["xml"], expected)
        self.counts["answers"] += 1
        for respell in (self.indent, self.cdata):
            self.compare_xml(operation, respell(encoded["xml"]), expected)
            self.counts["answers spelled otherwise"] += 1
        return encoded["xml"], expected

    def compare_xml(self, operation, xml, expected):
        theirs, their_id = self.parse(operation, xml)
        decoded = self.peer("decode_response", operation=operation.name, xml=xml)
        if "error" in decoded:
            raise Difference(f"we cannot decode: {decoded['error']}\n{xml[:3000]}")
        ours = self.known(operation.output_shape, decoded["output"], "answers", operation.name)
        ours = self.as_python(operation.output_shape, ours)
        same("answer", ours, theirs)
        same("request id", decoded["request_id"], their_id)
        same("answer and what was answered", ours, expected)

    @staticmethod
    def indent(xml):
        """White space between elements, another prologue, an unknown element in every structure."""
        def disturb(element, depth):
            if len(element) == 0:
                return
            for child in element:
                disturb(child, depth + 1)
                child.tail = "\n" + "  " * depth
            element.text = "\n" + "\t" * depth

        root = ElementTree.fromstring(xml)
        disturb(root, 1)
        ElementTree.register_namespace("", NAMESPACE)
        text = ElementTree.tostring(root, encoding="unicode").replace("\r", "&#13;")
        return f'<?xml version="1.0" encoding="UTF-8"?>\n<!-- indented -->\n{text}\n'

    @staticmethod
    def cdata(xml):
        """Texts in pieces: a CDATA section, a comment, characters as references."""
        def spell(match):
            text = match.group(1)
            if "&" in text or "]]" in text:
                return match.group(0)
            half = len(text) // 2
            return f"><![CDATA[{text[:half]}]]><!-- & -->{''.join(f'&#{ord(c)};' for c in text[half:])}<"

        return re.sub(r">([^<>]+)<", spell, xml)

    def compare_errors(self, codes):
        operation = self.model.operation_model("DescribeDBInstances")
        for number, code in enumerate(codes):
            message = ["no such thing", "<a> & b", "grün ☃", "line\nfeed"][number % 4]
            xml = self.peer("encode_error", code=code, message=message, type="Sender", request_id=REQUEST_ID)["xml"]
            parsed, request_id = self.parse(operation, xml, 400)
            same("error", parsed["Error"], {"Code": code, "Message": message, "Type": "Sender"})
            same("request id of an error", request_id, REQUEST_ID)
            self.counts["errors"] += 1

    # botocore's own client, with us at the other end of the wire.

    def before_send(self, request, **_):
        url = urllib.parse.urlsplit(request.url)
        headers = [["Host", url.netloc]] + [
            [name, value.decode() if isinstance(value, bytes) else value] for name, value in request.headers.items()]
        body = request.body.decode() if isinstance(request.body, bytes) else request.body
        verified = self.peer("verify", method=request.method, path=url.path, query=url.query, headers=headers,
                             body=body, **self.keys())
        same(f"verification of a client's request with {headers}", verified,
             {"access_key": ACCESS_KEY, "region": REGION, "service": "rds"})
        decoded = self.peer("decode_request", form=body)
        if "error" in decoded:
            raise Difference(f"we cannot decode the client's request: {decoded['error']}\n{body[:3000]}")
        self.sent = decoded
        xml = self.responder(decoded)
        return botocore.awsrequest.AWSResponse(request.url, 200, {"Content-Type": "text/xml"}, Raw(xml.encode()))

    def call_client(self, name, input_, output):
        """What arrived here when botocore's client made the call, and what its caller got."""
        def respond(decoded):
            same("operation", decoded["operation"], name)
            answer = self.peer("encode_response", operation=name, output=output, request_id=REQUEST_ID)
            return answer["xml"]

        self.responder = respond
        result = self.client._make_api_call(name, input_)
        metadata = result.pop("ResponseMetadata")
        same("request id", metadata["RequestId"], REQUEST_ID)
        return {**self.sent, "result": result}

    def compare_pages(self):
        pages = {None: (["a", "b"], "m 1+"), "m 1+": (["c"], "m/2"), "m/2": ([], "grün"), "grün": (["d"], None)}
        asked = []

        def respond(decoded):
            marker = decoded["input"].get("Marker")
            same("page size", decoded["input"]["MaxRecords"], 20)
            asked.append(marker)
            names, following = pages[marker]
            output = {"DBInstances": [{"DBInstanceIdentifier": name} for name in names]}
            if following is not None:
                output["Marker"] = following
            return self.peer("encode_response", operation="DescribeDBInstances", output=output,
                             request_id=REQUEST_ID)["xml"]

        self.responder = respond
        paginator = self.client.get_paginator("describe_db_instances")
        names = [instance["DBInstanceIdentifier"] for page in paginator.paginate(PaginationConfig={"PageSize": 20})
                 for instance in page["DBInstances"]]
        same("items of all pages", names, ["a", "b", "c", "d"])
        same("markers asked for", asked, list(pages))
        self.counts["pages"] += len(pages) + 1

    # All of it.

    def run(self):
        botocore.auth.datetime = FrozenModule()
        botocore.signers.datetime = FrozenModule()
        ours = self.peer("operations")
        shared = sorted(set(ours["operations"]) & set(self.model.operation_names))
        only_theirs = sorted(set(self.model.operation_names) - set(ours["operations"]))
        print(f"botocore {botocore.__version__}: {len(self.model.operation_names)} operations; ours: "
              f"{len(ours['operations'])}; both: {len(shared)}; only botocore's: {only_theirs}")
        for name in shared:
            operation = self.model.operation_model(name)
            self.counts["operations"] += 1
            self.counts["operations with output"] += operation.output_shape is not None
            for seed, fill in SEEDS:
                try:
                    self.compare_operation(operation, seed, fill)
                except Difference as difference:
                    sys.exit(f"{name} with seed {seed} ({fill}): {difference}")
        for step in (self.compare_odd_signatures, self.compare_presigned, self.compare_cross_region,
                     self.compare_tokens, self.compare_pages, lambda: self.compare_errors(ours["error_codes"])):
            try:
                step()
            except Difference as difference:
                sys.exit(str(difference))

    def compare_operation(self, operation, seed, fill):
        sample = self.peer("sample", operation=operation.name, seed=seed, fill=fill)
        if (operation.output_shape is None) != ("output" not in sample):
            raise Difference("only one of the two models has an output")
        input_ = {}
        if operation.input_shape is not None:
            input_ = self.known(operation.input_shape, sample.get("input", {}), "requests", operation.name)
        self.compare_request(operation, input_)
        expected = {}
        if operation.output_shape is not None:
            _, expected = self.compare_answer(operation, sample["output"])
        if seed <= 2:
            called = self.call_client(operation.name, input_, sample.get("output", {}))
            same("input that a client sent", called["input"], input_)
            same("result that a client got", called["result"], expected)
            self.counts["client calls"] += 1

    def report(self):
        self.counts["members in requests"] = len(self.seen["requests"])
        self.counts["members in answers"] = len(self.seen["answers"])
        print(f"left out, for only our model has them: {len(self.left_out)} members")
        for what, count in self.counts.items():
            print(f"  {what}: {count} (at least {LEAST[what]})")
        short = [what for what, least in LEAST.items() if self.counts[what] < least]
        if short:
            sys.exit(f"compare_with_botocore.py: too few of: {', '.join(short)}")


class Raw:
    """The body of an answer, as urllib3 would give it."""

    def __init__(self, content):
        self._content = content

    def stream(self, amount=1024, decode_content=None):
        content, self._content = self._content, b""
        while content:
            yield content[:amount]
            content = content[amount:]


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    peer = Peer(sys.argv[1])
    comparison = Comparison(peer)
    comparison.run()
    comparison.report()
    peer.close()


if __name__ == "__main__":
    main()
