/** Memos of a transaction, as lists of signatures show them. */
import { equalBytes, pubkeyFromBase58, type Pubkey } from "@trireme/core";
import type { SolanaMessage } from "@trireme/svm";

const memoPrograms = ["Memo1UhkJRfHyvLMcVucJwxXeuD728EqVDDwQDxFMNo", "MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr"].map(pubkeyFromBase58);

/** Each memo with its length in bytes, `[5] hello; [2] hi`; null where there is none. */
export function formatMemos({ instructions, staticAccounts }: SolanaMessage): string | null {
  const memos = instructions
    .filter(({ programIndex }) => memoPrograms.some((id) => equalBytes(id, staticAccounts[programIndex] as Pubkey)))
    .map(({ data }) => `[${data.length}] ${new TextDecoder().decode(data)}`);
  return memos.length === 0 ? null : memos.join("; ");
}
