// ERC-20 on an SPL mint, with mainnet's SPL Token under it: one balance, seen and moved from both sides.
import {
  bytesToBigint,
  equalBytes,
  toAddress,
  toPubkey,
  weiPerLamport,
  zeroAddress,
  type Address,
  type ExecutionResult,
  type Log,
  type Pubkey,
} from "@trireme/core";
import { beforeEach, describe, expect, it } from "vitest";
import { svmError } from "../gateway/gateway-error.ts";
import { tokenProgramIds } from "../known-keys.ts";
import { calldata, createFaceWorld, faceAddress, fundedWallet, revertOf, type FaceWorld } from "../test/face-world.mts";
import { instructionOf, keyOf, nativeMintAccount, payer } from "../test/token-flow.mts";
import { readonly, signer, tokenTransfer, uint64, writable } from "../test/token-instructions.mts";
import { allowancesAddress } from "./allowances.ts";

const [token] = tokenProgramIds;
const mintKey = keyOf(20);
const infinite = 2n ** 256n - 1n;
const rent = 2_039_280n * weiPerLamport;

const transfer = "transfer(address,uint256)";
const transferFrom = "transferFrom(address,address,uint256)";
const approve = "approve(address,uint256)";

let world: FaceWorld;
let face: Address;
let alice: ReturnType<typeof fundedWallet>;
let bob: ReturnType<typeof fundedWallet>;
let carol: ReturnType<typeof fundedWallet>;
const balance = (owner: Address): bigint => world.view(face, "balanceOf(address)", owner)[0] as bigint;
const allowance = (owner: Address, spender: Address): bigint => world.view(face, "allowance(address,address)", owner, spender)[0] as bigint;
const must = (result: ExecutionResult): void => expect(result).toMatchObject({ kind: "success" });
const eventsOf = (logs: readonly Log[]) =>
  logs.map(({ address, topics: [topic, first, second], data }) => {
    const name = ["Transfer", "Approval"].find((event) =>
      equalBytes(calldata(`${event}(address,address,uint256)`, []), (topic as Uint8Array).slice(0, 4)),
    );
    return [equalBytes(address, face), name, (first as Uint8Array).slice(12), (second as Uint8Array).slice(12), bytesToBigint(data)];
  });

beforeEach(() => {
  world = createFaceWorld();
  face = world.mint(token, mintKey);
  [alice, bob, carol] = [fundedWallet(world, 0xa1), fundedWallet(world, 0xb0), fundedWallet(world, 0xca)];
  world.give(mintKey, alice.key, 1_000n);
});

describe("the face of a mint", () => {
  it("says what the mint says, and where tokens are", () => {
    expect(world.view(face, "decimals()")).toEqual([6n]);
    expect(world.view(face, "totalSupply()")).toEqual([1_000n]);
    expect(world.view(face, "mint()")).toEqual([bytesToBigint(mintKey)]);
    expect(world.view(face, "tokenAccountOf(address)", alice.address)).toEqual([bytesToBigint(world.associated(mintKey, alice.key))]);
    expect([alice, bob].map(({ address }) => balance(address))).toEqual([1_000n, 0n]);
    expect(world.view(face, "balanceOfKey(bytes32)", alice.key)).toEqual([1_000n]);
  });

  it("transfers, opens the receiver's account at the sending wallet's cost, and tells so", () => {
    const before = world.host.getBalance(alice.address);
    const result = world.call(face, transfer, [bob.address, 300n], { from: alice.address });
    expect(result).toMatchObject({ kind: "success", output: calldata("", [1n]).slice(4) });
    expect(eventsOf(world.host.logs)).toEqual([[true, "Transfer", alice.address, bob.address, 300n]]);
    expect([alice, bob].map(({ address }) => balance(address))).toEqual([700n, 300n]);
    expect(before - world.host.getBalance(alice.address)).toBe(rent);
    must(world.call(face, transfer, [bob.address, 1n], { from: alice.address }));
    expect(before - world.host.getBalance(alice.address)).toBe(rent);
  });

  it("shows at once what SPL tools move, and they what it moves", () => {
    world.give(mintKey, payer, 50n);
    const [own, theirs] = [world.associated(mintKey, payer), world.associated(mintKey, alice.key)];
    world.must(tokenTransfer(own, theirs, 20n, [signer(payer)]));
    expect(balance(alice.address)).toBe(1_020n);
    must(world.call(face, "transferToKey(bytes32,uint256)", [payer, 5n], { from: alice.address }));
    expect(eventsOf(world.host.logs)).toEqual([[true, "Transfer", alice.address, toAddress(payer), 5n]]);
    const data = world.getAccount(own).data;
    expect(new DataView(data.buffer).getBigUint64(64, true)).toBe(35n);
    expect(world.view(face, "balanceOfKey(bytes32)", payer)).toEqual([35n]);
    // What it paid with is bound to its address (rules 1 and 2).
    expect(balance(toAddress(payer))).toBe(35n);
    expect(world.view(face, "balanceOfKey(bytes32)", toPubkey(alice.address))).toEqual([1_015n]);
  });

  it("moves nothing for zero, whoever has opened which account, and tells so (ERC-20)", () => {
    const accounts = world.host.snapshot().accounts.size;
    must(world.call(face, transfer, [carol.address, 0n], { from: bob.address }));
    expect(eventsOf(world.host.logs)).toEqual([[true, "Transfer", bob.address, carol.address, 0n]]);
    must(world.call(face, transferFrom, [bob.address, carol.address, 0n], { from: alice.address }));
    expect(world.host.snapshot().accounts.size).toBe(accounts);
  });

  it("transfers to oneself", () => {
    must(world.call(face, transfer, [alice.address, 1_000n], { from: alice.address }));
    expect(eventsOf(world.host.logs)).toEqual([[true, "Transfer", alice.address, alice.address, 1_000n]]);
    expect(balance(alice.address)).toBe(1_000n);
  });

  it("refuses in ERC-6093's words", () => {
    const cases: readonly (readonly [ExecutionResult, Uint8Array])[] = [
      [
        world.call(face, transfer, [bob.address, 1_001n], { from: alice.address }),
        calldata("ERC20InsufficientBalance(address,uint256,uint256)", [alice.address, 1_000n, 1_001n]),
      ],
      [
        world.call(face, transfer, [bob.address, 2n ** 64n], { from: alice.address }),
        calldata("ERC20InsufficientBalance(address,uint256,uint256)", [alice.address, 1_000n, 2n ** 64n]),
      ],
      [
        world.call(face, transfer, [alice.address, infinite], { from: bob.address }),
        calldata("ERC20InsufficientBalance(address,uint256,uint256)", [bob.address, 0n, infinite]),
      ],
      [world.call(face, transfer, [zeroAddress, 1n], { from: alice.address }), calldata("ERC20InvalidReceiver(address)", [zeroAddress])],
      [world.call(face, transfer, [zeroAddress, 0n], { from: alice.address }), calldata("ERC20InvalidReceiver(address)", [zeroAddress])],
      [world.call(face, transfer, [bob.address, 1n], { from: zeroAddress }), calldata("ERC20InvalidSender(address)", [zeroAddress])],
      [world.call(face, approve, [zeroAddress, 1n], { from: alice.address }), calldata("ERC20InvalidSpender(address)", [zeroAddress])],
      [world.call(face, approve, [bob.address, 1n], { from: zeroAddress }), calldata("ERC20InvalidApprover(address)", [zeroAddress])],
      [
        world.call(face, transferFrom, [alice.address, bob.address, 1n], { from: bob.address }),
        calldata("ERC20InsufficientAllowance(address,uint256,uint256)", [bob.address, 0n, 1n]),
      ],
      [
        world.call(face, transferFrom, [alice.address, bob.address, 1n], { from: alice.address }),
        calldata("ERC20InsufficientAllowance(address,uint256,uint256)", [alice.address, 0n, 1n]),
      ],
    ];
    for (const [result, expected] of cases) expect(revertOf(result)).toEqual(expected);
    expect(balance(alice.address)).toBe(1_000n);
  });

  it("lets nobody lose tokens to a mint's or a token account's own address", () => {
    const account = toAddress(world.associated(mintKey, alice.key));
    for (const to of [face, account]) {
      const result = world.call(face, transfer, [to, 1n], { from: alice.address });
      expect(revertOf(result)).toEqual(calldata("ERC20InvalidReceiver(address)", [to]));
    }
    const byKey = world.call(face, "transferToKey(bytes32,uint256)", [mintKey, 1n], { from: alice.address });
    expect(revertOf(byKey)).toEqual(calldata("ERC20InvalidReceiver(address)", [face]));
  });

  it("tells the token program's own error of a frozen account", () => {
    const account = world.associated(mintKey, alice.key);
    world.must(instructionOf(token, [writable(account), readonly(mintKey), signer(payer)], 10));
    const result = world.call(face, transfer, [bob.address, 1n], { from: alice.address });
    // SPL Token's error 17: account frozen.
    expect(revertOf(result)).toEqual(svmError(token, { kind: "revert", gasLeft: 0n, output: new Uint8Array(0), error: '{"Custom":17}' }));
    // The account that was opened on the way is gone with the rest.
    expect(world.host.getSvmRecord(toAddress(world.associated(mintKey, bob.key)))).toBeUndefined();
  });

  it("wraps SOL: the native mint has a face, and the lamports go with the tokens", () => {
    const native = nativeMintAccount(token);
    world.setAccount({ ...native, executable: false });
    world.give(native.key, alice.key, 0n);
    const account = world.associated(native.key, alice.key);
    world.host.setBalance(toAddress(account), rent + 500n * weiPerLamport);
    world.must(instructionOf(token, [writable(account)], 17));
    face = toAddress(native.key);
    must(world.call(face, transfer, [bob.address, 200n], { from: alice.address }));
    expect([alice, bob].map(({ address }) => balance(address))).toEqual([300n, 200n]);
    expect(world.getAccount(world.associated(native.key, bob.key)).lamports).toBe(2_039_280n + 200n);
  });
});

describe("allowances", () => {
  it("are spent by transferFrom, but for an infinite one", () => {
    must(world.call(face, approve, [carol.address, 100n], { from: alice.address }));
    expect(eventsOf(world.host.logs)).toEqual([[true, "Approval", alice.address, carol.address, 100n]]);
    must(world.call(face, transferFrom, [alice.address, carol.address, 60n], { from: carol.address }));
    expect(eventsOf(world.host.logs)).toEqual([[true, "Transfer", alice.address, carol.address, 60n]]);
    expect([allowance(alice.address, carol.address), balance(carol.address)]).toEqual([40n, 60n]);
    const tooMuch = world.call(face, transferFrom, [alice.address, carol.address, 41n], { from: carol.address });
    expect(revertOf(tooMuch)).toEqual(calldata("ERC20InsufficientAllowance(address,uint256,uint256)", [carol.address, 40n, 41n]));
    must(world.call(face, approve, [carol.address, infinite], { from: alice.address }));
    must(world.call(face, transferFrom, [alice.address, carol.address, 41n], { from: carol.address }));
    expect(allowance(alice.address, carol.address)).toBe(infinite);
  });

  it("are given back by a transfer that fails after they were spent", () => {
    must(world.call(face, approve, [carol.address, 5_000n], { from: alice.address }));
    const result = world.call(face, transferFrom, [alice.address, carol.address, 1_001n], { from: carol.address });
    expect(revertOf(result)).toEqual(calldata("ERC20InsufficientBalance(address,uint256,uint256)", [alice.address, 1_000n, 1_001n]));
    expect(allowance(alice.address, carol.address)).toBe(5_000n);
  });

  it("are replaced, not added: who is quick may spend both the old and the new one, as with every ERC-20", () => {
    must(world.call(face, approve, [carol.address, 10n], { from: alice.address }));
    must(world.call(face, transferFrom, [alice.address, carol.address, 10n], { from: carol.address }));
    must(world.call(face, approve, [carol.address, 7n], { from: alice.address }));
    expect(allowance(alice.address, carol.address)).toBe(7n);
    must(world.call(face, approve, [carol.address, 3n], { from: alice.address }));
    expect(allowance(alice.address, carol.address)).toBe(3n);
  });

  it("and delegates of SPL Token do not know each other", () => {
    world.give(mintKey, payer, 10n);
    const [own, theirs] = [world.associated(mintKey, payer), world.associated(mintKey, alice.key)];
    world.must(instructionOf(token, [writable(own), readonly(carol.key), signer(payer)], 4, uint64(10n)));
    expect(allowance(toAddress(payer), carol.address)).toBe(0n);
    const result = world.call(face, transferFrom, [toAddress(payer), carol.address, 1n], { from: carol.address });
    expect(revertOf(result)).toEqual(calldata("ERC20InsufficientAllowance(address,uint256,uint256)", [carol.address, 0n, 1n]));
    must(world.call(face, approve, [toAddress(payer), infinite], { from: alice.address }));
    const byDelegate = world.send(payer, [tokenTransfer(theirs, own, 1n, [signer(payer)])]);
    expect(byDelegate.result).toMatchObject({ kind: "revert", error: '{"Custom":4}' });
  });

  it("are all that a face stores, in an account of its own for each mint", () => {
    const other = world.mint(token, keyOf(21));
    must(world.call(face, approve, [carol.address, 9n], { from: alice.address }));
    must(world.call(face, approve, [bob.address, infinite], { from: alice.address }));
    must(world.call(other, approve, [bob.address, 1n], { from: alice.address }));
    must(world.call(face, transferFrom, [alice.address, bob.address, 500n], { from: bob.address }));
    const stored = [...world.host.snapshot().accounts].filter(([, { storage }]) => storage.size > 0);
    const own = new Map(stored.map(([address, { storage, nonce, svm }]) => [address, { slots: storage.size, nonce, svm }]));
    const nameOf = (mint: Pubkey) => `0x${Buffer.from(allowancesAddress(mint)).toString("hex")}`;
    expect(own.get(nameOf(mintKey) as `0x${string}`)).toEqual({ slots: 2, nonce: 1n, svm: undefined });
    expect(own.get(nameOf(keyOf(21)) as `0x${string}`)).toEqual({ slots: 1, nonce: 1n, svm: undefined });
    // Beside them, the index of programs.
    expect(own.size).toBe(3);
    expect(allowance(alice.address, bob.address)).toBe(infinite);
  });
});

describe("who pays for a token account", () => {
  const contract = faceAddress(0xc0);
  const missing = (owner: Address) => calldata("TokenAccountMissing(address,bytes32)", [owner, world.associated(mintKey, toPubkey(owner))]);

  beforeEach(() => {
    world.relay(contract);
    world.give(mintKey, toPubkey(contract), 100n);
  });

  it("a wallet that cannot is told so", () => {
    const poor = faceAddress(0x0f);
    world.give(mintKey, toPubkey(poor), 3n);
    world.host.setBalance(poor, rent - 1n);
    const account = world.associated(mintKey, bob.key);
    const result = world.call(face, transfer, [bob.address, 1n], { from: poor });
    expect(revertOf(result)).toEqual(calldata("TokenAccountRent(address,bytes32)", [poor, account]));
    expect(world.view(face, "balanceOf(address)", poor)).toEqual([3n]);
    world.host.setBalance(poor, rent);
    must(world.call(face, transfer, [bob.address, 1n], { from: poor }));
    expect(world.host.getBalance(poor)).toBe(0n);
  });

  it("a contract that pays somebody out does not: who closes the account would keep its wei", () => {
    const before = world.host.getBalance(contract);
    const result = world.call(face, transfer, [bob.address, 1n], { from: bob.address, through: contract });
    expect(revertOf(result)).toEqual(missing(bob.address));
    expect(world.host.getBalance(contract)).toBe(before);
    // Bob opens it himself, or anybody does.
    must(world.call(face, "openAccount(address)", [bob.address], { from: bob.address }));
    must(world.call(face, transfer, [bob.address, 1n], { from: bob.address, through: contract }));
    expect([world.host.getBalance(contract), balance(bob.address)]).toEqual([before, 1n]);
  });

  it("a contract that asks for it does, and one that gets tokens itself", () => {
    const before = world.host.getBalance(contract);
    must(world.call(face, "openAccount(address)", [bob.address], { from: alice.address, through: contract }));
    expect(before - world.host.getBalance(contract)).toBe(rent);
    const other = faceAddress(0xc1);
    world.relay(other);
    must(world.call(face, approve, [other, 10n], { from: alice.address }));
    const held = world.host.getBalance(other);
    must(world.call(face, transferFrom, [alice.address, other, 10n], { from: bob.address, through: other }));
    expect([held - world.host.getBalance(other), balance(other)]).toEqual([rent, 10n]);
  });

  it("nobody pays twice, and nobody pays for a wallet of Solana that has its own", () => {
    world.give(mintKey, payer, 0n);
    const before = world.host.getBalance(alice.address);
    const answer = world.call(face, "openAccountOfKey(bytes32)", [payer], { from: alice.address });
    expect(answer).toMatchObject({ kind: "success", output: world.associated(mintKey, payer) });
    must(world.call(face, "transferToKey(bytes32,uint256)", [payer, 4n], { from: alice.address }));
    expect(world.host.getBalance(alice.address)).toBe(before);
  });
});
