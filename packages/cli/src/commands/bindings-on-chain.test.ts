/** Generated bindings at work: Solidity and AssemblyScript encode byte for byte what the TypeScript client does, and move real tokens. */
import * as kit from "@solana/kit";
import { bytesToHex, toAddress, type Pubkey } from "@trireme/core";
import fc from "fast-check";
import { encodeFunctionData, parseEther, toHex, type Abi, type Hex } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bound, clientOf, createBoundWorld } from "../test/bound-world.mts";
import { echoAbi } from "../test/bound-contracts.mts";

let world: Awaited<ReturnType<typeof createBoundWorld>>;
beforeAll(async () => {
  world = await createBoundWorld();
});
afterAll(() => world.close());

const bytesOf = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const keys = bytesOf(32).map((bytes) => kit.getAddressDecoder().decode(bytes));
const keyHex = (key: string): Hex => toHex(kit.getAddressEncoder().encode(key as kit.Address) as Uint8Array);
const integer = (isSigned: boolean, bits: number) =>
  fc.bigInt({ min: isSigned ? -(2n ** BigInt(bits - 1)) : 0n, max: 2n ** BigInt(isSigned ? bits - 1 : bits) - 1n });
const small = (isSigned: boolean, bits: number) => integer(isSigned, bits).map(Number);
const hexOf = (bytes: Uint8Array, length = bytes.length): Hex => bytesToHex(Uint8Array.from({ length }, (_, index) => bytes[index] ?? 0));
const text = fc.string({ unit: "grapheme", maxLength: 40 });
const point = fc.record({ x: small(true, 32), y: small(true, 32) });
const sides = ["Buy", "Sell", "Hold"] as const;
/** A number of more than 64 bits as AssemblyScript has it: a word. */
const word = (value: bigint): bigint => BigInt.asUintN(256, value);

/** Arguments as the TypeScript client takes them. */
const everything = fc.record({
  flag: fc.boolean(),
  a: small(true, 8),
  b: small(false, 32),
  c: integer(true, 64),
  d: integer(false, 128),
  e: integer(true, 128),
  key: keys,
  text,
  blob: fc.uint8Array({ maxLength: 70 }),
  tag: bytesOf(5),
  long: bytesOf(40),
  numbers: fc.array(small(false, 16), { maxLength: 5 }),
  texts: fc.array(text, { maxLength: 3 }),
  grid: fc.array(fc.array(small(true, 16), { minLength: 2, maxLength: 2 }), { minLength: 3, maxLength: 3 }),
  maybe: fc.option(integer(false, 64)),
  maybePoint: fc.option(point),
  fixed: fc.option(keys),
  points: fc.array(point, { maxLength: 3 }),
  side: fc.constantFrom(...sides),
  shape: fc.oneof(
    fc.constant({ __kind: "Empty" as const }),
    fc.record({ __kind: fc.constant("Circle" as const), center: point, radius: integer(false, 64) }),
    fc.record({ __kind: fc.constant("Path" as const), field0: fc.array(point, { maxLength: 3 }) }),
  ),
});
type Everything = typeof everything extends fc.Arbitrary<infer T> ? T : never;

/** The data that Solidity makes. */
async function encodedBySolidity(args: Everything): Promise<unknown> {
  const { solidity, read } = world;
  const { shape, maybe, maybePoint, fixed, side } = args;
  const option = (value: unknown, none: unknown) => ({ isSome: value !== null, value: value ?? none });
  const made =
    shape.__kind === "Empty"
      ? await read(solidity, "empty")
      : shape.__kind === "Circle"
        ? await read(solidity, "circle", shape.center, shape.radius)
        : await read(solidity, "path", shape.field0);
  return read(solidity, "everything", {
    ...args,
    key: keyHex(args.key),
    blob: hexOf(args.blob),
    tag: hexOf(args.tag),
    long: hexOf(args.long),
    maybe: option(maybe, 7n),
    maybePoint: option(maybePoint, { x: 1, y: 1 }),
    fixed_: option(fixed === null ? null : keyHex(fixed), `0x${"11".repeat(32)}`),
    side: sides.indexOf(side),
    shape: made,
  });
}

/** The data that AssemblyScript makes. */
function encodedByWasm(args: Everything): Promise<unknown> {
  const { shape, maybe, maybePoint, fixed } = args;
  const list = <T>(value: T | null): readonly T[] => (value === null ? [] : [value]);
  const variant = ["Empty", "Circle", "Path"].indexOf(shape.__kind);
  // A path has the points of the other argument.
  const points = shape.__kind === "Path" ? shape.field0 : args.points;
  const [center, radius] = shape.__kind === "Circle" ? [shape.center, shape.radius] : [{ x: 0, y: 0 }, 0n];
  const { flag, a, b, c, d, e, key, text: string, blob, tag, long, numbers, texts, grid, side } = args;
  const numbersAndTexts = [flag, a, b, c, d, word(e), keyHex(key), string, hexOf(blob), hexOf(tag, 32), hexOf(long), numbers, texts, grid];
  const composed = [list(maybe), list(maybePoint), list(fixed).map(keyHex), points, sides.indexOf(side), variant, center, radius];
  return world.read(world.wasm, "everything", ...numbersAndTexts, ...composed);
}

describe("an instruction's data", () => {
  it("is the same from Solidity, from AssemblyScript and from TypeScript", async () => {
    const { everythingDataCodec } = clientOf("kitchen", "kitchen-sink") as { everythingDataCodec: kit.Codec<Everything> };
    await fc.assert(
      fc.asyncProperty(everything, async (args) => {
        // The AssemblyScript contract of the test takes one list of points for both.
        const same = args.shape.__kind === "Path" ? { ...args, points: args.shape.field0 } : args;
        const data = hexOf(everythingDataCodec.encode(same) as Uint8Array);
        expect(await encodedBySolidity(same)).toBe(data);
        expect(await encodedByWasm(same)).toBe(data);
      }),
      { numRuns: 15 },
    );
  });

  it("names accounts in the IDL's order, with the program's own pubkey for one that is not given", async () => {
    const { getEverythingInstruction, KITCHEN_SINK_PROGRAM } = clientOf("kitchen", "kitchen-sink") as {
      getEverythingInstruction(accounts: object, args: Everything): kit.Instruction;
      KITCHEN_SINK_PROGRAM: kit.Address;
    };
    const [args, [payer, vault]] = fc.sample(fc.tuple(everything, fc.tuple(keys, keys)), { numRuns: 1, seed: 5 })[0]!;
    const { accounts } = getEverythingInstruction({ payer, vault }, args);
    const metas = (accounts ?? []).map(({ address, role }) => ({
      pubkey: keyHex(address),
      isSigner: kit.isSignerRole(role),
      isWritable: kit.isWritableRole(role),
    }));
    const given = { payer: keyHex(payer), vault: keyHex(vault), hint: keyHex(KITCHEN_SINK_PROGRAM) };
    expect(await world.read(world.solidity, "metas", given)).toEqual(metas);
  });
});

describe("an account's data", () => {
  const counter = fc.record({
    count: integer(false, 64),
    owner: keys,
    open: fc.boolean(),
    side: fc.constantFrom(...sides),
    delta: integer(true, 128),
    wide: integer(false, 128),
    small: small(true, 16),
    tag: bytesOf(3),
    long: bytesOf(33),
    points: fc.tuple(point, point),
    next: fc.option(integer(false, 64)),
  });

  it("is read alike, and refused where its discriminator, a bool or an enum is wrong", async () => {
    const { counterAccountCodec } = clientOf("kitchen", "kitchen-sink") as { counterAccountCodec: kit.Codec<unknown> };
    await fc.assert(
      fc.asyncProperty(counter, async (value) => {
        const data = hexOf(counterAccountCodec.encode(value) as Uint8Array);
        const plain = {
          count: value.count,
          owner: keyHex(value.owner),
          open: value.open,
          side: sides.indexOf(value.side),
          small: value.small,
          long: hexOf(value.long),
        };
        expect(await world.read(world.solidity, "counter", data)).toEqual({
          ...plain,
          delta: value.delta,
          wide: value.wide,
          tag: hexOf(value.tag),
          points: value.points,
          next: { isSome: value.next !== null, value: value.next ?? 0n },
        });
        expect(await world.read(world.wasm, "counter", data)).toEqual({
          ...plain,
          delta: word(value.delta),
          wide: value.wide,
          tag: hexOf(value.tag, 32),
          y1: value.points[1].y,
          next: value.next === null ? [] : [value.next],
        });
      }),
      { numRuns: 10 },
    );
    const [value] = fc.sample(counter, { numRuns: 1, seed: 5 });
    const good = counterAccountCodec.encode(value) as Uint8Array;
    for (const [place, byte] of [
      [0, 0],
      [48, 2],
      [49, 3],
      [136, 2],
    ] as const) {
      const bad = hexOf(good.map((old, index) => (index === place ? byte : old)));
      for (const contract of [world.solidity, world.wasm])
        await expect(world.read(contract, "counter", bad)).rejects.toThrow("unexpected data");
    }
    await expect(world.read(world.solidity, "counter", hexOf(good.subarray(1)))).rejects.toThrow("unexpected data");
  });

  it("stands at an address that all of them derive", async () => {
    const { findVaultAddress } = clientOf("kitchen", "kitchen-sink") as {
      findVaultAddress(seeds: object): Promise<readonly [kit.Address, number]>;
    };
    const seeds = { payer: world.payer.address, b: 0x01020304, text: "vault" };
    const [vault] = await findVaultAddress(seeds);
    for (const contract of [world.solidity, world.wasm])
      expect(await world.read(contract, "vault", keyHex(seeds.payer), seeds.b, seeds.text)).toBe(keyHex(vault));
  });
});

describe("a contract's interface", () => {
  const all = fc.record({
    a: small(false, 24),
    b: small(true, 40),
    c: integer(true, 128),
    d: bytesOf(4),
    e: fc.array(fc.tuple(integer(false, 256), integer(false, 256)), { maxLength: 2 }),
    g: text,
    h: fc.boolean(),
    i: fc.uint8Array({ maxLength: 40 }),
    j: integer(false, 72),
    x: small(true, 32),
    y: small(true, 40),
  });

  it("is called from AssemblyScript as viem would, and its results are read", async () => {
    await fc.assert(
      fc.asyncProperty(all, async ({ a, b, c, d, e, g, h, i, j, x, y }) => {
        const made = {
          a,
          b,
          c,
          d: hexOf(d),
          e,
          g,
          h,
          i: hexOf(i),
          j,
          f: [
            { x, y },
            { x, y },
          ],
        };
        const data = encodeFunctionData({ abi: [echoAbi.at(-1)] as unknown as Abi, functionName: "echo", args: [made] });
        const { address } = world.solidity;
        expect(await world.read(world.wasm, "echo", address, a, BigInt(b), word(c), hexOf(d, 32), e, x, BigInt(y), g, h, hexOf(i), j)).toBe(
          data,
        );
      }),
      { numRuns: 15 },
    );
  });

  it("refuses values out of range, and tells a failure as a value", async () => {
    const { wasm, solidity, read } = world;
    const args = (a: number, d: string, j: bigint) => [solidity.address, a, 0n, 0n, d, [], 0, 0n, "", false, "0x", j];
    const zero = `0x${"00".repeat(32)}`;
    await expect(read(wasm, "echo", ...args(2 ** 24, zero, 0n))).rejects.toThrow("out of the range of U24");
    await expect(read(wasm, "echo", ...args(0, `0x${"00".repeat(4)}${"01".repeat(28)}`, 0n))).rejects.toThrow("out of the range of Bytes4");
    await expect(read(wasm, "echo", ...args(0, zero, 2n ** 72n))).rejects.toThrow("out of the range of U72");
    expect(await read(wasm, "set", solidity.address, 0n)).toBe(false);
    expect(await read(wasm, "set", solidity.address, 5n)).toBe(true);
  });

  it("is called from a Solana wallet, directly and through the call gateway with value", async () => {
    const { getEchoInstruction, getEchoGatewayInstruction } = clientOf("echo", "echo.solana") as Record<
      string,
      (target: object, call: object, options?: object) => kit.Instruction
    >;
    const { payer, solidity, read } = world;
    const target = { contract: solidity.address, sender: payer };
    expect(await world.sendSolana([getEchoInstruction!(target, { functionName: "set", args: [41n] })])).toBeNull();
    expect(await read(solidity, "stored")).toBe(41n);
    const sender = toAddress(kit.getAddressEncoder().encode(payer.address) as Pubkey);
    expect(String(await read(solidity, "setter")).toLowerCase()).toBe(bytesToHex(sender));

    const paying = getEchoGatewayInstruction!(target, { functionName: "set", args: [42n] }, { value: parseEther("2") });
    expect(await world.sendSolana([paying])).toBeNull();
    expect(await read(solidity, "stored")).toBe(42n);
    expect(await world.reader.getBalance({ address: solidity.address })).toBe(parseEther("2"));
    const failing = getEchoGatewayInstruction!(target, { functionName: "set", args: [0n] }, { isTry: true, gasLimit: 50_000n });
    expect(await world.sendSolana([failing])).toBeNull();
    expect(await read(solidity, "stored")).toBe(42n);
  });
});

describe("SPL Token by its IDL", () => {
  type Build = (accounts: object, args?: object) => kit.Instruction;
  const token = clientOf("token", "token") as Record<string, Build> & {
    TOKEN_PROGRAM: kit.Address;
    decodeToken(data: kit.ReadonlyUint8Array): { readonly amount: bigint; readonly owner: kit.Address };
  };
  const gateway = clientOf("token", "svm-gateway") as {
    toEthereumTransaction(instruction: kit.Instruction): { to: Hex; data: Hex };
    pubkeyOfWallet(address: Hex): kit.Address;
  };
  const { getCreateAccountInstruction } = clientOf("system", "system") as Record<string, Build>;
  const decimals = 6;
  /** The program says no: `SvmError(bytes32,uint32,string)`. */
  const svmError = /SvmError|0x363072f5/;
  let mint: kit.KeyPairSigner;

  const create = async (newAccount: kit.KeyPairSigner, space: bigint): Promise<kit.Instruction> =>
    getCreateAccountInstruction!(
      { payer: world.payer, newAccount },
      { lamports: await world.minimumBalance(space), space, programAddress: token.TOKEN_PROGRAM },
    );

  /** A token account with so many tokens. */
  async function open(owner: kit.Address, amount: bigint): Promise<kit.Address> {
    const account = await kit.generateKeyPairSigner();
    const accounts = { mint: mint.address, token: account.address, mintAuthority: world.payer };
    expect(
      await world.sendSolana([
        await create(account, 165n),
        token["getInitializeAccount3Instruction"]!({ account: account.address, mint: mint.address }, { owner }),
        token["getMintToInstruction"]!(accounts, { amount }),
      ]),
    ).toBeNull();
    return account.address;
  }

  const amountOf = async (account: kit.Address): Promise<bigint> => token.decodeToken(await world.accountData(account)).amount;

  beforeAll(async () => {
    mint = await kit.generateKeyPairSigner();
    const args = { decimals, mintAuthority: world.payer.address, freezeAuthority: null };
    const failure = await world.sendSolana([
      await create(mint, 82n),
      token["getInitializeMint2Instruction"]!({ mint: mint.address }, args),
    ]);
    if (failure !== null) throw new Error(`expected a mint, got ${JSON.stringify(failure)}`);
  });

  it.each(["solidity", "wasm"] as const)("moves a real token out of a contract: %s", async (kind) => {
    const contract = world[kind];
    const owner = gateway.pubkeyOfWallet(contract.address);
    const source = await open(owner, 1_000n);
    const destination = await open(world.payer.address, 0n);
    expect(await world.write(contract, "pay", keyHex(source), keyHex(mint.address), keyHex(destination), 300n)).toBe("success");
    expect([await amountOf(source), await amountOf(destination)]).toEqual([700n, 300n]);
    await expect(world.read(contract, "pay", keyHex(source), keyHex(mint.address), keyHex(destination), 701n)).rejects.toThrow(svmError);
    // A mint is no token account.
    await expect(world.read(contract, "pay", keyHex(mint.address), keyHex(mint.address), keyHex(destination), 1n)).rejects.toThrow(
      svmError,
    );
  });

  it("reads its accounts in contracts", async () => {
    const account = await open(world.payer.address, 5n);
    const none = { isSome: false, value: `0x${"00".repeat(32)}` };
    expect(await world.read(world.solidity, "tokenAt", keyHex(account))).toEqual({
      mint: keyHex(mint.address),
      owner: keyHex(world.payer.address),
      amount: 5n,
      delegate: none,
      state: 1,
      isNative: { isSome: false, value: 0n },
      delegatedAmount: 0n,
      closeAuthority: none,
    });
    expect(await world.read(world.solidity, "mintAt", keyHex(mint.address))).toMatchObject({
      decimals,
      isInitialized: true,
      freezeAuthority: none,
    });
    expect(await world.read(world.wasm, "hasToken", keyHex(account))).toBe(true);
    await expect(world.read(world.solidity, "tokenAt", keyHex(mint.address))).rejects.toThrow("UnexpectedAccount");
    await expect(world.read(world.wasm, "hasToken", keyHex(mint.address))).rejects.toThrow("unexpected account");
    await expect(world.read(world.wasm, "hasToken", keyHex(world.payer.address))).rejects.toThrow("unexpected account");
  });

  it("is moved by an Ethereum wallet with a plain transaction", async () => {
    const authority = gateway.pubkeyOfWallet(world.account.address);
    const source = await open(authority, 50n);
    const destination = await open(world.payer.address, 0n);
    const instruction = token["getTransferCheckedInstruction"]!(
      { source, mint: mint.address, destination, authority },
      { amount: 20n, decimals },
    );
    expect(await world.sendEthereum(gateway.toEthereumTransaction(instruction))).toBe("success");
    expect([await amountOf(source), await amountOf(destination)]).toEqual([30n, 20n]);
    expect(bound.token.warnings).toEqual([]);
  });
});
