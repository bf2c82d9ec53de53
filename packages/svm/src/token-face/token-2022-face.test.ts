// Token-2022's extensions under the face: each works, or the transfer fails and says why; and the names of mints.
import {
  bytesToBigint,
  concatBytes,
  pubkeyFromBase58,
  toAddress,
  type Address,
  type ExecutionResult,
  type Instruction,
  type Pubkey,
} from "@trireme/core";
import { beforeEach, describe, expect, it } from "vitest";
import { svmError } from "../gateway/gateway-error.ts";
import { programIds, tokenProgramIds } from "../known-keys.ts";
import { findProgramAddress, sha256 } from "../runtime/program-address.ts";
import { createFaceWorld, faceAddress, fundedWallet, revertOf, textOf, type FaceWorld } from "../test/face-world.mts";
import { instructionOf, keyOf, payer } from "../test/token-flow.mts";
import { readonly, signer, uint64, writable, writableSigner } from "../test/token-instructions.mts";

const [token, token2022] = tokenProgramIds;
const mintKey = keyOf(20);
const transfer = "transfer(address,uint256)";
const of2022 = (accounts: Parameters<typeof instructionOf>[1], ...data: readonly (number | Uint8Array)[]): Instruction =>
  instructionOf(token2022, accounts, ...data);
const onMint = (...data: readonly (number | Uint8Array)[]): Instruction => of2022([writable(mintKey)], ...data);
const little = (value: number): Uint8Array => Uint8Array.of(value & 0xff, value >> 8);
const text = (value: string): Uint8Array => Uint8Array.of(value.length, 0, 0, 0, ...new TextEncoder().encode(value));
const named = (name: string): Uint8Array => sha256(new TextEncoder().encode(name)).subarray(0, 8);

let world: FaceWorld;
let face: Address;
let alice: ReturnType<typeof fundedWallet>;
let bob: ReturnType<typeof fundedWallet>;
const balance = (owner: Address): bigint => world.view(face, "balanceOf(address)", owner)[0] as bigint;
const refusedBy = (program: Pubkey, code: number): Uint8Array =>
  svmError(program, { kind: "revert", gasLeft: 0n, output: new Uint8Array(0), error: JSON.stringify({ Custom: code }) });
const send = (amount: bigint): ExecutionResult => world.call(face, transfer, [bob.address, amount], { from: alice.address });
const start = (length: bigint, ...extra: readonly Instruction[]): void => {
  face = world.mint(token2022, mintKey, { length, extra });
  world.give(mintKey, alice.key, 100_000n);
};

beforeEach(() => {
  world = createFaceWorld();
  [alice, bob] = [fundedWallet(world, 0xa1), fundedWallet(world, 0xb0)];
});

describe("Token-2022 under the face", () => {
  it("withholds a transfer's fee: two events tell where every token went, and balances are true", () => {
    const fee = concatBytes(little(250), uint64(1_000n));
    start(278n, onMint(26, 0, 1, payer, 1, payer, fee));
    for (const [amount, withheld] of [
      [10_000n, 250n],
      [70_000n, 1_000n],
      [1n, 1n],
    ] as const) {
      const before = [balance(alice.address), balance(bob.address)] as const;
      expect(send(amount).kind).toBe("success");
      const events = world.host.logs.map(({ topics, data }) => [(topics[2] as Uint8Array).slice(12), bytesToBigint(data)]);
      expect(events).toEqual([
        [bob.address, amount - withheld],
        [face, withheld],
      ]);
      expect([balance(alice.address), balance(bob.address)]).toEqual([before[0] - amount, before[1] + amount - withheld]);
    }
    expect(world.call(face, transfer, [alice.address, 500n], { from: alice.address }).kind).toBe("success");
    expect([world.host.logs.length, balance(alice.address)]).toEqual([1, 19_999n]);
    expect(world.view(face, "totalSupply()")).toEqual([100_000n]);
  });

  it("runs no transfer hook: such a mint's tokens are not moved here, only shown", () => {
    start(234n, onMint(36, 0, payer, keyOf(60)));
    const result = send(1n);
    expect(new TextDecoder().decode(revertOf(result))).toContain("expected a mint without a transfer hook");
    expect([balance(alice.address), balance(bob.address)]).toEqual([100_000n, 0n]);
    // Without a program there is no hook.
    world.must(of2022([writable(mintKey), signer(payer)], 36, 1, new Uint8Array(32)));
    expect(send(1n).kind).toBe("success");
  });

  it("keeps tokens that may not be transferred where they are", () => {
    start(170n, onMint(32));
    expect(revertOf(send(1n))).toEqual(refusedBy(token2022, 37));
    expect(balance(alice.address)).toBe(100_000n);
  });

  it("opens accounts frozen where the mint says so, and moves nothing into them", () => {
    face = world.mint(token2022, mintKey, { length: 171n, extra: [onMint(28, 0, 2)] });
    world.give(mintKey, alice.key, 0n);
    const account = world.associated(mintKey, alice.key);
    world.must(of2022([writable(account), readonly(mintKey), signer(payer)], 11));
    world.must(of2022([writable(mintKey), writable(account), signer(payer)], 7, uint64(9n)));
    expect(revertOf(send(1n))).toEqual(refusedBy(token2022, 17));
    expect(world.host.getSvmRecord(toAddress(world.associated(mintKey, bob.key)))).toBeUndefined();
    // Opening alone stands, so that somebody can thaw it.
    expect(world.call(face, "openAccount(address)", [bob.address], { from: alice.address }).kind).toBe("success");
    world.must(of2022([writable(world.associated(mintKey, bob.key)), readonly(mintKey), signer(payer)], 11));
    expect(send(1n).kind).toBe("success");
  });

  it("pays no receiver that asks for a memo, and nothing of a mint that is paused", () => {
    start(203n, onMint(44, 0, payer));
    world.give(mintKey, payer, 0n);
    const account = world.associated(mintKey, payer);
    const extended = of2022([writable(account), writableSigner(payer), readonly(programIds.system), signer(payer)], 29, little(8));
    world.must(extended, of2022([writable(account), signer(payer)], 30, 0));
    const toPayer = () => world.call(face, "transferToKey(bytes32,uint256)", [payer, 1n], { from: alice.address });
    expect(revertOf(toPayer())).toEqual(refusedBy(token2022, 36));
    world.must(of2022([writable(account), signer(payer)], 30, 1));
    expect(toPayer().kind).toBe("success");
    world.must(of2022([writable(mintKey), signer(payer)], 44, 1));
    expect(revertOf(send(1n))).toEqual(refusedBy(token2022, 67));
    world.must(of2022([writable(mintKey), signer(payer)], 44, 2));
    expect(send(1n).kind).toBe("success");
  });

  it("moves the plain balance of a mint that has a confidential one, and of one that bears interest in raw units", () => {
    start(291n, onMint(33, 0, payer, little(500)), onMint(27, 0, payer, 1, new Uint8Array(32)));
    expect(send(40n).kind).toBe("success");
    expect([balance(alice.address), balance(bob.address)]).toEqual([99_960n, 40n]);
  });

  it("pays more for a longer account, and says so where it cannot", () => {
    start(203n, onMint(44, 0, payer));
    const poor = faceAddress(0x0f);
    world.give(mintKey, concatBytes(new TextEncoder().encode("trireme:addr"), poor) as Pubkey, 5n);
    world.host.setBalance(poor, 2_039_280n * 10n ** 9n);
    const result = world.call(face, transfer, [bob.address, 1n], { from: poor });
    expect(new TextDecoder("latin1").decode(revertOf(result).slice(16, 36))).toBe(String.fromCodePoint(...poor));
  });
});

describe("name and symbol", () => {
  const nameOf = (): readonly string[] => ["name()", "symbol()"].map((signature) => textOf(world.call(face, signature, [])));
  const initialize = (name: string, symbol: string): Instruction =>
    of2022(
      [writable(mintKey), readonly(payer), readonly(mintKey), signer(payer)],
      named("spl_token_metadata_interface:initialize_account"),
      text(name),
      text(symbol),
      text("https://oar"),
    );
  const made = ["SPL Token 3BuW9SR5tG6VFK4MmkQQ3Ak8ny1K1Vv5Uz7is8Aa5pwG", "SPL-3BuW"];
  const metaplex = pubkeyFromBase58("metaqbxxUerdq28cj1RbAWkYQm3ybzjb6a8bt518x1s");
  const putMetaplex = (name: Uint8Array, symbol: Uint8Array, mint = mintKey, owner = metaplex, kind = 4): void => {
    const key = findProgramAddress([new TextEncoder().encode("metadata"), metaplex, mintKey], metaplex).address;
    const part = (bytes: Uint8Array): Uint8Array => concatBytes(Uint8Array.of(bytes.length & 0xff, bytes.length >> 8, 0, 0), bytes);
    const data = concatBytes(Uint8Array.of(kind), payer, mint, part(name), part(symbol), part(new Uint8Array(200)), new Uint8Array(300));
    world.setAccount({ key, owner, lamports: 10n ** 10n, data, executable: false });
  };
  const padded = (value: string, length: number): Uint8Array => {
    const bytes = new Uint8Array(length);
    bytes.set(new TextEncoder().encode(value));
    return bytes;
  };

  it("are Token-2022's own, where the mint points at itself", () => {
    start(234n, onMint(39, 0, payer, mintKey));
    expect(nameOf()).toEqual(made);
    world.must(initialize("Oar of the trireme", "OAR"));
    expect(nameOf()).toEqual(["Oar of the trireme", "OAR"]);
    putMetaplex(padded("Another", 32), padded("ANO", 10));
    expect(nameOf()).toEqual(["Oar of the trireme", "OAR"]);
    world.must(of2022([writable(mintKey), signer(payer)], 39, 1, bob.key));
    expect(nameOf()).toEqual(["Another", "ANO"]);
  });

  it("are Metaplex' where there is nothing else, without the zeros that pad them", () => {
    face = world.mint(token, mintKey);
    expect(nameOf()).toEqual(made);
    putMetaplex(padded("Ruder é", 32), padded("RUD", 10));
    expect(nameOf()).toEqual(["Ruder é", "RUD"]);
  });

  it("are made of the mint's key where nobody says them, or nobody who may, or not in a way to be shown", () => {
    face = world.mint(token, mintKey);
    putMetaplex(padded("Not of this mint", 32), padded("NOT", 10), keyOf(21));
    expect(nameOf()).toEqual(made);
    putMetaplex(padded("Not Metaplex", 32), padded("NOT", 10), mintKey, keyOf(22));
    expect(nameOf()).toEqual(made);
    putMetaplex(padded("An edition", 32), padded("NOT", 10), mintKey, metaplex, 6);
    expect(nameOf()).toEqual(made);
    putMetaplex(new Uint8Array(32), Uint8Array.of(0xff, 0xfe, 65));
    expect(nameOf()).toEqual(made);
    putMetaplex(padded("x".repeat(257), 257), padded("LONG", 10));
    expect(nameOf()).toEqual([made[0], "LONG"]);
    // A length that leads out of the account.
    const key = findProgramAddress([new TextEncoder().encode("metadata"), metaplex, mintKey], metaplex).address;
    const data = concatBytes(Uint8Array.of(4), payer, mintKey, Uint8Array.of(0xff, 0xff, 0xff, 0xff), new Uint8Array(40));
    world.setAccount({ key, owner: metaplex, lamports: 10n ** 10n, data, executable: false });
    expect(nameOf()).toEqual(made);
    world.setAccount({ key, owner: metaplex, lamports: 10n ** 10n, data: data.slice(0, 66), executable: false });
    expect(nameOf()).toEqual(made);
  });
});
