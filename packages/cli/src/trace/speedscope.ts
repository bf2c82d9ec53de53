/** Call trees as a speedscope file: https://github.com/jlfwong/speedscope/wiki/Importing-from-custom-sources */
import type { TransactionTrace } from "@trireme/rpc";
import type { AnnotatedFrame } from "./annotated-frame.ts";
import { quantity } from "./frame-text.ts";

/** A file of speedscope's format, as far as call trees need it. */
export interface SpeedscopeFile {
  readonly $schema: "https://www.speedscope.app/file-format-schema.json";
  readonly exporter: string;
  readonly name: string;
  readonly activeProfileIndex: number;
  readonly shared: { readonly frames: readonly { readonly name: string }[] };
  readonly profiles: readonly SpeedscopeProfile[];
}

/** One transaction: frames open and close along an axis of gas. */
export interface SpeedscopeProfile {
  readonly type: "evented";
  readonly name: string;
  readonly unit: "none";
  readonly startValue: number;
  readonly endValue: number;
  readonly events: readonly { readonly type: "O" | "C"; readonly frame: number; readonly at: number }[];
}

/** A transaction and its tree. */
export interface SpeedscopeSource {
  readonly traced: TransactionTrace;
  readonly root: AnnotatedFrame;
}

/**
 * One profile for each transaction, weights in gas. A frame is as wide as the gas that it used, or as its calls are
 * together where a refund made that less; its calls stand at its beginning, one after the other, and its own gas after them.
 */
export function speedscopeFile(sources: readonly SpeedscopeSource[], exporter: string): SpeedscopeFile {
  const places = new Map<string, number>();
  const placeOf = (name: string): number => {
    const place = places.get(name) ?? places.size;
    places.set(name, place);
    return place;
  };
  const profiles = sources.map(({ traced, root }) => profileOf(traced, root, placeOf));
  return {
    $schema: "https://www.speedscope.app/file-format-schema.json",
    exporter,
    name: sources.map(({ traced }) => traced.hash).join(", "),
    activeProfileIndex: 0,
    shared: { frames: [...places.keys()].map((name) => ({ name })) },
    profiles,
  };
}

function profileOf(traced: TransactionTrace, root: AnnotatedFrame, placeOf: (name: string) => number): SpeedscopeProfile {
  const events: { type: "O" | "C"; frame: number; at: number }[] = [];
  const add = (frame: AnnotatedFrame, start: number, name: string): number => {
    const place = placeOf(name);
    events.push({ type: "O", frame: place, at: start });
    let at = start;
    for (const call of frame.calls ?? []) at = add(call, at, nameOf(call));
    const end = Math.max(at, start + Number(quantity(frame.gasUsed)));
    events.push({ type: "C", frame: place, at: end });
    return end;
  };
  const endValue = add(root, 0, traced.dialect === "ethereum" ? nameOf(root) : `${traced.dialect} transaction`);
  return { type: "evented", name: traced.hash, unit: "none", startValue: 0, endValue, events };
}

/** `svm:SPL Token.transfer`: frames of one name are one colour, whatever their arguments. */
function nameOf({ vm = "evm", callee, decodedInput }: AnnotatedFrame): string {
  return `${vm}:${callee}${decodedInput === undefined ? "" : `.${decodedInput.name}`}`;
}
