// Reads the package's type declarations: which texts are enums, the errors of each operation, and a second opinion on
// every member's type and requiredness.
import fs from "node:fs";
import path from "node:path";
import { doubt } from "./fail.mjs";

const withoutComments = (text) => text.replace(/\/\*[\s\S]*?\*\//g, "");

// name -> its values, in the package's order
export function readEnums(file) {
  const enums = new Map();
  const text = withoutComments(fs.readFileSync(file, "utf8"));
  const declared = [...text.matchAll(/^export declare const (\w+): \{\n([\s\S]*?)^\};$/gm)];
  for (const [, name, body] of declared) {
    const values = body.split("\n").filter(Boolean).map((line) => {
      const match = /^    readonly (?:\w+|"[^"]+"): "([^"\\]+)";$/.exec(line);
      if (!match) doubt(`enum ${name}`, `a line of unknown form: ${line}`);
      return match[1];
    });
    if (values.length === 0 || new Set(values).size !== values.length) doubt(`enum ${name}`, "no values, or one twice");
    enums.set(name, values);
  }
  const named = (text.match(/^export type \w+ = /gm) ?? []).length;
  if (named !== enums.size) doubt(file, `${named} enum types and ${enums.size} lists of values`);
  return enums;
}

// structure -> member -> {type: TypeScript's text, required}
export function readInterfaces(files) {
  const interfaces = new Map();
  for (const file of files) {
    const text = withoutComments(fs.readFileSync(file, "utf8"));
    const found = [...text.matchAll(/^export interface (\w+) \{([^}]*)\}$/gm)];
    if (found.length !== (text.match(/\binterface\b/g) ?? []).length) doubt(file, "an interface of unknown form");
    for (const [, name, body] of found) {
      const members = new Map();
      for (const line of body.split("\n").filter((l) => l.trim())) {
        const match = /^ {4}(\w+)(\??): ([\w[\]<>, ]+) \| undefined;$/.exec(line);
        if (!match) doubt(`interface ${name}`, `a line of unknown form: ${line}`);
        members.set(match[1], { type: match[3], required: match[2] === "" });
      }
      if (interfaces.has(name)) doubt(name, "declared twice");
      interfaces.set(name, members);
    }
  }
  return interfaces;
}

// operation -> names of the errors that it may answer
export function readThrows(folder, operations) {
  const result = new Map();
  for (const operation of operations) {
    const file = path.join(folder, `${operation}Command.d.ts`);
    const text = fs.readFileSync(file, "utf8");
    const errors = [];
    const lines = text.match(/^.*@throws.*$/gm) ?? [];
    for (const line of lines) {
      const match = /^ \* @throws \{@link (\w+)\}(?: \((client|server) fault\))?$/.exec(line);
      if (!match) doubt(file, `a line of unknown form: ${line}`);
      if (match[1] === "RDSServiceException") continue;
      if (!match[2] || errors.some((e) => e.name === match[1])) doubt(file, `an error without a side, or twice: ${line}`);
      errors.push({ name: match[1], sender: match[2] === "client" });
    }
    if (!lines.some((l) => l.includes("RDSServiceException"))) doubt(file, "no line for the base error");
    result.set(operation, errors);
  }
  const commands = fs.readdirSync(folder).filter((f) => f.endsWith("Command.d.ts"));
  if (commands.length !== operations.length) doubt(folder, `${commands.length} commands for ${operations.length} operations`);
  return result;
}
