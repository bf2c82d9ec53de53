/** What `trireme dev` prints when the chain is up: for a person, or as one line of JSON. */
import pc from "picocolors";
import type { DevAccount, SolanaEndpoints } from "@trireme/node";
import { printedAccount } from "./commands/accounts.ts";

/** The facts of a running development chain. */
export interface Announcement {
  readonly version: string;
  readonly chainId: bigint;
  readonly hardfork: string;
  readonly http: string;
  readonly ws: string;
  /** Solana's endpoints, on a chain that speaks its dialect. */
  readonly solana: SolanaEndpoints | undefined;
  readonly headBlock: bigint;
  readonly dataDirectory: string | undefined;
  readonly mnemonic: string;
  /** Ether of each account at genesis; undefined where they differ. */
  readonly balance: string | undefined;
  readonly accounts: readonly DevAccount[];
  /** One line about what recovery found, if it found anything. */
  readonly recovered: string | undefined;
}

/** One line of JSON: `http`, `ws`, `chainId`, `accounts`, ... */
export function announcementJson(announcement: Announcement): string {
  const { chainId, headBlock, accounts, dataDirectory, recovered, ...rest } = announcement;
  return JSON.stringify({
    ...rest,
    chainId: Number(chainId),
    headBlock: Number(headBlock),
    dataDirectory: dataDirectory ?? null,
    solana: announcement.solana ?? null,
    recovered: recovered ?? null,
    accounts: accounts.map(printedAccount),
  });
}

/** Rows for a person: every account's two names side by side, the endpoints, and what to type next. */
export function announcementText(announcement: Announcement): string {
  const { accounts, http, ws } = announcement;
  const [first, second = first] = accounts.filter(({ kind }) => kind === "evm").map(printedAccount);
  const lines = [
    `${pc.bold("trireme")} ${announcement.version}  chain ${announcement.chainId}, ${announcement.hardfork}, block ${announcement.headBlock}`,
    "",
    ...(accounts.length === 0 ? ["No account of the mnemonic has funds: genesis is the configuration's.", ""] : accountLines(announcement)),
    `HTTP      ${pc.bold(http)}`,
    `WebSocket ${pc.bold(ws)}`,
    ...(announcement.solana === undefined
      ? []
      : [
          `Solana    ${pc.bold(announcement.solana.http)}  WebSocket ${pc.bold(announcement.solana.ws)}`,
          ...(announcement.solana.missingPrograms.length === 0
            ? []
            : [
                pc.yellow(`          without ${announcement.solana.missingPrograms.join(", ")}: svm({ programs: splPrograms() }) has them`),
              ]),
        ]),
    `Data      ${announcement.dataDirectory ?? "in memory, gone when this process ends"}`,
    ...(announcement.recovered === undefined ? [] : [pc.yellow(`Recovered ${announcement.recovered}`)]),
    "",
    "Next",
    `  npx @foundry-rs/cast block-number --rpc-url ${http}`,
    ...(first === undefined || second === undefined
      ? []
      : [`  npx @foundry-rs/cast send ${second.address} --value 1ether --rpc-url ${http} --private-key ${first.secret}`]),
    `  curl ${http} -H 'content-type: application/json' -d '{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber","params":[]}'`,
  ];
  return lines.join("\n");
}

function accountLines({ accounts, balance, mnemonic }: Announcement): readonly string[] {
  return [
    ...(["evm", "solana"] as const)
      .filter((kind) => accounts.some((account) => account.kind === kind))
      .flatMap((kind) => [
        pc.dim(
          kind === "evm"
            ? "EVM keys      address                                     pubkey (tagged)"
            : "Solana keys   address                                     pubkey",
        ),
        ...accounts
          .filter((account) => account.kind === kind)
          .map((account, index) => {
            const { address, pubkey } = printedAccount(account);
            return `  (${index})`.padEnd(14) + `${address}  ${pubkey}`;
          }),
        "",
      ]),
    `${balance === undefined ? "" : `Each began with ${balance} ETH (the same balance in lamports). `}Secrets: ${pc.bold("trireme accounts")}`,
    `Mnemonic  ${mnemonic}`,
    "",
  ];
}
