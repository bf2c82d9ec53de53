/** A component's types, held against the world `trireme:contract`. */
import { TriremeError } from "@trireme/core";
import { contractWorld } from "@trireme/wasm";

const hostName = contractWorld.host;

/** Checks the component's world, as jco prints it in WIT. @throws TriremeError `INVALID_ARGUMENT` for what the world of a contract has not */
export function checkWorld(wit: string): void {
  const items = [...wit.matchAll(/^ {2}(import|export) (.+);$/gm)].map(([, kind, text]) => ({ kind, text: text as string }));
  const strangers = items.filter(({ kind, text }) => kind === "import" && text !== hostName).map(({ text }) => text);
  if (strangers.length > 0) {
    const isSystem = strangers.every((text) => text.startsWith("wasi:"));
    const advice = isSystem
      ? "a contract has no system interface: compile for a target without one (wasm32-unknown-unknown)"
      : `a contract imports ${hostName} only`;
    throw mismatch(`expected the world ${contractWorld.name}, got a component that imports ${strangers.join(", ")}: ${advice}`);
  }
  const exported = items.find(({ kind, text }) => kind === "export" && text.startsWith("call:"))?.text;
  if (exported === contractWorld.exported) return;
  const names = items.filter(({ kind }) => kind === "export").map(({ text }) => text);
  throw mismatch(
    `expected the world ${contractWorld.name}, with the export ${contractWorld.exported}; got ${exported ?? (names.join(", ") || "no export")}`,
  );
}

/** Checks the types of the host functions that the component imports, in the text format as jco prints it. @throws TriremeError `INVALID_ARGUMENT` where one is another than the world's */
export function checkHostFunctions(text: string): void {
  for (const [name, type] of importedFunctions(text)) {
    const expected = Object.hasOwn(contractWorld.functions, name) ? contractWorld.functions[name] : undefined;
    if (expected === undefined) throw mismatch(`expected functions of ${hostName}, got ${name}`);
    const plain = expected.replaceAll(/\b(?:word|address)\b(?!:)/g, "list<u8>");
    if (plain !== type) throw mismatch(`${hostName}: expected ${name}: func${plain}, got func${type}`);
  }
}

/** The functions of the host's instance type by name, their types as in WIT with every alias resolved. */
function importedFunctions(text: string): Map<string, string> {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => line.startsWith("  (type ") && line.includes(hostName));
  if (start < 0 && text.includes(`(import "${hostName}"`))
    throw mismatch(`expected the types of ${hostName} in jco's text of the component, got none`);
  const types = new Map<string, string>();
  const functions = new Map<string, string>();
  for (const line of start < 0 ? [] : lines.slice(start + 1)) {
    if (line === "  )") break;
    const type = /^ *\(type \(;(\d+);\) (.+)\)$/.exec(line);
    const alias = /^ *\(export \(;(\d+);\) "[^"]*" \(type \(eq (\d+)\)\)\)$/.exec(line);
    const item = /^ *\(export \(;\d+;\) "([^"]*)" \(func \(type (\d+)\)\)\)$/.exec(line);
    if (type !== null) types.set(type[1] as string, witOf(type[2] as string, types));
    else if (alias !== null) types.set(alias[1] as string, types.get(alias[2] as string) ?? "?");
    else if (item !== null) functions.set(item[1] as string, types.get(item[2] as string) ?? "?");
  }
  return functions;
}

function witOf(text: string, types: ReadonlyMap<string, string>): string {
  const named = (reference: string): string => types.get(reference) ?? reference;
  const list = /^\(list (\w+)\)$/.exec(text)?.[1];
  if (list !== undefined) return `list<${named(list)}>`;
  const result = /^\(result (\w+) \(error (\w+)\)\)$/.exec(text);
  if (result !== null) return `result<${named(result[1] as string)}, ${named(result[2] as string)}>`;
  if (!text.startsWith("(func")) return text;
  const params = [...text.matchAll(/\(param "([^"]*)" (\w+)\)/g)].map(([, name, type]) => `${name}: ${named(type as string)}`);
  const returned = /\(result (\w+)\)\)$/.exec(text)?.[1];
  return `(${params.join(", ")})${returned === undefined ? "" : ` -> ${named(returned)}`}`;
}

function mismatch(message: string): TriremeError {
  return new TriremeError("INVALID_ARGUMENT", message);
}
