/** Long reads that leave the thread to others now and then. */

/** For so long a read has the thread to itself. */
const TURN_MILLISECONDS = 10;

/** Makes something to await between steps: it waits only when the turn is over. */
export function createTurns(): () => Promise<void> {
  let start = performance.now();
  return async () => {
    if (performance.now() - start < TURN_MILLISECONDS) return;
    await new Promise((resume) => setTimeout(resume, 0));
    start = performance.now();
  };
}
