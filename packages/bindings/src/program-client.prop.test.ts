/** Random IDLs and values: what the generated TypeScript encodes is Borsh written by hand, and it decodes it again. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { generateBindings } from "./generate-bindings.ts";
import { programCases } from "./test/borsh-cases.mts";
import { generatedClient } from "./test/generated-client.mts";

interface Client {
  readonly runDataCodec: { encode(args: unknown): Uint8Array; decode(data: Uint8Array): unknown };
  getRunInstruction(args: unknown): { readonly data: Uint8Array; readonly accounts: readonly unknown[]; readonly programAddress: string };
}

function clientOf(document: unknown): Client {
  const { files, warnings } = generateBindings({ document, languages: ["typescript"] });
  expect(warnings).toEqual([]);
  return generatedClient(files, "typescript/sample.ts") as unknown as Client;
}

describe("random programs", () => {
  it("encode as Borsh does and decode again, from an Anchor IDL and from a Codama IDL", () => {
    fc.assert(
      fc.property(programCases, ({ anchor, codama, args, data }) => {
        for (const document of [anchor, codama]) {
          const client = clientOf(document);
          expect(Uint8Array.from(client.runDataCodec.encode(args))).toEqual(data);
          expect(client.runDataCodec.decode(data)).toEqual(args);
          expect(Uint8Array.from(client.getRunInstruction(args).data)).toEqual(data);
        }
      }),
      { numRuns: 80 },
    );
  });
});
