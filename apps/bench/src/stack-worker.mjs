// The worker's entry: Node 20 takes no TypeScript file as one.
const { register } = await import(import.meta.resolve("tsx/esm/api"));
register();
await import("./stack-worker.ts");
