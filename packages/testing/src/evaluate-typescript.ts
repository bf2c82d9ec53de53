/** Runs TypeScript that a test has made: nothing is written to disk. */

/** What a module exports. */
export type EvaluatedModule = Readonly<Record<string, unknown>>;

/** Gives what the file at `path` exports. @throws Error for an import that is not there */
export type EvaluateTypescript = (files: ReadonlyMap<string, string>, path: string) => EvaluatedModule;

/** An evaluator. Relative imports (`./x.js`) are files beside the importing one, others come from `packages`; types are not checked. */
export async function createTypescriptEvaluator(packages: Readonly<Record<string, EvaluatedModule>>): Promise<EvaluateTypescript> {
  const { transformSync } = await import("esbuild");
  const evaluate: EvaluateTypescript = (files, path) => {
    const text = files.get(path);
    if (text === undefined) throw new Error(`expected ${path} among ${[...files.keys()].join(", ")}`);
    const { code } = transformSync(text, { loader: "ts", format: "cjs" });
    const folder = path.slice(0, path.lastIndexOf("/") + 1);
    const load = (name: string): EvaluatedModule =>
      packages[name] ?? evaluate(files, folder + name.replace(/^\.\//, "").replace(/\.js$/, ".ts"));
    const module: { exports: EvaluatedModule } = { exports: {} };
    // To run what was made is what it is for.
    // oxlint-disable-next-line typescript/no-implied-eval, no-new-func
    new Function("module", "exports", "require", code)(module, module.exports, load);
    return module.exports;
  };
  return evaluate;
}
