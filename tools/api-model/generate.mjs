// node generate.mjs <unpacked package> <folder of the generated files>
//
// Called by tools/refresh-api-table. Exits 1, and writes nothing, on anything that it does not fully understand.
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { allMembers, buildModel } from "./build-model.mjs";
import { emit } from "./emit.mjs";
import { Doubt, doubt } from "./fail.mjs";
import { readSchemas } from "./read-schemas.mjs";
import { readEnums, readInterfaces, readThrows } from "./read-types.mjs";
import { readPaginators, readWaiters } from "./read-waiters.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const json = (name) => JSON.parse(fs.readFileSync(path.join(here, name), "utf8"));

function count(model) {
  const shapes = [...model.shapes.values()];
  const members = allMembers(model);
  return {
    operations: model.operations.length,
    structures: shapes.filter((s) => s.members).length,
    lists: shapes.filter((s) => s.type === "kList").length,
    enums: shapes.filter((s) => s.values).length,
    members: members.length,
    required: members.filter((m) => m.required).length,
    sensitive: members.filter((m) => m.sensitive).length,
    constrained: members.filter((m) => m.constraint).length,
    errors: model.errors.length,
    paginators: model.operations.filter((o) => o.paginator).length,
    waiters: model.waiters.length,
  };
}

function main([source, target]) {
  const pin = json("package.json");
  const found = JSON.parse(fs.readFileSync(path.join(source, "package.json"), "utf8"));
  if (found.name !== pin.source.name || found.version !== pin.source.version) doubt(source, `holds ${found.name} ${found.version}`);
  const folder = (...parts) => path.join(source, ...parts);
  const schema_files = fs.readdirSync(folder("dist-es/schemas"));
  if (schema_files.join() !== "schemas_0.js") doubt("dist-es/schemas", `holds ${schema_files.join(", ")}`);
  const schemas = readSchemas(folder("dist-es/schemas/schemas_0.js"));
  const model_files = fs.readdirSync(folder("dist-types/models")).filter((f) => /^models_\d+\.d\.ts$/.test(f));
  const model = buildModel({
    schemas,
    enums: readEnums(folder("dist-types/models/enums.d.ts")),
    interfaces: readInterfaces(model_files.map((f) => folder("dist-types/models", f))),
    throws: readThrows(folder("dist-types/commands"), [...schemas.operations.keys()]),
    waiters: readWaiters(folder("dist-es/waiters")),
    paginators: readPaginators(folder("dist-es/pagination")),
    overlays: {
      numeric: json("overlay-numeric.json"),
      constraints: json("overlay-constraints.json"),
      paginator: json("overlay-paginator.json"),
    },
  });
  const counted = count(model);
  for (const key of new Set([...Object.keys(counted), ...Object.keys(pin.expected)])) {
    if (counted[key] !== pin.expected[key]) doubt(`${key}`, `${counted[key]}, and package.json expects ${pin.expected[key]}`);
  }
  for (const [name, text] of Object.entries(emit(model, `${found.name} ${found.version}`))) {
    fs.writeFileSync(path.join(target, name), text);
  }
  console.error(Object.entries(counted).map(([k, v]) => `${v} ${k}`).join(", "));
}

try {
  main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Doubt)) throw error;
  console.error(`refresh-api-table: ${error.message}`);
  process.exitCode = 1;
}
