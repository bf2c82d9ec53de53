/** Token accounts and mints of SPL Token and Token-2022, read. */
import { equalBytes, pubkeyToBase58, type Pubkey } from "@trireme/core";
import { tokenProgramIds, type SolanaAccount } from "@trireme/svm";

const ACCOUNT_LENGTH = 165;
const MINT_LENGTH = 82;
const states = ["uninitialized", "initialized", "frozen"] as const;

/** A token account, without extensions. */
export interface TokenAccount {
  readonly mint: Pubkey;
  readonly owner: Pubkey;
  readonly amount: bigint;
  readonly delegate: Pubkey | undefined;
  readonly delegatedAmount: bigint;
  readonly state: (typeof states)[number];
  /** Lamports that a wrapped-SOL account keeps for rent. */
  readonly nativeReserve: bigint | undefined;
  readonly closeAuthority: Pubkey | undefined;
}

/** A mint, without extensions. */
export interface Mint {
  readonly mintAuthority: Pubkey | undefined;
  readonly supply: bigint;
  readonly decimals: number;
  readonly isInitialized: boolean;
  readonly freezeAuthority: Pubkey | undefined;
}

/** The token account that an account is; undefined for anything else. */
export function readTokenAccount(account: SolanaAccount): TokenAccount | undefined {
  if (!isOfTokenProgram(account)) return undefined;
  const isExtended = account.dataLength > ACCOUNT_LENGTH;
  if (account.dataLength !== ACCOUNT_LENGTH && !(isExtended && account.read(ACCOUNT_LENGTH, 1)[0] === 2)) return undefined;
  const data = account.read(0, ACCOUNT_LENGTH);
  const view = new DataView(data.buffer);
  const state = states[data[108] as number];
  if (state === undefined || state === "uninitialized") return undefined;
  return {
    mint: data.slice(0, 32) as Pubkey,
    owner: data.slice(32, 64) as Pubkey,
    amount: view.getBigUint64(64, true),
    delegate: optionalKey(data, view, 72),
    delegatedAmount: view.getBigUint64(121, true),
    state,
    nativeReserve: view.getUint32(109, true) === 0 ? undefined : view.getBigUint64(113, true),
    closeAuthority: optionalKey(data, view, 129),
  };
}

/** Whether an account is a token account (the filter of Solana's name). */
export function isTokenAccountState(account: SolanaAccount): boolean {
  return readTokenAccount(account) !== undefined;
}

/** The mint that an account is; undefined for anything else. */
export function readMint(account: SolanaAccount): Mint | undefined {
  if (!isOfTokenProgram(account)) return undefined;
  const isExtended = account.dataLength > ACCOUNT_LENGTH;
  if (account.dataLength !== MINT_LENGTH && !(isExtended && account.read(ACCOUNT_LENGTH, 1)[0] === 1)) return undefined;
  const data = account.read(0, MINT_LENGTH);
  const view = new DataView(data.buffer);
  if (data[45] !== 1) return undefined;
  return {
    mintAuthority: optionalKey(data, view, 0),
    supply: view.getBigUint64(36, true),
    decimals: data[44] as number,
    isInitialized: true,
    freezeAuthority: optionalKey(data, view, 46),
  };
}

/** An amount as Solana's clients show it. */
export function tokenAmount(amount: bigint, decimals: number): unknown {
  const digits = amount.toString().padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, "");
  const uiAmountString = fraction === "" ? whole : `${whole}.${fraction}`;
  return { amount: amount.toString(), decimals, uiAmount: Number(uiAmountString), uiAmountString };
}

/** Token data as `jsonParsed` shows it. */
export function parseTokenData(account: SolanaAccount, decimalsOf: (mint: Uint8Array) => number): unknown {
  const program = equalBytes(account.owner, tokenProgramIds[0]) ? "spl-token" : "spl-token-2022";
  const token = readTokenAccount(account);
  if (token !== undefined) {
    const decimals = decimalsOf(token.mint);
    const { delegate, nativeReserve, closeAuthority } = token;
    const info = {
      isNative: nativeReserve !== undefined,
      mint: pubkeyToBase58(token.mint),
      owner: pubkeyToBase58(token.owner),
      state: token.state,
      tokenAmount: tokenAmount(token.amount, decimals),
      ...(delegate === undefined
        ? {}
        : { delegate: pubkeyToBase58(delegate), delegatedAmount: tokenAmount(token.delegatedAmount, decimals) }),
      ...(nativeReserve === undefined ? {} : { rentExemptReserve: tokenAmount(nativeReserve, 9) }),
      ...(closeAuthority === undefined ? {} : { closeAuthority: pubkeyToBase58(closeAuthority) }),
    };
    return { program, parsed: { info, type: "account" }, space: account.dataLength };
  }
  const mint = readMint(account);
  if (mint === undefined) return undefined;
  const info = {
    decimals: mint.decimals,
    freezeAuthority: mint.freezeAuthority === undefined ? null : pubkeyToBase58(mint.freezeAuthority),
    isInitialized: true,
    mintAuthority: mint.mintAuthority === undefined ? null : pubkeyToBase58(mint.mintAuthority),
    supply: mint.supply.toString(),
  };
  return { program, parsed: { info, type: "mint" }, space: account.dataLength };
}

function isOfTokenProgram({ owner }: SolanaAccount): boolean {
  return tokenProgramIds.some((id) => equalBytes(id, owner));
}

function optionalKey(data: Uint8Array, view: DataView, offset: number): Pubkey | undefined {
  return view.getUint32(offset, true) === 0 ? undefined : (data.slice(offset + 4, offset + 36) as Pubkey);
}
