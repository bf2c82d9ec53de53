import { expect, it } from "vitest";
import { accuracyOf } from "./accuracy.ts";
import { exponential } from "./exponential.ts";
import { modelFromNet, netFromModel, readModel } from "./model-file.ts";
import { train, trainingPlan } from "./train.ts";

it("trained again from nothing, the model is the committed one, byte for byte", () => {
  expect(Buffer.from(modelFromNet(train(trainingPlan))).equals(readModel())).toBe(true);
});

it("reads more than 98.5 % of digits that it has not seen", () => {
  const accuracy = accuracyOf(netFromModel(readModel()));
  console.log(`inference: accuracy ${(100 * accuracy).toFixed(2)} % on held-out digits`);
  expect(accuracy).toBeGreaterThan(0.985);
});

it("another seed gives another model, as good", () => {
  const net = train({ seed: 7, images: 1_000, rounds: 4 });
  expect(Buffer.from(modelFromNet(net)).equals(readModel())).toBe(false);
  expect(accuracyOf(net)).toBeGreaterThan(0.9);
});

it("computes the exponential to six digits with multiplications alone", () => {
  for (let x = 0; x > -40; x -= 0.37) expect(Math.abs(exponential(x) / Math.exp(x) - 1)).toBeLessThan(1e-6);
  expect([exponential(0), exponential(-41)]).toEqual([1, 0]);
});

it("refuses a model of another shape", () => {
  expect(() => netFromModel(readModel().subarray(1))).toThrow("expected a model of 25580 bytes, got 25579");
});
