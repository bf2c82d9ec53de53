/** The call tree of a swap over all VMs, drawn from the node's trace. */
import { AccountRole, address, type Address as SolanaAddress } from "@solana/kit";
import {
  getTokenErrorMessage,
  identifyTokenInstruction,
  parseTransferInstruction,
  TOKEN_PROGRAM_ADDRESS,
  TokenInstruction,
  type TokenError,
} from "@solana-program/token";
import type { CallFrame, TransactionTrace } from "@trireme/rpc";
import { decodeErrorResult, decodeFunctionData, decodeFunctionResult, formatUnits, hexToBytes, isAddressEqual } from "viem";
import { engineAbi, errorAbi, gatewayAddress, poolAbi } from "./abi.ts";
import type { Clients } from "./clients.ts";
import type { Market } from "./market.ts";
import { bytes32Of, type Token } from "./tokens.ts";

/** What a drawing calls the accounts. */
export interface Legend extends Market {
  /** Token accounts by pubkey. */
  readonly holders: ReadonlyMap<SolanaAddress, { readonly holder: string; readonly token: Token }>;
}

const computeBudget = "ComputeBudget111111111111111111111111111111";

/** One frame of a drawing. */
interface Branch {
  readonly text: string;
  readonly gas: bigint;
  readonly failure: string | undefined;
  readonly calls: readonly Branch[];
}

/** Traces a transaction of either dialect; gives the lines of its drawing. */
export async function drawCallTree(clients: Clients, id: string, legend: Legend): Promise<readonly string[]> {
  const { dialect, trace } = await traceOf(clients, id);
  const branches = dialect === "ethereum" ? [branchOf(trace, legend)] : (trace.calls ?? []).flatMap((call) => branchesOf(call, legend));
  return branches.flatMap((branch) => draw(branch, "", ""));
}

/** What a failed transaction was reverted with, whichever VM said it. */
export async function errorOf(clients: Clients, id: string): Promise<string> {
  return failureOf((await traceOf(clients, id)).trace) ?? "none";
}

/** The node's method of either port; its other form is Ethereum's `debug_traceTransaction`. */
async function traceOf({ reader }: Clients, id: string): Promise<TransactionTrace> {
  return reader.request({ method: "trireme_traceTransaction", params: [id] } as never);
}

function draw({ text, gas, failure, calls }: Branch, head: string, rest: string): readonly string[] {
  const line = `${head}${text}`;
  return [
    `${line.padEnd(78)} ${String(gas).padStart(6)} gas${failure === undefined ? "" : `  ${failure}`}`,
    ...calls.flatMap((call, index) => {
      const isLast = index === calls.length - 1;
      return draw(call, `${rest}${isLast ? "└ " : "├ "}`, `${rest}${isLast ? "  " : "│ "}`);
    }),
  ];
}

function branchOf(frame: CallFrame, legend: Legend): Branch {
  return {
    text: `${(frame.vm ?? "evm").toUpperCase().padEnd(4)} ${describe(frame, legend)}`,
    gas: BigInt(frame.gasUsed),
    failure: frame.error === undefined ? undefined : `FAILED ${failureOf(frame) ?? ""}`.trimEnd(),
    calls: (frame.calls ?? []).flatMap((call) => branchesOf(call, legend)),
  };
}

/**
 * Ways from one VM into another are no frames of their own: what goes through stands in its place. What only asks the gateway,
 * or for a budget, is left out.
 */
function branchesOf(frame: CallFrame, legend: Legend): readonly Branch[] {
  const isGateway = frame.program === undefined && frame.to !== undefined && isAddressEqual(frame.to, gatewayAddress);
  const isWay = isGateway || frame.program === legend.poolPubkey || frame.program === computeBudget;
  return isWay ? (frame.calls ?? []).flatMap((call) => branchesOf(call, legend)) : [branchOf(frame, legend)];
}

function describe(frame: CallFrame, legend: Legend): string {
  if (frame.program !== undefined) return describeInstruction(frame, legend);
  if (frame.to !== undefined && isAddressEqual(frame.to, legend.pool)) return describePool(frame, legend);
  if (frame.to !== undefined && isAddressEqual(frame.to, legend.engine)) return describeEngine(frame, legend);
  return `${frame.to ?? "create"} ${frame.input.slice(0, 10)}`;
}

function describePool({ input }: CallFrame, { usdc, dai }: Legend): string {
  const { functionName, args } = decodeFunctionData({ abi: poolAbi, data: input });
  if (functionName !== "swap") return `StableSwapPool.${functionName}`;
  const [mintIn, amountIn, minimumOut] = args;
  const [sold, bought] = mintIn === bytes32Of(usdc.mint) ? [usdc, dai] : [dai, usdc];
  return `StableSwapPool.swap(${show(amountIn, sold)} for at least ${show(minimumOut, bought)})`;
}

function describeEngine({ input, output, error }: CallFrame, { usdc, dai }: Legend): string {
  const { functionName, args } = decodeFunctionData({ abi: engineAbi, data: input });
  if (functionName !== "quote") return `StableSwapEngine.${functionName}`;
  const [{ scaleIn, scaleOut }, amountIn] = args;
  const [sold, bought] = scaleIn > scaleOut ? [usdc, dai] : [dai, usdc];
  const answer =
    output === undefined || error !== undefined
      ? ""
      : ` = ${show(decodeFunctionResult({ abi: engineAbi, functionName, data: output }), bought)}`;
  return `StableSwapEngine.quote(${show(amountIn, sold)})${answer}`;
}

function describeInstruction({ program, accounts = [], input }: CallFrame, { holders }: Legend): string {
  const data = hexToBytes(input);
  if (program !== TOKEN_PROGRAM_ADDRESS) return `program ${program}`;
  const kind = identifyTokenInstruction(data);
  if (kind !== TokenInstruction.Transfer) return `SPL Token ${TokenInstruction[kind]}`;
  const metas = accounts.map(({ pubkey, signer, writable }) => ({ address: address(pubkey), role: roleOf(signer, writable) }));
  const transfer = parseTransferInstruction({ programAddress: TOKEN_PROGRAM_ADDRESS, accounts: metas, data });
  const { source, destination } = transfer.accounts;
  const [from, to] = [holders.get(source.address), holders.get(destination.address)];
  const amount = from === undefined ? String(transfer.data.amount) : show(transfer.data.amount, from.token);
  return `SPL Token transfer of ${amount}, ${from?.holder ?? source.address} -> ${to?.holder ?? destination.address}`;
}

function roleOf(isSigner: boolean, isWritable: boolean): AccountRole {
  if (isSigner) return isWritable ? AccountRole.WRITABLE_SIGNER : AccountRole.READONLY_SIGNER;
  return isWritable ? AccountRole.WRITABLE : AccountRole.READONLY;
}

/** An amount in whole tokens. */
export function show(amount: bigint, { decimals, symbol }: Token): string {
  return `${formatUnits(amount, decimals)} ${symbol}`;
}

function failureOf({ error, errorDetail, revertReason, output, program }: CallFrame): string | undefined {
  if (error === undefined || output === undefined || program !== undefined) return revertReason ?? errorDetail ?? error;
  try {
    const { errorName, args } = decodeErrorResult({ abi: errorAbi, data: output });
    if (errorName === "SvmError" && args[0] === bytes32Of(TOKEN_PROGRAM_ADDRESS))
      return `SvmError(SPL Token, ${args[1]}: ${getTokenErrorMessage(args[1] as TokenError)})`;
    return `${errorName}(${args.map(String).join(", ")})`;
  } catch {
    return revertReason ?? errorDetail ?? error;
  }
}
