import { revert } from "./revert";

// A contract without such functions never sets it, and the compiler drops every question for it.
let isView: bool = false;

/** What a function marked `@view` or `@pure` begins with: until the call ends, nothing can be written. */
export function declareView(): void {
  isView = true;
}

/** What everything begins with that a view may not do: writes, logs, creates, calls that are no static calls. */
export function assertWritable(): void {
  if (isView) revert("write in a view function");
}
