/** The workspace as the checks see it: its packages, what they declare, and their source files. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

/** A package.json, as far as the checks read it. */
export interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** One package of the workspace. */
export interface WorkspacePackage {
  readonly name: string;
  /** Folder relative to the root, with forward slashes: `packages/core`. */
  readonly folder: string;
  readonly manifest: Manifest;
  /** Source files relative to the root, with forward slashes. */
  readonly files: readonly string[];
}

/** Everything below a root folder. */
export interface Workspace {
  readonly root: string;
  readonly packages: readonly WorkspacePackage[];
  readonly rootManifest: Manifest;
}

const SOURCE = /\.(?:ts|mts|cts|tsx|js|mjs|cjs)$/;
const SKIPPED_FOLDERS: ReadonlySet<string> = new Set(["node_modules", "dist", "assembly", ".turbo", ".cache"]);

/** Reads the packages below `packages` and `apps`. */
export function readWorkspace(root: string): Workspace {
  const packages: WorkspacePackage[] = [];
  for (const group of ["packages", "apps"]) {
    const groupFolder = join(root, group);
    if (!existsSync(groupFolder)) continue;
    for (const entry of readdirSync(groupFolder).toSorted()) {
      const manifestPath = join(groupFolder, entry, "package.json");
      if (!existsSync(manifestPath)) continue;
      const manifest = readManifest(manifestPath);
      const files = listSources(join(groupFolder, entry)).map((file) => relative(root, file).split(sep).join("/"));
      packages.push({ name: manifest.name, folder: `${group}/${entry}`, manifest, files });
    }
  }
  return { root, packages, rootManifest: readManifest(join(root, "package.json")) };
}

/**
 * Whether a file is a test, a benchmark, or code that only runs from source (`.mts`: suites and child processes; `.mjs`: thread entries that load TypeScript; a
 * package's `scripts`, which build it; left out of builds and tarballs): those may use dev dependencies.
 */
export function isTestFile(file: string): boolean {
  return (
    file.endsWith(".mts") ||
    /\.(?:test|prop\.test|bench|suite)\.[cm]?[jt]s$/.test(file) ||
    /\/(?:test|tests|fixtures|testing|scripts)\//.test(file)
  );
}

function readManifest(path: string): Manifest {
  return JSON.parse(readFileSync(path, "utf8")) as Manifest;
}

function listSources(folder: string): string[] {
  const files: string[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) {
      if (!SKIPPED_FOLDERS.has(entry.name)) files.push(...listSources(join(folder, entry.name)));
    } else if (SOURCE.test(entry.name)) files.push(join(folder, entry.name));
  }
  return files.toSorted();
}
