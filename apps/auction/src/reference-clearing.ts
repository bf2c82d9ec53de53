/** The auction's rule, written a second time, for the tests: exact numbers, sorted lists, nothing in common with the engine. */

/** An order of the book. */
export interface BookOrder {
  readonly isBuy: boolean;
  /** Quote units for a lot. */
  readonly limit: bigint;
  readonly lots: number;
}

/** What the engine answers. */
export interface Clearing {
  readonly price: bigint;
  readonly volume: bigint;
  readonly fills: readonly number[];
}

/** Clears a book, in the order of arrival. */
export function clearBook(book: readonly BookOrder[]): Clearing {
  const outcomes = [...new Set(book.map(({ limit }) => limit))].map((price) => ({ price, ...tradedAt(book, price) }));
  const volume = outcomes.reduce((most, outcome) => Math.max(most, outcome.volume), 0);
  if (volume === 0) return { price: 0n, volume: 0n, fills: book.map(() => 0) };
  const fullest = outcomes.filter((outcome) => outcome.volume === volume);
  const excess = Math.min(...fullest.map((outcome) => outcome.excess));
  const prices = fullest.filter((outcome) => outcome.excess === excess).map(({ price }) => price);
  const [lowest, highest] = prices.sort((a, b) => (a < b ? -1 : 1)).filter((_, index) => index === 0 || index === prices.length - 1);
  const price = ((lowest as bigint) + (highest ?? (lowest as bigint))) / 2n;
  const fills = new Map<BookOrder, number>();
  for (const isBuy of [true, false]) {
    const takers = book.filter((order) => order.isBuy === isBuy && order.lots > 0 && accepts(order, price));
    const levels = [...new Set(takers.map(({ limit }) => limit))].sort((a, b) => (a < b === isBuy ? 1 : -1));
    let left = volume;
    for (const level of levels) {
      const orders = takers.filter(({ limit }) => limit === level);
      const wanted = lotsOf(orders);
      const given = Math.min(left, wanted);
      const parts = orders.map(({ lots }) => Number((BigInt(lots) * BigInt(given)) / BigInt(wanted)));
      let rest = given - parts.reduce((sum, part) => sum + part, 0);
      for (const [index, order] of orders.entries()) fills.set(order, (parts[index] as number) + (rest-- > 0 ? 1 : 0));
      left -= given;
    }
  }
  return { price, volume: BigInt(volume), fills: book.map((order) => fills.get(order) ?? 0) };
}

/** Lots that change hands at a price, and lots that find nobody. */
export function tradedAt(book: readonly BookOrder[], price: bigint): { readonly volume: number; readonly excess: number } {
  const [bought, sold] = [true, false].map((isBuy) => lotsOf(book.filter((order) => order.isBuy === isBuy && accepts(order, price)))) as [
    number,
    number,
  ];
  return { volume: Math.min(bought, sold), excess: Math.abs(bought - sold) };
}

/** Whether an order trades at a price. */
export function accepts({ isBuy, limit }: BookOrder, price: bigint): boolean {
  return isBuy ? limit >= price : limit <= price;
}

function lotsOf(orders: readonly BookOrder[]): number {
  return orders.reduce((sum, { lots }) => sum + lots, 0);
}
