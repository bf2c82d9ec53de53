/** What a source file imports, type-only imports and `import("x").T` types included. */
import { parseSync } from "oxc-parser";

/** One module specifier and where it stands. */
export interface Import {
  readonly specifier: string;
  readonly line: number;
}

type Node = { readonly type: string; readonly start?: number } & Readonly<Record<string, unknown>>;

/** Visits every node of a syntax tree, parents first. */
export function visit(node: unknown, enter: (node: Node) => void): void {
  if (Array.isArray(node)) {
    for (const item of node) visit(item, enter);
    return;
  }
  if (typeof node !== "object" || node === null) return;
  if (typeof (node as Node).type === "string") enter(node as Node);
  for (const value of Object.values(node)) if (typeof value === "object" && value !== null) visit(value, enter);
}

/** The syntax tree of a file and a function from offsets to line numbers. @throws when the file does not parse. */
export function parseSource(file: string, text: string): { readonly program: unknown; lineOf(offset: number): number } {
  const { program, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file} does not parse: ${errors[0]?.message ?? "unknown error"}`);
  return { program, lineOf: (offset) => text.slice(0, offset).split("\n").length };
}

/** Every import, export-from, dynamic import, import type and require of a file. */
export function importsOf(file: string, text: string): Import[] {
  const { program, lineOf } = parseSource(file, text);
  const imports: Import[] = [];
  const add = (literal: unknown): void => {
    if (typeof literal !== "object" || literal === null) return;
    const { value, start } = literal as { value?: unknown; start?: number };
    if (typeof value === "string") imports.push({ specifier: value, line: lineOf(start ?? 0) });
  };
  visit(program, (node) => {
    switch (node.type) {
      case "ImportDeclaration":
      case "ExportNamedDeclaration":
      case "ExportAllDeclaration":
      case "ImportExpression":
        add(node["source"]);
        break;
      case "TSImportType":
        add(node["source"] ?? node["argument"]);
        break;
      case "TSExternalModuleReference":
        add(node["expression"]);
        break;
      case "CallExpression": {
        const callee = node["callee"] as Node;
        const isRequire = callee.type === "Identifier" && callee["name"] === "require";
        const property = callee.type === "MemberExpression" ? (callee["property"] as Node)["name"] : undefined;
        if (isRequire || property === "resolve" || property === "mock") {
          const argument = (node["arguments"] as readonly unknown[])[0];
          if (isRequire || isPackageSpecifier(argument)) add(argument);
        }
        break;
      }
      default:
    }
  });
  return imports;
}

/** `require.resolve("@trireme/x")` and `vi.mock("@trireme/x")` count; `path.resolve("..")` does not. */
function isPackageSpecifier(argument: unknown): boolean {
  const value = (argument as { value?: unknown } | undefined)?.value;
  return typeof value === "string" && value.startsWith("@trireme/");
}
