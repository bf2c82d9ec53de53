/** *_setCoinbase, *_setNextBlockBaseFeePerGas, *_setPrevRandao, *_setBlockGasLimit, *_setMinGasPrice: what blocks to come say. */
import { optional, required } from "../../../json-rpc/rpc-method.ts";
import { address, looseQuantity, storageKey } from "../../parameters/scalar.ts";
import { devMethod } from "./dev-method.ts";

/** Sets who gets the tips. */
export const setCoinbase = devMethod([required("address", address)], ({ dev }, [account]) => dev.setCoinbase(account));

/** Sets the base fee of the next block, in wei per gas. */
export const setNextBlockBaseFeePerGas = devMethod([required("baseFee", looseQuantity())], ({ dev }, [wei]) =>
  dev.setNextBlockBaseFee(wei),
);

/** Sets PREVRANDAO of the next block. */
export const setPrevRandao = devMethod([required("prevRandao", storageKey)], ({ dev }, [value]) => dev.setNextPrevRandao(value));

/** Sets the gas limit of blocks; gives true. */
export const setBlockGasLimit = devMethod([required("gasLimit", looseQuantity(63))], ({ dev }, [gas]) => {
  dev.setBlockGasLimit(gas);
  return true;
});

/** Taken and without effect: under EIP-1559 the base fee is the floor. */
export const setMinGasPrice = devMethod([optional("gasPrice", looseQuantity(), 0n)], () => undefined);
