// A thread that does nothing but a library's calls: what the library does on several threads at once, on this machine.
import { createRequire } from "node:module";
import { parentPort, workerData } from "node:worker_threads";

const { library, calls } = workerData;
const { ecdsaRecover, crypto_sign_verify_detached: verify } = createRequire(import.meta.url)(library);
const check =
  ecdsaRecover === undefined
    ? ([signature, message, key]) => verify(signature, message, key)
    : ([signature, recovery, hash]) => ecdsaRecover(signature, recovery, hash, false);

parentPort.on("message", (milliseconds) => {
  const start = performance.now();
  let done = 0;
  do {
    for (const call of calls) check(call);
    done += calls.length;
  } while (performance.now() - start < milliseconds);
  parentPort.postMessage(done / ((performance.now() - start) / 1000));
});
