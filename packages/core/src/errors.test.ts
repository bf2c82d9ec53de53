import { describe, expect, test } from "vitest";
import { isTriremeError, TriremeError } from "./errors.ts";

describe("TriremeError", () => {
  test("carries code, message, details and cause, and is an Error", () => {
    const cause = new RangeError("inner");
    const error = new TriremeError("ROOT_MISMATCH", "expected a, got b", { cause, details: { number: 3n } });
    expect(error).toBeInstanceOf(Error);
    expect({ name: error.name, code: error.code, message: error.message, cause: error.cause, details: error.details }).toEqual({
      name: "TriremeError",
      code: "ROOT_MISMATCH",
      message: "expected a, got b",
      cause,
      details: { number: 3n },
    });
  });

  test("without options has no cause and no details", () => {
    const error = new TriremeError("HOST_FAULT", "x");
    expect("cause" in error).toBe(false);
    expect(error.details).toEqual({});
  });

  test("is told by its shape, so that one of another copy of the package counts", () => {
    const foreign = Object.assign(new Error("x"), { name: "TriremeError", code: "HOST_FAULT" });
    expect([new TriremeError("HOST_FAULT", "x"), foreign].every(isTriremeError)).toBe(true);
    const others = [
      new Error("x"),
      Object.assign(new Error("x"), { code: "ENOENT" }),
      { name: "TriremeError", code: "HOST_FAULT" },
      undefined,
      "x",
    ];
    expect(others.some(isTriremeError)).toBe(false);
  });
});
