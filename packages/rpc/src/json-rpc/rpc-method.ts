/** Methods: named functions over typed positional parameters. */
import { describe, RpcError, rpcErrorCodes } from "./rpc-error.ts";
import type { RpcSession } from "./rpc-session.ts";

/** Reads one parameter. `path` says where it stands (`params[0].gas`). @throws RpcError -32602 */
export type Parser<T> = (value: unknown, path: string) => T;

/** One positional parameter of a method. */
export interface Parameter<T> {
  readonly name: string;
  readonly parse: Parser<T>;
  /** Whether it may be left out (null counts as left out). */
  readonly isOptional: boolean;
}

/** What a method is called with beside its parameters. */
export interface RpcContext {
  /** The connection that asks, where it can be told things later (WebSocket, in process). */
  readonly session: RpcSession | undefined;
  /** Runs once the client has the answer: what must not overtake it. */
  afterResponse(action: () => void): void;
}

/** A method as the dispatcher sees it. The result is JSON. */
export type RpcMethod = (params: unknown, context: RpcContext) => unknown;

/** Methods by name. */
export type RpcMethods = ReadonlyMap<string, RpcMethod>;

/** A method that still needs the services it works on. */
export type ServiceMethod<Services> = (services: Services, params: unknown, context: RpcContext) => unknown;

type Values<P extends readonly Parameter<unknown>[]> = { readonly [K in keyof P]: P[K] extends Parameter<infer T> ? T : never };

/** A required parameter. */
export function required<T>(name: string, parse: Parser<T>): Parameter<T> {
  return { name, parse, isOptional: false };
}

/** A parameter that may be left out, and what it is then. */
export function optional<T, D>(name: string, parse: Parser<T>, otherwise: D): Parameter<T | D> {
  return { name, parse: (value, path) => (value === undefined || value === null ? otherwise : parse(value, path)), isOptional: true };
}

/** Makes a method of its parameters and a function over their values. */
export function defineMethod<Services, const P extends readonly Parameter<unknown>[]>(
  parameters: P,
  run: (services: Services, values: Values<P>, context: RpcContext) => unknown,
): ServiceMethod<Services> {
  return (services, params, context) => run(services, parseParameters(parameters, params), context);
}

/** Reads positional parameters. @throws RpcError -32602 that names the parameter, what was expected and what came. */
export function parseParameters<const P extends readonly Parameter<unknown>[]>(parameters: P, params: unknown): Values<P> {
  const given: unknown = params ?? [];
  if (!Array.isArray(given)) throw invalidParams(`expected an array of positional parameters, got ${describe(given)}`);
  if (given.length > parameters.length) {
    throw invalidParams(`expected at most ${parameters.length} parameters (${signature(parameters)}), got ${given.length}`);
  }
  const values = parameters.map((parameter, index) => {
    const value: unknown = given[index];
    if ((value === undefined || value === null) && !parameter.isOptional) {
      throw invalidParams(
        `expected params[${index}] (${parameter.name}), got ${describe(value)}; the parameters are (${signature(parameters)})`,
      );
    }
    return parameter.parse(value, `params[${index}] (${parameter.name})`);
  });
  return values as Values<P>;
}

function signature(parameters: readonly Parameter<unknown>[]): string {
  return parameters.map((parameter) => (parameter.isOptional ? `${parameter.name}?` : parameter.name)).join(", ");
}

function invalidParams(message: string): RpcError {
  return new RpcError(rpcErrorCodes.invalidParams, `invalid params: ${message}`);
}
