import { require, u256 } from "@trireme/contract-as";

@struct
class Order {
  isBuy: bool;
  /** Quote units for a lot: the most that a buyer pays, the least that a seller takes. */
  limit: u64;
  lots: u32;
}

@struct
class Clearing {
  /** Quote units for a lot, for everybody; 0 where nothing trades. */
  price: u64;
  /** Lots that change hands. */
  volume: u64;
  /** Lots of each order, in the order of the book. */
  fills: Array<u32>;
}

const MOST_ORDERS = 256;

/**
 * Clears a book at one price: the one that trades the most. Of several the ones that leave the least over on one side; of those
 * the middle between lowest and highest, rounded down. The short side is filled; on the long side better limits come first,
 * and orders of the limit at the margin share in proportion, rounded down, with the lots left over one each to those who came first.
 */
@contract
export class ClearingEngine {
  /** Orders are in the order of their arrival. */
  @pure
  clear(orders: Array<Order>): Clearing {
    require(orders.length <= MOST_ORDERS, "too many orders");
    const price = priceOf(orders);
    const bought = demand(orders, price);
    const sold = supply(orders, price);
    const volume = min(bought, sold);
    const fills = new Array<u32>(orders.length);
    if (volume == 0) return new Clearing(0, 0, fills);
    fill(orders, true, price, volume, fills);
    fill(orders, false, price, volume, fills);
    return new Clearing(price, volume, fills);
  }
}

/** Lots that buyers take at a price. */
function demand(orders: Array<Order>, price: u64): u64 {
  let lots: u64 = 0;
  for (let index = 0; index < orders.length; index++) {
    const order = unchecked(orders[index]);
    if (order.isBuy && order.limit >= price) lots += order.lots;
  }
  return lots;
}

/** Lots that sellers give at a price. */
function supply(orders: Array<Order>, price: u64): u64 {
  let lots: u64 = 0;
  for (let index = 0; index < orders.length; index++) {
    const order = unchecked(orders[index]);
    if (!order.isBuy && order.limit <= price) lots += order.lots;
  }
  return lots;
}

/** Between two limits nothing changes: only limits need to be tried. */
function priceOf(orders: Array<Order>): u64 {
  let lowest: u64 = 0;
  let highest: u64 = 0;
  let volume: u64 = 0;
  let excess: u64 = 0;
  for (let index = 0; index < orders.length; index++) {
    const price = unchecked(orders[index]).limit;
    const bought = demand(orders, price);
    const sold = supply(orders, price);
    const traded = min(bought, sold);
    const left = max(bought, sold) - traded;
    if (traded > volume || (traded == volume && left < excess)) {
      volume = traded;
      excess = left;
      lowest = price;
      highest = price;
    } else if (traded == volume && left == excess) {
      lowest = min(lowest, price);
      highest = max(highest, price);
    }
  }
  return lowest + ((highest - lowest) >> 1);
}

/** Gives `volume` lots to one side's orders that take the price, level by level, the best limit first. */
function fill(orders: Array<Order>, isBuy: bool, price: u64, volume: u64, fills: Array<u32>): void {
  let left = volume;
  let from = isBuy ? u64.MAX_VALUE : <u64>0;
  while (left > 0) {
    const level = nextLevel(orders, isBuy, price, from);
    const wanted = lotsAt(orders, isBuy, level);
    if (wanted <= left) {
      for (let index = 0; index < orders.length; index++) {
        const order = unchecked(orders[index]);
        if (order.isBuy == isBuy && order.limit == level) unchecked((fills[index] = order.lots));
      }
      left -= wanted;
    } else {
      share(orders, isBuy, level, wanted, left, fills);
      left = 0;
    }
    // The next limit is strictly worse; no level lies beyond these ends, since something is left to fill.
    from = isBuy ? level - 1 : level + 1;
  }
}

/** The best limit of one side at `from` or worse; the volume says that there is one. */
function nextLevel(orders: Array<Order>, isBuy: bool, price: u64, from: u64): u64 {
  let best = price;
  let isFound = false;
  for (let index = 0; index < orders.length; index++) {
    const order = unchecked(orders[index]);
    if (order.isBuy != isBuy) continue;
    const limit = order.limit;
    const isOpen = isBuy ? limit <= from && limit >= price : limit >= from && limit <= price;
    if (!isOpen) continue;
    if (!isFound || (isBuy ? limit > best : limit < best)) best = limit;
    isFound = true;
  }
  require(isFound, "no order is left");
  return best;
}

function lotsAt(orders: Array<Order>, isBuy: bool, limit: u64): u64 {
  let lots: u64 = 0;
  for (let index = 0; index < orders.length; index++) {
    const order = unchecked(orders[index]);
    if (order.isBuy == isBuy && order.limit == limit) lots += order.lots;
  }
  return lots;
}

/** Divides `volume` lots over the orders of a limit that want more. */
function share(orders: Array<Order>, isBuy: bool, limit: u64, wanted: u64, volume: u64, fills: Array<u32>): void {
  let left = volume;
  for (let index = 0; index < orders.length; index++) {
    const order = unchecked(orders[index]);
    if (order.isBuy != isBuy || order.limit != limit) continue;
    const part = ((u256.from(order.lots) * u256.from(volume)) / u256.from(wanted)).toU64();
    unchecked((fills[index] = <u32>part));
    left -= part;
  }
  // Rounding left less than one lot for each, and each has room for one.
  for (let index = 0; left > 0; index++) {
    const order = orders[index];
    if (order.isBuy != isBuy || order.limit != limit || order.lots == 0) continue;
    unchecked(fills[index]++);
    left--;
  }
}
