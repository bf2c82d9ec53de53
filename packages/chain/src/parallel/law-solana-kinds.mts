// Kinds of Solana transactions in random blocks: lamports, tokens, accounts made and closed, shared payers, repeated messages.
import {
  concatBytes,
  keccak256,
  systemProgram,
  toAddress,
  toPubkey,
  weiPerLamport,
  type AccountMeta,
  type Address,
  type Hash,
  type Pubkey,
  type Transaction,
} from "@trireme/core";
import { findProgramAddress, minimumBalance, programIds, sysvarIds } from "@trireme/svm";
import { acts } from "../execution/solana-acts.mts";
import * as ix from "../execution/solana-instructions.mts";
import {
  boxes,
  buffers,
  programAccounts,
  programs,
  upgradeAuthority,
  freshPubkey,
  holdingOf,
  mints,
  poorSigners,
  signers,
  tables,
  tokens,
  walletCount,
  wallets,
  type LawMint,
} from "./law-accounts.mts";
import { words, type ActContext, type Build } from "./law-builder.mts";

const signerAt = (index: number): Pubkey => signers[index] as Pubkey;

function pay(context: ActContext): Transaction {
  const { random, target, solana, signer, fresh } = context;
  const from = signer();
  const lamports = BigInt(random.below(1_000_000));
  const to = random.pick([
    signerAt(target(walletCount)),
    signerAt(target(walletCount)),
    freshPubkey(fresh),
    toPubkey(wallets[target(walletCount)] as Address),
  ]);
  // An account that is new and not exempt from rent is refused.
  const amount = random.percent(60) ? lamports + minimumBalance(0) : lamports;
  return solana(from, [ix.systemTransfer(from, to, amount)]);
}

/** Out of contention: everybody pays themselves. */
function quietPay({ random, signer, solana }: ActContext): Transaction {
  const from = signer();
  return solana(from, [ix.systemTransfer(from, from, BigInt(random.below(1_000)))]);
}

/** A payer who pays for many, each of whom sends their own lamports. */
function sharedPayer({ random, actor, target, solana }: ActContext): Transaction {
  const payer = signerAt(random.below(2));
  const from = signerAt(10 + (actor(walletCount - 10) % (walletCount - 10)));
  return solana(payer, [ix.systemTransfer(from, signerAt(target(walletCount)), BigInt(random.below(1_000_000)))]);
}

function spl(context: ActContext): Transaction {
  const { random, actor, target, solana } = context;
  const which = target(mints.length);
  const { key, program, authority } = mints[which] as LawMint;
  const [from, to] = [actor(walletCount), target(walletCount)];
  const [source, goal, owner] = [holdingOf(which, from), holdingOf(which, to), signerAt(from)];
  const amount = random.percent(90) ? BigInt(random.below(1_000)) : 10n ** 12n;
  const instruction = random.pick([
    ix.tokenTransfer(program, source, goal, amount, owner),
    ix.tokenTransfer(program, source, goal, amount, owner),
    ix.tokenTransferChecked(program, source, key, goal, amount, random.percent(95) ? 6 : 5, owner),
    ix.tokenMint(program, key, goal, amount, signerAt(authority)),
    ix.tokenBurn(program, source, key, amount, owner),
    ix.tokenApprove(program, source, signerAt(to), amount, owner),
    // Of who has tokens still, refused; who has none is closed, and what comes after fails.
    ix.tokenClose(program, source, owner, owner),
  ]);
  const payer = random.percent(70) ? owner : signerAt(random.below(3));
  return solana(payer, [instruction]);
}

/** Out of contention: everybody sends to a holding that nobody else names. */
function quietSpl({ random, act, solana }: ActContext): Transaction {
  const half = walletCount / 2;
  const from = act.place % half;
  const which = act.place % 3;
  const owner = signerAt(from);
  return solana(owner, [
    ix.tokenTransfer(
      (mints[which] as LawMint).program,
      holdingOf(which, from),
      holdingOf(which, from + half),
      BigInt(random.below(100)),
      owner,
    ),
  ]);
}

/** Version 0: the holdings are named through a lookup table. */
function tabled({ random, solana, target }: ActContext): Transaction {
  const which = random.below(2);
  const first = which * 100;
  const at = (place: number): Pubkey => holdingOf(0, first + place);
  const from = target(40);
  const owner = signerAt(first + from);
  const table = { key: tables[which] as Pubkey, addresses: Array.from({ length: 40 }, (_, place) => at(place)) };
  // A place that the table does not have yet: it is made longer now and then.
  const missing = random.percent(10) ? [...table.addresses, freshPubkey(which)] : table.addresses;
  const instruction = ix.tokenTransfer((mints[0] as LawMint).program, at(from), at(random.below(40)), BigInt(random.below(50)), owner);
  const more = missing === table.addresses ? [] : [ix.systemTransfer(owner, freshPubkey(which), minimumBalance(0))];
  return solana(owner, [instruction, ...more], { version: 0, tables: [{ ...table, addresses: missing }] });
}

function extendTable({ random, solana }: ActContext): Transaction {
  const which = random.below(2);
  const authority = signerAt(which);
  return solana(authority, [ix.tableExtend(tables[which] as Pubkey, authority, authority, [freshPubkey(which)])]);
}

/** A new table, whose address says in which slot. */
function makeTable({ signer, solana, blockNumber, random }: ActContext): Transaction {
  const payer = signer();
  const slot = blockNumber - 1n - BigInt(random.below(2));
  const { address, bump } = findProgramAddress([payer, ix.u64(slot)], programIds.addressLookupTable);
  return solana(payer, [ix.tableCreate(address, payer, payer, slot, bump)]);
}

/** Accounts of few names, made, paid, closed and made again in one block. */
function account({ random, signer, solana }: ActContext): Transaction {
  const payer = signer();
  const key = freshPubkey(random.below(4));
  const rent = minimumBalance(random.below(2) * 40);
  switch (random.below(5)) {
    case 0:
      return solana(payer, [ix.systemCreate(payer, key, rent, 0, systemProgram)]);
    case 1:
      return solana(payer, [ix.systemTransfer(payer, key, rent)]);
    case 2:
      return solana(payer, [ix.systemTransfer(key, payer, minimumBalance(0))]);
    case 3:
      return solana(payer, [ix.systemTransfer(key, payer, minimumBalance(40))]);
    default: {
      const other = freshPubkey(100 + random.below(3));
      return solana(payer, [ix.systemCreate(payer, other, minimumBalance(40), 40, systemProgram)]);
    }
  }
}

/** A wallet sends away all that it had when the block began: nothing is left, unless somebody paid it meanwhile. */
function empty({ random, reader, solana, target }: ActContext): Transaction {
  const from = signerAt(20 + random.below(4));
  const lamports = (reader.getAccount(toAddress(from))?.balance ?? 0n) / weiPerLamport;
  const to = signerAt(target(walletCount));
  return solana(signerAt(3), [ix.systemTransfer(from, random.percent(80) ? to : signerAt(20 + random.below(4)), lamports)]);
}

/** Durable nonces: accounts made, moved on, and messages that name what stands in them. */
function nonce({ random, reader, solana, blockhash }: ActContext): Transaction {
  const which = random.below(3);
  const authority = signerAt(30 + which);
  const key = freshPubkey(200 + which);
  const record = reader.getAccount(toAddress(key))?.svm;
  if (record === undefined || random.percent(10))
    return solana(authority, [ix.systemCreate(authority, key, minimumBalance(80), 80, systemProgram), ix.nonceInitialize(key, authority)]);
  const page = reader.getDataPage(toAddress(key), 0);
  const value = page === undefined || page.length < 72 ? blockhash : (page.slice(40, 72) as Hash);
  const transfer = ix.systemTransfer(authority, signerAt(which), BigInt(random.below(100)));
  // The nonce has to be the first instruction, so that no price goes before it.
  return random.percent(70)
    ? solana(authority, [ix.nonceAdvance(key, authority), transfer], { blockhash: value, isPlain: true })
    : solana(authority, [ix.nonceAdvance(key, authority), transfer]);
}

/** Refused, or charged for nothing. */
function refusedMessage({ random, signer, solana, blockhashOf, blockNumber, earlier }: ActContext): Transaction {
  const from = signer();
  const transfer = ix.systemTransfer(from, signerAt(0), 5n);
  const missing = freshPubkey(9_000 + random.below(3));
  const solanas = earlier.filter(({ format }) => format === "solana");
  switch (random.below(6)) {
    case 0:
      return solana(from, [transfer], { blockhash: keccak256(from) as Hash });
    case 1:
      return solana(from, [transfer], { blockhash: blockhashOf(blockNumber - 1n - BigInt(random.below(4))) ?? (keccak256(from) as Hash) });
    case 2:
      return solana(from, [ix.instruction(missing, [], 1)]);
    case 3: {
      const poor = random.pick(poorSigners);
      return solana(poor, [ix.systemTransfer(poor, signerAt(0), BigInt(random.below(8_000)))]);
    }
    case 4:
      return solana(from, [ix.budgetUnits(random.below(200)), transfer]);
    default:
      return solanas.length === 0 ? solana(from, [transfer]) : random.pick(solanas.slice(-12));
  }
}

/** A wallet calls a contract of the EVM: by its sBPF name, its own account first. */
function callContract({ random, signer, solana, target }: ActContext): Transaction {
  const from = signer();
  const transfer = concatBytes(
    keccak256(new TextEncoder().encode("mint(address,uint256)")).slice(0, 4),
    words(toAddress(from), random.below(100)),
  );
  const bump = concatBytes(keccak256(new TextEncoder().encode("bump(uint256)")).slice(0, 4), words(target(6)));
  const accounts: readonly AccountMeta[] = [ix.writableSigner(from)];
  const [to, data] = random.percent(50) ? [tokens[target(tokens.length)], transfer] : [boxes[target(boxes.length)], bump];
  return solana(from, [{ program: toPubkey(to as Address), accounts, data: random.percent(90) ? data : data.slice(0, 3) }]);
}

/** Loader v3: from the next slot on the program is another one, and in this slot it is none. */
function upgrade({ random, solana }: ActContext): Transaction {
  const authority = signerAt(random.percent(90) ? upgradeAuthority : 0);
  const program = random.pick(programs);
  const { address: programData } = findProgramAddress([program], programIds.loaderV3);
  const accounts = [programData, program, random.pick(buffers), signerAt(4)].map(ix.writable);
  const sysvars = [sysvarIds.rent, sysvarIds.clock].map(ix.readonly);
  return solana(authority, [ix.instruction(programIds.loaderV3, [...accounts, ...sysvars, ix.signer(authority)], ix.u32(3))]);
}

/** A program that others upgrade meanwhile, with an account of its own. */
function callProgram({ random, signer, solana }: ActContext): Transaction {
  const which = random.below(2);
  const program = programs[which] as Pubkey;
  const account = programAccounts[random.percent(90) ? which : 1 - which] as Pubkey;
  const from = signer();
  const call = random.pick([
    ix.instruction(program, [ix.writable(account), ix.writable(from)], acts.write(random.below(64), random.below(256))),
    ix.instruction(program, [ix.writable(account), ix.writable(from)], acts.resize(40 + random.below(60))),
    ix.instruction(
      program,
      [],
      random.pick([acts.clock(), acts.log("ahoy"), acts.spin(random.below(2_000)), acts.fail(3n), acts.answer(random.bytes(9))]),
    ),
  ]);
  return solana(from, [call]);
}

export const solanaKinds = {
  pay,
  quietPay,
  sharedPayer,
  spl,
  quietSpl,
  tabled,
  extendTable,
  makeTable,
  account,
  empty,
  nonce,
  refusedMessage,
  callContract,
  upgrade,
  callProgram,
} satisfies Readonly<Record<string, Build>>;
