// The worker's entry from source: Node 20 takes no TypeScript file as one. From dist the compiled worker is the entry.
// The loader is a tool of the workspace, not a dependency of the package.
const { register } = await import(import.meta.resolve("tsx/esm/api"));
register();
await import("./prepare-worker.ts");
