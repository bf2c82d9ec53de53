import { createHash } from "node:crypto";
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { p256 } from "@noble/curves/nist.js";
import { bigintToBytes, bytesToHex, concatBytes, hardforks, isAtLeast, keccak256, outputOf, type Address, hexToBytes } from "@trireme/core";
import { testBlock, returnReturnData, type EvmPart } from "@trireme/testing";
import { describe, expect, test } from "vitest";
import { callOf, createHost, deploy, evm, target, word } from "../test/machine.ts";

/** Bytes from hexadecimal without a prefix. */
const hex = (digits: string): Uint8Array => hexToBytes(`0x${digits}`);

const at = (number: number): Address => word(number).slice(12) as Address;
const run = (number: number, input: Uint8Array, gas = 10_000_000n) => {
  const address = at(number);
  return createHost().call(callOf({ recipient: address, codeAddress: address, input, gas }));
};
const output = (number: number, input: Uint8Array): string => {
  const result = run(number, input);
  expect(result.kind).toBe("success");
  return bytesToHex(outputOf(result));
};
const sha256 = (bytes: Uint8Array): Uint8Array => createHash("sha256").update(bytes).digest();

describe("precompiles by their own vectors", () => {
  test("0x01 ECRECOVER", () => {
    const hash = hex("456e9aea5e197a1f1af7a3e85a3212fa4049a3ba34c2289b4c860fc0b0c64ef3");
    const r = hex("9242685bf161793cc25603c231bc2f568eb630ea16aa137d2664ac8038825608");
    const s = hex("4f8ae3bd7535248d0bd448298cc2e2071e56992d0774dc340c368ae950852ada");
    expect(output(1, concatBytes(hash, word(28), r, s))).toBe("0x0000000000000000000000007156526fbd7a3c72969b54f64e42c10fbb768c8a");
    expect(output(1, concatBytes(hash, word(1), r, s))).toBe("0x");
    expect(output(1, concatBytes(hash, word(28), word(0), s))).toBe("0x");
    expect(output(1, new Uint8Array(0))).toBe("0x");
  });

  test("0x02 SHA256, 0x03 RIPEMD160, 0x04 IDENTITY", () => {
    const empty = new Uint8Array(0);
    expect(output(2, empty)).toBe("0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    expect(output(3, empty)).toBe("0x0000000000000000000000009c1185a5c5e9fc54612808977ee8f548b2258d31");
    expect(output(4, hex("010203"))).toBe("0x010203");
  });

  test("0x05 MODEXP, with the bounds and prices of Osaka (EIP-7823, EIP-7883)", () => {
    const input = (base: Uint8Array, exponent: Uint8Array, modulus: Uint8Array) =>
      concatBytes(word(base.length), word(exponent.length), word(modulus.length), base, exponent, modulus);
    expect(output(5, input(hex("03"), hex("ffff"), hex("010001")))).toBe(`0x${(3n ** 0xffffn % 0x10001n).toString(16).padStart(6, "0")}`);
    expect(run(5, input(hex("03"), hex("02"), hex("05")), 500n)).toMatchObject({ kind: "success", gasLeft: 0n });
    expect(run(5, input(hex("03"), hex("02"), hex("05")), 499n)).toMatchObject({
      kind: "halt",
      reason: "outOfGas",
    });
    expect(run(5, input(new Uint8Array(1_025).fill(1), hex("02"), hex("05")), 10n ** 12n)).toMatchObject({
      kind: "halt",
    });
  });

  test("0x06, 0x07, 0x08: alt_bn128", () => {
    const double =
      "030644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd315ed738c0e0a7c92e7845f96b2ae9c0a68a6a449e3538fc7ff3ebf7a5a18a2c4";
    expect(output(6, concatBytes(word(1), word(2), word(1), word(2)))).toBe(`0x${double}`);
    expect(output(7, concatBytes(word(1), word(2), word(2)))).toBe(`0x${double}`);
    expect(run(6, concatBytes(word(1), word(3)))).toMatchObject({ kind: "halt", reason: "precompileFailure" });
    expect(output(8, new Uint8Array(0))).toBe(bytesToHex(word(1)));
    // e(P1, P2) e(-P1, P2) = 1, the generators of EIP-197.
    const p = 21888242871839275222246405745257275088696311157297823662689037894645226208583n;
    const g2 = concatBytes(
      ...[
        11559732032986387107991004021392285783925812861821192530917403151452391805634n,
        10857046999023057135944570762232829481370756359578518086990519993285655852781n,
        4082367875863433681332203403145435568316851327593401208105741076214120093531n,
        8495653923123431417604973247489272438418190587263600148770280649306958101930n,
      ].map(word),
    );
    expect(output(8, concatBytes(word(1), word(2), g2, word(1), word(p - 2n), g2))).toBe(bytesToHex(word(1)));
    expect(output(8, concatBytes(word(1), word(2), g2))).toBe(bytesToHex(word(0)));
  });

  test("0x09 BLAKE2F (EIP-152, vector 5)", () => {
    const input = hex(
      "0000000c48c9bdf267e6096a3ba7ca8485ae67bb2bf894fe72f36e3cf1361d5f3af54fa5d182e6ad7f520e511f6c3e2b8c68059b6bbd41fbabd9831f79217e1319cde05b" +
        `616263${"00".repeat(125)}0300000000000000000000000000000001`,
    );
    expect(output(9, input)).toBe(
      "0xba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923",
    );
    expect(run(9, input.slice(1))).toMatchObject({ kind: "halt", reason: "precompileFailure" });
  });

  test("0x0a KZG point evaluation (EIP-4844): the zero polynomial", () => {
    const infinity = concatBytes(Uint8Array.of(0xc0), new Uint8Array(47));
    const versionedHash = concatBytes(Uint8Array.of(1), sha256(infinity).subarray(1));
    const input = concatBytes(versionedHash, word(5), word(0), infinity, infinity);
    const modulus = "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001";
    expect(output(0x0a, input)).toBe(`${bytesToHex(word(4_096))}${modulus}`);
    expect(run(0x0a, concatBytes(versionedHash, word(5), word(1), infinity, infinity))).toMatchObject({
      kind: "halt",
      reason: "precompileFailure",
    });
  });

  test("0x100 P256VERIFY (EIP-7951)", () => {
    const secret = word(77);
    const hash = keccak256(word(1));
    const signature = p256.sign(hash, secret, { prehash: false, lowS: false });
    const key = p256.getPublicKey(secret, false).slice(1);
    expect(output(0x100, concatBytes(hash, signature, key))).toBe(bytesToHex(word(1)));
    expect(output(0x100, concatBytes(keccak256(word(2)), signature, key))).toBe("0x");
    expect(run(0x100, concatBytes(hash, signature, key), 6_900n)).toMatchObject({ kind: "success", gasLeft: 0n });
  });
});

describe("BLS12-381 (EIP-2537), against another implementation", () => {
  const { G1, G2 } = bls12_381;
  const field = (value: bigint): Uint8Array => bigintToBytes(value, 64);
  const g1 = (point: InstanceType<typeof G1.Point>): Uint8Array => {
    if (point.is0()) return new Uint8Array(128);
    const { x, y } = point.toAffine();
    return concatBytes(field(x), field(y));
  };
  const g2 = (point: InstanceType<typeof G2.Point>): Uint8Array => {
    const { x, y } = point.toAffine();
    return concatBytes(field(x.c0), field(x.c1), field(y.c0), field(y.c1));
  };
  const p1 = G1.Point.BASE.multiply(11n);
  const p2 = G2.Point.BASE.multiply(13n);

  test("addition", () => {
    expect(output(0x0b, concatBytes(g1(p1), g1(p1)))).toBe(bytesToHex(g1(p1.double())));
    expect(output(0x0b, concatBytes(g1(p1), g1(p1.negate())))).toBe(bytesToHex(new Uint8Array(128)));
    expect(output(0x0d, concatBytes(g2(p2), g2(p2)))).toBe(bytesToHex(g2(p2.double())));
  });

  test("multi-scalar multiplication", () => {
    expect(output(0x0c, concatBytes(g1(p1), word(3), g1(G1.Point.BASE), word(5)))).toBe(bytesToHex(g1(G1.Point.BASE.multiply(38n))));
    expect(output(0x0e, concatBytes(g2(p2), word(3), g2(G2.Point.BASE), word(5)))).toBe(bytesToHex(g2(G2.Point.BASE.multiply(44n))));
  });

  test("pairing", () => {
    const pair = concatBytes(g1(p1), g2(p2), g1(p1.negate()), g2(p2));
    expect(output(0x0f, pair)).toBe(bytesToHex(word(1)));
    expect(output(0x0f, pair.slice(0, 384))).toBe(bytesToHex(word(0)));
  });

  test("maps from the fields to the curves", () => {
    // The vectors of the EIP: its maps clear the cofactor, and no library gives just that.
    const pad = "00".repeat(16);
    const coordinates = (...digits: readonly string[]): string => digits.map((digit) => pad + digit).join("");
    expect(
      output(0x10, hex(coordinates("156c8a6a2c184569d69a76be144b5cdc5141d2d2ca4fe341f011e25e3969c55ad9e9b9ce2eb833c81a908e5fa4ac5f03"))),
    ).toBe(
      `0x${coordinates(
        "184bb665c37ff561a89ec2122dd343f20e0f4cbcaec84e3c3052ea81d1834e192c426074b02ed3dca4e7676ce4ce48ba",
        "04407b8d35af4dacc809927071fc0405218f1401a6d15af775810e4e460064bcc9468beeba82fdc751be70476c888bf3",
      )}`,
    );
    expect(
      output(
        0x11,
        hex(
          coordinates(
            "07355d25caf6e7f2f0cb2812ca0e513bd026ed09dda65b177500fa31714e09ea0ded3a078b526bed3307f804d4b93b04",
            "02829ce3c021339ccb5caf3e187f6370e1e2a311dec9b75363117063ab2015603ff52c3d3b98f19c2f65575e99e8b78c",
          ),
        ),
      ),
    ).toBe(
      `0x${coordinates(
        "00e7f4568a82b4b7dc1f14c6aaa055edf51502319c723c4dc2688c7fe5944c213f510328082396515734b6612c4e7bb7",
        "126b855e9e69b1f691f816e48ac6977664d24d99f8724868a184186469ddfd4617367e94527d4b74fc86413483afb35b",
        "0caead0fd7b6176c01436833c79d305c78be307da5f6af6c133c47311def6ff1e0babf57a0fb5539fce7ee12407b0a42",
        "1498aadcf7ae2b345243e281ae076df6de84455d766ab6fcdaad71fab60abb2e8b980a440043cd305db09d283c895e3d",
      )}`,
    );
  });

  test("what is no field element, no point or no input fails", () => {
    for (const number of [0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0x11]) {
      expect(run(number, new Uint8Array(0))).toMatchObject({ kind: "halt", reason: "precompileFailure" });
      expect(run(number, new Uint8Array(512).fill(0xff))).toMatchObject({ kind: "halt", reason: "precompileFailure" });
    }
  });
});

test("every fork has its precompiles; elsewhere is no code", () => {
  const since = (number: number) => (number === 0x100 ? "osaka" : number > 0x0a ? "prague" : number === 0x0a ? "cancun" : "london");
  for (const hardfork of hardforks) {
    const block = { ...testBlock, hardfork };
    for (const number of [...Array.from({ length: 17 }, (_, index) => index + 1), 0x100]) {
      expect(evm.runsAddress?.(at(number), block)).toBe(isAtLeast(hardfork, since(number)));
    }
    expect(evm.runsAddress?.(at(0x12), block)).toBe(false);
    expect(evm.runsAddress?.(at(0), block)).toBe(false);
  }
});

test("a call of a precompile pays the warm price, and its output stays apart from the caller's memory", () => {
  const host = createHost();
  // Copies a word, overwrites it, and returns what came back.
  const call: EvmPart[] = [word(0x77), 0, "MSTORE", 0, 0, 32, 0, 4, "GAS", "STATICCALL", "POP"];
  deploy(host, target, ...call, word(1), 0, "MSTORE", ...returnReturnData);
  const result = host.call(callOf());
  expect(outputOf(result)).toEqual(word(0x77));
  // 59 gas of plain instructions, 100 for a warm account, 18 for the precompile.
  expect(result).toMatchObject({ gasLeft: 1_000_000n - 177n });
});
