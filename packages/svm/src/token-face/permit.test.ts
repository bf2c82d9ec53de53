// ERC-2612 and EIP-5267 on a mint's face.
import { secp256k1 } from "@noble/curves/secp256k1.js";
import {
  addressFromBytes,
  bigintToBytes,
  bytesToBigint,
  concatBytes,
  keccak256,
  toPubkey,
  type Address,
  type ExecutionResult,
} from "@trireme/core";
import { testBlock } from "@trireme/testing";
import { beforeEach, expect, it } from "vitest";
import { tokenProgramIds } from "../known-keys.ts";
import { calldata, createFaceWorld, fundedWallet, revertOf, type FaceWorld, type Word } from "../test/face-world.mts";
import { keyOf } from "../test/token-flow.mts";

const secret = new Uint8Array(32).fill(7);
const owner = addressFromBytes(keccak256(secp256k1.getPublicKey(secret, false).slice(1)).slice(12));
const utf8 = new TextEncoder();
const hashOf = (text: string): Uint8Array => keccak256(utf8.encode(text));
const wordOf = (value: Word): Uint8Array =>
  typeof value === "bigint" ? bigintToBytes(value, 32) : concatBytes(new Uint8Array(32 - value.length), value);
const later = testBlock.timestamp + 10n;
const order = secp256k1.Point.CURVE().n;
const permit = "permit(address,address,uint256,uint256,uint8,bytes32,bytes32)";

let world: FaceWorld;
let face: Address;
let spender: ReturnType<typeof fundedWallet>;

beforeEach(() => {
  world = createFaceWorld();
  face = world.mint(tokenProgramIds[0], keyOf(20));
  spender = fundedWallet(world, 0x5e);
  world.give(keyOf(20), toPubkey(owner), 100n);
});

function separatorOf(target: Address): Uint8Array {
  const name = hashOf(`SPL Token 3BuW9SR5tG6VFK4MmkQQ3Ak8ny1K1Vv5Uz7is8Aa5pwG`);
  const type = hashOf("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
  return keccak256(concatBytes(type, name, hashOf("1"), wordOf(testBlock.chainId), wordOf(target)));
}

/** Signs as a wallet does. */
function sign(value: bigint, nonce: bigint, deadline = later, target = face): readonly [v: bigint, r: bigint, s: bigint] {
  const type = hashOf("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
  const body = keccak256(concatBytes(type, ...[owner, spender.address, value, nonce, deadline].map(wordOf)));
  const hash = keccak256(concatBytes(Uint8Array.of(0x19, 1), separatorOf(target), body));
  const signature = secp256k1.Signature.fromBytes(secp256k1.sign(hash, secret, { prehash: false, format: "recovered" }), "recovered");
  return [27n + BigInt(signature.recovery as number), signature.r, signature.s];
}

const send = (value: bigint, signature: readonly bigint[], deadline = later): ExecutionResult =>
  world.call(face, permit, [owner, spender.address, value, deadline, ...signature], { from: spender.address });
const allowance = () => world.view(face, "allowance(address,address)", owner, spender.address)[0];

it("a signature approves once, and anybody may bring it", () => {
  const signature = sign(60n, 0n);
  expect(send(60n, signature).kind).toBe("success");
  expect(world.host.logs.map(({ address, data }) => [address, bytesToBigint(data)])).toEqual([[face, 60n]]);
  expect([allowance(), world.view(face, "nonces(address)", owner)]).toEqual([60n, [1n]]);
  const pulled = world.call(face, "transferFrom(address,address,uint256)", [owner, spender.address, 60n], { from: spender.address });
  expect(pulled.kind).toBe("success");
  expect(new TextDecoder("latin1").decode(revertOf(send(60n, signature)).slice(0, 4))).toBe(
    new TextDecoder("latin1").decode(calldata("ERC2612InvalidSigner(address,address)", [])),
  );
  expect([allowance(), send(61n, sign(61n, 1n)).kind, allowance()]).toEqual([0n, "success", 61n]);
});

it("no signature counts that is late, another's, for another face, or written the other way", () => {
  const past = testBlock.timestamp - 1n;
  expect(revertOf(send(5n, sign(5n, 0n, past), past))).toEqual(calldata("ERC2612ExpiredSignature(uint256)", [past]));
  const [v, r, s] = sign(5n, 0n);
  const wrong = [
    sign(6n, 0n),
    sign(5n, 1n),
    sign(5n, 0n, later + 1n),
    sign(5n, 0n, later, spender.address),
    [v === 27n ? 28n : 27n, r, order - s],
    [v === 27n ? 28n : 27n, r, s],
    [v - 27n, r, s],
    [v, 0n, s],
    [0n, 0n, 0n],
  ];
  const selector = calldata("ERC2612InvalidSigner(address,address)", []);
  for (const signature of wrong) expect(revertOf(send(5n, signature)).slice(0, 4)).toEqual(selector);
  expect([allowance(), world.view(face, "nonces(address)", owner)]).toEqual([0n, [0n]]);
  expect(send(5n, [v, r, s]).kind).toBe("success");
});

it("describes the domain that is signed (EIP-5267)", () => {
  expect(world.view(face, "DOMAIN_SEPARATOR()")).toEqual([bytesToBigint(separatorOf(face))]);
  const [fields, name, version, chainId, contract, salt, extensions] = world.view(face, "eip712Domain()");
  expect([fields, chainId, contract, salt]).toEqual([0x0fn << 248n, testBlock.chainId, bytesToBigint(face), 0n]);
  const words = world.view(face, "eip712Domain()");
  const at = (offset: bigint | undefined) => words[Number(offset) / 32];
  expect([at(name), at(version), at(extensions)]).toEqual([54n, 1n, 0n]);
});
