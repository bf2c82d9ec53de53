import { defineConfig } from "vitest/config";

// Workspace packages resolve to their sources (export condition "source"): no build step is needed to run tests.
export default defineConfig({
  ssr: { resolve: { conditions: ["source"] } },
  test: {
    include: ["**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**", "**/assembly/**"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: "forks",
    maxWorkers: 2,
  },
});
