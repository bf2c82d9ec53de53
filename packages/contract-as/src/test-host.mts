// A small host for contracts in tests: the functions of vm_hooks that the SDK uses, without prices, on a plain world.
import { bigintToBytes, bytesToBigint, bytesToHex, concatBytes, hexToBytes, keccak256, type Hex } from "@trireme/core";

export interface TestLog {
  readonly address: Hex;
  readonly topics: Hex[];
  readonly data: Hex;
}

/** `failure` is a trap: no data. */
export interface TestResult {
  readonly kind: "success" | "revert" | "failure";
  readonly output: Hex;
  readonly logs: readonly TestLog[];
}

export interface TestCall {
  readonly to: Hex;
  readonly data?: Hex;
  readonly from?: Hex;
  readonly value?: bigint;
  readonly isStatic?: boolean;
}

interface World {
  readonly storage: Map<string, Hex>;
  readonly transient: Map<string, Hex>;
  readonly balances: Map<Hex, bigint>;
  readonly logs: TestLog[];
}

interface Frame {
  /** Whose code runs. */
  readonly code: Hex;
  /** On whose storage. */
  readonly address: Hex;
  readonly caller: Hex;
  readonly value: bigint;
  readonly input: Uint8Array;
  readonly isStatic: boolean;
}

type Outcome = { readonly kind: TestResult["kind"]; readonly output: Uint8Array };

/** What `exit_early` throws. */
class Exit extends Error {
  readonly status: number;
  constructor(status: number) {
    super();
    this.status = status;
  }
}

export const alice: Hex = "0xa11ce00000000000000000000000000000000000";
const none = new Uint8Array(0);
const zeroWord: Hex = `0x${"00".repeat(32)}`;

export function createTestHost() {
  const modules = new Map<Hex, WebAssembly.Module>();
  /** Calldata of every frame, in order. */
  const frames: Frame[] = [];
  let world: World = { storage: new Map(), transient: new Map(), balances: new Map(), logs: [] };

  const copy = (): World => ({
    storage: new Map(world.storage),
    transient: new Map(world.transient),
    balances: new Map(world.balances),
    logs: [...world.logs],
  });
  const move = (from: Hex, to: Hex, value: bigint): void => {
    world.balances.set(from, (world.balances.get(from) ?? 0n) - value);
    world.balances.set(to, (world.balances.get(to) ?? 0n) + value);
  };

  function enter(frame: Frame, moves: boolean): Outcome {
    frames.push(frame);
    const before = copy();
    if (moves) move(frame.caller, frame.address, frame.value);
    const module = modules.get(frame.code);
    const outcome: Outcome = module === undefined ? { kind: "success", output: none } : run(module, frame);
    if (outcome.kind !== "success") world = before;
    return outcome;
  }

  function run(module: WebAssembly.Module, frame: Frame): Outcome {
    let output: Uint8Array = none;
    let returned: Uint8Array = none;
    const cache = new Map<Hex, { value: Hex; known: Hex | undefined }>();
    const bytes = (at: number, length: number): Uint8Array => new Uint8Array(memory.buffer, at >>> 0, length).slice();
    const put = (at: number, data: Uint8Array): void => new Uint8Array(memory.buffer).set(data, at >>> 0);
    const word = (at: number): Hex => bytesToHex(bytes(at, 32));
    const number = (at: number): bigint => bytesToBigint(bytes(at, 32));
    const address = (at: number): Hex => bytesToHex(bytes(at, 20));
    const mayWrite = (): void => {
      if (frame.isStatic) throw new Error("a write in a static call");
    };
    const answer = ({ kind, output: data }: Outcome, lengthAt: number): number => {
      returned = data;
      new DataView(memory.buffer).setUint32(lengthAt, data.length, true);
      return kind === "success" ? 0 : 2;
    };
    const arithmetic = (at: number, compute: () => bigint): void => put(at, bigintToBytes(BigInt.asUintN(256, compute()), 32));
    const hooks = {
      read_args: (at: number) => put(at, frame.input),
      write_result: (at: number, length: number) => (output = bytes(at, length)),
      exit_early: (status: number) => {
        throw new Exit(status);
      },
      storage_load_bytes32: (key: number, at: number) => {
        const slot = word(key);
        const stored = world.storage.get(frame.address + slot) ?? zeroWord;
        const entry = cache.get(slot) ?? { value: stored, known: stored };
        cache.set(slot, entry);
        put(at, hexToBytes(entry.value));
      },
      storage_cache_bytes32: (key: number, at: number) => {
        const slot = word(key);
        cache.set(slot, { value: word(at), known: cache.get(slot)?.known });
      },
      storage_flush_cache: (clear: number) => {
        for (const [slot, entry] of cache) {
          if (entry.value === entry.known) continue;
          mayWrite();
          world.storage.set(frame.address + slot, entry.value);
          entry.known = entry.value;
        }
        if (clear) cache.clear();
      },
      transient_load_bytes32: (key: number, at: number) => put(at, hexToBytes(world.transient.get(frame.address + word(key)) ?? zeroWord)),
      transient_store_bytes32: (key: number, at: number) => {
        mayWrite();
        world.transient.set(frame.address + word(key), word(at));
      },
      call_contract: (to: number, data: number, length: number, value: number, _gas: bigint, lengthAt: number) => {
        const callee = address(to);
        const wei = number(value);
        if (frame.isStatic && wei > 0n) return answer({ kind: "failure", output: none }, lengthAt);
        const input = bytes(data, length);
        const inner = { code: callee, address: callee, caller: frame.address, value: wei, input, isStatic: frame.isStatic };
        return answer(enter(inner, true), lengthAt);
      },
      static_call_contract: (to: number, data: number, length: number, _gas: bigint, lengthAt: number) => {
        const callee = address(to);
        const input = bytes(data, length);
        return answer(enter({ code: callee, address: callee, caller: frame.address, value: 0n, input, isStatic: true }, false), lengthAt);
      },
      delegate_call_contract: (to: number, data: number, length: number, _gas: bigint, lengthAt: number) =>
        answer(enter({ ...frame, code: address(to), input: bytes(data, length) }, false), lengthAt),
      create1: (code: number, length: number, _value: number, at: number, lengthAt: number) => {
        mayWrite();
        create(bytes(code, length), at, lengthAt);
      },
      create2: (code: number, length: number, _value: number, salt: number, at: number, lengthAt: number) => {
        mayWrite();
        create(concatBytes(bytes(salt, 32), bytes(code, length)), at, lengthAt);
      },
      read_return_data: (at: number, offset: number, size: number) => {
        put(at, returned.subarray(offset, offset + size));
        return Math.min(size, returned.length - offset);
      },
      return_data_size: () => returned.length,
      emit_log: (at: number, length: number, count: number) => {
        mayWrite();
        const topics = Array.from({ length: count }, (_, index) => word(at + 32 * index));
        world.logs.push({ address: frame.address, topics, data: bytesToHex(bytes(at + 32 * count, length - 32 * count)) });
      },
      account_balance: (who: number, at: number) => put(at, bigintToBytes(world.balances.get(address(who)) ?? 0n, 32)),
      account_code_size: (who: number) => (modules.has(address(who)) ? 1000 : 0),
      account_codehash: (who: number, at: number) => put(at, keccak256(hexToBytes(address(who)))),
      evm_gas_left: () => 1_000_000n,
      evm_ink_left: () => 10_000_000_000n,
      block_basefee: (at: number) => put(at, bigintToBytes(7n, 32)),
      chainid: () => 412_346n,
      block_coinbase: (at: number) => put(at, hexToBytes(`0x${"cb".repeat(20)}`)),
      block_gas_limit: () => 30_000_000n,
      block_number: () => 100n,
      block_timestamp: () => 1_700_000_000n,
      contract_address: (at: number) => put(at, hexToBytes(frame.address)),
      msg_sender: (at: number) => put(at, hexToBytes(frame.caller)),
      msg_value: (at: number) => put(at, bigintToBytes(frame.value, 32)),
      msg_reentrant: () => 0,
      tx_gas_price: (at: number) => put(at, bigintToBytes(9n, 32)),
      tx_ink_price: () => 10_000,
      tx_origin: (at: number) => put(at, hexToBytes(alice)),
      math_div: (a: number, b: number) => arithmetic(a, () => (number(b) === 0n ? 0n : number(a) / number(b))),
      math_mod: (a: number, b: number) => arithmetic(a, () => (number(b) === 0n ? 0n : number(a) % number(b))),
      math_pow: (a: number, e: number) => arithmetic(a, () => power(number(a), number(e))),
      math_add_mod: (a: number, b: number, m: number) => arithmetic(a, () => (number(a) + number(b)) % number(m)),
      math_mul_mod: (a: number, b: number, m: number) => arithmetic(a, () => (number(a) * number(b)) % number(m)),
      native_keccak256: (at: number, length: number, target: number) => put(target, keccak256(bytes(at, length))),
      pay_for_memory_grow: () => undefined,
    };
    function create(seed: Uint8Array, at: number, lengthAt: number): void {
      // Code of one byte 0xfe stands for a constructor that reverts.
      const fails = seed.at(-1) === 0xfe;
      put(at, fails ? new Uint8Array(20) : keccak256(seed).subarray(12));
      answer({ kind: fails ? "revert" : "success", output: fails ? Uint8Array.of(0xde, 0xad) : none }, lengthAt);
    }

    const { exports } = new WebAssembly.Instance(module, { vm_hooks: hooks });
    const memory = exports["memory"] as WebAssembly.Memory;
    try {
      const status = (exports["user_entrypoint"] as (length: number) => number)(frame.input.length);
      return { kind: status === 0 ? "success" : "revert", output };
    } catch (error) {
      if (error instanceof Exit) return { kind: error.status === 0 ? "success" : "revert", output };
      return { kind: "failure", output: none };
    }
  }

  return {
    frames,
    /** Puts a module at the address of 20 bytes `id`. */
    deploy(wasm: Uint8Array, id: number): Hex {
      const address = bytesToHex(new Uint8Array(20).fill(id));
      modules.set(address, new WebAssembly.Module(new Uint8Array(wasm)));
      return address;
    },
    /** One transaction. */
    call({ to, data = "0x", from = alice, value = 0n, isStatic = false }: TestCall): TestResult {
      world.transient.clear();
      const before = world.logs.length;
      const { kind, output } = enter({ code: to, address: to, caller: from, value, input: hexToBytes(data), isStatic }, true);
      return { kind, output: bytesToHex(output), logs: world.logs.slice(before) };
    },
    /** The slots of a contract that are not zero. */
    storageOf(address: Hex): Record<Hex, Hex> {
      const slots = [...world.storage].filter(([key, value]) => key.startsWith(address) && value !== zeroWord);
      return Object.fromEntries(slots.map(([key, value]) => [key.slice(address.length), value]));
    },
    balanceOf: (address: Hex): bigint => world.balances.get(address) ?? 0n,
  };
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let rest = exponent, square = base; rest > 0n; rest >>= 1n, square = BigInt.asUintN(256, square * square))
    if (rest & 1n) result = BigInt.asUintN(256, result * square);
  return result;
}
