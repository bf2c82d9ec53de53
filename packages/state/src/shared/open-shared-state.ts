/** Reading the head state on another thread. */
import { createFlatReader } from "../flat-reader.ts";
import type { StateReader } from "../state-reader.ts";
import type { SharedStateHandle } from "./shared-layout.ts";
import { createSharedReader } from "./shared-reader.ts";

/** The head state as another thread sees it: every read is of the newest version. */
export interface SharedState extends StateReader {
  /** Rises with every block and is odd while one is written: equal and even before and after means one version of all reads. */
  readonly sequence: number;
}

/** Opens what `WorldState.share` gave. @throws TriremeError `INVALID_ARGUMENT` when the handle is of something else */
export function openSharedState(handle: SharedStateHandle): SharedState {
  const reader = createSharedReader(handle.memory);
  return {
    ...createFlatReader(reader.get),
    get sequence() {
      return reader.sequence;
    },
  };
}
