/** Making an environment or a format again on another thread. */
import type { EnvironmentSource } from "@trireme/core";

/** Imports a source's module and calls what it names. @throws TypeError (rejects) where there is no such function */
export async function loadSource<Descriptor>({ module, name, options }: EnvironmentSource): Promise<Descriptor> {
  const exports = (await import(module)) as Readonly<Record<string, unknown>>;
  const make = exports[name];
  if (typeof make !== "function") throw new TypeError(`expected ${module} to export a function ${name}, got ${typeof make}`);
  return (make as (given: unknown) => Descriptor)(options);
}

/** Where each is made again; undefined when one does not say. */
export function allSources(descriptors: readonly { readonly source?: EnvironmentSource }[]): readonly EnvironmentSource[] | undefined {
  const sources = descriptors.flatMap(({ source }) => (source === undefined ? [] : [source]));
  return sources.length === descriptors.length ? sources : undefined;
}
