/** Which registers functions take and give: liveness over the whole program. */
import { operation, operationMask } from "./operations.ts";
import type { ProgramText } from "./program-text.ts";
import { blockEnd, type Regions } from "./regions.ts";
import { createStepLimit, type StepLimit } from "./translation-limits.ts";

/** Registers r0 to r9 as masks, by function. */
export interface Signatures {
  /** What a function reads before it writes it. */
  readonly parameters: Uint16Array;
  /** Of r0 to r5, what it may change and somebody reads afterwards. */
  readonly results: Uint16Array;
  /** Whether the program may end in it: then it leaves r6 to r9 where the end looks for them. */
  readonly mayEnd: Uint8Array;
  /** What is read after calls through registers. */
  readonly registerCallResults: number;
}

const scratchRegisters = 0x3f;
const savedRegisters = 0x3c0;
const allRegisters = 0x3ff;
const mostPasses = 32;

/**
 * Solves for all functions at once: a function is looked at again whenever what it depends on grew.
 * @throws TranslationLimitError
 */
export function findSignatures(
  program: ProgramText,
  regions: Regions,
  limit: StepLimit = createStepLimit(regions.blockStart.length),
): Signatures {
  const { functionCount } = regions;
  const links = linksOf(program, regions);
  const changed = changedRegisters(program, regions, links);
  const mayEnd = new Uint8Array(functionCount);
  const entry = regions.functionAt[program.entryPc]!;
  spread([entry], (f) => (mayEnd[f] === 1 ? [] : ((mayEnd[f] = 1), links.transfers[f]!)));

  const { componentOf, needed } = components(functionCount, links.transfers);
  needed[componentOf[entry]!] = scratchRegisters;
  const parameters = new Uint16Array(functionCount);
  let registerCallResults = 0;
  const isQueued = new Uint8Array(functionCount).fill(1);
  const queue = Array.from({ length: functionCount }, (_, index) => functionCount - 1 - index);
  const enqueue = (f: number): void => {
    if (isQueued[f] === 1) return;
    isQueued[f] = 1;
    queue.push(f);
  };
  const members: number[][] = [];
  for (let f = 0; f < functionCount; f++) (members[componentOf[f]!] ??= []).push(f);
  const need = (f: number, registers: number): void => {
    const component = componentOf[f]!;
    const added = registers & scratchRegisters & changed[f]! & ~needed[component]!;
    if (added === 0) return;
    needed[component]! |= added;
    limit.spend(members[component]!.length);
    for (const member of members[component]!) enqueue(member);
  };
  const liveAt = new Uint16Array(regions.blockStart.length);

  const atTransfer = (f: number): number => parameters[f]!;
  const effects = effectsOf(program, regions);
  const throughCall = (pc: number, live: number): number => {
    if ((program.entries[pc]! & operationMask) === operation.callRegister) {
      if ((live & scratchRegisters & ~registerCallResults) !== 0) {
        registerCallResults |= live & scratchRegisters;
        for (const target of regions.addressTaken) need(target, registerCallResults);
      }
      return allRegisters;
    }
    let current = live;
    const callee = program.callee[pc]!;
    if (callee >= 0) {
      const f = regions.functionAt[callee]!;
      need(f, current);
      current = (current & ~changed[f]!) | parameters[f]!;
    } else if (program.syscall[pc]! < 0) return 0;
    return (current & ~program.writes[pc]!) | program.reads[pc]!;
  };
  const throughBlock = (block: number, live: number): number => {
    let current = live;
    for (let index = effects.first[block + 1]! - 1; index >= effects.first[block]!; index--) {
      const pc = effects.call[index]!;
      if (pc >= 0) current = throughCall(pc, current);
      current = (current & ~effects.writes[index]!) | effects.reads[index]!;
    }
    return current & allRegisters;
  };

  for (let f = queue.pop(); f !== undefined; f = queue.pop()) {
    isQueued[f] = 0;
    const [first, last] = [regions.firstBlock[f]!, regions.firstBlock[f + 1]!];
    const atExit = () => (needed[componentOf[f]!]! & changedBy(f)) | (mayEnd[f] === 1 ? savedRegisters : 0);
    const after = (successor: number): number => (successor >= 0 ? liveAt[successor]! : outgoing(successor));
    const outgoing = (successor: number): number => (-1 - successor < functionCount ? atTransfer(-1 - successor) : 0);
    let isStable = false;
    for (let pass = 0; !isStable; pass++) {
      isStable = true;
      // More than what is read may count as read: code that needs so many passes is not worth the time.
      if (pass === mostPasses) liveAt.fill(allRegisters, first, last);
      limit.spend(last - first);
      for (let block = last - 1; block >= first; block--) {
        const end = regions.blockEnd[block]!;
        let live = 0;
        if (end === blockEnd.exit) live = atExit();
        else if (end === blockEnd.goto) live = after(regions.next[block]!);
        else if (end === blockEnd.branch) live = after(regions.next[block]!) | after(regions.taken[block]!);
        const before = throughBlock(block, live) | (pass >= mostPasses ? allRegisters : 0);
        if (before === liveAt[block]) continue;
        liveAt[block] = before;
        isStable = false;
      }
    }
    const entering = liveAt[first]!;
    if (entering === parameters[f]) continue;
    parameters[f] = entering;
    for (const user of links.users[f]!) enqueue(user);
  }

  function changedBy(f: number): number {
    return changed[f]!;
  }
  const results = new Uint16Array(functionCount);
  for (let f = 0; f < functionCount; f++) results[f] = needed[componentOf[f]!]! & changed[f]!;
  return { parameters, results, mayEnd, registerCallResults };
}

/** What stretches of a block read and write; each ends with a call, or with the block (-1). */
interface Effects {
  /** First stretch of every block. */
  readonly first: Int32Array;
  readonly call: readonly number[];
  readonly reads: readonly number[];
  readonly writes: readonly number[];
}

function effectsOf(program: ProgramText, { blockStart, blockStop }: Regions): Effects {
  const first = new Int32Array(blockStart.length + 1);
  const [call, reads, writes]: [number[], number[], number[]] = [[], [], []];
  for (let block = 0; block < blockStart.length; block++) {
    first[block] = call.length;
    let [read, written] = [0, 0];
    for (let pc = blockStart[block]!; pc < blockStop[block]!; pc++) {
      const kind = program.entries[pc]! & operationMask;
      const isCall = kind === operation.call || kind === operation.callRegister;
      if (!isCall) {
        read |= program.reads[pc]! & ~written;
        written |= program.writes[pc]!;
      }
      if (!isCall && pc + 1 < blockStop[block]!) continue;
      call.push(isCall ? pc : -1);
      reads.push(read);
      writes.push(written);
      [read, written] = [0, 0];
    }
  }
  first[blockStart.length] = call.length;
  return { first, call, reads, writes };
}

interface Links {
  readonly calls: readonly (readonly number[])[];
  /** Functions that a function goes on in. */
  readonly transfers: readonly (readonly number[])[];
  /** Functions that call or go on in a function. */
  readonly users: readonly (readonly number[])[];
  readonly callsRegister: Uint8Array;
}

function linksOf(program: ProgramText, regions: Regions): Links {
  const { functionCount, firstBlock, starts } = regions;
  const lists = (): Set<number>[] => Array.from({ length: functionCount }, () => new Set<number>());
  const [calls, transfers, users] = [lists(), lists(), lists()];
  const callsRegister = new Uint8Array(functionCount);
  for (let f = 0; f < functionCount; f++) {
    for (let pc = starts[f]!; pc < starts[f + 1]!; pc++) {
      const kind = program.entries[pc]! & operationMask;
      if (kind === operation.callRegister) callsRegister[f] = 1;
      if (kind === operation.call && program.callee[pc]! >= 0) {
        const callee = regions.functionAt[program.callee[pc]!]!;
        calls[f]!.add(callee);
        users[callee]!.add(f);
      }
    }
    for (let block = firstBlock[f]!; block < firstBlock[f + 1]!; block++) {
      const end = regions.blockEnd[block]!;
      const successors =
        end === blockEnd.goto ? [regions.next[block]!] : end === blockEnd.branch ? [regions.next[block]!, regions.taken[block]!] : [];
      for (const successor of successors) {
        const target = -1 - successor;
        if (target < 0 || target >= functionCount) continue;
        transfers[f]!.add(target);
        users[target]!.add(f);
      }
    }
  }
  const arrays = (sets: readonly Set<number>[]) => sets.map((set) => [...set]);
  return { calls: arrays(calls), transfers: arrays(transfers), users: arrays(users), callsRegister };
}

/** Of r0 to r5, what a call of a function may change. One set for all functions that go on in one another. */
function changedRegisters(program: ProgramText, regions: Regions, { users, transfers, callsRegister }: Links): Uint16Array {
  const { functionCount, starts } = regions;
  const changed = new Uint16Array(functionCount);
  for (let f = 0; f < functionCount; f++) {
    let mask = callsRegister[f] === 1 ? scratchRegisters : 0;
    for (let pc = starts[f]!; pc < starts[f + 1]!; pc++) mask |= program.writes[pc]!;
    changed[f] = mask & scratchRegisters;
  }
  const queue = Array.from({ length: functionCount }, (_, f) => f);
  for (let f = queue.pop(); f !== undefined; f = queue.pop()) {
    for (const other of [...users[f]!, ...transfers[f]!]) {
      if ((changed[f]! & ~changed[other]!) === 0) continue;
      changed[other]! |= changed[f]!;
      queue.push(other);
    }
  }
  return changed;
}

/** Functions that go on in one another give the same results: WebAssembly's tail calls ask for it. */
function components(count: number, transfers: readonly (readonly number[])[]) {
  const componentOf = Int32Array.from({ length: count }, (_, f) => f);
  const find = (f: number): number => {
    let root = f;
    while (componentOf[root] !== root) root = componentOf[root]!;
    for (let at = f; at !== root;) {
      const up = componentOf[at]!;
      componentOf[at] = root;
      at = up;
    }
    return root;
  };
  transfers.forEach((targets, f) => targets.forEach((target) => (componentOf[find(f)] = find(target))));
  for (let f = 0; f < count; f++) componentOf[f] = find(f);
  return { componentOf, needed: new Uint16Array(count) };
}

function spread(from: readonly number[], visit: (f: number) => readonly number[]): void {
  const queue = [...from];
  for (let f = queue.pop(); f !== undefined; f = queue.pop()) queue.push(...visit(f));
}
