import { readFileSync } from "node:fs";
import { addressFromHex, concatBytes, emptyBytes, keccak256, type ExecutionResult } from "@trireme/core";
import { assembleEvm, createModelHost } from "@trireme/testing";
import { describe, expect, it } from "vitest";
import { bytesFromWat } from "../test/wat.ts";
import { linkComponent } from "./link-component.ts";

const vault = readFileSync(new URL("../../wit/example/vault.wat", import.meta.url), "utf8");

describe("linkComponent", () => {
  it("vault", () => {
    const linked = linkComponent(bytesFromWat(vault));
    expect(linked).toMatchObject({ kind: "linked" });
  });
});
