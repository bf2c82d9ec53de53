import {
  bytesToBigint,
  bytesToHex,
  concatBytes,
  emptyBytes,
  keccak256,
  type Address,
  type ExecutionResult,
  type Hash,
} from "@trireme/core";
import { stylusCode, stylusWat } from "@trireme/testing";
import { describe, expect, it } from "vitest";
import { activate } from "../activation/activate.ts";
import { defaultStylusParameters } from "../pricing/stylus-parameters.ts";
import { addressWord, createStylusMachine, nobody, testTime, wallet, word, type StylusMachine } from "../test/stylus-machine.ts";
import { bytesFromWat } from "../test/wat.ts";
import { arbOwnerPublicAddress, arbWasmAddress, arbWasmCacheAddress } from "./system-addresses.ts";

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const topic = (signature: string): string => bytesToHex(keccak256(text(signature)));
const errorOf = (signature: string, ...words: readonly bigint[]): string =>
  bytesToHex(concatBytes(keccak256(text(signature)).slice(0, 4), ...words.map(word)));
const wordsOf = (result: ExecutionResult): bigint[] => {
  const output = result.kind === "success" ? result.output : emptyBytes;
  return Array.from({ length: output.length / 32 }, (_, index) => bytesToBigint(output.subarray(32 * index, 32 * index + 32)));
};
const revertOf = (result: ExecutionResult) => (result.kind === "revert" ? [bytesToHex(result.output), result.gasLeft > 0n] : result);

const wasm = bytesFromWat(stylusWat("(i32.const 0)"));
const code = stylusCode(wasm);
const activate1 = (machine: StylusMachine, address: Address, value = 10n ** 18n) =>
  machine.callMethod(arbWasmAddress, "activateProgram(address)", [addressWord(address)], { value });
const ether = 10n ** 18n;

describe("activateProgram", () => {
  it("takes its fee, gives the rest back, and tells what it did", () => {
    const machine = createStylusMachine();
    const { host } = machine;
    host.setCode(nobody, code);
    const codeHash = host.getCodeHash(nobody);
    const expected = activate(wasm, { parameters: defaultStylusParameters, codeHash, isDebug: false });
    if (expected.kind !== "activated") throw new Error("not activated");
    const before = host.getBalance(wallet);
    const result = activate1(machine, nobody);
    const [version, fee = 0n] = wordsOf(result);
    // The first program after years: its bytes alone are the demand. 82,928,201 wei a byte, times 1 + what e^x adds.
    const bytes = BigInt(expected.asmEstimate);
    expect([version, fee >= 82_928_201n * bytes && fee < 90_000_000n * bytes]).toEqual([2n, true]);
    expect([before - host.getBalance(wallet), host.getBalance(host.block.coinbase), host.getBalance(arbWasmAddress)]).toEqual([
      fee,
      fee,
      0n,
    ]);
    expect(host.logs.map(({ address, topics, data }) => [bytesToHex(address), topics.map(bytesToHex), bytesToHex(data)])).toEqual([
      [
        bytesToHex(arbWasmAddress),
        [topic("ProgramActivated(bytes32,bytes32,address,uint256,uint16)"), bytesToHex(codeHash)],
        bytesToHex(concatBytes(expected.moduleHash, addressWord(nobody), word(fee), word(2n))),
      ],
    ]);
    // Arguments 3, version 800, activation gas 800; fixed; parameters 100, record 800; by size; module hash 20,000; pricer 5 x 800 + 2 x 20,000;
    // record 20,000; fee account 800; event 375 x 3 + 8 x 128; result 2 x 3.
    const gas = 3 + 1600 + 1_659_168 + 900 + expected.activationGas + 20_000 + 44_000 + 20_000 + 800 + 2149 + 6;
    expect(result.kind === "success" && Number(100_000_000n - result.gasLeft)).toBe(gas);
    expect(machine.call(nobody).kind).toBe("success");
  });

  it("is for the code hash: another account with the code needs none", () => {
    const machine = createStylusMachine();
    const first = machine.deploy(stylusWat("(i32.const 0)"));
    machine.host.setCode(nobody, machine.host.getCode(first));
    expect(machine.call(nobody).kind).toBe("success");
    expect(revertOf(activate1(machine, nobody))).toEqual([errorOf("ProgramUpToDate()"), true]);
  });

  it("is undone with its frame", () => {
    const machine = createStylusMachine();
    machine.host.setCode(nobody, code);
    const checkpoint = machine.host.checkpoint();
    expect(activate1(machine, nobody).kind).toBe("success");
    machine.host.revert(checkpoint);
    expect(revertOf(machine.call(nobody))).toEqual([errorOf("ProgramNotActivated()"), true]);
  });

  it("refuses what is no program, with gas left; a module that breaks a rule takes all gas", () => {
    const machine = createStylusMachine();
    expect(revertOf(activate1(machine, nobody))).toEqual([errorOf("ProgramNotWasm()"), true]);
    machine.host.setCode(nobody, Uint8Array.of(0xfe));
    expect(revertOf(activate1(machine, nobody))).toEqual([errorOf("ProgramNotWasm()"), true]);
    machine.host.setCode(nobody, Uint8Array.of(0xef, 0xf0, 0, 0, 1, 2, 3));
    expect(revertOf(activate1(machine, nobody))).toEqual(["0x", true]);
    machine.host.setCode(nobody, stylusCode(bytesFromWat("(module)")));
    expect(activate1(machine, nobody)).toMatchObject({ kind: "revert", gasLeft: 0n, output: emptyBytes });
    expect(machine.host.getBalance(wallet)).toBe(10n ** 24n);
  });

  it("wants enough value, and enough gas", () => {
    const machine = createStylusMachine();
    machine.host.setCode(nobody, code);
    const result = activate1(machine, nobody, 5n);
    const output = result.kind === "revert" ? result.output : emptyBytes;
    expect([bytesToHex(output.slice(0, 36)), bytesToBigint(output.slice(36)) > 5n]).toEqual([
      errorOf("ProgramInsufficientValue(uint256,uint256)", 5n),
      true,
    ]);
    expect(
      machine.callMethod(arbWasmAddress, "activateProgram(address)", [addressWord(nobody)], { value: ether, gas: 1_000_000n }),
    ).toEqual({
      kind: "halt",
      reason: "outOfGas",
    });
  });

  it("puts a root's fragments together", () => {
    const machine = createStylusMachine();
    const { host } = machine;
    const stream = code.slice(4);
    const fragments = [stream.slice(0, 20), stream.slice(20)].map((part, index) => {
      const address = concatBytes(nobody.slice(0, 19), Uint8Array.of(index)) as Address;
      host.setCode(address, concatBytes(Uint8Array.of(0xef, 0xf0, 1), part));
      return address;
    });
    host.setCode(nobody, concatBytes(Uint8Array.of(0xef, 0xf0, 2, 0), word(BigInt(wasm.length)).slice(28), ...fragments));
    expect(activate1(machine, nobody).kind).toBe("success");
    expect(machine.call(nobody).kind).toBe("success");
    expect(machine.call(fragments[0] as Address)).toMatchObject({ kind: "halt", reason: "invalidOpcode" });
    expect(revertOf(activate1(machine, fragments[0] as Address))).toEqual(["0x", true]);
  });

  it("runs the fragments that stand there, not those that stood there when the root ran before", () => {
    const machine = createStylusMachine();
    const { host } = machine;
    const answering = (status: number) => bytesFromWat(stylusWat(`(i32.const ${status})`));
    const root = concatBytes(nobody.slice(0, 19), Uint8Array.of(9)) as Address;
    const length = word(BigInt(answering(0).length)).slice(28);
    host.setCode(root, concatBytes(Uint8Array.of(0xef, 0xf0, 2, 0), length, nobody));
    const kinds = [0, 1, 0].map((status) => {
      const checkpoint = host.checkpoint();
      host.setCode(nobody, concatBytes(Uint8Array.of(0xef, 0xf0, 1), stylusCode(answering(status)).slice(4)));
      expect(activate1(machine, root).kind).toBe("success");
      const { kind } = machine.call(root);
      host.revert(checkpoint);
      return kind;
    });
    expect(kinds).toEqual(["success", "revert", "success"]);
  });

  it("reads a fragment only if the largest one could be paid, and none behind one that is none", () => {
    const machine = createStylusMachine();
    const { host } = machine;
    const fragments = [wallet, nobody].map((address) => addressWord(address).slice(12));
    const root = concatBytes(nobody.slice(0, 19), Uint8Array.of(9)) as Address;
    host.setCode(root, concatBytes(Uint8Array.of(0xef, 0xf0, 2, 0), word(BigInt(wasm.length)).slice(28), ...fragments));
    const before = 3 + 1600 + 1_659_168 + 900;
    const activateWith = (gas: number) =>
      machine.callMethod(arbWasmAddress, "activateProgram(address)", [addressWord(root)], { value: ether, gas: BigInt(gas) });
    // The wallet has no code: 2600 for a cold account, and nothing for the other one.
    const most = 2600 + 3 * (24_576 / 32);
    expect(activateWith(before + most - 1)).toMatchObject({ kind: "halt", reason: "outOfGas" });
    expect(activateWith(before + most)).toMatchObject({ kind: "revert", gasLeft: BigInt(most - 2600) });
  });
});

describe("ArbWasm's views", () => {
  it("tell the chain's parameters", () => {
    const machine = createStylusMachine();
    const names = [
      "stylusVersion",
      "inkPrice",
      "maxStackDepth",
      "freePages",
      "pageGas",
      "pageRamp",
      "pageLimit",
      "minInitGas",
      "initCostScalar",
      "expiryDays",
      "keepaliveDays",
      "blockCacheSize",
    ];
    const values = names.map((name) => wordsOf(machine.callMethod(arbWasmAddress, `${name}()`)).map(Number));
    expect(values).toEqual([[2], [10_000], [22_000], [2], [1000], [620_674_314], [128], [8832, 352], [100], [365], [31], [32]]);
  });

  it("tell since ArbOS 60 what activation costs beside, and how many fragments a program has at most", () => {
    const ask = (arbosVersion: 51 | 60) => {
      const machine = createStylusMachine({ parameters: arbosVersion === 60 ? { arbosVersion, activationGas: 7 } : { arbosVersion } });
      const fragments = machine.callMethod(arbOwnerPublicAddress, "getMaxStylusContractFragments()");
      return [machine.callMethod(arbWasmAddress, "activationGas()"), fragments].map((result) =>
        result.kind === "success" ? [wordsOf(result)[0], 100_000_000n - result.gasLeft] : result.kind,
      );
    };
    // Version 800, storage 800 or parameters 100, result 3.
    expect(ask(60)).toEqual([
      [7n, 1603n],
      [2n, 903n],
    ]);
    expect(ask(51)).toEqual(["revert", "revert"]);
  });

  it("tell about programs, or why not", () => {
    const machine = createStylusMachine();
    const program = machine.deploy(stylusWat("(i32.const 0)", emptyBytes, "", "3 3"));
    const codeHash = machine.host.getCodeHash(program);
    const view = (name: string, argument: Uint8Array) => machine.callMethod(arbWasmAddress, name, [argument]);
    expect(wordsOf(view("programVersion(address)", addressWord(program)))).toEqual([2n]);
    expect(wordsOf(view("codehashVersion(bytes32)", codeHash))).toEqual([2n]);
    expect(wordsOf(view("programMemoryFootprint(address)", addressWord(program)))).toEqual([3n]);
    expect(wordsOf(view("programTimeLeft(address)", addressWord(program)))).toEqual([365n * 86_400n]);
    // Activated at a whole hour; the estimate begins at 512,000 bytes, and is kept in units of 1024.
    expect(wordsOf(view("codehashAsmSize(bytes32)", codeHash)).map((size) => size >= 512_000n && size % 1024n === 0n)).toEqual([true]);
    expect(revertOf(view("programVersion(address)", addressWord(wallet)))).toEqual([errorOf("ProgramNotActivated()"), true]);
  });

  it("are all there is: other calls take all gas", () => {
    const machine = createStylusMachine();
    const caller = machine.deploy(
      stylusWat(
        "(call $delegate_call_contract (i32.const 0) (i32.const 20) (i32.const 4) (i64.const -1) (i32.const 64))",
        concatBytes(arbWasmAddress, keccak256(text("inkPrice()")).slice(0, 4)),
      ),
    );
    const refused = [
      machine.call(arbWasmAddress),
      machine.callMethod(arbWasmAddress, "inkPrices()"),
      machine.callMethod(arbWasmAddress, "inkPrice()", [], { value: 1n }),
      machine.callMethod(arbWasmAddress, "programVersion(address)"),
      machine.callMethod(arbWasmAddress, "activateProgram(address)", [addressWord(nobody)], { isStatic: true }),
    ];
    for (const result of refused) expect(result).toMatchObject({ kind: "revert", gasLeft: 0n, output: emptyBytes });
    expect(machine.call(caller).kind).toBe("revert");
  });
});

describe("codehashKeepalive", () => {
  const aged = (seconds: bigint) => {
    const young = createStylusMachine();
    const program = young.deploy(stylusWat("(i32.const 0)"));
    const codeHash = young.host.getCodeHash(program);
    const machine = createStylusMachine({ timestamp: testTime + seconds });
    machine.host.setCode(program, young.host.getCode(program));
    machine.host.setStorage(arbWasmAddress, codeHash, young.host.getStorage(arbWasmAddress, codeHash));
    return { machine, codeHash, program };
  };
  const keepAlive = (machine: StylusMachine, codeHash: Hash) =>
    machine.callMethod(arbWasmAddress, "codehashKeepalive(bytes32)", [codeHash], { value: ether });

  it("makes a program young again, for its data's fee", () => {
    const { machine, codeHash, program } = aged(31n * 86_400n);
    const timeLeft = () => wordsOf(machine.callMethod(arbWasmAddress, "programTimeLeft(address)", [addressWord(program)]));
    expect(timeLeft()).toEqual([334n * 86_400n]);
    expect(keepAlive(machine, codeHash).kind).toBe("success");
    expect(timeLeft()).toEqual([365n * 86_400n]);
    const fee = machine.host.getBalance(machine.host.block.coinbase);
    expect(fee > 0n).toBe(true);
    expect(machine.host.logs.map(({ topics, data }) => [topics.map(bytesToHex), bytesToHex(data)])).toEqual([
      [[topic("ProgramLifetimeExtended(bytes32,uint256)"), bytesToHex(codeHash)], bytesToHex(word(fee))],
    ]);
  });

  it("comes neither too soon nor too late", () => {
    const soon = aged(31n * 86_400n - 3600n);
    expect(revertOf(keepAlive(soon.machine, soon.codeHash))).toEqual([
      errorOf("ProgramKeepaliveTooSoon(uint64)", 31n * 86_400n - 3600n),
      true,
    ]);
    const late = aged(366n * 86_400n);
    expect(revertOf(keepAlive(late.machine, late.codeHash))).toEqual([errorOf("ProgramExpired(uint64)", 366n * 86_400n), true]);
  });
});

describe("ArbWasmCache", () => {
  it("makes programs start as cached ones, for its managers", () => {
    const machine = createStylusMachine({ parameters: { arbosVersion: 51 }, cacheManagers: [wallet] });
    const program = machine.deploy(stylusWat("(i32.const 0)"));
    const codeHash = machine.host.getCodeHash(program);
    const call = (signature: string, argument?: Uint8Array) =>
      machine.callMethod(arbWasmCacheAddress, signature, argument === undefined ? [] : [argument]);
    const gasOf = (result: ExecutionResult) => (result.kind === "success" ? 100_000_000n - result.gasLeft : -1n);
    const [whole = 0n, cached = 0n] = wordsOf(machine.callMethod(arbWasmAddress, "programInitGas(address)", [addressWord(program)]));
    const costs = [gasOf(machine.call(program))];
    expect(call("cacheProgram(address)", addressWord(program)).kind).toBe("success");
    costs.push(gasOf(machine.call(program)));
    expect(wordsOf(call("codehashIsCached(bytes32)", codeHash))).toEqual([1n]);
    expect(call("evictCodehash(bytes32)", codeHash).kind).toBe("success");
    costs.push(gasOf(machine.call(program)));
    expect(costs).toEqual([whole + 1n, cached + 1n, whole + 1n]);
    // Evicting again changes nothing and tells nothing.
    expect(call("evictCodehash(bytes32)", codeHash).kind).toBe("success");
    const event = topic("UpdateProgramCache(address,bytes32,bool)");
    const topics = [event, bytesToHex(addressWord(wallet)), bytesToHex(codeHash)];
    expect(machine.host.logs.map((log) => [log.topics.map(bytesToHex), bytesToHex(log.data)])).toEqual([
      [topics, bytesToHex(word(1n))],
      [topics, bytesToHex(word(0n))],
    ]);
    expect(wordsOf(call("isCacheManager(address)", addressWord(wallet)))).toEqual([1n]);
    expect(wordsOf(call("allCacheManagers()"))).toEqual([32n, 1n, bytesToBigint(wallet)]);
  });

  it("takes all gas of anybody else, and refuses programs that cannot run", () => {
    const machine = createStylusMachine({ cacheManagers: [wallet] });
    const cache = (sender: Address) => machine.callMethod(arbWasmCacheAddress, "cacheProgram(address)", [addressWord(nobody)], { sender });
    expect(cache(nobody)).toMatchObject({ kind: "revert", gasLeft: 0n });
    expect(revertOf(cache(wallet))).toEqual([errorOf("ProgramNeedsUpgrade(uint16,uint16)", 0n, 2n), true]);
  });
});
