/** Account data over the reader's, by 4 KiB page: what a write copies, and what a change of length costs. */
import { accountDataPageSize } from "@trireme/core";
import type { AccountData, AccountEntry, DataPage, JournalState } from "./journal-state.ts";

interface PreviousPage {
  readonly index: number;
  readonly page: DataPage | undefined;
}

/** Account data of which nothing is in the reader. */
export function createAccountData(): AccountData {
  return { visibleLength: 0, pages: new Map(), read: undefined };
}

/** Copies `target.length` bytes from `offset`; bytes that nobody wrote are zeros. */
export function readPages(state: JournalState, entry: AccountEntry, data: AccountData, offset: number, target: Uint8Array): void {
  let done = 0;
  while (done < target.length) {
    const index = Math.floor((offset + done) / accountDataPageSize);
    const from = (offset + done) % accountDataPageSize;
    const count = Math.min(accountDataPageSize - from, target.length - done);
    const page = data.pages.get(index)?.bytes ?? readerPage(state, entry, data, index);
    const available = page === undefined ? 0 : Math.max(0, Math.min(count, page.length - from));
    if (page !== undefined && available > 0) target.set(available === page.length ? page : page.subarray(from, from + available), done);
    if (available < count) target.fill(0, done + available, done + count);
    done += count;
  }
}

/** Writes `source` at `offset`. */
export function writePages(state: JournalState, entry: AccountEntry, data: AccountData, offset: number, source: Uint8Array): void {
  let done = 0;
  while (done < source.length) {
    const index = Math.floor((offset + done) / accountDataPageSize);
    const from = (offset + done) % accountDataPageSize;
    const count = Math.min(accountDataPageSize - from, source.length - done);
    writablePage(state, entry, data, index, from + count).bytes.set(
      count === source.length ? source : source.subarray(done, done + count),
      from,
    );
    done += count;
  }
}

/** Forgets the bytes at and past `length`: they read as zeros when the data grows again. Costs with the touched pages. */
export function truncatePages(state: JournalState, entry: AccountEntry, data: AccountData, length: number): void {
  const boundary = Math.floor(length / accountDataPageSize);
  const kept = length % accountDataPageSize;
  if (kept !== 0 && data.pages.has(boundary)) writablePage(state, entry, data, boundary, kept).bytes.fill(0, kept);
  for (const [index, page] of data.pages) {
    if (index * accountDataPageSize < length) continue;
    state.log.push(undoPage, data, { index, page });
    data.pages.delete(index);
  }
  if (length < data.visibleLength) {
    state.log.push(undoVisibleLength, data, data.visibleLength);
    data.visibleLength = length;
  }
}

/** The page as it stands: `accountDataPageSize` bytes or fewer, the rest zeros; undefined for a page of zeros. */
export function currentPage(state: JournalState, entry: AccountEntry, data: AccountData, index: number): Uint8Array | undefined {
  return data.pages.get(index)?.bytes ?? readerPage(state, entry, data, index);
}

function readerPage(state: JournalState, entry: AccountEntry, data: AccountData, index: number): Uint8Array | undefined {
  const visible = data.visibleLength - index * accountDataPageSize;
  if (visible <= 0) return undefined;
  if (data.read?.index !== index) data.read = { index, bytes: state.reader.getDataPage(entry.key, index) };
  const page = data.read.bytes;
  return page === undefined || page.length <= visible ? page : page.subarray(0, visible);
}

/**
 * A page of at least `end` bytes that may be written to: a copy unless the last checkpoint is younger than the copy. It
 * is as long as the data is now; most accounts are much shorter than a page.
 */
function writablePage(state: JournalState, entry: AccountEntry, data: AccountData, index: number, end: number): DataPage {
  const page = data.pages.get(index);
  if (page !== undefined && page.bytes.length >= end && page.savedAt >= state.log.checkpointed()) return page;
  const previous = page?.bytes ?? readerPage(state, entry, data, index);
  const held = Math.min(accountDataPageSize, (entry.svm?.dataLength ?? 0) - index * accountDataPageSize);
  const bytes = new Uint8Array(Math.max(held, end, previous?.length ?? 0));
  if (previous !== undefined) bytes.set(previous);
  const copy: DataPage = { bytes, savedAt: state.log.position() };
  state.log.push(undoPage, data, { index, page });
  data.pages.set(index, copy);
  return copy;
}

function undoPage(data: AccountData, previous: PreviousPage): void {
  if (previous.page === undefined) data.pages.delete(previous.index);
  else data.pages.set(previous.index, previous.page);
}

function undoVisibleLength(data: AccountData, visibleLength: number): void {
  data.visibleLength = visibleLength;
}
