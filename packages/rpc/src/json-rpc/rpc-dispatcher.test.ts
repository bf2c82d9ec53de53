import { describe, expect, it } from "vitest";
import { createRpcDispatcher, type RpcCallRecord } from "./rpc-dispatcher.ts";
import { invalidParameter, RpcError } from "./rpc-error.ts";
import { defineMethod, optional, required, type Parser, type RpcMethod } from "./rpc-method.ts";
import { createRpcSession } from "./rpc-session.ts";

const number: Parser<number> = (value, path) => {
  if (typeof value !== "number") throw invalidParameter(path, "a number", value);
  return value;
};

const subtract = defineMethod<undefined, readonly [ReturnType<typeof required<number>>, ReturnType<typeof optional<number, number>>]>(
  [required("minuend", number), optional("subtrahend", number, 0)],
  (_services, [minuend, subtrahend]) => minuend - subtrahend,
);

const methods = new Map<string, RpcMethod>([
  ["subtract", (params, context) => subtract(undefined, params, context)],
  ["nothing", () => undefined],
  [
    "fail",
    () => {
      throw new RpcError(3, "execution reverted", "0x01");
    },
  ],
  ["broken", () => Promise.reject(new TypeError("a secret stack"))],
  [
    "cycle",
    () => {
      const cycle: unknown[] = [];
      cycle.push(cycle);
      return cycle;
    },
  ],
  [
    "busy",
    () => {
      const end = performance.now() + 15;
      while (performance.now() < end);
      return true;
    },
  ],
]);

const dispatcher = createRpcDispatcher({ methods, limits: { batchLength: 3, batchResponseLength: 100 } });

/** What the dispatcher answers to a text, read back. */
async function answer(text: string): Promise<unknown> {
  const reply = await dispatcher.receive(text);
  return reply.text === undefined ? undefined : JSON.parse(reply.text);
}

const request = (id: unknown, method: unknown, params?: unknown) => ({ jsonrpc: "2.0", id, method, params });
const error = (id: unknown, code: number, message: unknown) => ({ jsonrpc: "2.0", id, error: { code, message } });

describe("JSON-RPC 2.0", () => {
  it.each([1, 0, -1.5, "a", ""])("answers a request to its id %j", async (id) => {
    expect(await answer(JSON.stringify(request(id, "subtract", [42, 23])))).toEqual({ jsonrpc: "2.0", id, result: 19 });
  });

  it("answers a null id, and says null for no result", async () => {
    expect(await answer(JSON.stringify(request(null, "nothing")))).toEqual({ jsonrpc: "2.0", id: null, result: null });
  });

  it("answers no notification, whether it succeeds, fails or names no method", async () => {
    for (const method of ["subtract", "fail", "unknown"])
      expect(await answer(JSON.stringify({ jsonrpc: "2.0", method, params: [1] }))).toBeUndefined();
    expect(await answer(JSON.stringify([{ jsonrpc: "2.0", method: "nothing" }]))).toBeUndefined();
  });

  it.each([
    ["", -32700, "parse error"],
    ["{", -32700, "parse error"],
    ['{"jsonrpc":"2.0","method":"subtract","params":[1,2', -32700, "parse error"],
    ["[1,", -32700, "parse error"],
    ["1", -32600, "expected a request object, got 1"],
    ["null", -32600, "expected a request object, got null"],
    ['"x"', -32600, 'got "x"'],
    ['{"id":null}', -32600, 'expected "jsonrpc": "2.0", got nothing'],
    ['{"jsonrpc":"1.0","method":"x"}', -32600, 'got "1.0"'],
    ['{"jsonrpc":"2.0","method":1}', -32600, 'expected a string under "method", got 1'],
    ['{"jsonrpc":"2.0","method":"subtract","params":"1"}', -32600, 'expected an array or object under "params", got "1"'],
    ['{"jsonrpc":"2.0","method":"subtract","id":{}}', -32600, 'expected a string, number or null under "id", got {}'],
    ["[]", -32600, "expected at least one request in a batch"],
    [JSON.stringify([1, 2, 3, 4]), -32600, "expected at most 3 requests in a batch, got 4"],
  ])("answers %s with %i", async (text, code, message) => {
    expect(await answer(text)).toEqual(error(null, code, expect.stringContaining(message)));
  });

  it("keeps the id of a request that is invalid otherwise", async () => {
    expect(await answer('{"jsonrpc":"2.0","id":"7","method":null}')).toEqual(error("7", -32600, expect.any(String)));
  });

  it("answers a batch in order, invalid ones with null ids, without notifications", async () => {
    const batch = [request(1, "subtract", [3, 1]), { jsonrpc: "2.0", method: "nothing" }, 5];
    expect(await answer(JSON.stringify(batch))).toEqual([{ jsonrpc: "2.0", id: 1, result: 2 }, error(null, -32600, expect.any(String))]);
  });

  it("stops running a batch whose answers grow too long", async () => {
    const long = createRpcDispatcher({ methods: new Map([["long", () => "x".repeat(200)]]), limits: { batchResponseLength: 100 } });
    const reply = await long.receive(JSON.stringify([request(1, "long"), request(2, "long")]));
    expect(JSON.parse(reply.text ?? "")).toMatchObject([{ id: 1 }, { id: 2, error: { code: -32005 } }]);
  });

  it("names a method that it does not have", async () => {
    expect(await answer(JSON.stringify(request(1, "no_such")))).toEqual(
      error(1, -32601, "the method no_such does not exist or is not available"),
    );
    expect(await answer(JSON.stringify(request(1, "constructor")))).toMatchObject({ error: { code: -32601 } });
    expect(await answer(JSON.stringify(request(1, "x".repeat(10_000))))).toMatchObject({
      error: { message: expect.stringMatching(/^.{1,200}$/) },
    });
  });

  it.each([
    [[], "expected params[0] (minuend), got nothing; the parameters are (minuend, subtrahend?)"],
    [["1"], 'invalid params[0] (minuend): expected a number, got "1"'],
    [[1, 2, 3], "expected at most 2 parameters (minuend, subtrahend?), got 3"],
    [{ minuend: 1 }, 'expected an array of positional parameters, got {"minuend":1}'],
  ])("says what is wrong with the parameters %j", async (params, message) => {
    expect(await answer(JSON.stringify(request(1, "subtract", params)))).toEqual(error(1, -32602, expect.stringContaining(message)));
  });

  it("passes code and data of a failure on, and no stack of a fault", async () => {
    expect(await answer(JSON.stringify(request(1, "fail")))).toEqual({
      jsonrpc: "2.0",
      id: 1,
      error: { code: 3, message: "execution reverted", data: "0x01" },
    });
    expect(await answer(JSON.stringify(request(1, "broken")))).toEqual(error(1, -32603, "internal error: a secret stack"));
    expect(await answer(JSON.stringify(request(1, "cycle")))).toEqual(error(1, -32603, expect.stringContaining("the result is no JSON")));
  });

  it("survives nesting without end", async () => {
    const deep = "[".repeat(200_000);
    expect(await answer(deep)).toMatchObject({ error: { code: -32700 } });
    const nested = `${"[".repeat(5_000)}${"]".repeat(5_000)}`;
    expect(await answer(`{"jsonrpc":"2.0","id":1,"method":"subtract","params":[${nested}]}`)).toMatchObject({ error: { code: -32602 } });
  });

  it("tells an observer what was called", async () => {
    const records: RpcCallRecord[] = [];
    const observed = createRpcDispatcher({ methods, observe: (record) => records.push(record) });
    await observed.receive(JSON.stringify([request(1, "nothing"), request(2, "fail")]));
    expect(records.map(({ method, errorCode }) => ({ method, errorCode }))).toEqual([
      { method: "nothing", errorCode: undefined },
      { method: "fail", errorCode: 3 },
    ]);
  });
});

describe("sessions", () => {
  it("end their subscriptions once, and send nothing afterwards", () => {
    const sent: unknown[] = [];
    let ended = 0;
    const session = createRpcSession((method, params) => sent.push([method, params]));
    session.onClose(() => ended++);
    session.notify("a", 1);
    session.close();
    session.close();
    session.notify("b", 2);
    expect({ sent, ended }).toEqual({ sent: [["a", 1]], ended: 1 });
  });

  it("hear of what must not overtake an answer after it", async () => {
    const order: string[] = [];
    const late = createRpcDispatcher({
      methods: new Map<string, RpcMethod>([["late", (_params, context) => (context.afterResponse(() => order.push("later")), "answer")]]),
    });
    order.push((await late.request("late", [])) as string);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(order).toEqual(["answer", "later"]);
  });
});

it("lets others in between the requests of a long batch", async () => {
  const order: string[] = [];
  const batch = dispatcher.receive(JSON.stringify([request(1, "busy"), request(2, "busy"), request(3, "busy")]));
  const done = batch.then(() => order.push("batch"));
  setImmediate(() => order.push("other"));
  await done;
  expect(order).toEqual(["other", "batch"]);
});
