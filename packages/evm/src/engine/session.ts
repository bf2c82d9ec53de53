/** What the frames of one execution share: the Host, the block, the rules, who watches. One per realm, reused. */
import type { Address, BlockContext, Host, Tracer } from "@trireme/core";
import { blockViewOf, transactionViewOf, type BlockView, type TransactionView } from "./block-view.ts";
import { createHostGuard, type GuardedHost } from "./guarded-host.ts";
import { rulesOf, type Rules } from "./rules.ts";

/** The execution that a realm is in. */
export interface Session {
  readonly host: GuardedHost;
  readonly block: BlockContext;
  readonly blockView: BlockView;
  readonly transactionView: TransactionView;
  readonly rules: Rules;
  /** Guarded like the host. */
  readonly tracer: Tracer | undefined;
  /** Bytes of memory that the frames hold of the transaction's budget. */
  reservedMemory: number;
  /** Accounts of the frames inside of this execution that are calls, static calls or creates, the innermost last. */
  readonly inner: Address[];
}

/** Opens and closes the session of a realm. */
export interface SessionKeeper {
  readonly session: Session;
  open(host: Host): void;
  close(): void;
  /** The Host's method that was called last. */
  readonly lastMethod: string | undefined;
  /** What the Host threw, if it threw. */
  readonly fault: { readonly error: unknown } | undefined;
}

/** A keeper whose session is closed: nothing of it may be read before `open`. */
export function createSessionKeeper(): SessionKeeper {
  const guard = createHostGuard();
  const session = { host: guard.host, reservedMemory: 0, inner: [] as Address[] } as { -readonly [Key in keyof Session]: Session[Key] };
  let watch: WatchedFrames | undefined;
  return {
    session,
    open(host) {
      guard.attach(host);
      session.block = host.block;
      session.blockView = blockViewOf(host.block);
      session.transactionView = transactionViewOf(host.transaction);
      session.rules = rulesOf(host.block.hardfork);
      watch = host.tracer === undefined ? undefined : { tracer: host.tracer, open: 0 };
      session.tracer = watch === undefined ? undefined : guardTracer(watch, guard.guard);
      session.reservedMemory = 0;
      session.inner.length = 0;
    },
    close() {
      // Frames give their memory back themselves; what an exception left over goes back here.
      const held = session.reservedMemory;
      session.reservedMemory = 0;
      session.inner.length = 0;
      // What an exception left open ends here for who watches.
      if (watch !== undefined) for (; watch.open > 0; watch.open--) watch.tracer.exit({ kind: "halt", reason: "evm:unwound" });
      try {
        if (held > 0) guard.host.releaseMemory(held);
      } catch {
        // The guard remembers it, behind the fault that was first.
      }
      guard.detach();
    },
    get lastMethod() {
      return guard.lastMethod;
    },
    get fault() {
      return guard.fault;
    },
  };
}

/** Frames inside of this execution that a tracer was shown and that have not ended. */
interface WatchedFrames {
  readonly tracer: Tracer;
  open: number;
}

function guardTracer(watch: WatchedFrames, guard: <T>(action: () => T) => T): Tracer {
  const { tracer } = watch;
  return {
    wantsSteps: tracer.wantsSteps,
    wantsMemory: tracer.wantsMemory,
    enter(message, environment) {
      watch.open++;
      guard(() => tracer.enter(message, environment));
    },
    exit(result) {
      watch.open--;
      guard(() => tracer.exit(result));
    },
    log: (log) => guard(() => tracer.log(log)),
    step: (step) => guard(() => tracer.step(step)),
    selfDestruct: (from, beneficiary, value) => guard(() => tracer.selfDestruct(from, beneficiary, value)),
  };
}
