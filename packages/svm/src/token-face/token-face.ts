/**
 * The ERC-20 face of an SPL mint (rule 20): what answers at the mint's own address. There is one balance, in token accounts; the
 * face moves it with the token program, signing as `pubkeyOf(msg.sender)`, or as `pubkeyOf(from)` against an allowance. For its
 * own mint only, and only here: no contract has that power. Interface: `contracts/IErc20Face.sol`.
 */
import {
  addressFromBytes,
  bigintToBytes,
  bytesToBigint,
  bytesToHex,
  emptyBytes,
  equalBytes,
  zeroAddress,
  type CallMessage,
  type ExecutionResult,
  type Host,
  type Pubkey,
} from "@trireme/core";
import { AbiFault, AbiReader } from "../gateway/abi-reader.ts";
import { bytesValue, encodeAbi, selectorOf, word, type AbiValue } from "../gateway/abi-writer.ts";
import { answer, OutOfGas, spend, viewGas, type RunInstruction } from "../gateway/gas-frame.ts";
import { allowanceOf, nonceOf, setAllowance, spendAllowance } from "./allowances.ts";
import { faceError, invalidParty } from "./face-errors.ts";
import { emitEvent } from "./face-events.ts";
import { FaceRevert, type FaceFrame } from "./face-frame.ts";
import { readMint } from "./mint.ts";
import { moveTokens, openAccount, receiverAt, receiverOf } from "./move-tokens.ts";
import { domainSeparator, domainVersion, permit } from "./permit.ts";
import { associatedAccount, heldBy, ownerOf, ownerOfKey } from "./token-account.ts";
import { readText } from "./token-metadata.ts";

interface Method {
  /** Whether a static call may enter. */
  readonly isView: boolean;
  readonly run: (frame: FaceFrame, runInstruction: RunInstruction) => readonly AbiValue[];
}

const views: Readonly<Record<string, Method["run"]>> = {
  "name()": (frame) => [bytesValue(readText(frame, "name"))],
  "symbol()": (frame) => [bytesValue(readText(frame, "symbol"))],
  "decimals()": ({ mint }) => [word(BigInt(mint.decimals))],
  "totalSupply()": ({ mint }) => [word(mint.supply)],
  "mint()": ({ mint }) => [word(mint.key)],
  "balanceOf(address)": (frame) => [word(heldBy(frame, ownerOf(frame, addressAt(frame, 0))).amount)],
  "balanceOfKey(bytes32)": (frame) => [word(heldBy(frame, ownerOfKey(frame, frame.input.word(0) as Pubkey)).amount)],
  "tokenAccountOf(address)": (frame) => [word(associatedAccount(frame, ownerOf(frame, addressAt(frame, 0))))],
  "allowance(address,address)": (frame) => [word(allowanceOf(frame, addressAt(frame, 0), addressAt(frame, 1)))],
  "nonces(address)": (frame) => [word(nonceOf(frame, addressAt(frame, 0)))],
  "DOMAIN_SEPARATOR()": (frame) => [word(domainSeparator(frame))],
  "eip712Domain()": describeDomain,
};

const actions: Readonly<Record<string, Method["run"]>> = {
  "transfer(address,uint256)": transfer,
  "transferToKey(bytes32,uint256)": transferToKey,
  "transferFrom(address,address,uint256)": transferFrom,
  "approve(address,uint256)": approve,
  "permit(address,address,uint256,uint256,uint8,bytes32,bytes32)": (frame) => {
    permit(frame);
    return [];
  },
  "openAccount(address)": (frame, runInstruction) => [
    word(openAccount(frame, receiverAt(frame, addressAt(frame, 0)), runInstruction).account),
  ],
  "openAccountOfKey(bytes32)": (frame, runInstruction) => [
    word(openAccount(frame, receiverOf(frame, frame.input.word(0) as Pubkey), runInstruction).account),
  ],
};

const methods: ReadonlyMap<string, Method> = new Map([...entries(views, true), ...entries(actions, false)]);

/** Runs a call to a mint's address. */
export function runTokenFace(message: CallMessage, host: Host, runInstruction: RunInstruction): ExecutionResult {
  const { scheme, value, input, gas, codeAddress } = message;
  const mint = readMint(codeAddress, host);
  if (mint === undefined || (scheme !== "call" && scheme !== "staticcall"))
    return { kind: "revert", gasLeft: gas, output: emptyBytes, refused: "notCallable" };
  const method = methods.get(bytesToHex(input.subarray(0, 4)));
  const frame: FaceFrame = { message, host, mint, input: new AbiReader(input.subarray(4)), gas, gasRefund: 0n };
  try {
    spend(frame, viewGas);
    if (value > 0n) throw faceError("expected no value: a token takes none");
    if (method === undefined) throw faceError("expected a function of IErc20Face");
    if (message.isStatic && !method.isView) return { kind: "halt", reason: "writeProtection" };
    return answer(frame, encodeAbi(...method.run(frame, runInstruction)));
  } catch (fault) {
    if (fault instanceof OutOfGas) return { kind: "halt", reason: "outOfGas" };
    const refusal = fault instanceof AbiFault ? faceError(fault.message) : fault;
    if (refusal instanceof FaceRevert) return { kind: "revert", gasLeft: frame.gas, output: refusal.output, error: refusal.message };
    throw fault;
  }
}

function entries(table: Readonly<Record<string, Method["run"]>>, isView: boolean): (readonly [selector: string, method: Method])[] {
  return Object.entries(table).map(([signature, run]) => [bytesToHex(selectorOf(signature)), { isView, run }]);
}

function transfer(frame: FaceFrame, runInstruction: RunInstruction): readonly AbiValue[] {
  const value = numberAt(frame, 1);
  moveTokens(frame, frame.message.sender, receiverAt(frame, addressAt(frame, 0)), value, runInstruction);
  return [word(true)];
}

function transferToKey(frame: FaceFrame, runInstruction: RunInstruction): readonly AbiValue[] {
  const value = numberAt(frame, 1);
  moveTokens(frame, frame.message.sender, receiverOf(frame, frame.input.word(0) as Pubkey), value, runInstruction);
  return [word(true)];
}

function transferFrom(frame: FaceFrame, runInstruction: RunInstruction): readonly AbiValue[] {
  const from = addressAt(frame, 0);
  const value = numberAt(frame, 2);
  spendAllowance(frame, from, frame.message.sender, value);
  moveTokens(frame, from, receiverAt(frame, addressAt(frame, 1)), value, runInstruction);
  return [word(true)];
}

function approve(frame: FaceFrame): readonly AbiValue[] {
  const { sender } = frame.message;
  const [spender, value] = [addressAt(frame, 0), numberAt(frame, 1)];
  if (equalBytes(sender, zeroAddress)) throw invalidParty("Approver", sender);
  if (equalBytes(spender, zeroAddress)) throw invalidParty("Spender", spender);
  setAllowance(frame, sender, spender, value);
  emitEvent(frame, "Approval", sender, spender, value);
  return [word(true)];
}

/** EIP-5267: name, version, chain id and face, no salt, no extensions. */
function describeDomain(frame: FaceFrame): readonly AbiValue[] {
  const { host, mint } = frame;
  const fields = new Uint8Array(32);
  fields[0] = 0x0f;
  return [
    word(fields),
    bytesValue(readText(frame, "name")),
    bytesValue(domainVersion),
    word(bigintToBytes(host.block.chainId, 32)),
    word(mint.address),
    word(0n),
    // An empty array stands there as empty bytes do.
    bytesValue(emptyBytes),
  ];
}

function addressAt({ input }: FaceFrame, place: number) {
  return addressFromBytes(input.address(place));
}

function numberAt({ input }: FaceFrame, place: number): bigint {
  return bytesToBigint(input.word(place));
}
