import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  delegationPrefix,
  delegationTarget,
  isSvmDesignator,
  svmDesignator,
  svmDesignatorLength,
  svmRecordFromDesignator,
} from "./account.ts";
import { pubkeyFromBytes } from "./pubkey.ts";

const pubkey = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(pubkeyFromBytes);
const record = fc.record({ pubkey, owner: pubkey, executable: fc.boolean() });

describe("SVM designators", () => {
  test("round trip, and are of one length", () => {
    fc.assert(
      fc.property(record, (value) => {
        const code = svmDesignator(value);
        expect(code).toHaveLength(svmDesignatorLength);
        expect(isSvmDesignator(code)).toBe(true);
        expect(svmRecordFromDesignator(code)).toEqual(value);
        expect(delegationTarget(code)).toBeUndefined();
      }),
    );
  });

  test("are nothing else: another length, prefix or flag is refused", () => {
    fc.assert(
      fc.property(record, fc.nat(2), fc.integer({ min: 1, max: 255 }), (value, at, flip) => {
        const code = svmDesignator(value);
        const other = code.slice();
        other[at] = (other[at] as number) ^ flip;
        expect(isSvmDesignator(other)).toBe(false);
        const flag = code.slice();
        flag[svmDesignatorLength - 1] = 2 + (flip % 254);
        for (const bad of [other, flag, code.slice(1), Uint8Array.of(...code, 0), new Uint8Array(0)]) {
          expect(() => svmRecordFromDesignator(bad)).toThrow(expect.objectContaining({ code: "INVALID_ENCODING" }));
        }
      }),
    );
  });
});

test("EIP-7702: a delegation is the prefix and 20 bytes, and nothing longer or shorter", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 24 }), (target) => {
      expect(delegationTarget(Uint8Array.of(...delegationPrefix, ...target))).toEqual(target.length === 20 ? target : undefined);
      expect(delegationTarget(target)).toBeUndefined();
    }),
  );
});
