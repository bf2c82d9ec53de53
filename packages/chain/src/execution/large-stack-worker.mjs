// Starts the worker from source: Node 20 takes no TypeScript file as a worker's entry. From dist the .js is the entry.
import { register } from "tsx/esm/api";

register();
await import("./large-stack-worker.ts");
