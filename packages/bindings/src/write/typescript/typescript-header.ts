/** What every generated TypeScript file begins with. */
export const typescriptHeader = "// Made by `trireme bindings`: what is changed here is lost when it runs again.\n";

/** An import on as many lines as it needs; nothing where there is nothing to import. */
export function importText(names: Iterable<string>, from: string): string {
  const sorted = [...new Set(names)].sort((left, right) => order(left).localeCompare(order(right), "en"));
  if (sorted.length === 0) return "";
  const line = `import { ${sorted.join(", ")} } from "${from}";`;
  return line.length <= 100 ? `${line}\n` : `import {\n${sorted.map((name) => `  ${name},\n`).join("")}} from "${from}";\n`;
}

/** Values before types. */
function order(name: string): string {
  return name.startsWith("type ") ? `1 ${name}` : `0 ${name}`;
}
