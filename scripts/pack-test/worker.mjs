// The published packages in a worker thread.
import { Worker } from "node:worker_threads";

const worker = new Worker(new URL("./chain.mjs", import.meta.url), { stdout: true });
let output = "";
worker.stdout.setEncoding("utf8").on("data", (text) => {
  output += text;
});
worker.once("error", (error) => {
  console.error(error);
  process.exitCode = 1;
});
worker.once("exit", (code) => {
  if (code !== 0) process.exitCode = 1;
  else console.log(output.trim());
});
