/** What the generator refuses: the place, what was expected, what came. Nothing is compiled for it. */
import { expect, test } from "vitest";
import { readSources } from "../build/read-sources.ts";
import { generateModule } from "./generate-module.ts";
import { SourceError } from "./source-error.ts";
import type { Frontend } from "./syntax-tree.ts";

// Not a literal: the compiler's own types must not be read (see syntax-tree.ts).
const compiler: string = "assemblyscript";
const frontend = (await import(/* @vite-ignore */ compiler)) as Frontend;

function refusal(source: string): string {
  try {
    generateModule(readSources(frontend, { source }), false);
    return "taken";
  } catch (error) {
    if (error instanceof SourceError) return error.message;
    throw error;
  }
}

const contract = (...members: readonly string[]): string => `@contract class C {\n  ${members.join("\n  ")}\n}`;

test("a contract that breaks no rule is taken", () => {
  expect(
    refusal(contract("count: StorageU256;", "@view get(at: u256[]): Array<string> { return []; }", "private f<T>(x: T | null): void {}")),
  ).toBe("taken");
});

test.each<[what: string, source: string, message: string | RegExp]>([
  ["no contract", "class C {}", "expected one class marked @contract in the entry, got none"],
  [
    "two contracts",
    `${contract()}\n@contract class D {}`,
    "contract.ts:4:1: expected one class marked @contract in the entry, got C and D",
  ],
  ["syntax", contract("get(: u256 {"), /^contract\.ts:2:6: Identifier expected/],
  ["a parent", "@contract class C extends D {}", "contract.ts:1:1: C: a contract extends no class and has no type parameters"],
  ["type parameters", "@contract class C<T> {}", "contract.ts:1:1: C: a contract extends no class and has no type parameters"],
  [
    "a constructor",
    contract("constructor() {}"),
    "contract.ts:2:3: a contract has no constructor: write a function that sets it up, to be called once after the deployment",
  ],
  [
    "a default",
    contract("get(a: u64, b: u64 = 1): void {}"),
    "contract.ts:2:15: b: expected a parameter that every call gives, got one with a default, an optional or a rest one",
  ],
  ["an optional parameter", contract("get(a?: u64): void {}"), /^contract\.ts:2:7: a: expected a parameter that every call gives/],
  ["a rest parameter", contract("get(...a: u64[]): void {}"), /^contract\.ts:2:\d+: a: expected a parameter that every call gives/],
  [
    "null",
    contract("get(a: Bytes | null): void {}"),
    "contract.ts:2:10: expected a type without null, which neither the ABI nor storage has, got Bytes | null",
  ],
  ["a function without a type", contract("get() {}"), /^contract\.ts:2:/],
  [
    "a generic function",
    contract("get<T>(a: T): void {}"),
    "contract.ts:2:3: get: expected a function without type parameters, as the ABI has none",
  ],
  [
    "a type that the ABI lacks",
    contract("get(a: u64, b: f64): void {}"),
    /^contract\.ts:2:18: b: expected a type of the ABI \(bool, .*\), got f64$/,
  ],
  [
    "a result that the ABI lacks",
    contract("get(): Map<u64, u64> { return x; }"),
    /^contract\.ts:2:10: what is returned: expected .*, got Map<u64, u64>$/,
  ],
  [
    "such a type in an array",
    contract("get(a: Array<Set<u8>>): void {}"),
    /^contract\.ts:2:16: a: expected a type of the ABI .*, got Set<u8>$/,
  ],
  [
    "such a type in a struct",
    `${contract("get(): S { return x; }")}\n@struct class S { a: f32; }`,
    /^contract\.ts:4:22: a: expected .*, got f32$/,
  ],
  ["such a type in an event", `${contract()}\n@event class E { a: Indexed<f32>; }`, /^contract\.ts:4:29: a: expected .*, got f32$/],
  ["such a type in an error", `${contract()}\n@error class E { a: isize; }`, /^contract\.ts:4:21: a: expected .*, got isize$/],
  [
    "storage as a parameter",
    contract("get(a: StorageU256): void {}"),
    /^contract\.ts:2:10: a: expected .*; storage stands in the contract's fields alone, got StorageU256$/,
  ],
  [
    "storage in a struct",
    `${contract()}\n@struct class S { a: StorageBool; }`,
    /^contract\.ts:4:22: a: expected .*; storage stands in the contract's fields alone/,
  ],
  [
    "a field that is no storage",
    contract("count: u256;"),
    /^contract\.ts:2:10: count: a contract's fields are its storage; expected StorageValue<.*, got u256$/,
  ],
  [
    "storage of no value type",
    contract("list: StorageValue<string>;"),
    /^contract\.ts:2:9: list: expected a value type \(bool, .*\), got StorageValue<string>$/,
  ],
  ["initialised storage", contract("count: StorageU256 = x;"), "contract.ts:2:3: count: the storage of a contract cannot be initialised"],
  [
    "overloads",
    contract("get(a: u64): void {}", "get(a: u256): void {}"),
    "contract.ts:3:3: get: expected a name that no other function has (there are no overloads), got it twice",
  ],
  [
    "one selector twice",
    contract("f8491(): void {}", "f130736(): void {}"),
    "contract.ts:3:3: expected each function to have a selector of its own, got f130736() and f8491() with the same one",
  ],
  ["an unknown decorator", contract("@onlyOwner get(): void {}"), "contract.ts:2:3: @onlyOwner is not known"],
  [
    "two mutabilities",
    contract("@view @payable get(): void {}"),
    /^contract\.ts:2:\d+: get: expected one of @view, @pure and @payable, got @view and @payable$/,
  ],
  [
    "two receivers",
    contract("@receive a(): void {}", "@receive b(): void {}"),
    /^contract\.ts:3:\d+: expected one method marked @receive, got a and b$/,
  ],
  [
    "two fallbacks",
    contract("@fallback a(): void {}", "@fallback b(): void {}"),
    /^contract\.ts:3:\d+: expected one method marked @fallback, got a and b$/,
  ],
  [
    "a fallback of numbers",
    contract("@fallback a(x: u64): void {}"),
    /^contract\.ts:2:\d+: a takes nothing or Bytes and returns void or Bytes$/,
  ],
  [
    "a struct in itself",
    `${contract()}\n@struct class S { list: S[]; }`,
    "contract.ts:4:1: struct S: expected a struct of a finite size, got one that contains itself",
  ],
  ["a struct of nothing", `${contract()}\n@struct class S {}`, "contract.ts:4:1: struct S: expected fields, got none"],
  [
    "one name twice",
    `${contract()}\n@event class S { a: u64; }\n@error class S { a: u64; }`,
    "contract.ts:5:1: error S: expected a name of its own, got that of the event at contract.ts:4:1",
  ],
  [
    "a record with a parent",
    `${contract()}\n@event class E extends F {}`,
    /^contract\.ts:4:1: E: expected a class without type parameters that extends none/,
  ],
  [
    "four indexed values",
    `${contract()}\n@event class E { ${["a", "b", "c", "d"].map((name) => `${name}: Indexed<u64>;`).join(" ")} }`,
    /^contract\.ts:4:1: event E: expected at most 3 indexed values, got 4$/,
  ],
  [
    "an indexed array",
    `${contract()}\n@event class E { a: Indexed<u64[]>; }`,
    /^contract\.ts:4:21: event E: a: expected an indexed value that is no array and no struct, got Indexed<u64\[\]>$/,
  ],
  [
    "a remote with a body",
    `${contract()}\n@remote abstract class R { get(): void {} }`,
    /^contract\.ts:4:\d+: get: a @remote class has abstract methods only$/,
  ],
  ["an import that is not there", `import { x } from "./nowhere";\n${contract()}`, "contract.ts imports nowhere, which is not found"],
])("refused: %s", (_, source, message) => {
  const told = refusal(source);
  if (typeof message === "string") expect(told).toBe(message);
  else expect(told).toMatch(message);
});
