// Reads the package's schema file: one array a shape.
//
//   [3, namespace, name, traits, member names, member types, number of required members]   a structure
//   [-3, ...]                                                                              an error
//   [1, namespace, name, traits, element type]                                             a list
//   [9, namespace, name, traits, input, output]                                            an operation
//   [0, namespace, name, traits, base type]                                                a text with traits
//
// A type is a number (0 text, 1 number, 2 boolean, 4 time, 64|t list, 128|t map), a thunk that answers a shape's array,
// or [type, traits]. This layout is internal to the package, so everything that is not exactly known is refused.
import fs from "node:fs";
import vm from "node:vm";
import { doubt } from "./fail.mjs";

const kNamespace = "com.amazonaws.rds";
const kScalars = new Map([[0, "text"], [1, "number"], [2, "boolean"], [4, "time"]]);
const kSensitive = 8;
const kList = 64;
const kMap = 128;

function evaluate(path) {
  const stand_ins = new Set();
  const exported = new Set();
  const source = fs
    .readFileSync(path, "utf8")
    .replace(/^import \{([^}]*)\} from "[^"]*";$/gm, (_, names) => {
      for (const name of names.split(",").map((n) => n.trim()).filter(Boolean)) stand_ins.add(name);
      return "";
    })
    .replace(/^export (?:var|const) ([\w$]+) =/gm, (_, name) => {
      exported.add(name);
      return `var ${name} =`;
    });
  if (/^\s*(import|export)\b/m.test(source)) doubt(path, "an import or export of another form");
  const preamble = [...stand_ins]
    .map((n) => (n === "TypeRegistry" ? "class TypeRegistry { static for() {} registerError() {} }" : `class ${n} {}`))
    .join("\n");
  const names = [...exported].join(", ");
  return vm.runInNewContext(`"use strict";(() => {\n${preamble}\n${source}\nreturn { ${names} };\n})()`, {}, {
    filename: path,
    timeout: 10_000,
  });
}

class Reader {
  structures = new Map();
  lists = new Map();
  errors = new Map();
  operations = new Map();

  // -> {kind: text|number|boolean|time|structure|list|map, name?, sensitive?, ...}
  type(where, type) {
    if (typeof type === "number") return this.numbered(where, type);
    if (Array.isArray(type)) return this.shape(where, type);
    if (typeof type === "function") return this.type(where, type());
    return doubt(where, `a type of unknown form: ${String(type)}`);
  }

  numbered(where, type) {
    if (kScalars.has(type)) return { kind: kScalars.get(type) };
    if (type & kList && kScalars.has(type & ~kList)) {
      return { kind: "list", element: { kind: kScalars.get(type & ~kList) }, element_name: "member" };
    }
    // A map's values are texts; anything else would need a codec of its own.
    if (type === (kMap | 0)) return { kind: "map", element: { kind: "text" }, element_name: "entry" };
    return doubt(where, `unknown type number ${type}`);
  }

  shape(where, shape) {
    const [id, namespace, name] = shape;
    if (namespace !== kNamespace) doubt(where, `a shape of namespace ${String(namespace)}`);
    if (id === 3) {
      this.structure(shape);
      return { kind: "structure", name };
    }
    if (id === 1) {
      this.list(shape);
      return { kind: "list", name };
    }
    if (id === 0) {
      if (shape.length !== 5 || shape[3] !== kSensitive || shape[4] !== 0) doubt(name, "a simple shape that is not a sensitive text");
      return { kind: "text", sensitive: true };
    }
    return doubt(where, `a shape of unknown class ${String(id)}`);
  }

  // A member or element: the bare type, or [type, traits] where the traits are 0 (it holds shapes that have traits).
  traited(where, entry, allowed) {
    if (!Array.isArray(entry)) return [entry, {}];
    if (entry.length !== 2) doubt(where, `a traited type with ${entry.length} parts`);
    const traits = entry[1] === 0 ? {} : entry[1];
    if (typeof traits !== "object") doubt(where, `traits ${String(traits)}`);
    for (const trait of Object.keys(traits)) {
      if (!allowed.includes(trait)) doubt(where, `unknown trait ${trait}`);
    }
    return [entry[0], traits];
  }

  structure(shape) {
    const [, , name, traits, members, types, required = 0] = shape;
    if (this.structures.has(name)) return;
    if (shape.length > 7 || traits !== 0) doubt(name, "a structure of unknown layout or with traits");
    if (members.length !== types.length || !Number.isInteger(required) || required > members.length) {
      doubt(name, "names, types and the number of required members do not agree");
    }
    const result = [];
    this.structures.set(name, result);
    members.forEach((member, i) => {
      const where = `${name}.${member}`;
      const [type] = this.traited(where, types[i], []);
      result.push({ name: member, required: i < required, type: this.type(where, type) });
    });
  }

  list(shape) {
    const [, , name, traits, element] = shape;
    if (this.lists.has(name)) return;
    if (shape.length !== 5 || traits !== 0) doubt(name, "a list of unknown layout or with traits");
    const result = {};
    this.lists.set(name, result);
    const [type, element_traits] = this.traited(name, element, ["xmlName"]);
    result.element = this.type(name, type);
    result.element_name = element_traits.xmlName ?? "member";
  }

  error(shape) {
    const [, , name, traits, members, types] = shape;
    const keys = Object.keys(traits).sort().join();
    if (keys !== "awsQueryError,error,httpError") doubt(name, `an error with the traits ${keys}`);
    const [code, status] = traits.awsQueryError;
    if (status !== traits.httpError) doubt(name, "two HTTP statuses");
    if (!["client", "server"].includes(traits.error)) doubt(name, `fault ${traits.error}`);
    if (members.join() !== "message" || types.join() !== "0") doubt(name, "members other than the message");
    this.errors.set(name, { code, status, sender: traits.error === "client" });
  }

  operation(shape) {
    const [, , name, traits, input, output] = shape;
    if (shape.length !== 6 || traits !== 0) doubt(name, "an operation of unknown layout or with traits");
    const end = (thunk) => {
      const target = thunk();
      if (target === "unit") return null;
      const type = this.type(name, target);
      if (type.kind !== "structure") doubt(name, "an input or output that is no structure");
      return type.name;
    };
    this.operations.set(name, { input: end(input), output: end(output) });
  }
}

export function readSchemas(path) {
  const reader = new Reader();
  for (const [variable, shape] of Object.entries(evaluate(path))) {
    if (variable === "RDSServiceException$" || variable === "errorTypeRegistries") continue;
    if (!Array.isArray(shape) || shape[1] !== kNamespace || `${shape[2]}$` !== variable) {
      doubt(variable, "an export that is no shape of its own name");
    }
    if (shape[0] === 3) reader.structure(shape);
    else if (shape[0] === -3) reader.error(shape);
    else if (shape[0] === 9) reader.operation(shape);
    else doubt(variable, `an exported shape of class ${String(shape[0])}`);
  }
  return reader;
}
