import {
  keccak256,
  pubkeyOf,
  systemProgram,
  toAddress,
  toPubkey,
  weiPerLamport,
  type BlockContext,
  type ExecutionResult,
  type Hash,
  type Host,
  type Instruction,
  type Pubkey,
} from "@trireme/core";
import { createModelHost, createToyEnvironment, testBlock, toyProgram, type ModelHost } from "@trireme/testing";
import { describe, expect, it } from "vitest";
import { programIds, sysvarIds } from "../known-keys.ts";
import { minimumBalance } from "../sysvars/rent.ts";
import { nonceOfBlockhash } from "../programs/system/nonce-state.ts";
import { openWindow } from "./history-window.ts";
import { compileMessage, enveloped, signMessage, testSigner } from "./signed-message.mts";
import { createSolanaFormat } from "./solana-format.ts";
import type { SolanaMessage } from "./solana-message.ts";
import { decodeSolanaReceipt } from "./solana-receipt.ts";
import type { SolanaTransaction } from "./solana-transaction.ts";

const format = createSolanaFormat();
const rules = { chainId: 1337n };
const room = { gasLeft: 30_000_000n, blobGasLeft: 0n };
const payer = testSigner(1);
const other = testSigner(2);
const blockHash = (number: bigint): Hash => keccak256(new TextEncoder().encode(`block ${number}`)) as Hash;

function transfer(from: Pubkey, to: Pubkey, lamports: number): Instruction {
  const data = new Uint8Array(12);
  new DataView(data.buffer).setUint32(0, 2, true);
  new DataView(data.buffer).setUint32(4, lamports, true);
  return {
    program: systemProgram,
    accounts: [
      { pubkey: from, isSigner: true, isWritable: true },
      { pubkey: to, isSigner: false, isWritable: true },
    ],
    data,
  };
}

function budgetInstruction(tag: number, value: bigint, length: 4 | 8): Instruction {
  const data = new Uint8Array(1 + length);
  data[0] = tag;
  const view = new DataView(data.buffer);
  if (length === 4) view.setUint32(1, Number(value), true);
  else view.setBigUint64(1, value, true);
  return { program: programIds.computeBudget, accounts: [], data };
}

function hostAt(number: bigint, from?: ModelHost): ModelHost {
  const block: BlockContext = { ...testBlock, number };
  const host = createModelHost({ environments: [], block, getBlockHash: blockHash });
  if (from === undefined) return host;
  for (const [address, account] of from.snapshot().accounts) {
    const key = Uint8Array.from(Buffer.from(address.slice(2), "hex")) as Parameters<Host["setBalance"]>[0];
    host.setBalance(key, account.balance);
    host.setNonce(key, account.nonce);
    for (const [slot, value] of account.storage) host.setStorage(key, fromHex(slot), fromHex(value));
    if (account.svm !== undefined) {
      host.setSvmRecord(key, account.svm);
      host.writeAccountData(key, 0, account.data);
    }
  }
  return host;
}

const fromHex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.slice(2), "hex"));

function funded(number = 10n, lamports = 1_000_000_000n): ModelHost {
  const host = hostAt(number);
  host.setBalance(toAddress(payer.pubkey), lamports * weiPerLamport + 7n);
  openWindow(host);
  return host;
}

function decode(message: SolanaMessage, signers = [payer, other]): SolanaTransaction {
  const decoded = format.decode(enveloped(signMessage(message, signers)), rules);
  if (decoded.kind === "invalid") throw new Error(decoded.error.message);
  return decoded.transaction;
}

const simple = (blockhash = blockHash(9n), extra: readonly Instruction[] = []): SolanaMessage =>
  compileMessage(payer.pubkey, [...extra, transfer(payer.pubkey, other.pubkey, 5)], blockhash);

function codeOf(transaction: SolanaTransaction, host: ModelHost): string {
  const prepared = format.prepare(transaction, host, host.block, room);
  return prepared.kind === "invalid" ? prepared.error.code : (prepared.feeOnly?.code ?? "prepared");
}

/** Prepares, charges and settles around a given result. */
function run(transaction: SolanaTransaction, host: ModelHost, result: (gas: bigint) => ExecutionResult) {
  const prepared = format.prepare(transaction, host, host.block, room);
  if (prepared.kind === "invalid") throw new Error(prepared.error.message);
  format.charge(prepared, host);
  const settlement = format.settle(prepared, result(prepared.frames[0]?.gas ?? 0n), host);
  return { prepared, settlement, receipt: decodeSolanaReceipt(settlement.extra as Uint8Array) };
}

const success = (gas: bigint): ExecutionResult => ({ kind: "success", gasLeft: gas - 150n, gasRefund: 0n, output: new Uint8Array(0) });
const failure = (gas: bigint): ExecutionResult => ({
  kind: "revert",
  gasLeft: gas - 150n,
  output: new Uint8Array(0),
  error: JSON.stringify({ Custom: 1 }),
});

describe("decode", () => {
  it("reads accounts, limits and price", () => {
    const transaction = decode(simple(undefined, [budgetInstruction(2, 300_000n, 4), budgetInstruction(3, 2_000_000n, 8)]));
    expect(transaction.budget).toMatchObject({ computeUnitLimit: 300_000, priorityFee: 600_000n, heapLength: 32_768 });
    expect(transaction.signatureFee).toBe(5_000n);
    // 1 signature x 720, 2 writable accounts x 300, 12 + 5 + 9 bytes of data by 4.
    expect(transaction.gasLimit).toBe(300_000n + 720n + 600n + 7n);
    expect(transaction.maxFeePerGas).toBe((605_000n * weiPerLamport) / transaction.gasLimit);
    expect(transaction.declared).toEqual([
      { address: toAddress(payer.pubkey), isWritable: true },
      { address: toAddress(other.pubkey), isWritable: true },
      { address: toAddress(programIds.computeBudget), isWritable: false },
      { address: toAddress(systemProgram), isWritable: false },
    ]);
  });

  it("finds the alias when it is asked for, in copies too", () => {
    const transaction = decode(simple());
    const alias = keccak256(transaction.id);
    expect({ ...transaction }.alias).toEqual(alias);
    expect([transaction.alias, Object.keys(transaction).includes("alias")]).toEqual([alias, true]);
    expect(decode(simple()).alias).toEqual(alias);
  });

  it("takes more of a block's room for the signatures that precompiles verify", () => {
    const verify = (program: Pubkey): Instruction => ({ program, accounts: [], data: Uint8Array.of(3) });
    const roomOf = (program: Pubkey): bigint => {
      const { gasLimit, budget, signatureFee } = decode(simple(undefined, [verify(program)]));
      expect(signatureFee).toBe(20_000n);
      return gasLimit - BigInt(budget.computeUnitLimit);
    };
    // Beside them: 1 signature x 720, 2 writable accounts x 300, 12 + 1 bytes of data by 4.
    expect(roomOf(programIds.ed25519)).toBe(3n * 2_400n + 1_324n);
    expect(roomOf(programIds.secp256k1)).toBe(3n * 6_690n + 1_324n);
    expect(roomOf(programIds.secp256r1)).toBe(3n * 4_800n + 1_324n);
  });

  it("gives 3,000 units to builtins and 200,000 to other programs", () => {
    const heap = budgetInstruction(1, 65_536n, 4);
    const program: Instruction = { program: other.pubkey, accounts: [], data: new Uint8Array(0) };
    expect(decode(compileMessage(payer.pubkey, [heap, program], blockHash(9n))).budget).toMatchObject({
      computeUnitLimit: 203_000,
      heapLength: 65_536,
    });
  });

  it.each<[string, readonly Instruction[], unknown]>([
    ["a heap that is no multiple of 1,024", [budgetInstruction(1, 40_000n, 4)], { InstructionError: [0, "InvalidInstructionData"] }],
    ["a heap above 256 KiB", [budgetInstruction(1, 263_168n, 4)], { InstructionError: [0, "InvalidInstructionData"] }],
    ["two limits", [budgetInstruction(2, 1n, 4), budgetInstruction(2, 1n, 4)], { DuplicateInstruction: 1 }],
    ["no loaded data", [budgetInstruction(4, 0n, 4)], "InvalidLoadedAccountsDataSizeLimit"],
    ["an unknown tag", [budgetInstruction(5, 0n, 4)], { InstructionError: [0, "InvalidInstructionData"] }],
  ])("refuses %s", (_, extra, solana) => {
    const decoded = format.decode(enveloped(signMessage(simple(undefined, extra), [payer])), rules);
    expect(decoded).toMatchObject({ kind: "invalid", error: { solana } });
  });

  it("refuses a signature of somebody else, and of a tagged pubkey whatever it is", () => {
    const wire = signMessage(simple(), [payer]);
    wire[10] = (wire[10] as number) ^ 1;
    expect(format.decode(enveloped(wire), rules)).toMatchObject({ error: { solana: "SignatureFailure" } });
    const tagged = toPubkey(toAddress(payer.pubkey));
    const message = compileMessage(tagged, [transfer(tagged, other.pubkey, 5)], blockHash(9n));
    expect(format.decode(enveloped(signMessage(message, [payer])), rules)).toMatchObject({ error: { solana: "SignatureFailure" } });
  });

  it.each<[string, Partial<SolanaMessage>]>([
    ["no signer", { requiredSignatures: 0 }],
    ["a read-only payer", { readonlySigned: 1 }],
    ["more read-only accounts than there are", { readonlyUnsigned: 3 }],
    ["a program that is the payer", { instructions: [{ programIndex: 0, accountIndices: new Uint8Array(0), data: new Uint8Array(0) }] }],
    ["a program past the end", { instructions: [{ programIndex: 3, accountIndices: new Uint8Array(0), data: new Uint8Array(0) }] }],
    ["an account past the end", { instructions: [{ programIndex: 2, accountIndices: Uint8Array.of(3), data: new Uint8Array(0) }] }],
  ])("refuses %s", (_, part) => {
    const decoded = format.decode(enveloped(signMessage({ ...simple(), ...part }, [payer])), rules);
    expect(decoded).toMatchObject({ kind: "invalid", error: { solana: "SanitizeFailure" } });
  });
});

describe("age and replay", () => {
  it("accepts a blockhash for 150 blocks after the one that knew it first, and no longer", () => {
    const transaction = decode(simple(blockHash(9n)));
    let host = funded(10n);
    expect(codeOf(transaction, host)).toBe("prepared");
    for (const [number, code] of [
      [160n, "prepared"],
      [161n, "BlockhashNotFound"],
    ] as const) {
      host = hostAt(number, host);
      openWindow(host);
      expect(codeOf(transaction, host)).toBe(code);
    }
    expect(codeOf(decode(simple(blockHash(12n))), funded(10n))).toBe("BlockhashNotFound");
  });

  it("takes a message once, over the change of the window's accounts too", () => {
    const transaction = decode(simple(blockHash(249n)));
    let host = funded(250n);
    run(transaction, host, success);
    for (let number = 251n; number <= 390n; number++) {
      host = number % 64n === 0n || number === 256n ? hostAt(number, host) : host;
      if (host.block.number !== number) continue;
      openWindow(host);
      expect(codeOf(transaction, host)).toBe("AlreadyProcessed");
    }
  });

  it("takes the hash of a message for no blockhash", () => {
    const host = funded(10n);
    const first = decode(simple());
    run(first, host, success);
    expect(codeOf(decode(simple(first.messageHash as Hash)), host)).toBe("BlockhashNotFound");
  });

  it("forgets what is two periods old", () => {
    const host = funded(10n);
    run(decode(simple()), host, success);
    const later = hostAt(512n, host);
    openWindow(later);
    expect([...later.snapshot().accounts.values()].reduce((count, { storage }) => count + storage.size, 0)).toBe(1);
  });
});

describe("fees", () => {
  it("takes the whole fee, burns half of the signatures' part, pays the rest to the coinbase, whatever came of it", () => {
    for (const result of [success, failure]) {
      const host = funded();
      const before = host.getBalance(toAddress(payer.pubkey));
      const transaction = decode(simple(undefined, [budgetInstruction(3, 1_000_000n, 8)]));
      const { settlement, receipt } = run(transaction, host, result);
      // 3,000 units for each of two builtins at one lamport.
      expect(receipt.fee).toBe(11_000n);
      expect(before - host.getBalance(toAddress(payer.pubkey))).toBe(11_000n * weiPerLamport);
      expect(settlement.burnt).toBe(2_500n * weiPerLamport);
      expect(host.getBalance(host.block.coinbase)).toBe(8_500n * weiPerLamport);
      expect(receipt.computeUnitsConsumed).toBe(150);
      expect(receipt.preBalances[0]).toBe(1_000_000_000n);
      expect(receipt.postBalances[0]).toBe(999_989_000n);
      expect(receipt.error).toEqual(result === success ? undefined : { InstructionError: [0, { Custom: 1 }] });
    }
  });

  it.each<[string, bigint, unknown]>([
    ["AccountNotFound", 0n, "AccountNotFound"],
    ["InsufficientFundsForFee", 4_999n, "InsufficientFundsForFee"],
    ["InsufficientFundsForRent", minimumBalance(0) + 4_999n, "InsufficientFundsForRent"],
    ["prepared", minimumBalance(0) + 5_000n, "prepared"],
    ["prepared", 5_000n, "prepared"],
  ])("says %s of %s lamports", (_, lamports, code) => {
    expect(codeOf(decode(simple()), funded(10n, lamports))).toBe(code);
  });

  it("shows a balance that lamports of 64 bits do not hold as the largest one", () => {
    const host = funded();
    host.setBalance(toAddress(other.pubkey), ((1n << 64n) + 5n) * weiPerLamport);
    const { receipt } = run(decode(simple()), host, failure);
    expect([receipt.preBalances[1], receipt.postBalances[1]]).toEqual([(1n << 64n) - 1n, (1n << 64n) - 1n]);
  });

  it("lets Solana's fee fill a block to its target, and asks the base fee beyond (rule 14)", () => {
    const host = hostAt(10n);
    host.setBalance(toAddress(payer.pubkey), 10n ** 18n);
    openWindow(host);
    const block = { ...host.block, baseFeePerGas: 10n ** 12n };
    const codeAt = (gasLeft: bigint, price: bigint): string => {
      const transaction = decode(simple(undefined, [budgetInstruction(3, price, 8)]));
      const prepared = format.prepare(transaction, host, block, { gasLeft, blobGasLeft: 0n });
      return prepared.kind === "invalid" ? prepared.error.code : "prepared";
    };
    const target = block.gasLimit / 2n;
    // What waits for room must not outlive its blockhash: its age is judged first.
    const tiny = { ...block, gasLimit: 8_000n };
    const alone = (transaction: SolanaTransaction) => format.prepare(transaction, host, tiny, { gasLeft: 8_000n, blobGasLeft: 0n });
    expect(alone(decode(simple()))).toMatchObject({ error: { code: "gasLimitReached", isTemporary: true } });
    expect(alone(decode(simple(blockHash(3_000n))))).toMatchObject({ error: { code: "BlockhashNotFound" } });
    expect([codeAt(target + 20_000n, 0n), codeAt(target, 0n)]).toEqual(["prepared", "gasLimitReached"]);
    // 6,000 units at 2,000 lamports each are far more than the base fee.
    expect(codeAt(target, 2_000_000_000n)).toBe("prepared");
  });

  it("asks the base fee for every unit of a message that names a contract or the call gateway, and burns it (rule 14)", () => {
    const toy = createToyEnvironment();
    const host = createModelHost({ environments: [toy], block: { ...testBlock, number: 10n }, getBlockHash: blockHash });
    host.setBalance(toAddress(payer.pubkey), 10n ** 18n);
    openWindow(host);
    const contract = toPubkey(toAddress(other.pubkey));
    const block = { ...host.block, baseFeePerGas: 7_000_500n };
    const named = (key: Pubkey, price: bigint): SolanaTransaction => {
      const [first] = simple().instructions.map(() => transfer(payer.pubkey, testSigner(3).pubkey, 5));
      const more = { pubkey: key, isSigner: false, isWritable: false };
      const instruction = { ...first, accounts: [...(first?.accounts ?? []), more] } as Instruction;
      return decode(
        compileMessage(payer.pubkey, [budgetInstruction(3, price, 8), budgetInstruction(2, 1_000n, 4), instruction], blockHash(9n)),
      );
    };
    const prepare = (key: Pubkey, price: bigint) => format.prepare(named(key, price), host, block, room);
    // A wallet is no contract.
    expect(prepare(contract, 0n).kind).toBe("prepared");
    host.setCode(toAddress(other.pubkey), toyProgram([]));
    // 7,000.5 micro-lamports for a unit; 1,000 units are 7,001 lamports.
    expect(prepare(contract, 7_000n)).toMatchObject({
      error: {
        solana: "InsufficientFundsForFee",
        message: expect.stringContaining("at least 7001 micro-lamports") as unknown,
        isTemporary: true,
      },
    });
    expect(prepare(programIds.callGateway, 7_000n)).toMatchObject({ error: { solana: "InsufficientFundsForFee" } });
    const prepared = prepare(contract, 8_000n);
    if (prepared.kind === "invalid") throw new Error(prepared.error.message);
    format.charge(prepared, host);
    const { burnt } = format.settle(prepared, success(1_000n), host);
    // Half of the signature's fee, and the base fee of 1,000 units.
    expect(burnt).toBe(2_500n * weiPerLamport + 7_000_500n * 1_000n);
    expect(host.getBalance(block.coinbase)).toBe((2_500n + 8_000n / 1_000n) * weiPerLamport - 7_000_500n * 1_000n);
  });

  it("binds the payer's pubkey with the fee: contracts that pay its address back find its own name (rules 1 and 2)", () => {
    const host = funded();
    const address = toAddress(payer.pubkey);
    expect(pubkeyOf(address, host.getBoundPubkey(address))).toEqual(toPubkey(address));
    run(decode(simple()), host, failure);
    expect(pubkeyOf(address, host.getBoundPubkey(address))).toEqual(payer.pubkey);
    expect(host.getSvmRecord(address)).toEqual({ pubkey: payer.pubkey, owner: systemProgram, executable: false, dataLength: 0 });
    // It stays what it was: it pays again.
    expect(codeOf(decode(simple(undefined, [budgetInstruction(3, 1n, 8)])), host)).toBe("prepared");
  });

  it("takes no fee from an account of a program", () => {
    const host = funded();
    host.setSvmRecord(toAddress(payer.pubkey), { pubkey: payer.pubkey, owner: other.pubkey, executable: false, dataLength: 0 });
    expect(codeOf(decode(simple()), host)).toBe("InvalidAccountForFee");
  });

  it("only charges for a program that is not there, or no program", () => {
    const call = (program: Pubkey): SolanaTransaction =>
      decode(compileMessage(payer.pubkey, [{ program, accounts: [], data: new Uint8Array(0) }], blockHash(9n)));
    const host = funded();
    expect(codeOf(call(other.pubkey), host)).toBe("ProgramAccountNotFound");
    host.setBalance(toAddress(other.pubkey), weiPerLamport);
    expect(codeOf(call(other.pubkey), host)).toBe("InvalidProgramForExecution");
    expect(codeOf(call(sysvarIds.clock), host)).toBe("InvalidProgramForExecution");
    expect(codeOf(call(programIds.vote), host)).toBe("prepared");
    // An id of Solana's that nobody installed here.
    expect(codeOf(call(programIds.addressLookupTable), host)).toBe("ProgramAccountNotFound");
  });

  it.each([4, 25])("refuses an account that is named twice among %s", (count) => {
    const keys = Array.from({ length: count }, (_, index) => keccak256(Uint8Array.of(index)) as Pubkey);
    const { staticAccounts, ...header } = simple();
    const named = (more: readonly Pubkey[]): SolanaTransaction =>
      decode({ ...header, staticAccounts: [...staticAccounts, ...more], readonlyUnsigned: header.readonlyUnsigned + count });
    expect(codeOf(named(keys), funded())).toBe("prepared");
    expect(codeOf(named(keys.with(1, keys.at(-1) as Pubkey)), funded())).toBe("AccountLoadedTwice");
  });

  it("only charges where the accounts exceed what may be loaded", () => {
    const host = funded();
    const small = decode(simple(undefined, [budgetInstruction(4, 100n, 4)]));
    expect(codeOf(small, host)).toBe("MaxLoadedAccountsDataSizeExceeded");
  });
});

describe("durable nonces", () => {
  const nonceKey = testSigner(3).pubkey;
  const advance: Instruction = {
    program: systemProgram,
    accounts: [
      { pubkey: nonceKey, isSigner: false, isWritable: true },
      { pubkey: other.pubkey, isSigner: true, isWritable: false },
    ],
    data: Uint8Array.of(4, 0, 0, 0),
  };

  function withNonce(nonce: Uint8Array, authority = other.pubkey): ModelHost {
    const host = funded();
    const address = toAddress(nonceKey);
    const data = new Uint8Array(80);
    data[0] = 1;
    data[4] = 1;
    data.set(authority, 8);
    data.set(nonce, 40);
    host.setBalance(address, minimumBalance(80) * weiPerLamport);
    host.setSvmRecord(address, { pubkey: nonceKey, owner: systemProgram, executable: false, dataLength: 80 });
    host.writeAccountData(address, 0, data);
    return host;
  }

  const stored = (host: ModelHost): Uint8Array => {
    const data = new Uint8Array(80);
    host.readAccountData(toAddress(nonceKey), 0, data);
    return data.slice(40, 72);
  };

  it("stands in for a recent blockhash, and moves on even if the transaction fails", () => {
    const old = nonceOfBlockhash(blockHash(2n));
    const transaction = decode(compileMessage(payer.pubkey, [advance, transfer(payer.pubkey, other.pubkey, 5)], old));
    const host = withNonce(old);
    run(transaction, host, failure);
    expect(stored(host)).toEqual(nonceOfBlockhash(blockHash(9n)));
    expect(codeOf(transaction, withNonce(nonceOfBlockhash(blockHash(3n))))).toBe("BlockhashNotFound");
  });

  it.each<[string, ModelHost]>([
    ["the authority did not sign", withNonce(nonceOfBlockhash(blockHash(2n)), payer.pubkey)],
    ["the account moved on in this block already", withNonce(nonceOfBlockhash(blockHash(9n)))],
  ])("does not where %s", (_, host) => {
    const others = compileMessage(testSigner(4).pubkey, [advance, transfer(testSigner(4).pubkey, other.pubkey, 5)], stored(host));
    host.setBalance(toAddress(testSigner(4).pubkey), 10n ** 18n);
    expect(codeOf(decode(others, [testSigner(4), other]), host)).toBe("BlockhashNotFound");
  });
});
