// The whole SDK, seen through one contract that uses all of it.
import { bytesToHex, type Hex } from "@trireme/core";
import { getAddress, keccak256, numberToHex, stringToHex, toHex } from "viem";
import { beforeEach, describe, expect, it } from "vitest";
import { contractClient, openContract, type ContractClient } from "./contract-client.mts";
import { alice, createTestHost } from "./test-host.mts";

const other: Hex = getAddress(`0x${"0b".repeat(20)}`);
const word = (value: bigint | number): Hex => toHex(value, { size: 32 });
const zero = word(0);
const point = { x: -(2 ** 31), y: 7 };
const named = { id: 2n ** 255n, name: "Käse 🧀", path: [point, { x: 1, y: 2 }] };

let contract: ContractClient;
beforeEach(async () => {
  contract = await openContract("test/everything");
});

describe("ABI", () => {
  it("takes and gives every type as viem encodes it", () => {
    const values = [
      true,
      255,
      -128,
      4_294_967_295,
      -(2n ** 63n),
      2n ** 256n - 1n,
      other,
      bytesToHex(new Uint8Array(32).map((_, index) => index)),
      "Grüße, 世界 🚣",
      `0x${"abcd".repeat(40)}`,
      [-1, 0, 32767],
      ["", "a", "x".repeat(33)],
      point,
      named,
      [[1n, 2n], [], [2n ** 64n - 1n]],
    ];
    expect(Object.values(contract.read("echo", ...values) as object)).toEqual(values);
    const empty = [
      false,
      0,
      0,
      0,
      0n,
      0n,
      `0x${"00".repeat(20)}`,
      zero,
      "",
      "0x",
      [],
      [],
      { x: 0, y: 0 },
      { id: 0n, name: "", path: [] },
      [],
    ];
    expect(Object.values(contract.read("echo", ...empty) as object)).toEqual(empty);
  });

  it("refuses words out of range, offsets and lengths beyond the end", () => {
    const data = contract.encode("setEntries", ["text", "0x01", -1, 1n, 2n]);
    const head = (index: number, value: Hex): Hex =>
      `${data.slice(0, 10 + 64 * index)}${value.slice(2)}${data.slice(74 + 64 * index)}` as Hex;
    const call = (broken: Hex) => contract.host.call({ to: contract.address, data: broken });
    expect(call(data).kind).toBe("success");
    const broken = [
      // int16 of 2^15, uint64 of 2^64, a sign that is not extended; an offset and a length beyond the end; huge ones.
      head(2, word(32_768)),
      head(4, word(2n ** 64n)),
      head(2, `0x${"00".repeat(30)}ffff`),
      head(0, word(data.length)),
      head(0, word(2n ** 31n)),
      head(1, word(2n ** 255n)),
      head(5, word(1000)),
    ];
    for (const each of broken) expect(call(each)).toEqual({ kind: "revert", output: "0x", logs: [] });
  });

  it("has selectors, events, errors and mutability in its ABI JSON", () => {
    const { abi } = contract.build;
    expect(abi.find((item) => item.type === "function" && item.name === "named")).toMatchInlineSnapshot(`
      {
        "inputs": [
          {
            "components": [
              {
                "name": "id",
                "type": "uint256",
              },
              {
                "name": "name",
                "type": "string",
              },
              {
                "components": [
                  {
                    "name": "x",
                    "type": "int32",
                  },
                  {
                    "name": "y",
                    "type": "int32",
                  },
                ],
                "internalType": "struct Point[]",
                "name": "path",
                "type": "tuple[]",
              },
            ],
            "internalType": "struct Named",
            "name": "value",
            "type": "tuple",
          },
        ],
        "name": "named",
        "outputs": [
          {
            "components": [
              {
                "name": "id",
                "type": "uint256",
              },
              {
                "name": "name",
                "type": "string",
              },
              {
                "components": [
                  {
                    "name": "x",
                    "type": "int32",
                  },
                  {
                    "name": "y",
                    "type": "int32",
                  },
                ],
                "internalType": "struct Point[]",
                "name": "path",
                "type": "tuple[]",
              },
            ],
            "internalType": "struct Named",
            "name": "",
            "type": "tuple",
          },
        ],
        "stateMutability": "pure",
        "type": "function",
      }
    `);
    expect(abi.filter(({ type }) => type !== "function").map((item) => ("name" in item ? item.name : item.type))).toEqual([
      "Everything",
      "Nothing",
      "Refused",
      "Bare",
      "receive",
      "fallback",
    ]);
  });

  it("receives and falls back", () => {
    const { host, address } = contract;
    expect(host.call({ to: address, value: 3n })).toMatchObject({ kind: "success", output: "0x" });
    expect(host.balanceOf(address)).toBe(3n);
    expect(contract.read("packed")).toMatchObject({ stamp: 1n });
    expect(host.call({ to: address, data: "0x0102030405" })).toMatchObject({ kind: "success", output: "0x02030405" });
    expect(host.call({ to: address, data: "0x0102030405", value: 1n })).toMatchObject({ kind: "revert" });
  });

  it("emits topics and data", () => {
    const hash = word(2n ** 200n);
    expect(contract.write("emitAll", ["indexed", hash, -5n, "text", [1n, 2n]])).toEqual([
      {
        eventName: "Everything",
        args: { name: keccak256(stringToHex("indexed")), hash, delta: -5n, text: "text", numbers: [1n, 2n], point: { x: -1, y: 2 } },
      },
      { eventName: "Nothing" },
    ]);
  });

  it("reverts with Error(string), custom errors, Panic, and traps without data", () => {
    expect(contract.refusal("refuse", [0])).toEqual({ errorName: "Error", args: ["kind is zero — refused"] });
    expect(contract.refusal("refuse", [1])).toEqual({ errorName: "Refused", args: ["no", [1, 2, 3], { x: 3, y: -4 }] });
    expect(contract.refusal("refuse", [2])).toEqual({ errorName: "Bare", args: undefined });
    expect(contract.refusal("refuse", [3])).toBe("failure");
    expect(contract.refusal("refuse", [4])).toEqual({ errorName: "Panic", args: [0x32n] });
    expect(contract.write("refuse", [5])).toEqual([]);
  });
});

describe("storage", () => {
  it("packs value types as Solidity does", () => {
    const { host, address, build } = contract;
    const hash = bytesToHex(new Uint8Array(32).fill(0xee));
    const values = [true, -2, other, 2n ** 64n - 2n, 2n ** 256n - 3n, -7n, hash, 0xabcd];
    contract.write("setPacked", values);
    // solc's layout of (bool, int8, address, uint64, uint256, int64, bytes32, string, uint16).
    const stored = host.storageOf(address);
    expect(stored).toEqual({
      [word(0)]: `0x0000fffffffffffffffe${other.slice(2).toLowerCase()}fe01`,
      [word(1)]: word(2n ** 256n - 3n),
      [word(2)]: word(2n ** 64n - 7n),
      [word(3)]: hash,
      [word(5)]: word(0xabcd),
    });
    expect(Object.values(contract.read("packed") as object)).toEqual(values);
    contract.write("clearPacked", []);
    expect(host.storageOf(address)[word(0)]).toBe(`0x0000fffffffffffffffe${"00".repeat(21)}01`);
    expect(host.storageOf(address)[word(1)]).toBeUndefined();
    expect(build.storageLayout.map(({ slot, offset }) => [slot, offset]).slice(0, 10)).toEqual([
      [0, 0],
      [0, 1],
      [0, 2],
      [0, 22],
      [1, 0],
      [2, 0],
      [3, 0],
      [4, 0],
      [5, 0],
      [6, 0],
    ]);
  });

  it("stores short and long byte strings, and clears what they leave", () => {
    const { host, address } = contract;
    const long = "0123456789abcdef".repeat(5);
    contract.write("setText", [long, `0x${"77".repeat(31)}`]);
    const at = BigInt(keccak256(word(4)));
    expect(host.storageOf(address)).toEqual({
      [word(4)]: word(161),
      [word(at)]: stringToHex(long.slice(0, 32)),
      [word(at + 1n)]: stringToHex(long.slice(32, 64)),
      [word(at + 2n)]: stringToHex(long.slice(64), { size: 32 }),
      [word(6)]: `0x${"77".repeat(31)}3e`,
    });
    expect([contract.read("getText"), contract.read("getBlob")]).toEqual([long, `0x${"77".repeat(31)}`]);
    contract.write("setText", [long.slice(0, 32), `0x${"78".repeat(64)}`]);
    expect(host.storageOf(address)[word(at + 1n)]).toBeUndefined();
    expect([contract.read("getText"), contract.read("getBlob")]).toEqual([long.slice(0, 32), `0x${"78".repeat(64)}`]);
    contract.write("setText", ["", "0x"]);
    expect(host.storageOf(address)).toEqual({});
  });

  it("keeps arrays, small items packed", () => {
    const { host, address } = contract;
    const long = "l".repeat(40);
    for (let index = 0; index < 34; index++) contract.write("push", [index, other, index === 33 ? long : `t${index}`]);
    const [bytes, owners, texts] = [7, 8, 9].map((slot) => BigInt(keccak256(word(slot)))) as [bigint, bigint, bigint];
    const stored = host.storageOf(address);
    expect([7, 8, 9].map((slot) => stored[word(slot)])).toEqual([word(34), word(34), word(34)]);
    expect(stored[word(bytes)]).toBe(bytesToHex(Uint8Array.from({ length: 32 }, (_, index) => 31 - index)));
    expect(stored[word(bytes + 1n)]).toBe(word(0x2120));
    expect(stored[word(owners + 33n)]).toBe(word(BigInt(other)));
    expect(stored[word(texts + 33n)]).toBe(word(81));
    expect(Object.values(contract.read("itemAt", 33n) as object)).toEqual([33, other, long]);
    expect(contract.refusal("itemAt", [34n])).toEqual({ errorName: "Panic", args: [0x32n] });
    contract.write("pop", []);
    contract.write("pop", []);
    expect(host.storageOf(address)[word(bytes + 1n)]).toBeUndefined();
    contract.write("clearLists", []);
    for (let index = 0; index < 32; index++) expect(host.storageOf(address)[word(texts + BigInt(index))]).toBeUndefined();
    expect(contract.refusal("pop", [])).toEqual({ errorName: "Panic", args: [0x31n] });
  });

  it("hashes the keys of mappings as Solidity does", () => {
    const { host, address } = contract;
    contract.write("setEntries", ["schlüssel", "0xc0ffee", -2, 9n, 11n]);
    const join = (...parts: readonly Hex[]): Hex => keccak256(`0x${parts.map((part) => part.slice(2)).join("")}`);
    const list = join(word(9), word(12));
    expect(host.storageOf(address)).toEqual({
      [join(stringToHex("schlüssel"), word(10))]: word(11),
      [join(numberToHex(-2n, { size: 32, signed: true }), join("0xc0ffee", word(11)))]: word(1),
      [list]: word(1),
      [keccak256(list)]: word(11),
    });
    expect(contract.read("entries", "schlüssel", "0xc0ffee", -2, 9n)).toEqual({ value: 11n, isSet: true, count: 1n });
    expect(contract.read("entries", "schlussel", "0xc0ffee", -1, 8n)).toEqual({ value: 0n, isSet: false, count: 0n });
  });
});

describe("calls", () => {
  it("reads and pays another contract through a typed class", async () => {
    const host = createTestHost();
    const first = await openContract("test/everything", host, 0xc1);
    const second = contractClient(first.build, host, 0xc2);
    second.write("setPacked", [false, 0, other, 0n, 100n, 0n, zero, 0]);
    const callOther = first.raw("callOther", [second.address, "ok", 7n], { value: 10n });
    expect(callOther.kind).toBe("success");
    expect([host.balanceOf(first.address), host.balanceOf(second.address), second.read("store"), first.read("store")]).toEqual([
      3n,
      7n,
      107n,
      5n,
    ]);
    expect(host.frames.map(({ isStatic, value }) => [isStatic, value]).slice(1, 4)).toEqual([
      [false, 10n],
      [true, 0n],
      [false, 7n],
    ]);
    // The callee's revert data become the caller's; nothing of either stays.
    expect(first.refusal("callOther", [second.address, "not ok", 1n], { value: 1n })).toEqual({ errorName: "Error", args: ["not ok"] });
    expect([host.balanceOf(first.address), second.read("store")]).toEqual([3n, 107n]);
    expect(first.read("remoteNamed", second.address, named)).toEqual(named);
    // An account without code returns nothing, which does not decode.
    expect(first.refusal("remoteNamed", [other, named])).toBe("0x");
  });

  it("sees what a call back to itself wrote: the cache is flushed and forgotten", () => {
    const { address } = contract;
    const result = contract.raw("callOther", [address, "ok", 2n], { value: 2n });
    expect(result.kind).toBe("success");
    expect(result.output.slice(-192)).toBe([5, 7, 7].map((value) => word(value).slice(2)).join(""));
  });

  it("calls with any data: call, static call, delegate call", async () => {
    const host = createTestHost();
    const first = await openContract("test/everything", host, 0xc1);
    const second = contractClient(first.build, host, 0xc2);
    const set = first.encode("setPacked", [true, 1, other, 1n, 123n, 1n, zero, 1]);
    expect(first.read("callRaw", 1, second.address, first.encode("store", []))).toEqual({ succeeded: true, data: zero, wide: 77n });
    // A write in a static call fails.
    expect(first.read("callRaw", 1, second.address, set)).toEqual({ succeeded: false, data: "0x", wide: 77n });
    expect(first.read("callRaw", 0, second.address, set)).toEqual({ succeeded: true, data: "0x", wide: 77n });
    expect([first.read("store"), second.read("store")]).toEqual([77n, 123n]);
    expect(first.read("callRaw", 2, second.address, set)).toEqual({ succeeded: true, data: "0x", wide: 123n });
    expect(first.read("callRaw", 0, second.address, first.encode("refuse", [2]))).toEqual({
      succeeded: false,
      data: keccak256(stringToHex("Bare()")).slice(0, 10),
      wide: 77n,
    });
    first.write("send", [other, 4n], { value: 4n });
    expect(host.balanceOf(other.toLowerCase() as Hex)).toBe(4n);
  });

  it("writes nothing in a function marked @view or @pure, whoever calls it and how", () => {
    const refused = { errorName: "Error", args: ["write in a view function"] };
    for (const kind of [1, 2, 3, 4, 5, 6, 7]) expect([kind, contract.refusal("looks", [kind, other])]).toEqual([kind, refused]);
    expect(contract.read("looks", 0, other)).toBe(0n);
    expect([contract.refusal("computes", [true]), contract.read("computes", false)]).toEqual([refused, 7]);
    expect([contract.read("looksInside"), contract.read("store")]).toEqual([5n, 5n]);
  });

  it("deploys", () => {
    const created = (seed: Hex): Hex => getAddress(`0x${keccak256(seed).slice(26)}`);
    expect(contract.read("deploy", "0x600160", zero)).toBe(created("0x600160"));
    expect(contract.read("deploy", "0x6002", word(9))).toBe(created(`${word(9)}6002`));
    expect(contract.raw("deploy", ["0xfe", zero])).toMatchObject({ kind: "revert", output: "0xdead" });
  });

  it("guards against re-entry within one transaction", () => {
    const { address } = contract;
    expect(contract.write("guarded", [other])).toEqual([]);
    expect(contract.write("guarded", [`0x${"00".repeat(20)}`])).toEqual([]);
    expect(contract.refusal("guarded", [address])).toEqual({ errorName: "Error", args: ["reentrant call"] });
    expect(contract.write("guarded", [`0x${"00".repeat(20)}`])).toEqual([]);
  });

  it("reads the context of call, block and transaction", () => {
    const { address } = contract;
    const from: Hex = `0x${"0b".repeat(20)}`;
    expect(contract.raw("context", [], { from, value: 5n }).kind).toBe("success");
    const context = contract.read("context");
    expect(context).toEqual({
      sender: getAddress(alice),
      value: 0n,
      address: getAddress(address),
      origin: getAddress(alice),
      coinbase: getAddress(`0x${"cb".repeat(20)}`),
      number: 100n,
      timestamp: 1_700_000_000n,
      gasLimit: 30_000_000n,
      baseFee: 7n,
      chainId: 412_346n,
      gasPrice: 9n,
      inkPrice: 10_000,
      gasLeft: 1_000_000n,
      inkLeft: 10_000_000_000n,
      balance: 5n,
      codeSize: 1000,
      codeHash: keccak256(address),
      isReentrant: false,
    });
    expect(contract.read("hashOf", "0x00aabb")).toBe(keccak256("0xaabb"));
  });
});
