// Joins what the readers found with the overlays into the table's model, and refuses whatever does not fit together.
import { byText, doubt, sortedKeys } from "./fail.mjs";

const kScalarShapes = { text: "String", boolean: "Boolean", time: "Timestamp" };
const kNumberShapes = { integer: "Integer", long: "Long", double: "Double" };
const kTypeScript = { text: "string", number: "number", boolean: "boolean", time: "Date" };

export function buildModel({ schemas, enums, interfaces, throws, waiters, paginators, overlays }) {
  const shapes = new Map();  // name -> {type, ...}; references between shapes are names
  const constraints = readConstraints(overlays.constraints, schemas);
  const numbers = readNumbers(overlays.numeric);
  const list_types = new Map();  // named list -> the TypeScript type of its element, which must not differ by use

  const add = (name, shape) => {
    if (!/^[A-Z][A-Za-z0-9]*$/.test(name)) doubt(name, "a name that cannot stand in the table");
    const before = shapes.get(name);
    if (before && JSON.stringify(before) !== JSON.stringify(shape)) doubt(name, "two different shapes of one name");
    shapes.set(name, shape);
    return name;
  };

  // The shape of a type, checked against the declaration's type.
  const resolve = (where, type, declared) => {
    const expect = (wanted) => {
      if (declared !== wanted) doubt(where, `is ${wanted} in the schemas and ${declared} in the declarations`);
    };
    switch (type.kind) {
      case "text":
        if (enums.has(declared)) {
          if (type.sensitive) doubt(where, "an enum that is sensitive");
          return add(declared, { type: "kString", values: enums.get(declared) });
        }
        expect("string");
        return type.sensitive ? add("SensitiveString", { type: "kString", sensitive: true }) : add("String", { type: "kString" });
      case "number":
        expect("number");
        return numberShape(where);
      case "boolean":
      case "time":
        expect(kTypeScript[type.kind]);
        return add(kScalarShapes[type.kind], { type: type.kind === "time" ? "kTimestamp" : "kBoolean" });
      case "structure":
        expect(type.name);
        return type.name;
      case "map":
        expect("Record<string, string>");
        return add("StringMap", { type: "kMap", element: add("String", { type: "kString" }), element_name: "entry" });
      case "list": {
        if (!declared.endsWith("[]")) doubt(where, `a list that is declared as ${declared}`);
        const item = declared.slice(0, -2);
        const list = type.name ? schemas.lists.get(type.name) : type;
        if (list.element.kind === "number") doubt(where, "a list of numbers, whose width no overlay states");
        const element = resolve(where, list.element, item);
        const name = type.name ?? `${element}List`;
        if (type.name && (list_types.get(type.name) ?? item) !== item) doubt(type.name, "holds different enums in different uses");
        list_types.set(name, item);
        return add(name, { type: "kList", element, element_name: list.element_name });
      }
    }
    return doubt(where, `kind ${type.kind}`);
  };

  const numberShape = (where) => {
    const width = numbers.get(where) ?? doubt(where, "a number whose width overlay-numeric.json does not state");
    numbers.delete(where);
    return add(kNumberShapes[width], { type: `k${kNumberShapes[width]}` });
  };

  for (const [name, members] of schemas.structures) {
    const declared = interfaces.get(name) ?? doubt(name, "is not declared");
    if (members.map((m) => m.name).sort().join() !== [...declared.keys()].sort().join()) doubt(name, "is declared with other members");
    add(name, {
      type: "kStructure",
      members: members.map((member) => {
        const where = `${name}.${member.name}`;
        const declaration = declared.get(member.name);
        if (declaration.required !== member.required) doubt(where, "the schemas and the declarations do not agree on required");
        const shape = resolve(where, member.type, declaration.type);
        const constraint = constraints.get(where);
        constraints.delete(where);
        if (constraint) checkConstraint(where, constraint, shapes.get(shape));
        return { name: member.name, shape, required: member.required, sensitive: shapes.get(shape)?.sensitive === true, constraint };
      }),
    });
  }
  for (const name of interfaces.keys()) if (!schemas.structures.has(name)) doubt(name, "is declared and not in the schemas");
  for (const name of schemas.lists.keys()) if (!shapes.has(name)) doubt(name, "a list that no member uses");
  for (const name of enums.keys()) {
    if (schemas.structures.has(name) || schemas.lists.has(name)) doubt(name, "an enum of another shape's name");
  }
  const unused = [...enums.keys()].filter((name) => !shapes.has(name));
  if (unused.length > 0) doubt(unused.join(", "), "enums that no member uses");
  if (numbers.size > 0) doubt([...numbers.keys()].join(", "), "stands in overlay-numeric.json and is no number of the API");
  if (constraints.size > 0) doubt([...constraints.keys()].join(", "), "stands in overlay-constraints.json and is no member of the API");

  const model = {
    shapes: new Map(sortedEntries(shapes)),
    errors: [...schemas.errors].map(([name, e]) => ({ name, ...e })).sort((a, b) => byText(a.code, b.code)),
    operations: [],
    waiters: [],
  };
  checkErrors(model.errors);
  checkRecursion(model.shapes);
  for (const name of sortedKeys(Object.fromEntries(schemas.operations))) {
    const { input, output } = schemas.operations.get(name);
    model.operations.push({
      name, input, output,
      errors: operationErrors(name, throws.get(name), schemas.errors),
      paginator: paginators.has(name) ? paginator(model, name, input, output, paginators.get(name), overlays.paginator) : null,
    });
  }
  for (const name of [...paginators.keys(), ...Object.keys(overlays.paginator.operations)]) {
    if (!schemas.operations.has(name) || !paginators.has(name)) doubt(name, "a paginator of no operation");
  }
  checkReachable(model);
  model.waiters = waiters.map((w) => waiter(model, w, schemas)).sort((a, b) => byText(a.name, b.name));
  model.sensitive_names = [...new Set(allMembers(model).filter((m) => m.sensitive).map((m) => m.name))].sort(byText);
  return model;
}

export function allMembers(model) {
  return [...model.shapes.values()].flatMap((s) => s.members ?? []);
}

function sortedEntries(map) {
  return [...map].sort(([a], [b]) => byText(a, b));
}

function readNumbers(overlay) {
  const result = new Map();
  for (const width of Object.keys(kNumberShapes)) {
    for (const where of overlay[width]) {
      if (result.has(where)) doubt(where, "stands twice in overlay-numeric.json");
      result.set(where, width);
    }
  }
  return result;
}

const kConstraintParts = { length: ["min", "max"], range: ["min", "max"], pattern: null };

function readConstraints(overlay) {
  const result = new Map();
  for (const [where, stated] of Object.entries(overlay.members)) {
    const constraint = {};
    for (const [part, value] of Object.entries(stated)) {
      if (!(part in kConstraintParts)) doubt(where, `a constraint of unknown sort: ${part}`);
      if (part === "pattern") {
        constraint.pattern = checkedPattern(where, value);
        continue;
      }
      for (const [bound, number] of Object.entries(value)) {
        if (!kConstraintParts[part].includes(bound) || !Number.isSafeInteger(number)) doubt(where, `${part} ${bound} ${number}`);
        constraint[part === "length" ? `${bound}_length` : bound] = number;
      }
    }
    if (Object.keys(constraint).length === 0) doubt(where, "a constraint that states nothing");
    result.set(where, constraint);
  }
  return result;
}

function checkedPattern(where, pattern) {
  try {
    new RegExp(pattern);
  } catch (error) {
    doubt(where, `a pattern that is no regular expression: ${error.message}`);
  }
  return pattern;
}

function checkConstraint(where, constraint, shape) {
  const text = shape?.type === "kString";
  const number = shape?.type === "kInteger" || shape?.type === "kLong";
  const of_text = ["min_length", "max_length", "pattern"].some((k) => k in constraint);
  const of_number = ["min", "max"].some((k) => k in constraint);
  if ((of_text && !text) || (of_number && !number)) doubt(where, `a constraint that its type ${shape?.type} cannot meet`);
}

function checkErrors(errors) {
  for (const unique of ["code", "name"]) {
    const seen = new Set();
    for (const error of errors) {
      if (seen.has(error[unique])) doubt(error[unique], `an error ${unique} that stands twice`);
      seen.add(error[unique]);
    }
  }
  for (const { name, status, sender } of errors) {
    if (sender !== (status >= 400 && status < 500)) doubt(name, `status ${status} and ${sender ? "client" : "server"} fault`);
  }
}

function operationErrors(name, thrown, errors) {
  return thrown
    .map(({ name: error, sender }) => {
      const shape = errors.get(error) ?? doubt(name, `the error ${error} that is not in the schemas`);
      if (shape.sender !== sender) doubt(`${name}, ${error}`, "the sides do not agree");
      return shape.code;
    })
    .sort(byText);
}

// No codec of ours could carry a shape that contains itself.
function checkRecursion(shapes) {
  const done = new Set();
  const visit = (name, path) => {
    if (path.includes(name)) doubt([...path, name].join(" > "), "a shape that contains itself");
    if (done.has(name)) return;
    const shape = shapes.get(name) ?? doubt(name, "a shape that does not exist");
    for (const next of [...(shape.members ?? []).map((m) => m.shape), ...(shape.element ? [shape.element] : [])]) visit(next, [...path, name]);
    done.add(name);
  };
  for (const name of shapes.keys()) visit(name, []);
}

function checkReachable(model) {
  const reached = new Set();
  const visit = (name) => {
    if (reached.has(name)) return;
    reached.add(name);
    const shape = model.shapes.get(name);
    (shape.members ?? []).forEach((m) => visit(m.shape));
    if (shape.element) visit(shape.element);
  };
  for (const { input, output } of model.operations) [input, output].filter(Boolean).forEach(visit);
  const lost = [...model.shapes.keys()].filter((name) => !reached.has(name));
  if (lost.length > 0) doubt(lost.join(", "), "shapes that no operation reaches");
}

// The shape at a dotted path of a structure.
function at(model, structure, path, where) {
  let name = structure;
  for (const part of path.split(".")) {
    const member = model.shapes.get(name)?.members?.find((m) => m.name === part);
    name = member?.shape ?? doubt(where, `${structure} has no ${path}`);
  }
  return model.shapes.get(name);
}

function paginator(model, operation, input, output, found, overlay) {
  const exception = overlay.operations[operation] ?? {};
  for (const key of Object.keys(exception)) if (key !== "items" && key !== "more") doubt(operation, `overlay-paginator.json: ${key}`);
  const lists = model.shapes.get(output).members.filter((m) => model.shapes.get(m.shape).type === "kList");
  if (!exception.items && lists.length !== 1) doubt(operation, `${lists.length} lists in a page`);
  const result = { ...found, items: exception.items ?? lists[0].name, more: exception.more ?? "" };
  const is = (shape, path, ...types) => {
    const { type } = at(model, shape, path, operation);
    if (!types.includes(type)) doubt(operation, `${path} of a page is ${type}`);
  };
  is(input, result.input_token, "kString");
  is(output, result.output_token, "kString");
  is(input, result.page_size, "kInteger");
  is(output, result.items, ...(exception.items ? ["kList", "kString"] : ["kList"]));
  if (result.more) is(output, result.more, "kBoolean");
  return result;
}

function waiter(model, { name, operation, delay, acceptors }, schemas) {
  const { output } = schemas.operations.get(operation) ?? doubt(name, `waits with the unknown operation ${operation}`);
  if (acceptors.length === 0) doubt(name, "a waiter that accepts nothing");
  return {
    name, operation, delay,
    acceptors: acceptors.map((a) => {
      if (a.match === "kError") {
        // The package names the shape; on the wire stands the code.
        const error = schemas.errors.get(a.error) ?? doubt(name, `the error ${a.error} that is not in the schemas`);
        return { match: a.match, state: a.state, path: "", expected: error.code };
      }
      const [list, field] = a.path.split("[].");
      const shape = at(model, output, list, name);
      if (shape.type !== "kList") doubt(name, `${list} is no list`);
      if (field && at(model, shape.element, field, name).type !== "kString") doubt(name, `${a.path} is no text`);
      return a;
    }),
  };
}
