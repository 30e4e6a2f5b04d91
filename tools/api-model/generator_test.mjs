// node --test tools/api-model/generator_test.mjs
//
// The refresh stands or falls with what it refuses. A tiny package in the real one's layout is understood; each way of
// spoiling it must be refused, with the words that say what and where.
import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import { buildModel } from "./build-model.mjs";
import { emit } from "./emit.mjs";
import { Doubt } from "./fail.mjs";
import { readSchemas } from "./read-schemas.mjs";
import { readEnums, readInterfaces, readThrows } from "./read-types.mjs";
import { readPaginators, readWaiters } from "./read-waiters.mjs";

const kSchemas = `
const n0 = "com.amazonaws.rds";
const _xN = "xmlName";
import { TypeRegistry } from "@smithy/core/schema";
import { GoneFault, } from "../models/errors";
const n0_registry = new TypeRegistry(n0);
export var GoneFault$ = [-3, n0, "GoneFault",
    { ["awsQueryError"]: [\`Gone\`, 404], ["error"]: "client", ["httpError"]: 404 },
    ["message"],
    [0]
];
n0_registry.registerError(GoneFault$, GoneFault);
var Secretive = [0, n0, "Secretive", 8, 0];
export var Ask$ = [3, n0, "Ask",
    0,
    ["Name", "Marker", "MaxRecords", "Password", "Mode", "Context"],
    [0, 0, 1, [() => Secretive, 0], 0, 128 | 0], 1
];
export var Answer$ = [3, n0, "Answer",
    0,
    ["Marker", "Things"],
    [0, [() => ThingList, 0]]
];
export var Thing$ = [3, n0, "Thing",
    0,
    ["Status", "Since", "Price", "Labels"],
    [0, 4, 1, 64 | 0]
];
var __Unit = "unit";
var ThingList = [1, n0, "ThingList",
    0, [() => Thing$,
        { [_xN]: "Thing" }]
];
export var DescribeThings$ = [9, n0, "DescribeThings",
    0, () => Ask$, () => Answer$
];
export var DropThing$ = [9, n0, "DropThing",
    0, () => Ask$, () => __Unit
];
`;

const kModels = `
/** prose with braces {} */
export interface Ask {
    Name: string | undefined;
    Marker?: string | undefined;
    MaxRecords?: number | undefined;
    Password?: string | undefined;
    Mode?: Mode | undefined;
    Context?: Record<string, string> | undefined;
}
export interface Answer {
    Marker?: string | undefined;
    Things?: Thing[] | undefined;
}
export interface Thing {
    Status?: string | undefined;
    Since?: Date | undefined;
    Price?: number | undefined;
    Labels?: string[] | undefined;
}
`;

const kEnums = `export declare const Mode: {
    readonly fast: "fast";
    readonly "very-slow": "very-slow";
};
export type Mode = (typeof Mode)[keyof typeof Mode];
`;

const kThrows = ` * @throws {@link GoneFault} (client fault)
 *  prose
 *
 * @throws {@link RDSServiceException}
`;

const kPaginator = `export const paginateDescribeThings = createPaginator(RDSClient, DescribeThingsCommand, "Marker", "Marker", "MaxRecords");
`;

const kWaiter = `import { checkExceptions, createWaiter, WaiterState, } from "@smithy/core/client";
import { DescribeThingsCommand, } from "../commands/DescribeThingsCommand";
const checkState = async (client, input) => {
    let reason;
    try {
        let result = await client.send(new DescribeThingsCommand(input));
        reason = result;
        try {
            const returnComparator = () => {
                return (result.Things.length == 0);
            };
            if (returnComparator() == true) {
                return { state: WaiterState.SUCCESS, reason };
            }
        }
        catch (e) { }
        try {
            const returnComparator = () => {
                let flat_1 = [].concat(...result.Things);
                let projection_3 = flat_1.map((element_2) => {
                    return element_2.Status;
                });
                return projection_3;
            };
            for (let anyStringEq_4 of returnComparator()) {
                if (anyStringEq_4 == "creating") {
                    return { state: WaiterState.FAILURE, reason };
                }
            }
        }
        catch (e) { }
    }
    catch (exception) {
        reason = exception;
        if (exception.name === "GoneFault") {
            return { state: WaiterState.SUCCESS, reason };
        }
    }
    return { state: WaiterState.RETRY, reason };
};
export const waitForThingDeleted = async (params, input) => {
    const serviceDefaults = { minDelay: 30, maxDelay: 1800 };
    return createWaiter({ ...serviceDefaults, ...params }, input, checkState);
};
export const waitUntilThingDeleted = async (params, input) => {
    const serviceDefaults = { minDelay: 30, maxDelay: 1800 };
    const result = await createWaiter({ ...serviceDefaults, ...params }, input, checkState);
    return checkExceptions(result);
};
`;

const kFiles = {
  "schemas.js": kSchemas,
  "models.d.ts": kModels,
  "enums.d.ts": kEnums,
  "commands/DescribeThingsCommand.d.ts": kThrows,
  "commands/DropThingCommand.d.ts": kThrows,
  "pagination/DescribeThingsPaginator.js": kPaginator,
  "waiters/waitForThingDeleted.js": kWaiter,
};

const kOverlays = {
  numeric: { integer: ["Ask.MaxRecords"], long: [], double: ["Thing.Price"] },
  constraints: { members: { "Ask.Name": { length: { min: 1, max: 63 }, pattern: "^[a-z]+$" }, "Ask.MaxRecords": { range: { min: 20 } } } },
  paginator: { operations: {} },
};

function model(files = {}, overlays = {}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "api-model-"));
  try {
    for (const [name, text] of Object.entries({ ...kFiles, ...files })) {
      const file = path.join(folder, name);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, text);
    }
    const at = (name) => path.join(folder, name);
    const schemas = readSchemas(at("schemas.js"));
    return buildModel({
      schemas,
      enums: readEnums(at("enums.d.ts")),
      interfaces: readInterfaces([at("models.d.ts")]),
      throws: readThrows(at("commands"), [...schemas.operations.keys()]),
      waiters: readWaiters(at("waiters")),
      paginators: readPaginators(at("pagination")),
      overlays: { ...kOverlays, ...overlays },
    });
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

test("the package as it is known", () => {
  const result = model();
  const shape = (name) => result.shapes.get(name);
  assert.deepEqual([...result.shapes.keys()], [
    "Answer", "Ask", "Double", "Integer", "Mode", "SensitiveString", "String", "StringList", "StringMap", "Thing", "ThingList", "Timestamp",
  ]);
  assert.deepEqual(shape("ThingList"), { type: "kList", element: "Thing", element_name: "Thing" });
  assert.deepEqual(shape("StringList"), { type: "kList", element: "String", element_name: "member" });
  assert.deepEqual(shape("StringMap"), { type: "kMap", element: "String", element_name: "entry" });
  assert.deepEqual(shape("Mode").values, ["fast", "very-slow"]);
  assert.deepEqual(shape("Ask").members.map((m) => `${m.name} ${m.shape} ${m.required} ${m.sensitive}`), [
    "Name String true false", "Marker String false false", "MaxRecords Integer false false",
    "Password SensitiveString false true", "Mode Mode false false", "Context StringMap false false",
  ]);
  assert.deepEqual(shape("Ask").members[0].constraint, { min_length: 1, max_length: 63, pattern: "^[a-z]+$" });
  assert.deepEqual(result.sensitive_names, ["Password"]);
  assert.deepEqual(result.operations.map((o) => [o.name, o.input, o.output, o.errors.join()]), [
    ["DescribeThings", "Ask", "Answer", "Gone"], ["DropThing", "Ask", null, "Gone"],
  ]);
  assert.deepEqual(result.operations[0].paginator, {
    input_token: "Marker", output_token: "Marker", page_size: "MaxRecords", items: "Things", more: "",
  });
  assert.deepEqual(result.waiters[0].acceptors, [
    { match: "kEmptyList", path: "Things", state: "kSuccess", expected: "" },
    { match: "kPathAny", path: "Things[].Status", expected: "creating", state: "kFailure" },
    { match: "kError", state: "kSuccess", path: "", expected: "Gone" },
  ]);
});

test("the same package gives the same bytes, and the rows are C++", () => {
  const first = emit(model(), "pkg 1.0");
  assert.deepEqual(first, emit(model(), "pkg 1.0"));
  assert.match(first["shapes.cc"], /\{"Name", &kShapes\[shape::String\], true, false, &kConstraints\[0\]\},/);
  assert.match(first["shapes.cc"], /\{\.min_length = 1, \.max_length = 63, \.pattern = "\^\[a-z\]\+\$"\},/);
  assert.match(first["errors.cc"], /\{"GoneFault", "Gone", 404, true\},/);
  assert.match(first["operations.cc"], /\{"DropThing", &kShapes\[shape::Ask\], nullptr, kDropThingErrors, nullptr\},/);
});

test("text is quoted", () => {
  const constraints = { members: { "Ask.Name": { pattern: 'a\\d"b' } } };
  assert.match(emit(model({}, { constraints }), "pkg 1.0")["shapes.cc"], /\.pattern = "a\\\\d\\"b"/);
});

// [what is spoilt, the file, what is replaced, by what, the words of the refusal]
const kSpoilt = [
  ["a type number that is not known", "schemas.js", "[0, 4, 1, 64 | 0]", "[0, 21, 1, 64 | 0]", /Thing\.Since: unknown type number 21/],
  ["a map of numbers", "schemas.js", "128 | 0", "128 | 1", /Ask\.Context: unknown type number 129/],
  ["a trait on a member", "schemas.js", "[() => Secretive, 0]", '[() => Secretive, { jsonName: "x" }]', /Ask\.Password: unknown trait jsonName/],
  ["a flattened list", "schemas.js", '{ [_xN]: "Thing" }', '{ [_xN]: "Thing", xmlFlattened: 1 }', /ThingList: unknown trait xmlFlattened/],
  ["a renamed member", "schemas.js", "[() => ThingList, 0]", '[() => ThingList, { [_xN]: "T" }]', /Answer\.Things: unknown trait xmlName/],
  ["a structure with traits", "schemas.js", '"Answer",\n    0,', '"Answer",\n    8,', /Answer: a structure of unknown layout or with traits/],
  ["a union", "schemas.js", '[3, n0, "Thing"', '[4, n0, "Thing"', /ThingList: a shape of unknown class 4/],
  ["a simple shape with another trait", "schemas.js", '"Secretive", 8, 0', '"Secretive", 4, 0', /Secretive: a simple shape that is not a sensitive text/],
  ["more required members than members", "schemas.js", "128 | 0], 1", "128 | 0], 7", /Ask: names, types and the number of required members do not agree/],
  ["a part too many", "schemas.js", "128 | 0], 1", "128 | 0], 1, 0", /Ask: a structure of unknown layout/],
  ["another namespace", "schemas.js", "[3, n0, \"Answer\"", '[3, "smithy.api", "Answer"', /Answer\$: an export that is no shape of its own name/],
  ["an error with another member", "schemas.js", '["message"]', '["text"]', /GoneFault: members other than the message/],
  ["an error with two statuses", "schemas.js", "`Gone`, 404", "`Gone`, 400", /GoneFault: two HTTP statuses/],
  ["an error whose status is not its side's", "schemas.js", '["error"]: "client"', '["error"]: "server"', /GoneFault: status 404 and server fault/],
  ["an import of another form", "schemas.js", "import { TypeRegistry } from", "import * as x from", /an import or export of another form/],
  ["a member that is not declared", "models.d.ts", "    Since?: Date | undefined;\n", "", /Thing: is declared with other members/],
  ["a member of another declared type", "models.d.ts", "Since?: Date", "Since?: string", /Thing\.Since: is Date in the schemas and string in the declarations/],
  ["a requiredness that does not agree", "models.d.ts", "Name: string", "Name?: string", /Ask\.Name: the schemas and the declarations do not agree on required/],
  ["a declared type of unknown form", "models.d.ts", "Since?: Date", "Since?: Uint8Array & x", /interface Thing: a line of unknown form/],
  ["a structure that is only declared", "models.d.ts", "export interface Thing {", "export interface More {\n}\nexport interface Thing {", /More: is declared and not in the schemas/],
  ["an enum of another name", "enums.d.ts", /Mode/g, "Modus", /Ask\.Mode: is string in the schemas and Mode in the declarations/],
  ["an enum that no member uses", "enums.d.ts", /$/, 'export declare const Idle: {\n    readonly a: "a";\n};\nexport type Idle = string;\n', /Idle: enums that no member uses/],
  ["an enum type without values", "enums.d.ts", /$/, "export type Idle = string;\n", /2 enum types and 1 lists of values/],
  ["an enum value twice", "enums.d.ts", '"very-slow": "very-slow"', '"very-slow": "fast"', /enum Mode: no values, or one twice/],
  ["an error that is not in the schemas", "commands/DropThingCommand.d.ts", "GoneFault", "LostFault", /DropThing: the error LostFault that is not in the schemas/],
  ["an error of another side", "commands/DropThingCommand.d.ts", "(client fault)", "(server fault)", /DropThing, GoneFault: the sides do not agree/],
  ["a throws line of unknown form", "commands/DropThingCommand.d.ts", "{@link GoneFault}", "GoneFault", /a line of unknown form/],
  ["a token that is no member", "pagination/DescribeThingsPaginator.js", '"Marker", "Marker"', '"Marker", "Next"', /DescribeThings: Answer has no Next/],
  ["a paginator of unknown form", "pagination/DescribeThingsPaginator.js", '"MaxRecords"', "x", /DescribeThingsPaginator\.js: a paginator of unknown form/],
  ["a waiter on a field that does not exist", "waiters/waitForThingDeleted.js", "element_2.Status", "element_2.State", /ThingDeleted: Thing has no State/],
  ["a waiter with another comparison", "waiters/waitForThingDeleted.js", 'anyStringEq_4 == "creating"', 'anyStringEq_4 != "creating"', /an acceptor of unknown form/],
  ["a waiter on an unknown error", "waiters/waitForThingDeleted.js", "GoneFault", "LostFault", /ThingDeleted: the error LostFault that is not in the schemas/],
  ["a waiter under another name", "waiters/waitForThingDeleted.js", /ThingDeleted/g, "ThingGone", /holds the waiter ThingGone/],
];

for (const [what, file, from, to, words] of kSpoilt) {
  test(`refused: ${what}`, () => {
    const text = kFiles[file].replace(from, to);
    assert.notEqual(text, kFiles[file], "the case spoils nothing");
    assert.throws(() => model({ [file]: text }), (error) => error instanceof Doubt && words.test(error.message));
  });
}

test("refused: a shape that contains itself", () => {
  const files = {
    "schemas.js": kSchemas.replace("[0, 4, 1, 64 | 0]", "[0, 4, 1, [() => ThingList, 0]]"),
    "models.d.ts": kModels.replace("Labels?: string[]", "Labels?: Thing[]"),
  };
  assert.throws(() => model(files), { message: "Answer > ThingList > Thing > ThingList: a shape that contains itself" });
});

const kSpoiltOverlays = [
  ["a number of unknown width", { numeric: { integer: [], long: [], double: ["Thing.Price"] } }, /Ask\.MaxRecords: a number whose width/],
  ["a width for no number", { numeric: { ...kOverlays.numeric, long: ["Thing.Status"] } }, /Thing\.Status: stands in overlay-numeric\.json/],
  ["two widths", { numeric: { ...kOverlays.numeric, long: ["Thing.Price"] } }, /Thing\.Price: stands twice/],
  ["a constraint for no member", { constraints: { members: { "Ask.Nome": { length: { min: 1 } } } } }, /Ask\.Nome: stands in overlay-constraints\.json/],
  ["a length of a number", { constraints: { members: { "Ask.MaxRecords": { length: { min: 1 } } } } }, /Ask\.MaxRecords: a constraint that its type kInteger cannot meet/],
  ["a constraint of unknown sort", { constraints: { members: { "Ask.Name": { size: 1 } } } }, /Ask\.Name: a constraint of unknown sort: size/],
  ["a pattern that is none", { constraints: { members: { "Ask.Name": { pattern: "[a" } } } }, /Ask\.Name: a pattern that is no regular expression/],
  ["a bound that is no integer", { constraints: { members: { "Ask.Name": { length: { min: 0.5 } } } } }, /Ask\.Name: length min 0\.5/],
  ["items that are no list", { paginator: { operations: { DescribeThings: { items: "Stuff" } } } }, /DescribeThings: Answer has no Stuff/],
  ["a page exception for an operation without pages", { paginator: { operations: { DropThing: { items: "Things" } } } }, /DropThing: a paginator of no operation/],
];

for (const [what, overlays, words] of kSpoiltOverlays) {
  test(`refused overlay: ${what}`, () => {
    assert.throws(() => model({}, overlays), (error) => error instanceof Doubt && words.test(error.message));
  });
}
