/**
 * The dispatcher: JSON-RPC 2.0 over a table of methods, whatever their dialect and whatever carries the text. A
 * request never throws out of it: everything becomes a response.
 */
import { encodeJson } from "./encode-json.ts";
import { errorResponse, errorText, parseRequest, requestId, type RpcResponse } from "./message.ts";
import { describe, RpcError, rpcErrorCodes } from "./rpc-error.ts";
import type { RpcContext, RpcMethods } from "./rpc-method.ts";
import type { RpcSession } from "./rpc-session.ts";
import { wireError } from "./wire-error.ts";

/** Bounds on what one request may ask of the dispatcher. */
export interface RpcDispatcherLimits {
  /** Requests in one batch; 1,000 by default. */
  readonly batchLength: number;
  /** Characters of all responses of one batch; 100,000,000 by default. Requests past it are answered with an error. */
  readonly batchResponseLength: number;
}

/** What `observe` is told about a call. */
export interface RpcCallRecord {
  readonly method: string;
  readonly milliseconds: number;
  /** Wire code, undefined for a success. */
  readonly errorCode: number | undefined;
}

export interface RpcDispatcherOptions {
  readonly methods: RpcMethods;
  readonly limits?: Partial<RpcDispatcherLimits>;
  /** Told about every call of a known method: metrics and logs hang on it. */
  readonly observe?: (record: RpcCallRecord) => void;
  /** Told of the requests of a batch before the first is run; what it gives is called when the last is answered. */
  readonly onBatch?: (requests: readonly unknown[]) => () => void;
}

/** What came of a text. */
export interface RpcReply {
  /** The text to send, undefined when there were notifications only. */
  readonly text: string | undefined;
  /** Call it once the text is on its way. */
  sent(): void;
}

/** Answers requests. */
export interface RpcDispatcher {
  readonly methodNames: readonly string[];
  /** Answers the text of a request or batch. Total. */
  receive(text: string, session?: RpcSession): Promise<RpcReply>;
  /** Calls one method without any text. @throws RpcError */
  request(method: string, params: unknown, session?: RpcSession): Promise<unknown>;
}

/** For so long the requests of one batch have the thread to themselves. */
const turnMilliseconds = 10;

/** Makes a dispatcher over a table of methods. */
export function createRpcDispatcher(options: RpcDispatcherOptions): RpcDispatcher {
  const { methods, observe, onBatch } = options;
  const limits: RpcDispatcherLimits = { batchLength: 1_000, batchResponseLength: 100_000_000, ...options.limits };

  async function call(method: string, params: unknown, context: RpcContext): Promise<unknown> {
    const run = methods.get(method);
    if (run === undefined) {
      throw new RpcError(rpcErrorCodes.methodNotFound, `the method ${describe(method).slice(1, -1)} does not exist or is not available`);
    }
    const start = performance.now();
    try {
      const result = await run(params, context);
      observe?.({ method, milliseconds: performance.now() - start, errorCode: undefined });
      return result ?? null;
    } catch (error) {
      const wire = wireError(error);
      observe?.({ method, milliseconds: performance.now() - start, errorCode: wire.code });
      throw new RpcError(wire.code, wire.message, wire.data);
    }
  }

  /** Answers one request; undefined for a notification. */
  async function answer(value: unknown, context: RpcContext): Promise<string | undefined> {
    let response: RpcResponse;
    let isNotification = false;
    const id = requestId(value);
    try {
      const request = parseRequest(value);
      isNotification = request.id === undefined;
      response = { jsonrpc: "2.0", id, result: await call(request.method, request.params, context) };
    } catch (error) {
      response = errorResponse(id, wireError(error));
    }
    return isNotification ? undefined : encode(response);
  }

  async function answerBatch(batch: readonly unknown[], context: RpcContext): Promise<string | undefined> {
    if (batch.length === 0)
      return errorText(null, rpcErrorCodes.invalidRequest, "invalid request: expected at least one request in a batch, got none");
    if (batch.length > limits.batchLength) {
      return errorText(
        null,
        rpcErrorCodes.invalidRequest,
        `invalid request: expected at most ${limits.batchLength} requests in a batch, got ${batch.length}`,
      );
    }
    const finish = onBatch?.(batch);
    try {
      return await answerInTurn(batch, context);
    } finally {
      finish?.();
    }
  }

  async function answerInTurn(batch: readonly unknown[], context: RpcContext): Promise<string | undefined> {
    const responses: string[] = [];
    let length = 0;
    let turn = performance.now();
    // One after the other: a batch may set a balance and then spend it.
    for (const value of batch) {
      // Most methods never wait for anything: without this, nobody else is answered until a batch is done. A timer, not
      // an immediate: a connection takes more than one turn of the loop from being accepted to its request.
      if (performance.now() - turn > turnMilliseconds) {
        await new Promise((resume) => setTimeout(resume, 1));
        turn = performance.now();
      }
      if (length > limits.batchResponseLength) {
        responses.push(
          errorText(
            requestId(value),
            rpcErrorCodes.limitExceeded,
            `not run: expected responses of at most ${limits.batchResponseLength} characters in a batch`,
          ),
        );
        continue;
      }
      const response = await answer(value, context);
      if (response === undefined) continue;
      length += response.length;
      responses.push(response);
    }
    return responses.length === 0 ? undefined : `[${responses.join(",")}]`;
  }

  return {
    methodNames: [...methods.keys()],
    async receive(text, session) {
      let value: unknown;
      try {
        value = JSON.parse(text);
      } catch (error) {
        const reason = error instanceof Error ? error.message.slice(0, 200) : String(error);
        return { text: errorText(null, rpcErrorCodes.parseError, `parse error: expected JSON: ${reason}`), sent() {} };
      }
      const { context, run } = createContext(session);
      const response = Array.isArray(value) ? await answerBatch(value, context) : await answer(value, context);
      return { text: response, sent: run };
    },
    async request(method, params, session) {
      const { context, run } = createContext(session);
      const result = await call(method, params, context);
      // The caller's continuation runs before a timer does.
      setTimeout(run, 0);
      return result;
    },
  };
}

function createContext(session: RpcSession | undefined): { readonly context: RpcContext; readonly run: () => void } {
  const actions: (() => void)[] = [];
  return {
    context: { session, afterResponse: (action) => actions.push(action) },
    run: () => {
      for (const action of actions.splice(0)) action();
    },
  };
}

function encode(response: RpcResponse): string {
  try {
    return encodeJson(response);
  } catch (error) {
    return errorText(
      response.id,
      rpcErrorCodes.internal,
      `internal error: the result is no JSON: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
