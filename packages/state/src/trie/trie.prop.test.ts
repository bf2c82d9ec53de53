import { RLP } from "@ethereumjs/rlp";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { bytesToHex, hexToBytes } from "@trireme/core";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { orderedTrieRoot } from "./ordered-trie.ts";
import { createTrie, type Trie } from "./trie.ts";
import { verifyProof } from "./verify-proof.ts";

type Content = ReadonlyMap<string, Uint8Array>;
type RlpNode = Uint8Array | (Uint8Array | RlpNode)[];

const nothing = new Uint8Array(0);
const nibblesOf = (key: Uint8Array) => [...key].flatMap((byte) => [byte >> 4, byte & 15]);

/** The definition of the Yellow Paper, appendix D, built anew from the whole content. */
function modelRoot(content: Content): Uint8Array {
  const entries = [...content].map(([key, value]) => ({ path: nibblesOf(hexToBytes(key)), value }));
  return keccak_256(RLP.encode(entries.length === 0 ? nothing : modelNode(entries)));
}

function modelNode(entries: { path: number[]; value: Uint8Array }[]): RlpNode {
  const [first] = entries as [{ path: number[]; value: Uint8Array }];
  if (entries.length === 1) return [hexPrefix(first.path, true), first.value];
  let shared = 0;
  while (entries.every(({ path }) => path.length > shared && path[shared] === first.path[shared])) shared++;
  const rest = entries.map(({ path, value }) => ({ path: path.slice(shared), value }));
  if (shared > 0) return [hexPrefix(first.path.slice(0, shared), false), modelReference(modelNode(rest))];
  const children = Array.from({ length: 16 }, (_, nibble) => {
    const below = rest.filter(({ path }) => path[0] === nibble).map(({ path, value }) => ({ path: path.slice(1), value }));
    return below.length === 0 ? nothing : modelReference(modelNode(below));
  });
  return [...children, rest.find(({ path }) => path.length === 0)?.value ?? nothing];
}

function modelReference(node: RlpNode): RlpNode {
  const encoded = RLP.encode(node);
  return encoded.length < 32 ? node : keccak_256(encoded);
}

function hexPrefix(path: number[], isLeaf: boolean): Uint8Array {
  const flag = (isLeaf ? 2 : 0) + (path.length % 2);
  const nibbles = path.length % 2 === 1 ? [flag, ...path] : [flag, 0, ...path];
  return Uint8Array.from(
    { length: nibbles.length / 2 },
    (_, index) => (nibbles[index * 2] as number) * 16 + (nibbles[index * 2 + 1] as number),
  );
}

// Few nibbles and short keys: splits, embedded nodes and keys that begin other keys are the rule. Long ones as in state tries.
const denseKey = fc.array(fc.constantFrom(0x00, 0x01, 0x10, 0x11, 0xff), { maxLength: 4 }).map((bytes) => Uint8Array.from(bytes));
const longKey = fc
  .tuple(fc.constantFrom(0x00, 0x01, 0x12), fc.uint8Array({ minLength: 31, maxLength: 31 }))
  .map(([first, rest]) => Uint8Array.of(first, ...rest));
const key = fc.oneof(denseKey, longKey);
const value = fc.oneof(fc.uint8Array({ minLength: 1, maxLength: 3 }), fc.uint8Array({ minLength: 1, maxLength: 70 }));
const content = (keys: fc.Arbitrary<Uint8Array>, maxLength = 40) =>
  fc.array(fc.tuple(keys.map(bytesToHex), value), { maxLength }).map((pairs): Content => new Map(pairs));

const entriesOf = (map: Content) => [...map].map(([hex, value]) => ({ key: hexToBytes(hex), value }));
const build = (map: Content, from: Trie = createTrie()) => from.update(entriesOf(map));
const removal = (hex: string) => ({ key: hexToBytes(hex), value: undefined });
const read = (trie: Trie, map: Content) => new Map([...map.keys()].map((hex) => [hex, trie.get(hexToBytes(hex))] as const));

describe("createTrie", () => {
  it("has the root of the definition, and reads back", () => {
    fc.assert(
      fc.property(content(key), (map) => {
        const trie = build(map);
        expect(bytesToHex(trie.root)).toBe(bytesToHex(modelRoot(map)));
        expect(read(trie, map)).toEqual(map);
      }),
      { numRuns: 300 },
    );
  });

  it("does not depend on the order or on how updates are cut", () => {
    fc.assert(
      fc.property(content(key), fc.infiniteStream(fc.nat()), fc.integer({ min: 1, max: 7 }), (map, random, size) => {
        const shuffled = entriesOf(map)
          .map((entry) => ({ entry, rank: random.next().value as number }))
          .sort((left, right) => left.rank - right.rank)
          .map(({ entry }) => entry);
        let trie = createTrie();
        for (let start = 0; start < shuffled.length; start += size) trie = trie.update(shuffled.slice(start, start + size));
        expect(trie.root).toEqual(build(map).root);
      }),
    );
  });

  it("returns to the root before when what was put is removed, in one update or several", () => {
    fc.assert(
      fc.property(content(key), content(key), (kept, added) => {
        const before = build(kept);
        const fresh = new Map([...added].filter(([hex]) => !kept.has(hex)));
        const removals = [...fresh.keys()].map(removal);
        expect(build(fresh, before).update(removals).root).toEqual(before.root);
        expect(before.update([...entriesOf(fresh), ...removals]).root).toEqual(before.root);
      }),
    );
  });

  it("follows any history of puts and removals, and every version stays as it was", () => {
    const step = fc.array(fc.tuple(denseKey.map(bytesToHex), fc.option(value, { nil: undefined })), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const current = new Map<string, Uint8Array>();
        const versions: { trie: Trie; map: Content }[] = [{ trie: createTrie(), map: new Map() }];
        let trie = createTrie();
        for (const changes of steps) {
          trie = trie.update(changes.map(([hex, value]) => ({ key: hexToBytes(hex), value })));
          for (const [hex, value] of changes) {
            if (value === undefined) current.delete(hex);
            else current.set(hex, value);
          }
          versions.push({ trie, map: new Map(current) });
        }
        const everyKey = new Map(steps.flat().map(([hex]) => [hex, nothing]));
        for (const { trie, map } of versions) {
          expect(bytesToHex(trie.root)).toBe(bytesToHex(modelRoot(map)));
          expect(read(trie, everyKey)).toEqual(new Map([...everyKey.keys()].map((hex) => [hex, map.get(hex)])));
          expect(trie.update([]).root).toEqual(trie.root);
        }
      }),
      { numRuns: 150 },
    );
  });

  it("proves what is there and what is not", () => {
    fc.assert(
      fc.property(content(key, 25), fc.array(key, { maxLength: 10 }), (map, others) => {
        const trie = build(map);
        for (const asked of [...[...map.keys()].map((hex) => hexToBytes(hex)), ...others]) {
          expect(verifyProof(trie.root, asked, trie.prove(asked))).toEqual(map.get(bytesToHex(asked)));
        }
      }),
    );
  });

  it("does not verify a proof that was changed", () => {
    fc.assert(
      fc.property(content(longKey, 25), fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }), (map, node, byte, flip) => {
        fc.pre(map.size > 0);
        const trie = build(map);
        const [asked] = [...map.keys()].map((hex) => hexToBytes(hex)) as [Uint8Array];
        const proof = trie.prove(asked);
        const changed = proof.map((encoded) => encoded.slice());
        const target = changed[node % changed.length] as Uint8Array;
        target[byte % target.length] = (target[byte % target.length] as number) ^ flip;
        expect(() => verifyProof(trie.root, asked, changed)).toThrow(/expected the node that its parent names/);
        expect(() => verifyProof(trie.root, asked, proof.slice(0, -1))).toThrow(/end of the proof/);
        expect(() => verifyProof(trie.root, asked, [...proof, nothing])).toThrow(/expected \d+ nodes/);
      }),
    );
  });

  it("answers any bytes in place of a proof with INVALID_PROOF or not at all", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), key, (bytes, asked) => {
        const root = keccak_256(bytes) as Trie["root"];
        let code: unknown;
        try {
          verifyProof(root, asked, [bytes]);
        } catch (error) {
          code = (error as { code?: unknown }).code;
        }
        expect([undefined, "INVALID_PROOF"]).toContain(code);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("orderedTrieRoot", () => {
  it("has the root of the definition over rlp(index)", () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 140 }), (values) => {
        const map = new Map(values.map((value, index) => [bytesToHex(RLP.encode(index)), value]));
        expect(bytesToHex(orderedTrieRoot(values))).toBe(bytesToHex(modelRoot(map)));
      }),
      { numRuns: 30 },
    );
  });
});
