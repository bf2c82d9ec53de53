// Attacks on the face (rule 20): who tries to have its power, or to reach it where it is not.
import { toAddress, toPubkey, type Address, type ExecutionEnvironment, type ExecutionResult, type Pubkey } from "@trireme/core";
import { toyOps, toyProgram } from "@trireme/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { gatewayAddress } from "../gateway/gateway-address.ts";
import { tokenProgramIds } from "../known-keys.ts";
import { transactionStateOf } from "../runtime/transaction-state.ts";
import { calldata, createFaceWorld, faceAddress, fundedWallet, revertOf, textOf, type FaceWorld } from "../test/face-world.mts";
import { instructionOf, keyOf, payer, rentOf } from "../test/token-flow.mts";
import { createAccount, initializeMultisig2, readonly, signer, writable } from "../test/token-instructions.mts";

const [token, token2022] = tokenProgramIds;
const mintKey = keyOf(20);
const otherKey = keyOf(21);
const contract = faceAddress(0xc0);
const transfer = "transfer(address,uint256)";
const transferFrom = "transferFrom(address,address,uint256)";
const refusedText = "SVM account: call it through the SVM gateway, invoke(program, accounts, data)";

let world: FaceWorld;
let face: Address;
let alice: ReturnType<typeof fundedWallet>;
let bob: ReturnType<typeof fundedWallet>;
const balance = (owner: Address, of = face): bigint => world.view(of, "balanceOf(address)", owner)[0] as bigint;
const faceError = (reason: string): Uint8Array => {
  const text = new TextEncoder().encode(reason);
  const padded = new Uint8Array(Math.ceil(text.length / 32) * 32);
  padded.set(text);
  return calldata("TokenFaceError(string)", [
    0x20n,
    BigInt(text.length),
    ...Array.from({ length: padded.length / 32 }, (_, word) => padded.slice(32 * word, 32 * word + 32)),
  ]);
};
const expectNoFace = (target: Address): void => {
  for (const scheme of ["call", "staticcall"] as const) {
    const result = world.call(target, "decimals()", [], { scheme });
    expect(result).toMatchObject({ kind: "revert", gasLeft: 5_000_000n, refused: "notCallable" });
    expect(textOf({ kind: "success", gasLeft: 0n, gasRefund: 0n, output: revertOf(result).slice(4) })).toBe(refusedText);
  }
};

beforeEach(() => {
  world = createFaceWorld([freezer]);
  face = world.mint(token, mintKey);
  [alice, bob] = [fundedWallet(world, 0xa1), fundedWallet(world, 0xb0)];
  world.give(mintKey, alice.key, 1_000n);
  world.relay(contract);
});

describe("only a mint has a face", () => {
  it("no token account, multisig, or mint that nobody has initialized", () => {
    const [multisig, bare, extended] = [keyOf(30), keyOf(31), keyOf(32)];
    world.must(createAccount(payer, multisig, rentOf(355n), 355n, token), initializeMultisig2(multisig, 1, [payer]));
    world.must(createAccount(payer, bare, rentOf(82n), 82n, token));
    world.must(createAccount(payer, extended, rentOf(200n), 200n, token2022));
    for (const key of [world.associated(mintKey, alice.key), multisig, bare, extended]) expectNoFace(toAddress(key));
    world.must(instructionOf(token, [writable(bare)], 20, 0, payer, 0));
    expect(world.view(toAddress(bare), "decimals()")).toEqual([0n]);
  });

  it("no account of Token-2022 that is longer, but a token account or a multisig", () => {
    const mint = world.mint(token2022, otherKey);
    world.give(otherKey, alice.key, 5n);
    const account = world.associated(otherKey, alice.key);
    expect(world.getAccount(account).data.length).toBeGreaterThan(165);
    expectNoFace(toAddress(account));
    const multisig = keyOf(30);
    world.must(
      createAccount(payer, multisig, rentOf(355n), 355n, token2022),
      instructionOf(token2022, [writable(multisig), ...Array.from({ length: 11 }, () => readonly(payer))], 19, 1),
    );
    // Members may be chosen so that the bytes are those of a mint.
    const data = world.getAccount(multisig).data.slice();
    [data[45], data[165]] = [1, 1];
    world.host.writeAccountData(toAddress(multisig), 0, data);
    expectNoFace(toAddress(multisig));
    expect(world.view(mint, "decimals()")).toEqual([6n]);
  });

  it("nothing that the token programs do not own, whatever its bytes say", () => {
    const { data } = world.getAccount(mintKey);
    const fake = keyOf(33);
    world.setAccount({ key: fake, owner: keyOf(34), lamports: 10n ** 9n, data, executable: false });
    expectNoFace(toAddress(fake));
    world.setAccount({ key: fake, owner: token, lamports: 10n ** 9n, data: Uint8Array.of(...data, 0), executable: false });
    expectNoFace(toAddress(fake));
  });

  it("a mint that was closed has none any more, and no call moves what it had", () => {
    const key = keyOf(35);
    const closing = world.mint(token2022, key, { length: 202n, extra: [instructionOf(token2022, [writable(key)], 25, 1, payer)] });
    expect(world.view(closing, "decimals()")).toEqual([6n]);
    world.must(instructionOf(token2022, [writable(key), writable(payer), signer(payer)], 9));
    // As any address where nothing stands.
    expect(world.call(closing, "decimals()", [])).toMatchObject({ kind: "success", output: new Uint8Array(0) });
  });

  it("a mint without an authority has one, as before", () => {
    world.must(instructionOf(token, [writable(mintKey), signer(payer)], 6, 0, 0));
    expect(world.call(face, transfer, [bob.address, 1n], { from: alice.address }).kind).toBe("success");
    expect(world.view(face, "totalSupply()")).toEqual([1_000n]);
  });
});

describe("what the face takes", () => {
  it("no borrowed code: DELEGATECALL and CALLCODE are refused, and whom EIP-7702 points at it", () => {
    for (const scheme of ["delegatecall", "callcode"] as const) {
      world.host.setCode(contract, toyProgram([toyOps.input(), toyOps.call({ target: face, scheme }), toyOps.bubble(), toyOps.stop()]));
      const result = world.call(contract, transfer, [bob.address, 1n], { from: alice.address });
      expect(new TextDecoder().decode(revertOf(result))).toContain(refusedText);
    }
    world.host.setCode(contract, Uint8Array.of(0xef, 0x01, 0x00, ...face));
    expect(new TextDecoder().decode(revertOf(world.call(contract, "decimals()", [])))).toContain(refusedText);
    expect(balance(alice.address)).toBe(1_000n);
  });

  it("value only where there is no calldata, and no writes in static calls", () => {
    const before = world.host.getBalance(face);
    expect(revertOf(world.call(face, transfer, [bob.address, 1n], { from: alice.address, value: 5n }))).toEqual(
      faceError("expected no value: a token takes none"),
    );
    expect(world.host.getBalance(face)).toBe(before);
    const changes = [
      transfer,
      transferFrom,
      "approve(address,uint256)",
      "openAccount(address)",
      "transferToKey(bytes32,uint256)",
      "openAccountOfKey(bytes32)",
      "permit(address,address,uint256,uint256,uint8,bytes32,bytes32)",
    ];
    for (const signature of changes) {
      const words = [alice.address, bob.address, 0n, 0n, 0n, 0n, 0n];
      const halted = { kind: "halt", reason: "writeProtection" };
      expect(world.call(face, signature, words, { from: alice.address, scheme: "staticcall" })).toEqual(halted);
      expect(world.call(face, signature, words, { from: alice.address, isStatic: true })).toEqual(halted);
    }
  });

  it("no calldata that is not its interface's", () => {
    const cases = [
      ["withdraw()", [], "expected a function of IErc20Face"],
      [transfer, [alice.address], "expected a word at byte 32, got an end at 32"],
      [transfer, [toPubkey(alice.address), 1n], "expected an address, got more than 20 bytes"],
    ] as const;
    for (const [signature, words, reason] of cases) expect(revertOf(world.call(face, signature, words))).toEqual(faceError(reason));
    const short = {
      kind: "call",
      scheme: "call",
      sender: alice.address,
      recipient: face,
      codeAddress: face,
      value: 0n,
      gas: 9_000n,
      depth: 0,
      isStatic: false,
    } as const;
    expect(revertOf(world.host.call({ ...short, input: Uint8Array.of(0xa9) }))).toEqual(faceError("expected a function of IErc20Face"));
  });

  it("no more gas than it is given, and it leaves nothing behind where that is too little", () => {
    const opened = toAddress(world.associated(mintKey, bob.key));
    const seenNow = () => [
      world.host.getBalance(alice.address),
      world.host.getSvmRecord(opened),
      world.getAccount(mintKey),
      world.getAccount(world.associated(mintKey, alice.key)),
    ];
    const before = seenNow();
    let gas = 0n;
    let result = world.call(face, transfer, [bob.address, 1n], { from: alice.address, gas });
    for (; result.kind !== "success"; gas += 509n) {
      expect([result, seenNow()]).toEqual([{ kind: "halt", reason: "outOfGas" }, before]);
      result = world.call(face, transfer, [bob.address, 1n], { from: alice.address, gas });
    }
    expect(gas).toBeGreaterThan(20_000n);
    expect(gas).toBeLessThan(80_000n);
  });
});

describe("the face signs for its caller, or for whom has allowed it, and for its own mint", () => {
  it("no contract moves its user's tokens by calling the face", () => {
    const result = world.call(face, transferFrom, [alice.address, bob.address, 1n], { from: alice.address, through: contract });
    expect(revertOf(result)).toEqual(calldata("ERC20InsufficientAllowance(address,uint256,uint256)", [contract, 0n, 1n]));
    const own = world.call(face, transfer, [bob.address, 1n], { from: alice.address, through: contract });
    expect(revertOf(own)).toEqual(calldata("ERC20InsufficientBalance(address,uint256,uint256)", [contract, 0n, 1n]));
  });

  it("nor by the gateway, which lends nobody the face's signature", () => {
    const account = world.associated(mintKey, alice.key);
    const data = new Uint8Array(32);
    data.set([3, 1]);
    const words = [token, 0x60n, 0x200n, 4n, account, 0n, 1n, account, 0n, 1n, alice.key, 1n, 0n, toPubkey(face), 0n, 0n, 9n, data];
    const result = world.call(gatewayAddress, "invoke(bytes32,(bytes32,bool,bool)[],bytes)", words, {
      from: bob.address,
      through: contract,
    });
    expect(result).toMatchObject({ kind: "revert" });
    expect(new TextDecoder().decode(revertOf(result))).toContain("expected no signer but the caller's own pubkey");
  });

  it("an allowance at one face opens no other mint", () => {
    const other = world.mint(token, otherKey);
    world.give(otherKey, alice.key, 70n);
    expect(world.call(other, "approve(address,uint256)", [bob.address, 2n ** 256n - 1n], { from: alice.address }).kind).toBe("success");
    const result = world.call(face, transferFrom, [alice.address, bob.address, 1n], { from: bob.address });
    expect(revertOf(result)).toEqual(calldata("ERC20InsufficientAllowance(address,uint256,uint256)", [bob.address, 0n, 1n]));
    expect(world.call(other, transferFrom, [alice.address, bob.address, 1n], { from: bob.address }).kind).toBe("success");
    expect([balance(alice.address), balance(alice.address, other)]).toEqual([1_000n, 69n]);
  });

  it("an account at the owner's place counts only while it is the owner's, and of this mint", () => {
    const account = world.associated(mintKey, alice.key);
    const { data, ...rest } = world.getAccount(account);
    const swap = (offset: number, bytes: Uint8Array): void => {
      const changed = data.slice();
      changed.set(bytes, offset);
      world.setAccount({ ...rest, data: changed });
    };
    world.give(mintKey, bob.key, 10n);
    // An owner may hand its associated account to somebody else; tokens sent to it would be theirs.
    swap(32, bob.key);
    expect(balance(alice.address)).toBe(0n);
    const foreign = calldata("TokenAccountForeign(address,bytes32)", [alice.address, account]);
    expect(revertOf(world.call(face, transfer, [alice.address, 1n], { from: bob.address }))).toEqual(foreign);
    expect(revertOf(world.call(face, "openAccount(address)", [alice.address], { from: bob.address }))).toEqual(foreign);
    expect(world.call(face, transfer, [bob.address, 1n], { from: alice.address }).kind).toBe("revert");
    swap(0, otherKey);
    expect(balance(alice.address)).toBe(0n);
    expect(revertOf(world.call(face, transfer, [alice.address, 1n], { from: bob.address }))).toEqual(foreign);
    swap(0, mintKey);
    expect(balance(alice.address)).toBe(1_000n);
  });

  it("who closes an account gets back its own rent, never the wei of a contract that pays it out", () => {
    world.give(mintKey, toPubkey(contract), 100n);
    const before = [contract, bob.address].map((address) => world.host.getBalance(address));
    const account = world.associated(mintKey, bob.key);
    const data = new Uint8Array(32);
    data[0] = 9;
    const metas = [account, 0n, 1n, bob.key, 0n, 1n, bob.key, 1n, 0n];
    for (let round = 0; round < 3; round++) {
      // Closed, or not opened yet: nothing is paid out.
      const toNobody = world.call(face, transfer, [bob.address, 1n], { from: bob.address, through: contract });
      expect(revertOf(toNobody)).toEqual(calldata("TokenAccountMissing(address,bytes32)", [bob.address, account]));
      expect(world.call(face, "openAccount(address)", [bob.address], { from: bob.address }).kind).toBe("success");
      expect(world.call(face, transfer, [bob.address, 1n], { from: bob.address, through: contract }).kind).toBe("success");
      expect(world.call(face, transfer, [contract, 1n], { from: bob.address }).kind).toBe("success");
      const words = [token, 0x60n, 0x1a0n, 3n, ...metas, 1n, data];
      const closed = world.call(gatewayAddress, "invoke(bytes32,(bytes32,bool,bool)[],bytes)", words, { from: bob.address });
      expect(closed.kind).toBe("success");
    }
    expect([contract, bob.address].map((address) => world.host.getBalance(address))).toEqual(before);
  });
});

describe("beside frames of the SVM that are open", () => {
  it("a face that writes to a frozen token account unwinds to the call that froze it (rules 6 and 7)", () => {
    frozen = [toAddress(world.associated(mintKey, alice.key))];
    target = contract;
    // The contract would tolerate a transfer that fails.
    world.host.setCode(contract, toyProgram([toyOps.input(), toyOps.relay(), toyOps.push(Uint8Array.of(1)), toyOps.stop()]));
    world.host.setCode(freezerAddress, freezerPrefix);
    world.call(face, "approve(address,uint256)", [contract, 10n], { from: alice.address });
    world.give(mintKey, bob.key, 0n);
    seen = undefined;
    const outer = world.call(face, transferFrom, [alice.address, bob.address, 10n], { from: bob.address, through: freezerAddress });
    expect([outer.kind, seen]).toEqual(["success", { kind: "halt", reason: "accountFrozen" }]);
    expect(balance(bob.address)).toBe(0n);
    expect(world.view(face, "allowance(address,address)", alice.address, contract)).toEqual([10n]);
    frozen = [toAddress(otherKey)];
    world.call(face, transferFrom, [alice.address, bob.address, 10n], { from: bob.address, through: freezerAddress });
    expect([seen as unknown, balance(bob.address)]).toMatchObject([{ kind: "success" }, 10n]);
  });

  it("a token program that is open on the stack is not entered again (rule 9)", () => {
    frozen = [];
    target = face;
    world.host.setCode(freezerAddress, freezerPrefix);
    world.give(mintKey, toPubkey(freezerAddress), 5n);
    openProgram = token;
    seen = undefined;
    world.call(face, transfer, [alice.address, 1n], { from: bob.address, through: freezerAddress });
    expect(seen).toMatchObject({ kind: "revert", error: expect.stringContaining("ReentrancyNotAllowed") as unknown });
    openProgram = keyOf(50);
    world.call(face, transfer, [alice.address, 1n], { from: bob.address, through: freezerAddress });
    expect([seen as unknown, balance(alice.address)]).toMatchObject([{ kind: "success" }, 1_001n]);
    openProgram = undefined;
  });
});

const freezerAddress = faceAddress(0xf0);
const freezerPrefix = Uint8Array.of(0xef, 0x66);
let frozen: readonly Address[] = [];
let target = contract;
let openProgram: Pubkey | undefined;
let seen: ExecutionResult | undefined;

/** Plays an SVM program that holds accounts, passes its input on to a contract, and ends well whatever comes of it. */
const freezer: ExecutionEnvironment = {
  id: "freezer",
  claims: { kind: "prefix", prefix: freezerPrefix },
  execute(message, host) {
    if (message.kind !== "call") throw new Error("expected a call");
    const { openPrograms } = transactionStateOf(host.transaction);
    if (openProgram !== undefined) openPrograms.push(openProgram);
    const input = target === contract ? message.input : message.input.slice(32);
    seen = host.call({
      ...message,
      sender: message.recipient,
      recipient: target,
      codeAddress: target,
      input,
      gas: message.gas / 2n,
      depth: message.depth + 1,
      frozen,
    });
    if (openProgram !== undefined) openPrograms.pop();
    return { kind: "success", gasLeft: 0n, gasRefund: 0n, output: new Uint8Array(0) };
  },
};
