/** The functions, events and errors that the app's clients use. */
import { parseAbi, type Address } from "viem";

/** Where contracts and Ethereum wallets call Solana's programs. */
export const gatewayAddress: Address = "0x73766D0000000000000000000000000000000000";

/** Stylus' precompile that activates WASM contracts. */
export const arbWasmAddress: Address = "0x0000000000000000000000000000000000000071";

export const gatewayAbi = parseAbi([
  "function pubkeyOf(address account) view returns (bytes32)",
  "function addressOf(bytes32 pubkey) view returns (address)",
]);

export const arbWasmAbi = parseAbi(["function activateProgram(address program) payable returns (uint16 version, uint256 dataFee)"]);

/** What a mint's face has beside ERC-20's functions. */
export const faceAbi = parseAbi(["function balanceOfKey(bytes32 owner) view returns (uint256)"]);

export const engineAbi = parseAbi([
  "struct Order { bool isBuy; uint64 limit; uint32 lots; }",
  "struct Clearing { uint64 price; uint64 volume; uint32[] fills; }",
  "function clear(Order[] orders) pure returns (Clearing)",
]);

export const houseAbi = parseAbi([
  "struct Order { bytes32 owner; bool isBuy; bool isPaid; uint32 lots; uint32 filled; uint64 limit; }",
  "error NotYourName(bytes32 owner, address sender)",
  "error NotATokenAccount(bytes32 account)",
  "error BadOrder(uint32 lots, uint64 limit)",
  "error BookFull(uint256 orders)",
  "error TooLate(uint256 closesAt)",
  "error TooEarly(uint256 closesAt)",
  "error NotClosed()",
  "error AlreadyClosed()",
  "error AlreadyPaid(uint256 order)",
  "error BadClearing()",
  "error NotEnoughGas()",
  "error SvmError(bytes32 program, uint32 code, string reason)",
  "event Placed(uint256 indexed order, bytes32 indexed owner, bool isBuy, uint32 lots, uint64 limit)",
  "event Cleared(uint64 price, uint64 volume)",
  "event Paid(uint256 indexed order, bytes32 indexed owner, uint64 baseAmount, uint64 quoteAmount)",
  "event Unpaid(uint256 indexed order, bytes reason)",
  "constructor(address engine, bytes32 baseMint, bytes32 quoteMint, uint64 lotSize, uint256 closesAt) payable",
  "function place(bytes32 owner, bool isBuy, uint32 lots, uint64 limit) returns (uint256 order)",
  "function close()",
  "function pay(uint256 order)",
  "function book() view returns (Order[])",
  "function price() view returns (uint64)",
  "function volume() view returns (uint64)",
]);
