/** Methods that only a development chain has. */
import type { ChainDevTools } from "@trireme/chain";
import { RpcError, rpcErrorCodes } from "../../../json-rpc/rpc-error.ts";
import { defineMethod, type Parameter } from "../../../json-rpc/rpc-method.ts";
import type { EthereumMethod, EthereumServices } from "../../services.ts";

/** Services whose chain has its development switches. */
export interface DevServices extends EthereumServices {
  readonly dev: ChainDevTools;
}

/** Makes a method that is refused outside development mode. */
export function devMethod<const P extends readonly Parameter<unknown>[]>(
  parameters: P,
  run: Parameters<typeof defineMethod<DevServices, P>>[1],
): EthereumMethod {
  const method = defineMethod<DevServices, P>(parameters, run);
  return (services, params, context) => {
    const { dev } = services.chain;
    if (dev === undefined) {
      throw new RpcError(
        rpcErrorCodes.methodNotSupported,
        "expected a chain in development mode (dev: true in its definition): this method changes state by decree",
      );
    }
    return method({ ...services, dev }, params, context);
  };
}

/** A method that is known and refused, with what to do instead. */
export function unsupportedMethod(reason: string): EthereumMethod {
  return () => {
    throw new RpcError(rpcErrorCodes.methodNotSupported, reason);
  };
}

/** The same method under a name whose tools expect true instead of null. */
export function answeringTrue(method: EthereumMethod): EthereumMethod {
  return async (services, params, context) => (await method(services, params, context)) ?? true;
}
