import { describe, expect, it } from "vitest";
import { encodeJson } from "./encode-json.ts";

describe("encodeJson", () => {
  it("writes 64-bit integers with all their digits", () => {
    expect(encodeJson({ lamports: (1n << 64n) - 1n, list: [-1n, 1], text: "1" })).toBe(
      '{"lamports":18446744073709551615,"list":[-1,1],"text":"1"}',
    );
  });

  it("leaves strings alone that look like what it marks integers with", () => {
    const texts = ["0123456789abcdef0123456789abcdef:12", ":5", '"7"'];
    expect(JSON.parse(encodeJson([1n, ...texts]))).toEqual([1, ...texts]);
  });
});
