// Kinds of Ethereum transactions in random blocks: payments, tokens, contracts made, called and destroyed, refusals.
import {
  bigintToBytes,
  concatBytes,
  create2Address,
  createAddress,
  keccak256,
  toAddress,
  zeroAddress,
  type Address,
  type Hash,
  type Transaction,
} from "@trireme/core";
import {
  gasPerBlob,
  signAuthorization,
  withdrawalRequestsContract,
  type Authorization,
  type EthereumTransactionType,
} from "@trireme/ethereum";
import { evmDeployment } from "@trireme/testing";
import { arbWasmAddress as arbWasm } from "@trireme/wasm";
import { gwei } from "../chain-fixture.mts";
import { senderWallet } from "../cross-vm/tree-accounts.mts";
import { planTree } from "../cross-vm/tree-plan.mts";
import { encodeNode } from "../cross-vm/tree-script.mts";
import { boxes, freshAddress, mints, poorWallets, tokens, walletCount, wallets, type LawMint } from "./law-accounts.mts";
import { words, type ActContext, type Build } from "./law-builder.mts";
import { authorities } from "./law-setup.mts";

const selectors = new Map<string, Uint8Array>();

/** Calldata of a function. */
function call(signature: string, ...values: readonly (bigint | number | Address)[]): Uint8Array {
  let selector = selectors.get(signature);
  if (selector === undefined) selectors.set(signature, (selector = keccak256(new TextEncoder().encode(signature)).slice(0, 4)));
  return concatBytes(selector, words(...values));
}

function someone({ random, target, coinbase, fresh, act }: ActContext): Address {
  const index = target(walletCount);
  // Where nobody contends, everybody pays the neighbour whom nobody else pays.
  if (act.kind === "transfer" && random.percent(70)) return wallets[index] as Address;
  return random.pick([wallets[index] as Address, freshAddress(fresh), coinbase, random.pick(boxes), random.pick(poorWallets)]);
}

function transfer(context: ActContext): Transaction {
  const { random, wallet, ethereum } = context;
  const type = random.pick<EthereumTransactionType>([0, 1, 2, 2]);
  const to = someone(context);
  return ethereum(wallet(), { type, to, value: BigInt(random.below(1_000)) * gwei, gasLimit: random.percent(90) ? 21_000n : 60_000n });
}

/** Out of contention: every wallet pays itself, or an address of its own. */
function quietTransfer({ random, wallet, ethereum, fresh }: ActContext): Transaction {
  const from = wallet();
  return ethereum(from, { to: random.percent(50) ? from : freshAddress(fresh), value: BigInt(random.below(1_000)) });
}

function token({ random, actor, target, ethereum, wallet }: ActContext): Transaction {
  const to = tokens[target(tokens.length)] as Address;
  const who = wallets[actor(walletCount)] as Address;
  const whom = wallets[target(walletCount)] as Address;
  const amount = random.percent(92) ? random.below(1_000) : 10 ** 9;
  const data = random.pick([
    call("transfer(address,uint256)", whom, amount),
    call("transfer(address,uint256)", whom, amount),
    call("transfer(address,uint256)", whom, amount),
    call("approve(address,uint256)", whom, amount * 10),
    call("transferFrom(address,address,uint256)", who, whom, amount),
    call("mint(address,uint256)", whom, amount),
  ]);
  return ethereum(random.percent(80) ? who : wallet(), { to, data, gasLimit: random.percent(95) ? 120_000n : 30_000n });
}

/** Out of contention: balances of one token, of whom nobody else has to do with. */
function quietToken({ random, act, ethereum }: ActContext): Transaction {
  const who = wallets[act.place % walletCount] as Address;
  return ethereum(who, {
    to: tokens[random.below(4)],
    data: call("transfer(address,uint256)", freshAddress(act.place), random.below(1_000)),
    gasLimit: 120_000n,
  });
}

/** Where a box makes the child of a salt with CREATE2: it depends on what the constructor is given. */
function childOf({ contracts }: ActContext, box: Address, salt: number, dies: boolean, heir: Address): Address {
  const initCode = concatBytes(contracts.childCreation, words(dies ? 1 : 0, heir));
  return create2Address(box, words(salt), keccak256(initCode));
}

/** Salts are few, so that some are taken and some children are there. */
function box(context: ActContext): Transaction {
  const { random, wallet, ethereum, target, made, coinbase } = context;
  const to = boxes[target(boxes.length)] as Address;
  const slot = target(6);
  const salt = random.below(5);
  const heir = random.pick([wallets[0] as Address, to, freshAddress(random.below(4)), coinbase]);
  const who = random.pick([
    wallets[target(walletCount)] as Address,
    freshAddress(context.fresh - random.below(3)),
    random.pick(made.length > 0 ? made : boxes),
    ...boxes.slice(0, 1),
  ]);
  const value = random.percent(40) ? BigInt(random.below(1_000)) : 0n;
  const [data, wei] = random.pick<readonly [Uint8Array, bigint]>([
    [call("bump(uint256)", slot), value],
    [call("bump(uint256)", slot), value],
    [call("clear(uint256)", slot), 0n],
    [call("swap(uint256,uint256)", slot, 1 + random.below(1_000)), 0n],
    [call("swap(uint256,uint256)", slot, 1 + random.below(1_000)), 0n],
    [call("hashOf(uint256,uint256)", random.below(4), slot), 0n],
    [call("lookAt(address,uint256)", who, slot), 0n],
    [call("lookAtCoinbase(uint256)", slot), 0n],
    [call("payCoinbase()"), value],
    [call("forward(address)", who), value],
    [call("again(uint256,uint256)", random.below(20), slot), 0n],
    [call("work(uint256,uint256)", random.below(200), slot), 0n],
    [call("poke(address)", childOf(context, to, salt, false, heir)), value],
    [call("make(uint256,uint256,address)", salt, random.pick([0, 4, 4]), heir), value],
  ]);
  const gasLimit = random.percent(92) ? 500_000n : BigInt(22_000 + random.below(30_000));
  if (random.percent(80)) return ethereum(wallet(), { to, data, value: wei, gasLimit });
  // An access list: what it names is warm, whether it is used or not.
  const accessList = [
    { address: to, storageKeys: [keccak256(words(slot, 0)), keccak256(words(slot + 1, 0))] },
    { address: who, storageKeys: [] },
  ];
  return ethereum(wallet(), { type: random.percent(50) ? 1 : 2, to, data, value: wei, gasLimit, accessList });
}

/** EIP-6780: gone where it was made in the same transaction, else only its balance moves. */
function destroy(context: ActContext): Transaction {
  const { random, wallet, ethereum, target, coinbase } = context;
  const to = boxes[target(3)] as Address;
  const heir = random.pick([wallets[0] as Address, to, coinbase, freshAddress(random.below(3))]);
  const salt = random.below(3);
  const data = random.pick([
    call("make(uint256,uint256,address)", salt, 2, heir),
    call("make(uint256,uint256,address)", salt, 8, heir),
    call("make(uint256,uint256,address)", salt, 13, heir),
    call("make(uint256,uint256,address)", salt, 0, heir),
    call("kill(address,address)", childOf(context, to, salt, false, heir), coinbase),
    call("kill(address,address)", childOf(context, to, salt, false, heir), heir),
    call("poke(address)", childOf(context, to, salt, false, heir)),
  ]);
  const isPaid = data.length > 70 && random.percent(60);
  return ethereum(wallet(), { to, data, value: isPaid ? BigInt(random.below(500)) : 0n, gasLimit: 500_000n });
}

/** A contract of the transaction's own, which later ones may call: the token, the box's child, or one that dies as it is made. */
function create({ random, wallet, ethereum, nonceOf, made, contracts }: ActContext): Transaction {
  const sender = wallet();
  made.push(createAddress(sender, nonceOf(sender)));
  const child = concatBytes(contracts.childCreation, words(random.percent(30) ? 1 : 0, wallets[1] as Address));
  return ethereum(sender, { data: random.pick([contracts.tokenCreation, child, child]), value: 0n, gasLimit: 2_000_000n });
}

/** A copy of the WASM contract that plays call trees: its code is active already. */
function deployWasm({ wallet, ethereum, nonceOf, made, contracts }: ActContext): Transaction {
  const sender = wallet();
  made.push(createAddress(sender, nonceOf(sender)));
  return ethereum(sender, { data: evmDeployment(contracts.trees.wasm), gasLimit: 8_000_000n });
}

/** ArbWasm: code that is active is refused, what is no program as well. */
function activate({ random, wallet, ethereum, made }: ActContext): Transaction {
  const program = random.pick(made.length > 0 ? made : boxes);
  return ethereum(wallet(), { to: arbWasm, data: call("activateProgram(address)", program), value: 10n ** 15n, gasLimit: 3_000_000n });
}

/** SPL's mints look like ERC-20 from the EVM. */
function face({ random, wallet, ethereum, target }: ActContext): Transaction {
  const { key } = mints[target(mints.length)] as LawMint;
  const data = random.pick([
    call("totalSupply()"),
    call("balanceOf(address)", wallets[target(walletCount)] as Address),
    call("transfer(address,uint256)", wallets[target(walletCount)] as Address, random.below(3)),
    call("approve(address,uint256)", wallets[target(walletCount)] as Address, random.below(1_000)),
  ]);
  return ethereum(wallet(), { to: toAddress(key), data, gasLimit: 400_000n });
}

/** A call of what a transaction of the same block made: as token, as child, as WASM contract. */
function callMade({ random, wallet, ethereum, made, target, trees }: ActContext): Transaction {
  const to = random.pick(made.length > 0 ? made.slice(-4) : tokens);
  const data = random.pick([
    call("mint(address,uint256)", wallets[target(walletCount)] as Address, 5),
    call("transfer(address,uint256)", wallets[target(walletCount)] as Address, 1),
    call("poke()"),
    call("die(address)", wallets[2] as Address),
    encodeNode(planTree({ ...random.pick(trees).root, vm: "wasm" }, senderWallet)),
  ]);
  return ethereum(wallet(), { to, data, gasLimit: 400_000n });
}

function fail({ random, wallet, ethereum, target }: ActContext): Transaction {
  const data = call("fail(uint256,uint256)", random.below(6), target(6));
  return ethereum(wallet(), { to: boxes[target(boxes.length)], data, gasLimit: 100_000n });
}

/** Cannot stand in the block, or seldom can. */
function refused({ random, wallet, ethereum, nonceOf, fresh }: ActContext): Transaction {
  const sender = wallet();
  const nonce = nonceOf(sender);
  const to = wallets[0] as Address;
  switch (random.below(7)) {
    case 0:
      return ethereum(sender, { to, nonce: nonce + BigInt(1 + random.below(3)) });
    case 1:
      return ethereum(sender, { to, nonce: nonce === 0n ? 9n : nonce - 1n });
    case 2:
      return ethereum(sender, { to, nonce, value: 10n ** 30n });
    case 3:
      return ethereum(sender, { to, nonce, maxFeePerGas: 6n, maxPriorityFeePerGas: 0n });
    case 4:
      return ethereum(sender, { to, nonce, gasLimit: 20_999n });
    case 5:
      return ethereum(sender, { to, nonce, gasLimit: 20_000_000n });
    default:
      // Somebody may have paid.
      return ethereum(random.pick(poorWallets), { to: freshAddress(fresh), value: BigInt(random.below(10)) * 10n ** 12n });
  }
}

/** The block's coinbase pays and is paid: its fees are credited to the same balance. */
function coinbasePays({ random, ethereum, coinbase, target }: ActContext): Transaction {
  return ethereum(coinbase, { to: random.percent(80) ? wallets[target(walletCount)] : coinbase, value: BigInt(random.below(1_000)) });
}

function blob({ random, wallet, ethereum, target }: ActContext): Transaction {
  const count = 1 + random.below(6);
  const hashes = Array.from({ length: count }, (_, index) => {
    const hash = keccak256(bigintToBytes(BigInt(random.below(1_000) + index), 4));
    hash[0] = random.percent(95) ? 1 : 2;
    return hash as Hash;
  });
  const maxFeePerBlobGas = random.percent(95) ? gwei : 0n;
  const to = random.percent(50) ? boxes[target(boxes.length)] : wallets[target(walletCount)];
  return ethereum(wallet(), {
    type: 3,
    to,
    maxFeePerBlobGas,
    blobVersionedHashes: hashes,
    gasLimit: BigInt(60_000 + Number(gasPerBlob % 7n)),
  });
}

const signed = new Map<string, Authorization>();

/** A wallet lends itself a contract's code (EIP-7702), and somebody calls it. */
function delegate({ random, wallet, ethereum, nonceOf }: ActContext): Transaction {
  const [authority] = [random.pick(authorities)];
  const list = Array.from({ length: 1 + random.below(2) }, () => {
    const key = random.percent(70) ? authority : random.pick(authorities);
    const address = random.pick([...boxes.slice(0, 2), ...tokens.slice(0, 1), zeroAddress]);
    const nonce = nonceOf(key.address) + BigInt(random.percent(80) ? random.below(3) : 0);
    return authorize(key, address, nonce);
  });
  const data = random.pick([call("bump(uint256)", 1), call("swap(uint256,uint256)", 2, 5), new Uint8Array(0)]);
  return ethereum(wallet(), { type: 4, to: authority.address, data, authorizationList: list, gasLimit: 400_000n });
}

function authorize(key: (typeof authorities)[number], address: Address, nonce: bigint): Authorization {
  const name = `${authorities.indexOf(key)}/${String(address)}/${nonce}`;
  let found = signed.get(name);
  if (found === undefined) signed.set(name, (found = signAuthorization({ chainId: 1337n, address, nonce }, key.privateKey)));
  return found;
}

/** Who lent itself code is called, pays, or sends a transaction of its own: its nonce may have moved. */
function callDelegate({ random, wallet, ethereum, target }: ActContext): Transaction {
  const { address } = random.pick(authorities);
  const data = random.pick([call("bump(uint256)", 1), call("lookAtCoinbase(uint256)", 1), new Uint8Array(0)]);
  if (random.percent(30)) return ethereum(address, { to: wallets[target(walletCount)], value: 1n });
  return ethereum(wallet(), { to: address, data, gasLimit: 200_000n });
}

/** EIP-7002: a request that the block collects when it ends; its price is state. */
function request({ random, wallet, ethereum, fresh }: ActContext): Transaction {
  const input = concatBytes(keccak256(words(fresh)), new Uint8Array(16), bigintToBytes(BigInt(random.below(100)), 8));
  return ethereum(wallet(), { to: withdrawalRequestsContract.address, data: input, value: BigInt(random.below(4)), gasLimit: 300_000n });
}

/** A transaction once more: of this block or an earlier one. */
function again({ earlier, random, wallet, ethereum }: ActContext): Transaction {
  return earlier.length === 0 ? ethereum(wallet(), { to: wallets[0], value: 1n }) : random.pick(earlier.slice(-40));
}

export const ethereumKinds = {
  transfer,
  quietTransfer,
  token,
  quietToken,
  box,
  destroy,
  create,
  deployWasm,
  activate,
  face,
  callMade,
  fail,
  refused,
  coinbasePays,
  blob,
  delegate,
  callDelegate,
  request,
  again,
} satisfies Readonly<Record<string, Build>>;
