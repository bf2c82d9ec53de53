// Any sequence of moves from both sides ends as in an ERC-20 of plain maps: balances, allowances, supply, events, refusals.
import {
  bytesToBigint,
  equalBytes,
  toAddress,
  toPubkey,
  weiPerLamport,
  type Address,
  type ExecutionResult,
  type Pubkey,
} from "@trireme/core";
import fc from "fast-check";
import { expect, it } from "vitest";
import { tokenProgramIds } from "../known-keys.ts";
import { createFaceWorld, faceAddress, type FaceWorld, type Word } from "../test/face-world.mts";
import { instructionOf, keyOf, payer } from "../test/token-flow.mts";
import { signer, uint64, writable } from "../test/token-instructions.mts";

const names = ["alice", "bob", "contract"] as const;
type Name = (typeof names)[number] | "payer";
/** Two wallets, a contract, and a wallet of Solana, which the face knows by its key. */
const addresses: Readonly<Record<Name, Address>> = {
  alice: faceAddress(0xa1),
  bob: faceAddress(0xb0),
  contract: faceAddress(0xc0),
  payer: toAddress(payer),
};
const keys: Readonly<Record<Name, Pubkey>> = {
  alice: toPubkey(addresses.alice),
  bob: toPubkey(addresses.bob),
  contract: toPubkey(addresses.contract),
  payer,
};
const infinite = 2n ** 256n - 1n;
const mintKey = keyOf(20);

const party = fc.constantFrom(...names);
const few = fc.bigInt({ min: 0n, max: 70n });
const amount = fc.oneof({ arbitrary: few, weight: 6 }, { arbitrary: fc.constantFrom(0n, 2n ** 64n - 1n, 2n ** 64n, infinite), weight: 1 });
const step = fc.record({
  kind: fc.constantFrom("transfer", "transferFrom", "approve", "payKey", "splMint", "splTransfer", "splBurn"),
  by: party,
  from: party,
  to: party,
  amount,
  /** What SPL moves. */
  units: few,
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** An ERC-20 of plain maps. */
class Model {
  readonly balances: Record<Name, bigint> = { alice: 100n, bob: 100n, contract: 100n, payer: 100n };
  readonly allowances = new Map<string, bigint>();
  supply = 400n;

  move(from: Name, to: Name, value: bigint): boolean {
    if (this.balances[from] < value) return false;
    this.balances[from] -= value;
    this.balances[to] += value;
    return true;
  }

  moveFor(spender: Name, from: Name, to: Name, value: bigint): boolean {
    const allowance = this.allowances.get(`${from} to ${spender}`) ?? 0n;
    if (allowance < value || !this.move(from, to, value)) return false;
    if (allowance !== infinite) this.allowances.set(`${from} to ${spender}`, allowance - value);
    return true;
  }
}

function play(world: FaceWorld, face: Address, program: Pubkey, model: Model, { kind, by, from, to, amount: value, units }: Step): void {
  const call = (signature: string, ...words: readonly Word[]): ExecutionResult =>
    world.call(
      face,
      signature,
      words,
      by === "contract" ? { from: addresses.alice, through: addresses.contract } : { from: addresses[by] },
    );
  const spl = (tag: number, ...accounts: readonly Pubkey[]): boolean =>
    world.send(payer, [instructionOf(program, [...accounts.map(writable), signer(payer)], tag, uint64(units))]).result.kind === "success";
  const nameOf = (topic: Uint8Array): string | undefined =>
    (["payer", ...names] as const).find((name) => equalBytes(addresses[name], topic.slice(12)));
  const expectEvent = (result: ExecutionResult, isMade: boolean, owner: Name, other: Name): void => {
    expect(result.kind).toBe(isMade ? "success" : "revert");
    const events = world.host.logs.map(({ topics: [, one, two], data }) => [
      nameOf(one as Uint8Array),
      nameOf(two as Uint8Array),
      bytesToBigint(data),
    ]);
    expect(events).toEqual(isMade ? [[owner, other, value]] : []);
  };
  const account = (name: Name): Pubkey => world.associated(mintKey, keys[name]);
  if (kind === "transfer") expectEvent(call("transfer(address,uint256)", addresses[to], value), model.move(by, to, value), by, to);
  else if (kind === "transferFrom") {
    const result = call("transferFrom(address,address,uint256)", addresses[from], addresses[to], value);
    expectEvent(result, model.moveFor(by, from, to, value), from, to);
  } else if (kind === "approve") {
    model.allowances.set(`${by} to ${to}`, value);
    expectEvent(call("approve(address,uint256)", addresses[to], value), true, by, to);
  } else if (kind === "payKey")
    expectEvent(call("transferToKey(bytes32,uint256)", payer, value), model.move(by, "payer", value), by, "payer");
  else if (kind === "splTransfer") expect(spl(3, account("payer"), account(to))).toBe(model.move("payer", to, units));
  else if (kind === "splMint") {
    model.balances[to] += units;
    model.supply += units;
    expect(spl(7, mintKey, account(to))).toBe(true);
  } else {
    const isMade = model.balances.payer >= units;
    if (isMade) model.balances.payer -= units;
    if (isMade) model.supply -= units;
    expect(spl(8, account("payer"), mintKey)).toBe(isMade);
  }
}

function seenIn(world: FaceWorld, face: Address): unknown {
  const balances = Object.fromEntries(
    (["alice", "bob", "contract", "payer"] as const).map((name) => [name, world.view(face, "balanceOfKey(bytes32)", keys[name])[0]]),
  );
  const allowances = names.flatMap((owner) =>
    names.map((spender) => world.view(face, "allowance(address,address)", addresses[owner], addresses[spender])[0]),
  );
  return { balances, allowances, supply: world.view(face, "totalSupply()")[0] };
}

it("both faces move one balance, as a plain ERC-20 would", () => {
  fc.assert(
    fc.property(fc.constantFrom(...tokenProgramIds), fc.array(step, { minLength: 4, maxLength: 16 }), (program, steps) => {
      const world = createFaceWorld();
      const face = world.mint(program, mintKey);
      world.relay(addresses.contract);
      for (const name of names) {
        if (name !== "contract") world.host.setBalance(addresses[name], 10n ** 9n * weiPerLamport);
        world.give(mintKey, keys[name], 100n);
      }
      world.give(mintKey, payer, 100n);
      const wei = () => [...world.host.snapshot().accounts.values()].reduce((sum, { balance }) => sum + balance, world.host.burnt);
      const model = new Model();
      const before = wei();
      for (const each of steps) play(world, face, program, model, each);
      // The payer's fees go nowhere in this world.
      const fees = steps.filter(({ kind }) => kind.startsWith("spl")).length;
      expect(before - wei()).toBe(BigInt(fees) * 5_000n * weiPerLamport);
      const allowances = names.flatMap((owner) => names.map((spender) => model.allowances.get(`${owner} to ${spender}`) ?? 0n));
      expect(seenIn(world, face)).toEqual({ balances: model.balances, allowances, supply: model.supply });
    }),
    { numRuns: 15 },
  );
});
