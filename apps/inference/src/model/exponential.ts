/** e^x for x <= 0, by multiplications alone: `Math.exp` may differ in its last bit from engine to engine. */
export function exponential(x: number): number {
  if (x < -40) return 0;
  // e^x = (e^(x / 1024))^1024, the inner one by its series.
  const small = x / 1024;
  let power = 1 + small * (1 + (small / 2) * (1 + (small / 3) * (1 + small / 4)));
  for (let doubling = 0; doubling < 10; doubling++) power *= power;
  return power;
}
