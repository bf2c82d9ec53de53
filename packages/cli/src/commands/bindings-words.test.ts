/** Generated AssemblyScript compiles, whatever the names are. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateBindings } from "@trireme/bindings";
import { buildContract } from "@trireme/contract-as";
import { describe, expect, it } from "vitest";

describe("words of AssemblyScript", () => {
  const words = "constructor delete get set static address value gas u64 Address call load data accounts namespace enum string Svm".split(
    " ",
  );

  it("are names of functions, fields and parameters", async () => {
    const fields = words.map((name) => ({ name, type: "bytes3" }));
    const struct = { name: "all", type: "tuple", internalType: "struct Address", components: fields };
    const functions = words.map((name) => ({ type: "function", name, inputs: [{ name, type: "int24" }, struct], outputs: fields }));
    const program = {
      address: "11111111111111111111111111111111",
      metadata: { name: "Svm" },
      instructions: words.map((name) => ({
        name,
        discriminator: [1],
        accounts: words.map((own) => ({ name: own })),
        args: words.map((own) => ({ name: own, type: { option: { defined: { name: own } } } })),
      })),
      accounts: words.map((name) => ({ name, discriminator: [] })),
      types: words.map((name) => ({ name, type: { kind: "struct", fields: words.map((own) => ({ name: own, type: "i128" })) } })),
    };
    const texts = [functions, program].map((document) => {
      const { files } = generateBindings({ document, name: "Address", languages: ["assemblyscript"] });
      return files[0]?.text ?? "";
    });
    // A function is compiled where something refers to it.
    const modules = texts.map((text, index) => {
      const [, owner = ""] = /^export (?:class|namespace) (\w+) \{(?=\n {2}(?:constructor\(private|export))/m.exec(text) ?? [];
      const members = [...text.matchAll(/^ {2}(?:static|export function) (\w+)\(/gm)].map(
        ([, name]) => `use(changetype<usize>(Own${index}.${name}));`,
      );
      expect(members.length).toBeGreaterThanOrEqual(2 * words.length);
      return { text, head: `import { ${owner} as Own${index} } from "./module${index}";`, members };
    });
    const folder = mkdtempSync(join(tmpdir(), "trireme-words-"));
    try {
      for (const [index, { text }] of modules.entries()) writeFileSync(join(folder, `module${index}.ts`), text);
      const entry = [
        ...modules.map(({ head }) => head),
        "let sink: usize = 0;\nfunction use(x: usize): void { sink += x; }",
        `function all(): void { ${modules.flatMap(({ members }) => members).join(" ")} }`,
        "@contract class All { run(): u64 { all(); return sink; } }",
      ];
      writeFileSync(join(folder, "all.ts"), entry.join("\n"));
      const { abi } = await buildContract({ entryPath: join(folder, "all.ts"), pages: 8 });
      expect(abi.length).toBe(1);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
