/** Where a failed tree failed, for programs and for people. */
import type { CallFrame } from "./call-frame.ts";

/** Lines of a text: what is between the innermost frames and the root is left out. */
const maxLines = 16;

/**
 * The way to the frame at which a tree failed, as places among `calls` from the root on: from a failed frame to its last
 * call, as long as that failed too. Undefined for a tree that succeeded.
 */
export function failingPath(root: CallFrame): readonly number[] | undefined {
  if (root.error === undefined) return undefined;
  const path: number[] = [];
  for (let { calls = [] } = root; calls.at(-1)?.error !== undefined; calls = calls.at(-1)?.calls ?? []) path.push(calls.length - 1);
  return path;
}

/** One line for each frame on the failing path, the innermost first, as stack traces have it; none where the root failed by itself. */
export function failureLines(root: CallFrame): readonly string[] {
  const path = failingPath(root);
  if (path === undefined || path.length === 0) return [];
  const frames: CallFrame[] = [root];
  for (const place of path) frames.push(frames.at(-1)?.calls?.[place] as CallFrame);
  const lines = frames.map((frame, depth) => {
    const reason = reasonOf(frame);
    const isPassedOn = depth < path.length && reason === reasonOf(frames[depth + 1] as CallFrame);
    return `    at ${frame.vm ?? "evm"} ${calleeOf(frame)}${isPassedOn ? "" : `: ${reason}`}`;
  });
  lines.reverse();
  if (lines.length <= maxLines) return lines;
  return [...lines.slice(0, maxLines - 1), `    ... ${lines.length - maxLines} more`, lines.at(-1) as string];
}

function reasonOf({ error = "", revertReason }: CallFrame): string {
  return revertReason ?? error;
}

/** The program or contract, and the first bytes of what it was asked. */
function calleeOf({ type, program, to, input }: CallFrame): string {
  if (type.startsWith("CREATE")) return "new contract";
  const selector = program === undefined ? 10 : 18;
  const shown = input.length > selector ? `${input.slice(0, selector)}${program === undefined ? "" : "..."}` : input;
  return `${program ?? to ?? ""}${input === "0x" ? "" : ` ${shown}`}`;
}
