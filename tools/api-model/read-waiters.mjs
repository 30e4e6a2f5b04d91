// Reads the package's waiters and paginators. A waiter is code; it is cut into the blocks that its generator writes, and
// whatever is left over is refused.
import fs from "node:fs";
import path from "node:path";
import { doubt } from "./fail.mjs";

const kHead = /^import \{[^}]*\} from "@smithy\/core\/client";import \{ (\w+)Command, \} from "\.\.\/commands\/\1Command";const checkState = async \(client, input\) => \{let reason;try \{let result = await client\.send\(new \1Command\(input\)\);reason = result;/;
const kEmpty = /^try \{const returnComparator = \(\) => \{return \(result\.(\w+)\.length == 0\);\};if \(returnComparator\(\) == true\) \{return \{ state: WaiterState\.(\w+), reason \};\}\}catch \(e\) \{ \}/;
const kProjection = String.raw`try \{const returnComparator = \(\) => \{let flat_1 = \[\]\.concat\(\.\.\.result\.(\w+)\);let projection_3 = flat_1\.map\(\(element_2\) => \{return element_2\.(\w+);\}\);return projection_3;\};`;
const kAll = new RegExp(`^${kProjection}` + String.raw`let allStringEq_5 = \(returnComparator\(\)\.length > 0\);for \(let element_4 of returnComparator\(\)\) \{allStringEq_5 = allStringEq_5 && \(element_4 == "([^"]+)"\);\}if \(allStringEq_5\) \{return \{ state: WaiterState\.(\w+), reason \};\}\}catch \(e\) \{ \}`);
const kAny = new RegExp(`^${kProjection}` + String.raw`for \(let anyStringEq_4 of returnComparator\(\)\) \{if \(anyStringEq_4 == "([^"]+)"\) \{return \{ state: WaiterState\.(\w+), reason \};\}\}\}catch \(e\) \{ \}`);
const kCatch = /^\}catch \(exception\) \{reason = exception;/;
const kError = /^if \(exception\.name === "(\w+)"\) \{return \{ state: WaiterState\.(\w+), reason \};\}/;
const kTail = /^\}return \{ state: WaiterState\.RETRY, reason \};\};export const waitFor(\w+) = async \(params, input\) => \{const serviceDefaults = \{ minDelay: (\d+), maxDelay: (\d+) \};return createWaiter\(\{ \.\.\.serviceDefaults, \.\.\.params \}, input, checkState\);\};export const waitUntil\1 = async \(params, input\) => \{const serviceDefaults = \{ minDelay: \2, maxDelay: \3 \};const result = await createWaiter\(\{ \.\.\.serviceDefaults, \.\.\.params \}, input, checkState\);return checkExceptions\(result\);\};$/;

function state(where, name) {
  return { SUCCESS: "kSuccess", FAILURE: "kFailure", RETRY: "kRetry" }[name] ?? doubt(where, `waiter state ${name}`);
}

function readWaiter(file) {
  let rest = fs.readFileSync(file, "utf8").split("\n").map((l) => l.trim()).join("");
  const take = (pattern) => {
    const match = pattern.exec(rest);
    if (match) rest = rest.slice(match[0].length);
    return match;
  };
  const head = take(kHead) ?? doubt(file, "the start is of unknown form");
  const acceptors = [];
  for (let match; ; ) {
    if ((match = take(kEmpty))) {
      acceptors.push({ match: "kEmptyList", path: match[1], state: state(file, match[2]), expected: "" });
    } else if ((match = take(kAll))) {
      acceptors.push({ match: "kPathAll", path: `${match[1]}[].${match[2]}`, expected: match[3], state: state(file, match[4]) });
    } else if ((match = take(kAny))) {
      acceptors.push({ match: "kPathAny", path: `${match[1]}[].${match[2]}`, expected: match[3], state: state(file, match[4]) });
    } else {
      break;
    }
  }
  if (!take(kCatch)) doubt(file, `an acceptor of unknown form: ${rest.slice(0, 120)}`);
  for (let match; (match = take(kError)); ) {
    acceptors.push({ match: "kError", path: "", error: match[1], state: state(file, match[2]) });
  }
  const tail = take(kTail) ?? doubt(file, `the end is of unknown form: ${rest.slice(0, 120)}`);
  return { name: tail[1], operation: head[1], delay: Number(tail[2]), acceptors };
}

export function readWaiters(folder) {
  return fs
    .readdirSync(folder)
    .filter((f) => f !== "index.js")
    .map((f) => {
      const waiter = readWaiter(path.join(folder, f));
      if (f !== `waitFor${waiter.name}.js`) doubt(f, `holds the waiter ${waiter.name}`);
      return waiter;
    });
}

// operation -> {input_token, output_token, page_size}
export function readPaginators(folder) {
  const result = new Map();
  for (const file of fs.readdirSync(folder)) {
    if (file === "index.js" || file === "Interfaces.js") continue;
    const text = fs.readFileSync(path.join(folder, file), "utf8");
    const match = /^export const paginate(\w+) = createPaginator\(RDSClient, \1Command, "([\w.]+)", "([\w.]+)", "([\w.]+)"\);$/m.exec(text);
    if (!match || file !== `${match[1]}Paginator.js`) doubt(file, "a paginator of unknown form");
    result.set(match[1], { input_token: match[2], output_token: match[3], page_size: match[4] });
  }
  return result;
}
