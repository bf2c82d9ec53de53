/** The logs of a run with one more for every movement of ether, in the shape of an ERC-20 transfer (ERC-7528's address). */
import { addressFromHex, bigintToBytes, concatBytes, keccak256, type Address, type Log, type Message, type Tracer } from "@trireme/core";

/** Keeps the logs of frames that stand. */
export interface TransferLogTracer extends Tracer {
  /** In the order in which they came about; complete when the run has ended. */
  readonly logs: readonly Log[];
}

const etherAddress = addressFromHex("0xeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee");
const transferTopic = keccak256(new TextEncoder().encode("Transfer(address,address,uint256)"));

/** Makes a tracer for one run. */
export function createTransferLogTracer(): TransferLogTracer {
  const logs: Log[] = [];
  /** Length of `logs` when each open frame began: a frame that fails takes back what was logged in it. */
  const starts: number[] = [];
  const moved = (from: Address, to: Address, value: bigint): void => {
    if (value === 0n) return;
    logs.push({ address: etherAddress, topics: [transferTopic, word(from), word(to)], data: bigintToBytes(value, 32) });
  };
  return {
    wantsSteps: false,
    wantsMemory: false,
    logs,
    enter(message) {
      starts.push(logs.length);
      const to = receiverOf(message);
      if (to !== undefined && message.kind !== "instruction") moved(message.sender, to, message.value);
    },
    exit(result) {
      const start = starts.pop() ?? 0;
      if (result.kind !== "success") logs.length = start;
    },
    log: (log) => void logs.push(log),
    step() {},
    selfDestruct: moved,
  };
}

/** Whom a frame's value goes to; nobody where the frame only remembers its caller's value. */
function receiverOf(message: Message): Address | undefined {
  if (message.kind === "create") return message.recipient;
  return message.kind === "call" && message.scheme === "call" ? message.recipient : undefined;
}

function word(address: Address): Uint8Array {
  return concatBytes(new Uint8Array(12), address);
}
