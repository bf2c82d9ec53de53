/** *_increaseTime, *_setNextBlockTimestamp, *_setTime, *_setBlockTimestampInterval, *_removeBlockTimestampInterval: the clock. */
import { required } from "../../../json-rpc/rpc-method.ts";
import { looseQuantity } from "../../parameters/scalar.ts";
import { devMethod } from "./dev-method.ts";

/** Moves the clock forward; gives the seconds by which it is ahead. */
export const increaseTime = devMethod([required("seconds", looseQuantity(53))], ({ dev }, [seconds]) => Number(dev.increaseTime(seconds)));

/** Sets the time of the next block, in Unix seconds. */
export const setNextBlockTimestamp = devMethod([required("timestamp", looseQuantity(53))], ({ dev }, [timestamp]) =>
  dev.setNextBlockTimestamp(timestamp),
);

/** Sets the clock, in Unix seconds. */
export const setTime = devMethod([required("timestamp", looseQuantity(53))], ({ dev }, [timestamp]) => dev.setTime(timestamp));

/** Makes every block so many seconds later than the one before. */
export const setBlockTimestampInterval = devMethod([required("seconds", looseQuantity(53))], ({ dev }, [seconds]) =>
  dev.setBlockTimestampInterval(seconds),
);

/** Goes back to the system clock; gives true. */
export const removeBlockTimestampInterval = devMethod([], ({ dev }) => {
  dev.setBlockTimestampInterval(undefined);
  return true;
});
