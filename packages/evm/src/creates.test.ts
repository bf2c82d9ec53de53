import { bytesToBigint, create2Address, createAddress, outputOf, toPubkey } from "@trireme/core";
import {
  createToyEnvironment,
  testBlock,
  toyProgram,
  assembleEvm,
  evmDeployment,
  returnReturnData,
  returnTop,
  evmStore,
  type EvmPart,
} from "@trireme/testing";
import { describe, expect, test } from "vitest";
import { alice, callOf, createHost, createOf, deploy, other, target, word } from "./test/machine.ts";

const code = assembleEvm(1, 2, "ADD");
const initCode = evmDeployment(code);
/** Creates a contract from init code in memory; the address is the output. */
const creating = (init: Uint8Array, value = 0): EvmPart[] => [...evmStore(init), init.length, 0, value, "CREATE", ...returnTop];

describe("a create that the host hands in", () => {
  test("leaves code, nonce 1 and the endowment", () => {
    const host = createHost();
    const result = host.call(createOf(initCode, { value: 5n }));
    expect(result).toMatchObject({ kind: "success", created: target, gasRefund: 0n });
    expect([host.getCode(target), host.getNonce(target), host.getBalance(target)]).toEqual([code, 1n, 5n]);
    expect([host.wasCreated(target), host.isWarmAccount(target)]).toEqual([true, true]);
  });

  test("with empty init code leaves an account with nonce 1", () => {
    const host = createHost();
    expect(host.call(createOf(new Uint8Array(0)))).toMatchObject({ kind: "success", gasLeft: 1_000_000n });
    expect([host.getNonce(target), host.getCode(target).length]).toEqual([1n, 0]);
  });

  test("that reverts gives data and gas back, and leaves nothing", () => {
    const host = createHost();
    const before = host.snapshot().accounts;
    const init = assembleEvm(1, 1, "SSTORE", ...evmStore(word(8)), 32, 0, "REVERT");
    expect(host.call(createOf(init, { value: 5n }))).toMatchObject({ kind: "revert", output: word(8) });
    expect(host.snapshot().accounts).toEqual(before);
  });

  test.each<[string, (host: ReturnType<typeof createHost>) => void]>([
    ["nonce", (host) => host.setNonce(target, 1n)],
    ["code", (host) => host.setCode(target, code)],
    ["storage (EIP-7610)", (host) => host.setStorage(target, word(1), word(1))],
    [
      "an SVM record",
      (host) => host.setSvmRecord(target, { pubkey: toPubkey(other), owner: toPubkey(other), executable: false, dataLength: 1 }),
    ],
  ])("collides with %s", (_name, occupy) => {
    const host = createHost();
    occupy(host);
    expect(host.call(createOf(initCode))).toEqual({ kind: "halt", reason: "createCollision" });
  });

  test("does not collide with a balance", () => {
    const host = createHost();
    host.setBalance(target, 3n);
    expect(host.call(createOf(initCode, { value: 4n }))).toMatchObject({ kind: "success" });
    expect(host.getBalance(target)).toBe(7n);
  });

  test.each<[string, Uint8Array, bigint]>([
    ["codeSizeLimit", assembleEvm(24_577, 0, "RETURN"), 10_000_000n],
    ["outOfGas", assembleEvm(24_576, 0, "RETURN"), 1_000_000n],
    ["invalidCode", evmDeployment(Uint8Array.of(0xef)), 1_000_000n],
    ["invalidCode", evmDeployment(Uint8Array.of(0xef, 0x00, 0x01)), 1_000_000n],
  ])("%s", (reason, init, gas) => {
    const host = createHost();
    expect(host.call(createOf(init, { gas }))).toMatchObject({ kind: "halt", reason });
    expect(host.getNonce(target)).toBe(0n);
  });

  test("may leave code of another environment where the host allows it", () => {
    const program = toyProgram([]);
    expect(createHost().call(createOf(evmDeployment(program)))).toMatchObject({ kind: "halt", reason: "invalidCode" });
    const host = createHost({ environments: [createToyEnvironment()] });
    expect(host.call(createOf(evmDeployment(program)))).toMatchObject({ kind: "success" });
    expect(host.getCode(target)).toEqual(program);
  });
});

describe("CREATE and CREATE2", () => {
  test("addresses follow from nonce, or salt and init code; the nonce is raised", () => {
    const host = createHost();
    host.setNonce(target, 1n);
    deploy(host, target, ...creating(initCode, 2));
    const first = createAddress(target, 1n);
    expect(outputOf(host.call(callOf({ value: 2n })))).toEqual(word(bytesToBigint(first)));
    expect([host.getCode(first), host.getNonce(first), host.getBalance(first), host.getNonce(target)]).toEqual([code, 1n, 2n, 2n]);
    deploy(host, target, ...evmStore(initCode), 77, initCode.length, 0, 0, "CREATE2", ...returnTop);
    const second = create2Address(target, word(77), initCode);
    expect(outputOf(host.call(callOf()))).toEqual(word(bytesToBigint(second)));
    // The same again collides: the nonce goes up, all gas but a 64th is gone.
    const nonce = host.getNonce(target);
    const collided = host.call(callOf());
    expect(outputOf(collided)).toEqual(word(0));
    expect(host.getNonce(target)).toBe(nonce + 1n);
    expect(collided.kind === "success" && collided.gasLeft < 20_000n).toBe(true);
  });

  test("return data is there after a revert only", () => {
    const host = createHost();
    const size: EvmPart[] = ["POP", "RETURNDATASIZE", ...returnTop];
    deploy(host, target, ...evmStore(initCode), initCode.length, 0, 0, "CREATE", ...size);
    expect(outputOf(host.call(callOf()))).toEqual(word(0));
    const reverting = assembleEvm(...evmStore(word(8)), 32, 0, "REVERT");
    deploy(host, target, ...evmStore(reverting), reverting.length, 0, 0, "CREATE", "POP", ...returnReturnData);
    expect(outputOf(host.call(callOf()))).toEqual(word(8));
  });

  test("init code that begins with EF00 halts the new frame, as any invalid instruction", () => {
    const host = createHost();
    deploy(host, target, ...creating(Uint8Array.of(0xef, 0x00)));
    expect(outputOf(host.call(callOf()))).toEqual(word(0));
    expect(host.getNonce(target)).toBe(1n);
  });

  test("init code beyond 49,152 bytes is out of gas from Shanghai on (EIP-3860)", () => {
    for (const [hardfork, kind] of [
      ["paris", "success"],
      ["shanghai", "halt"],
    ] as const) {
      const host = createHost({ block: { ...testBlock, hardfork } });
      deploy(host, target, 49_153, 0, 0, "CREATE");
      expect(host.call(callOf())).toMatchObject({ kind });
    }
  });

  test("a nonce of 2^64 - 1 creates nothing (EIP-2681)", () => {
    const host = createHost();
    host.setNonce(target, 2n ** 64n - 1n);
    deploy(host, target, ...creating(initCode));
    expect(outputOf(host.call(callOf()))).toEqual(word(0));
  });
});

describe("SELFDESTRUCT", () => {
  const london = { ...testBlock, hardfork: "london" as const };
  const end = (host: ReturnType<typeof createHost>) => {
    host.endTransaction();
    return host.snapshot().accounts.size;
  };

  test("before Cancun the account goes, and its balance to the beneficiary", () => {
    const host = createHost({ block: london });
    host.setBalance(target, 5n);
    deploy(host, target, other, "SELFDESTRUCT");
    expect(host.call(callOf())).toMatchObject({ kind: "success" });
    expect([host.isDestroyed(target), host.getBalance(other)]).toEqual([true, 5n]);
    expect(end(host)).toBe(2);
  });

  test("before Cancun an account that names itself burns what it has", () => {
    const host = createHost({ block: london });
    host.setBalance(target, 5n);
    deploy(host, target, target, "SELFDESTRUCT");
    host.call(callOf());
    expect([host.burnt, host.getBalance(target)]).toEqual([5n, 0n]);
  });

  test("from Cancun on only the balance moves", () => {
    const host = createHost();
    host.setBalance(target, 5n);
    deploy(host, target, other, "SELFDESTRUCT");
    host.call(callOf());
    expect([host.isDestroyed(target), host.getBalance(target), host.getBalance(other)]).toEqual([false, 0n, 5n]);
    host.setBalance(target, 5n);
    deploy(host, target, target, "SELFDESTRUCT");
    host.call(callOf());
    expect([host.isDestroyed(target), host.getBalance(target), host.burnt]).toEqual([false, 5n, 0n]);
  });

  test("from Cancun on what this transaction created goes still, its constructor included", () => {
    const host = createHost();
    expect(host.call(createOf(assembleEvm(other, "SELFDESTRUCT"), { value: 5n }))).toMatchObject({ kind: "success" });
    expect([host.isDestroyed(target), host.getBalance(other)]).toEqual([true, 5n]);
    const second = createHost();
    second.call(createOf(assembleEvm(target, "SELFDESTRUCT"), { value: 5n }));
    expect([second.isDestroyed(target), second.burnt, second.getBalance(alice)]).toEqual([true, 5n, 10n ** 18n - 5n]);
  });

  test("a new beneficiary costs 25,000 if it is paid", () => {
    const spent = (balance: bigint) => {
      const host = createHost();
      host.setBalance(target, balance);
      deploy(host, target, other, "SELFDESTRUCT");
      const result = host.call(callOf());
      return result.kind === "success" ? 1_000_000n - result.gasLeft : undefined;
    };
    expect(spent(0n)).toBe(3n + 5_000n + 2_600n);
    expect(spent(1n)).toBe(3n + 5_000n + 2_600n + 25_000n);
  });
});

test("a contract that is created calls others from its constructor", () => {
  const host = createHost();
  deploy(host, other, "CALLER", ...returnTop);
  const init = assembleEvm(0, 0, 0, 0, 0, other, "GAS", "CALL", "POP", 32, 0, 0, "RETURNDATACOPY", 32, 0, "RETURN");
  host.call(createOf(init));
  expect(host.getCode(target)).toEqual(word(bytesToBigint(target)));
});
