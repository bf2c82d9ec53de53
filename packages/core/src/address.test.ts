import { describe, expect, test } from "vitest";
import { addressFromBytes, addressFromHex, addressToChecksumHex, addressToHex, create2Address, createAddress } from "./address.ts";
import { hexToBytes } from "./bytes.ts";

describe("EIP-1014: addresses of CREATE2", () => {
  // The examples of the EIP.
  test.each([
    ["0x0000000000000000000000000000000000000000", 0n, "0x00", "0x4D1A2e2bB4F88F0250f26Ffff098B0b30B26BF38"],
    ["0xdeadbeef00000000000000000000000000000000", 0n, "0x00", "0xB928f69Bb1D91Cd65274e3c79d8986362984fDA3"],
    [
      "0xdeadbeef00000000000000000000000000000000",
      0xfeed000000000000000000000000000000000000n,
      "0x00",
      "0xD04116cDd17beBE565EB2422F2497E06cC1C9833",
    ],
    ["0x0000000000000000000000000000000000000000", 0n, "0xdeadbeef", "0x70f2b2914A2a4b783FaEFb75f459A580616Fcb5e"],
    ["0x00000000000000000000000000000000deadbeef", 0xcafebaben, "0xdeadbeef", "0x60f3f640a8508fC6a86d45DF051962668E1e8AC7"],
    ["0x00000000000000000000000000000000deadbeef", 0xcafebaben, `0x${"deadbeef".repeat(11)}`, "0x1d8bfDC5D46DC4f61D6b6115972536eBE6A8854C"],
    ["0x0000000000000000000000000000000000000000", 0n, "0x", "0xE33C0C7F7df4809055C3ebA6c09CFe4BaF1BD9e0"],
  ])("%s with salt %s and init code %s", (sender, salt, initCode, expected) => {
    const saltBytes = hexToBytes(`0x${salt.toString(16).padStart(64, "0")}`);
    const address = create2Address(addressFromHex(sender), saltBytes, hexToBytes(initCode));
    expect(addressToChecksumHex(address)).toBe(expected);
  });
});

describe("addresses of CREATE", () => {
  // The deployer 0x6ac7... is that of go-ethereum's crypto tests; the later nonces cross the lengths of RLP integers.
  test.each([
    ["0x970e8128ab834e8eac17ab8e3812f010678cf791", 0n, "0x333c3310824b7c685133f2bedb2ca4b8b4df633d"],
    ["0x970e8128ab834e8eac17ab8e3812f010678cf791", 1n, "0x8bda78331c916a08481428e4b07c96d3e916d165"],
    ["0x970e8128ab834e8eac17ab8e3812f010678cf791", 2n, "0xc9ddedf451bc62ce88bf9292afb13df35b670699"],
  ])("%s at nonce %s", (sender, nonce, expected) => {
    expect(addressToHex(createAddress(addressFromHex(sender), nonce))).toBe(expected);
  });
});

describe("EIP-55: mixed-case checksums", () => {
  // The examples of the EIP.
  test.each([
    "0x52908400098527886E0F7030069857D2E4169EE7",
    "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
    "0xde709f2102306220921060314715629080e2fb77",
    "0x27b1fdb04752bbc536007a920d24acb045561c26",
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
    "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
  ])("%s", (checksummed) => {
    expect(addressToChecksumHex(addressFromHex(checksummed.toLowerCase()))).toBe(checksummed);
  });
});

describe("reading addresses", () => {
  test.each([
    "",
    "0x",
    "0x12",
    `0x${"g".repeat(40)}`,
    "1".repeat(40),
    `0x${"1".repeat(41)}`,
    `0X${"1".repeat(40)}`,
    ` 0x${"1".repeat(40)}`,
  ])("%j is refused by code", (text) => {
    expect(() => addressFromHex(text)).toThrow(expect.objectContaining({ code: "INVALID_ADDRESS" }));
  });

  test.each([0, 19, 21, 32])("%i bytes are refused by code", (length) => {
    expect(() => addressFromBytes(new Uint8Array(length))).toThrow(expect.objectContaining({ code: "INVALID_ADDRESS" }));
  });
});
