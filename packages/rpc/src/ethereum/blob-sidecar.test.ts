import { createHash } from "node:crypto";
import { concatBytes } from "@trireme/core";
import { encodeRlp } from "@trireme/ethereum";
import { describe, expect, it } from "vitest";
import { unwrapBlobTransaction } from "./blob-sidecar.ts";

const commitment = new Uint8Array(48).fill(7);
const digest = createHash("sha256").update(commitment).digest();
digest[0] = 1;
const empty = new Uint8Array(0);
const payload = [...Array.from({ length: 10 }, () => empty), [digest], empty, empty, empty];
const blob = new Uint8Array(100);
const typed = (item: Parameters<typeof encodeRlp>[0]) => concatBytes(Uint8Array.of(3), encodeRlp(item));

describe("a blob transaction in its network form", () => {
  it("loses its sidecar, in the form before Osaka and since", () => {
    expect(unwrapBlobTransaction(typed([payload, [blob], [commitment], [empty]]))).toEqual(typed(payload));
    expect(unwrapBlobTransaction(typed([payload, Uint8Array.of(1), [blob], [commitment], [empty]]))).toEqual(typed(payload));
  });

  it("is refused when its commitments are others", () => {
    const others = [[], [new Uint8Array(48)], [commitment, commitment], [[commitment]]];
    for (const commitments of others) {
      expect(() => unwrapBlobTransaction(typed([payload, [blob], commitments, [empty]]))).toThrow(
        "commitments that do not give the 1 versioned hashes",
      );
    }
    expect(() => unwrapBlobTransaction(typed([payload, [blob]]))).toThrow("got 2 parts");
  });

  it("comes back as it is when it has none, as does everything else", () => {
    for (const raw of [typed(payload), Uint8Array.of(3), Uint8Array.of(3, 0xff), Uint8Array.of(2, 0xc0), empty])
      expect(unwrapBlobTransaction(raw)).toBe(raw);
  });
});
