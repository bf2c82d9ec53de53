/** Random steps: one or more instructions that belong together, and what there is once they have succeeded. */
import { systemProgram, type Instruction, type Pubkey } from "@trireme/core";
import { findProgramAddress, minimumBalance, programIds } from "@trireme/svm";
import { acts, invokeData } from "./solana-acts.mts";
import * as ix from "./solana-instructions.mts";
import type { SolanaSigner } from "./solana-messages.mts";
import type { Mint, SolanaWorld, TokenAccount } from "./solana-world.mts";

/** A step of a transaction. */
export interface Step {
  readonly name: string;
  readonly instructions: readonly Instruction[];
  readonly heap?: number;
  done?(): void;
}

type MakeStep = (world: SolanaWorld, payer: SolanaSigner) => Step | undefined;

const amount = ({ random }: SolanaWorld): bigint => BigInt(random.below(1000));

function systemStep(world: SolanaWorld, payer: SolanaSigner): Step {
  const { random, wallets } = world;
  const other = random.pick(wallets).pubkey;
  const fresh = world.freshSigner().pubkey;
  switch (random.below(6)) {
    case 0:
      return { name: "create", instructions: [ix.systemCreate(payer.pubkey, fresh, minimumBalance(40), 40, random.pick(world.programs))] };
    case 1:
      return {
        name: "allocate and assign",
        instructions: [
          ix.systemTransfer(payer.pubkey, fresh, minimumBalance(16)),
          ix.systemAllocate(fresh, 16),
          ix.systemAssign(fresh, random.pick(world.programs)),
        ],
      };
    case 2:
      return {
        name: "pay a new one",
        instructions: [ix.systemTransfer(payer.pubkey, fresh, minimumBalance(0) - (random.percent(10) ? 1n : 0n))],
      };
    default:
      return { name: "transfer", instructions: [ix.systemTransfer(payer.pubkey, other, amount(world))] };
  }
}

function nonceStep(world: SolanaWorld, payer: SolanaSigner): Step {
  const { random, nonces } = world;
  const known = nonces.length === 0 ? undefined : random.pick(nonces);
  if (known !== undefined && random.percent(60)) {
    const { key, authority } = known;
    if (random.percent(50)) return { name: "nonce", instructions: [ix.nonceAdvance(key, authority.pubkey)] };
    return { name: "nonce", instructions: [ix.nonceWithdraw(key, payer.pubkey, authority.pubkey, random.percent(50) ? 1n : 0n)] };
  }
  const key = world.freshSigner().pubkey;
  return {
    name: "nonce",
    instructions: [
      ix.systemCreate(payer.pubkey, key, minimumBalance(80) + 1000n, 80, systemProgram),
      ix.nonceInitialize(key, payer.pubkey),
    ],
    done: () => void nonces.push({ key, authority: payer }),
  };
}

function mintStep(world: SolanaWorld, payer: SolanaSigner): Step {
  const { random } = world;
  const key = world.freshSigner().pubkey;
  const is2022 = random.percent(50);
  const program = is2022 ? ix.token2022 : ix.splToken;
  const decimals = random.below(10);
  const fee = is2022 && random.percent(50) ? random.below(1000) : undefined;
  const hasMetadata = is2022 && fee === undefined && random.percent(50);
  const size = fee !== undefined ? 278 : hasMetadata ? 234 : 82;
  const mint: Mint = { key, program, authority: payer, decimals, fee };
  return {
    name: is2022 ? "Token-2022 mint" : "SPL mint",
    instructions: [
      ix.systemCreate(payer.pubkey, key, minimumBalance(hasMetadata ? 600 : size), size, program),
      ...(fee === undefined ? [] : [ix.feeInitialize(key, payer.pubkey, fee, 50n)]),
      ...(hasMetadata ? [ix.pointerInitialize(key, payer.pubkey)] : []),
      ix.mintInitialize(program, key, payer.pubkey, decimals),
      ...(hasMetadata ? [ix.metadataInitialize(key, payer.pubkey, "Bireme", "BI", "https://example.org")] : []),
    ],
    done: () => void world.mints.push(mint),
  };
}

function accountStep(world: SolanaWorld, payer: SolanaSigner): Step | undefined {
  const { random, mints, tokens } = world;
  if (mints.length === 0) return undefined;
  const mint = random.pick(mints);
  const owner = random.pick(world.wallets);
  if (random.percent(40)) {
    const { address } = findProgramAddress([owner.pubkey, mint.program, mint.key], ix.associatedToken);
    const isNew = !tokens.some(({ key }) => Buffer.compare(key, address) === 0);
    const create = ix.associatedCreate(mint.program, payer.pubkey, address, owner.pubkey, mint.key, random.percent(70));
    return {
      name: "associated account",
      instructions: [create],
      done: () => void (isNew && tokens.push({ key: address, mint, owner })),
    };
  }
  const key = world.freshSigner().pubkey;
  const size = mint.fee === undefined ? 165 : 178;
  return {
    name: "token account",
    instructions: [
      ix.systemCreate(payer.pubkey, key, minimumBalance(size), size, mint.program),
      ix.tokenInitialize(mint.program, key, mint.key, owner.pubkey),
    ],
    done: () => void tokens.push({ key, mint, owner }),
  };
}

function tokenStep(world: SolanaWorld): Step | undefined {
  const { random, tokens } = world;
  if (tokens.length === 0) return undefined;
  const from = random.pick(tokens);
  const { mint, owner } = from;
  const { program } = mint;
  const peers = tokens.filter((each) => each.mint === mint);
  const to = random.pick(peers);
  const name = program === ix.token2022 ? "Token-2022" : "SPL Token";
  const held = balanceOf(world, from);
  const some = held === 0n ? 0n : BigInt(random.below(Number(held < 1_000_000n ? held : 1_000_000n))) + (random.percent(5) ? held : 0n);
  const one = (instruction: Instruction): Step => ({ name, instructions: [instruction] });
  if (held === 0n || random.percent(20))
    return one(ix.tokenMint(program, mint.key, from.key, 1000n + amount(world), mint.authority.pubkey));
  switch (random.below(12)) {
    case 0:
      return one(ix.tokenApprove(program, from.key, random.pick(world.wallets).pubkey, some, owner.pubkey));
    case 1:
      return one(ix.tokenRevoke(program, from.key, owner.pubkey));
    case 2:
      return one(ix.tokenBurn(program, from.key, mint.key, some, owner.pubkey));
    case 3:
      return {
        name,
        instructions: [true, false].map((isThaw) => ix.tokenFreeze(program, from.key, mint.key, mint.authority.pubkey, !isThaw)),
      };
    case 4:
      return one(ix.tokenDataSize(program, mint.key));
    case 5:
      return {
        name,
        instructions: [
          ix.tokenBurn(program, from.key, mint.key, held, owner.pubkey),
          ix.tokenClose(program, from.key, owner.pubkey, owner.pubkey),
        ],
        done: () => void tokens.splice(tokens.indexOf(from), 1),
      };
    case 6:
      return mint.fee === undefined ? undefined : one(ix.feeHarvest(mint.key, ...peers.slice(0, 3).map(({ key }) => key)));
    case 7:
    case 8:
    case 9:
      if (mint.fee !== undefined) {
        const charged = (some * BigInt(mint.fee) + 9_999n) / 10_000n;
        const fee = charged > 50n ? 50n : charged;
        return one(ix.feeTransferChecked(from.key, mint.key, to.key, some, mint.decimals, fee, owner.pubkey));
      }
      return one(ix.tokenTransferChecked(program, from.key, mint.key, to.key, some, mint.decimals, owner.pubkey));
    default:
      return one(
        mint.fee === undefined
          ? ix.tokenTransfer(program, from.key, to.key, some, owner.pubkey)
          : ix.tokenTransferChecked(program, from.key, mint.key, to.key, some, mint.decimals, owner.pubkey),
      );
  }
}

function balanceOf({ twins }: SolanaWorld, { key }: TokenAccount): bigint {
  const data = twins.account(key)?.data;
  return data === undefined || data.length < 72 ? 0n : new DataView(data.buffer, data.byteOffset).getBigUint64(64, true);
}

function memoStep({ random, wallets }: SolanaWorld): Step {
  const texts = ["row", "Ahoj, světe 🚣", "x".repeat(200), ""];
  const signers = random.percent(50) ? [random.pick(wallets).pubkey] : [];
  return { name: "memo", instructions: [ix.memo(random.pick([ix.memoProgram, ix.oldMemoProgram]), random.pick(texts), ...signers)] };
}

/** A signature that a precompile checks, which costs a fee. */
function signatureStep({ random, wallets }: SolanaWorld): Step {
  const signer = random.pick(wallets);
  const text = random.bytes(random.below(40));
  const signature = signer.sign(text);
  if (random.percent(10)) signature[random.below(64)] = random.below(256);
  const here = ix.u16(0xffff);
  const [keyAt, signatureAt, textAt] = [16, 48, 112];
  const places = [ix.u16(signatureAt), here, ix.u16(keyAt), here, ix.u16(textAt), ix.u16(text.length), here];
  return { name: "ed25519", instructions: [ix.instruction(programIds.ed25519, [], 1, 0, ...places, signer.pubkey, signature, text)] };
}

function tableStep(world: SolanaWorld, payer: SolanaSigner): Step {
  const { random, tables, twins } = world;
  const known = tables.length === 0 ? undefined : random.pick(tables);
  const slot = twins.slot;
  if (known !== undefined && random.percent(70)) {
    const addresses = Array.from(
      { length: 1 + random.below(3) },
      () => random.pick([...world.tokens, ...world.mints, { key: random.pick(world.wallets).pubkey }]).key,
    );
    return {
      name: "lookup table",
      instructions: [ix.tableExtend(known.key, known.authority.pubkey, payer.pubkey, addresses)],
      done: () =>
        void tables.splice(tables.indexOf(known), 1, { ...known, addresses: [...known.addresses, ...addresses], lastChange: slot }),
    };
  }
  const { address, bump } = findProgramAddress([payer.pubkey, ix.u64(slot - 1n)], programIds.addressLookupTable);
  return {
    name: "lookup table",
    instructions: [ix.tableCreate(address, payer.pubkey, payer.pubkey, slot - 1n, bump)],
    done: () => void tables.push({ key: address, addresses: [], authority: payer, lastChange: slot }),
  };
}

function ownedStep(world: SolanaWorld, payer: SolanaSigner): Step {
  const { random, owned, programs, twins } = world;
  if (owned.length < 4 || random.percent(15)) {
    const key = world.freshSigner().pubkey;
    const program = random.pick(programs);
    const size = random.below(200);
    return {
      name: "own account",
      instructions: [ix.systemCreate(payer.pubkey, key, minimumBalance(400), size, program)],
      done: () => void owned.push({ key, program }),
    };
  }
  const { key, program } = random.pick(owned);
  const length = twins.account(key)?.data.length ?? 0;
  const other = random.pick(world.wallets).pubkey;
  const data = random.pick([
    acts.move(1n),
    acts.write(random.below(length + 1), random.below(256)),
    acts.write(random.below(length + 1), 0),
    acts.resize(random.below(400)),
    acts.resize(random.percent(50) ? 10_241 + length : length + 100),
    acts.assign(random.percent(50) ? 0n : 5n),
  ]);
  return { name: "own account", instructions: [ix.instruction(program, [ix.writable(key), ix.writable(other)], data)] };
}

function plainStep(world: SolanaWorld): Step {
  const { random, programs } = world;
  const heap = random.percent(30) ? random.pick([65_536, 262_144]) : undefined;
  const good = [
    acts.nothing(),
    acts.log("a line\nand another"),
    acts.log("x".repeat(random.below(300))),
    acts.answer(random.bytes(random.below(100))),
    acts.clock(),
    acts.findAddress(random.bytes(random.below(32))),
    acts.dive(random.below(60)),
    acts.spin(random.below(5000)),
    acts.tell(),
    acts.height(),
    acts.divide(7n),
    acts.hash(random.bytes(20)),
    acts.touchHeap(random.below((heap ?? 32_768) - 8)),
  ];
  const bad = [
    acts.fail(BigInt(random.below(100))),
    acts.fail(BigInt(random.below(30)) << 32n),
    acts.fail((5n << 32n) | 1n),
    acts.fault(0x4_0000_0000n * BigInt(random.below(3))),
    acts.fault(0x2_0000_1000n),
    acts.dive(64 + random.below(100)),
    acts.spin(300_000 + random.below(300_000)),
    acts.divide(0n),
    acts.panic("overboard"),
    acts.touchHeap(heap ?? 32_768),
    acts.findAddress(random.bytes(40)),
  ];
  const data = random.pick(random.percent(90) ? good : bad);
  return { name: "program", instructions: [ix.instruction(random.pick(programs), [], data)], ...(heap === undefined ? {} : { heap }) };
}

/** A program calls others: System and tokens with a signer passed on or an address of its own, programs through programs. */
function invokeStep(world: SolanaWorld, payer: SolanaSigner): Step {
  const { random, programs, twins } = world;
  const caller = random.pick(programs);
  const seed = random.bytes(4).map((byte) => byte & 1);
  const vault = findProgramAddress([seed], caller);
  const lengthOf = (key: Pubkey): number => (Buffer.compare(key, systemProgram) === 0 ? 14 : (twins.account(key)?.data.length ?? 0));
  const calling = (
    program: Pubkey,
    keys: readonly Pubkey[],
    call: Instruction,
    seeds: readonly (readonly Uint8Array[])[] = [],
  ): Instruction => {
    const metas = keys.map((key) => {
      const flags = call.accounts.find(({ pubkey }) => Buffer.compare(pubkey, key) === 0);
      const isOwnAddress = Buffer.compare(key, vault.address) === 0;
      return { pubkey: key, isSigner: flags?.isSigner === true && !isOwnAddress, isWritable: flags?.isWritable === true };
    });
    const data = invokeData(
      keys.map((key) => ({ key, dataLength: lengthOf(key) })),
      call,
      seeds,
    );
    return ix.instruction(program, metas, data);
  };
  switch (random.below(5)) {
    case 0: {
      const to = random.pick(world.wallets.filter(({ pubkey }) => pubkey !== payer.pubkey)).pubkey;
      return {
        name: "CPI",
        instructions: [calling(caller, [payer.pubkey, to, systemProgram], ix.systemTransfer(payer.pubkey, to, amount(world)))],
      };
    }
    case 1: {
      const signs = random.percent(85) ? [[seed, Uint8Array.of(vault.bump)]] : [];
      return {
        name: "CPI of a PDA",
        instructions: [
          ix.systemTransfer(payer.pubkey, vault.address, minimumBalance(0)),
          calling(
            caller,
            [vault.address, payer.pubkey, systemProgram],
            ix.systemTransfer(vault.address, payer.pubkey, minimumBalance(0)),
            signs,
          ),
        ],
      };
    }
    case 2: {
      const from = world.tokens.find((token) => token.mint.fee === undefined && balanceOf(world, token) > 0n);
      const to = world.tokens.find((token) => token.mint === from?.mint && token !== from);
      if (from === undefined || to === undefined) return plainStep(world);
      const call = ix.tokenTransfer(from.mint.program, from.key, to.key, 1n, from.owner.pubkey);
      return { name: "CPI of a token", instructions: [calling(caller, [from.key, to.key, from.owner.pubkey, from.mint.program], call)] };
    }
    default: {
      // One program calls the next; the innermost does something plain.
      const depth = 1 + random.below(random.percent(20) ? 5 : 3);
      const chain = Array.from(
        { length: depth },
        (_, index) => programs[(programs.indexOf(caller) + 1 + index) % programs.length] as Pubkey,
      );
      let inner = ix.instruction(
        chain.at(-1) as Pubkey,
        [],
        random.pick([acts.height(), acts.log("deep"), acts.answer(random.bytes(9)), acts.clock(), acts.fail(random.percent(20) ? 3n : 0n)]),
      );
      for (let index = chain.length - 1; index >= 0; index--) {
        const program = index === 0 ? caller : (chain[index - 1] as Pubkey);
        const outer = calling(program, chain.slice(index), inner);
        inner = outer;
      }
      return { name: "CPI of programs", instructions: [inner] };
    }
  }
}

const steps: readonly (readonly [number, MakeStep])[] = [
  [14, systemStep],
  [4, nonceStep],
  [6, mintStep],
  [12, accountStep],
  [30, tokenStep],
  [5, memoStep],
  [3, signatureStep],
  [5, tableStep],
  [10, ownedStep],
  [12, plainStep],
  [12, invokeStep],
];
const total = steps.reduce((sum, [weight]) => sum + weight, 0);

/** A step that can be taken. */
export function randomStep(world: SolanaWorld, payer: SolanaSigner): Step {
  for (;;) {
    let ticket = world.random.below(total);
    const found = steps.find(([weight]) => (ticket -= weight) < 0);
    const step = found?.[1](world, payer);
    if (step !== undefined) return step;
  }
}
