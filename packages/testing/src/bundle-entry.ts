/** Programs that a test starts many times: bundled once, so that a start loads one file and compiles no TypeScript. */
import { readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { OnLoadResult, OnResolveArgs, OnResolveResult, Plugin, PluginBuild } from "esbuild";

/**
 * Bundles the TypeScript program `entry` with all of the workspace that it imports into one file in `directory`, for
 * plain `node`; returns its path. What comes from npm stays outside and is loaded from where it is, unless it is one of
 * `unresolved`: those are looked for from `directory`. Every module keeps the `import.meta.url` of its source, so what
 * it finds beside itself (a worker, a data file) is the source's.
 */
export async function bundleEntry(entry: URL, directory: string, unresolved: readonly string[] = []): Promise<string> {
  const path = fileURLToPath(entry);
  const outfile = join(directory, `${basename(path).replace(/\.m?ts$/, "")}.mjs`);
  const { build } = await import("esbuild");
  await build({
    entryPoints: [path],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    conditions: ["source"],
    external: [...unresolved],
    plugins: [workspaceOnly(() => false)],
    logLevel: "warning",
  });
  return outfile;
}

/**
 * Bundles programs that belong together, such as one and the threads that it starts, into `<name>.js` in `directory`; what they
 * share is there once. Modules for whose path `hasOwnUrl` holds have the URL of the bundle: what they find beside themselves
 * must be an entry. All others keep that of their source.
 */
export async function bundleEntries(
  entries: Readonly<Record<string, URL>>,
  directory: string,
  hasOwnUrl: (path: string) => boolean,
): Promise<void> {
  const { build } = await import("esbuild");
  await build({
    entryPoints: Object.fromEntries(Object.entries(entries).map(([name, url]) => [name, fileURLToPath(url)])),
    outdir: directory,
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    target: "node20",
    conditions: ["source"],
    plugins: [workspaceOnly(hasOwnUrl)],
    logLevel: "warning",
  });
  await writeFile(join(directory, "package.json"), '{ "type": "module" }\n');
}

const own = Symbol("a resolution that the plugin asked for itself");

function workspaceOnly(hasOwnUrl: (path: string) => boolean): Plugin {
  return {
    name: "workspace-only",
    setup(build) {
      build.onResolve({ filter: /^[^./]/ }, (options) => resolvePackage(build, options));
      build.onLoad({ filter: /\.m?ts$/ }, ({ path }) => (hasOwnUrl(path) ? undefined : loadSource(path)));
    },
  };
}

async function resolvePackage(build: PluginBuild, options: OnResolveArgs): Promise<OnResolveResult | undefined> {
  const { path, kind, importer, resolveDir } = options;
  const isOurs = kind === "entry-point" || path.startsWith("@trireme/") || path.startsWith("node:") || options.pluginData === own;
  if (isOurs) return undefined;
  const found = await build.resolve(path, { kind, importer, resolveDir, pluginData: own });
  if (found.errors.length > 0) return { errors: found.errors };
  return { path: found.external ? found.path : pathToFileURL(found.path).href, external: true };
}

async function loadSource(path: string): Promise<OnLoadResult> {
  const source = await readFile(path, "utf8");
  return { contents: source.replaceAll(/import\.meta\.url/g, JSON.stringify(pathToFileURL(path).href)), loader: "ts" };
}
