/** Programs that need no IDL: System, the tokens, compute budget, memo and the gateway to contracts. */
import type { Field, ProgramInterface, ProgramInstruction, Type } from "@trireme/bindings";

/** As much of an interface as traces show. */
export interface KnownProgram extends Pick<ProgramInterface, "name" | "definitions" | "events" | "errors"> {
  readonly instructions: readonly (Pick<ProgramInstruction, "name" | "discriminator" | "args"> & {
    readonly accounts: readonly { readonly name: string }[];
  })[];
}

/** An instruction by its tag, in short: name, arguments `name:type`, accounts. */
type Row = readonly [tag: number, name: string, args?: string, accounts?: string];

const types: Readonly<Record<string, Type>> = {
  u8: integer(8),
  u32: integer(32),
  u64: integer(64),
  u128: integer(128),
  pubkey: { kind: "pubkey" },
  maybePubkey: { kind: "option", item: { kind: "pubkey" }, prefix: 1, isFixed: false },
  /** As bincode writes it: a u64 and the text. */
  text: { kind: "string", prefix: 8 },
  restText: { kind: "string", prefix: 0 },
  restBytes: { kind: "bytes", prefix: 0 },
};

function integer(bits: number): Type {
  return { kind: "integer", isSigned: false, bits };
}

// https://github.com/solana-program/token/blob/main/interface/src/instruction.rs
const tokenRows: readonly Row[] = [
  [0, "initializeMint", "decimals:u8 mintAuthority:pubkey freezeAuthority:maybePubkey", "mint rent"],
  [1, "initializeAccount", "", "account mint owner rent"],
  [2, "initializeMultisig", "m:u8", "multisig rent"],
  [3, "transfer", "amount:u64", "source destination authority"],
  [4, "approve", "amount:u64", "source delegate owner"],
  [5, "revoke", "", "source owner"],
  [6, "setAuthority", "authorityType:u8 newAuthority:maybePubkey", "owned authority"],
  [7, "mintTo", "amount:u64", "mint account mintAuthority"],
  [8, "burn", "amount:u64", "account mint authority"],
  [9, "closeAccount", "", "account destination owner"],
  [10, "freezeAccount", "", "account mint freezeAuthority"],
  [11, "thawAccount", "", "account mint freezeAuthority"],
  [12, "transferChecked", "amount:u64 decimals:u8", "source mint destination authority"],
  [13, "approveChecked", "amount:u64 decimals:u8", "source mint delegate owner"],
  [14, "mintToChecked", "amount:u64 decimals:u8", "mint account mintAuthority"],
  [15, "burnChecked", "amount:u64 decimals:u8", "account mint authority"],
  [16, "initializeAccount2", "owner:pubkey", "account mint rent"],
  [17, "syncNative", "", "account"],
  [18, "initializeAccount3", "owner:pubkey", "account mint"],
  [19, "initializeMultisig2", "m:u8", "multisig"],
  [20, "initializeMint2", "decimals:u8 mintAuthority:pubkey freezeAuthority:maybePubkey", "mint"],
  [21, "getAccountDataSize", "", "mint"],
  [22, "initializeImmutableOwner", "", "account"],
  [23, "amountToUiAmount", "amount:u64", "mint"],
  [24, "uiAmountToAmount", "uiAmount:restText", "mint"],
];

// https://github.com/solana-program/token/blob/main/interface/src/error.rs
const tokenErrors =
  "NotRentExempt InsufficientFunds InvalidMint MintMismatch OwnerMismatch FixedSupply AlreadyInUse InvalidNumberOfProvidedSigners InvalidNumberOfRequiredSigners UninitializedState NativeNotSupported NonNativeHasBalance InvalidInstruction InvalidState Overflow AuthorityTypeNotSupported MintCannotFreeze AccountFrozen MintDecimalsMismatch NonNativeNotSupported";

// https://github.com/anza-xyz/solana-sdk/blob/master/system-interface/src/instruction.rs
const systemRows: readonly Row[] = [
  [0, "createAccount", "lamports:u64 space:u64 owner:pubkey", "payer newAccount"],
  [1, "assign", "owner:pubkey", "account"],
  [2, "transfer", "lamports:u64", "source destination"],
  [3, "createAccountWithSeed", "base:pubkey seed:text lamports:u64 space:u64 owner:pubkey", "payer newAccount base"],
  [4, "advanceNonceAccount", "", "nonceAccount recentBlockhashes nonceAuthority"],
  [5, "withdrawNonceAccount", "lamports:u64", "nonceAccount recipient recentBlockhashes rent nonceAuthority"],
  [6, "initializeNonceAccount", "nonceAuthority:pubkey", "nonceAccount recentBlockhashes rent"],
  [7, "authorizeNonceAccount", "newNonceAuthority:pubkey", "nonceAccount nonceAuthority"],
  [8, "allocate", "space:u64", "newAccount"],
  [9, "allocateWithSeed", "base:pubkey seed:text space:u64 owner:pubkey", "newAccount base"],
  [10, "assignWithSeed", "base:pubkey seed:text owner:pubkey", "account base"],
  [11, "transferWithSeed", "lamports:u64 fromSeed:text fromOwner:pubkey", "source base destination"],
  [12, "upgradeNonceAccount", "", "nonceAccount"],
];

const systemErrors =
  "AccountAlreadyInUse ResultWithNegativeLamports InvalidProgramId InvalidAccountDataLength MaxSeedLengthExceeded AddressWithSeedMismatch NonceNoRecentBlockhashes NonceBlockhashNotExpired NonceUnexpectedBlockhashValue";

const associatedAccounts = "payer associatedAccount owner mint systemProgram tokenProgram";
const associatedRows: readonly Row[] = [
  [0, "create", "", associatedAccounts],
  [1, "createIdempotent", "", associatedAccounts],
  [2, "recoverNested", "", "nestedAccount nestedMint destination ownerAccount ownerMint wallet tokenProgram"],
];

const computeBudgetRows: readonly Row[] = [
  [1, "requestHeapFrame", "bytes:u32"],
  [2, "setComputeUnitLimit", "units:u32"],
  [3, "setComputeUnitPrice", "microLamports:u64"],
  [4, "setLoadedAccountsDataSizeLimit", "bytes:u32"],
];

/** The tag is the version. */
const callGatewayRows: readonly Row[] = [[0, "call", "flags:u8 gasLimit:u64 value:u128 calldata:restBytes", "contract sender"]];

/** Memos have no tag: all of the data is the text. */
const memo: KnownProgram = {
  ...program("Memo", 0, []),
  instructions: [{ name: "memo", discriminator: new Uint8Array(0), args: fields("memo:restText"), accounts: [] }],
};

/** By base58 id. */
export const wellKnownPrograms: ReadonlyMap<string, KnownProgram> = new Map([
  ["11111111111111111111111111111111", program("System", 4, systemRows, systemErrors)],
  ["TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA", program("SPL Token", 1, tokenRows, tokenErrors)],
  ["TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb", program("Token-2022", 1, tokenRows, tokenErrors)],
  ["ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL", program("Associated Token", 1, associatedRows, "InvalidOwner")],
  ["ComputeBudget111111111111111111111111111111", program("Compute Budget", 1, computeBudgetRows)],
  ["Ca11Gateway11111111111111111111111111111111", program("call gateway", 1, callGatewayRows)],
  ["MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr", memo],
  ["Memo1UhkJRfHyvLMcVucJwxXeuD728EqVDDwQDxFMNo", memo],
]);

function program(name: string, tagBytes: number, rows: readonly Row[], errors = ""): KnownProgram {
  return {
    name,
    definitions: new Map(),
    events: [],
    instructions: rows.map(([tag, instruction, args = "", accounts = ""]) => ({
      name: instruction,
      discriminator: Uint8Array.of(tag, 0, 0, 0).subarray(0, tagBytes),
      args: fields(args),
      accounts: words(accounts).map((account) => ({ name: account })),
    })),
    errors: words(errors).map((error, code) => ({ name: error, code, message: "" })),
  };
}

function fields(text: string): readonly Field[] {
  return words(text).map((word) => {
    const [name = "", type = ""] = word.split(":");
    return { name, type: types[type] as Type };
  });
}

function words(text: string): readonly string[] {
  return text === "" ? [] : text.split(" ");
}
