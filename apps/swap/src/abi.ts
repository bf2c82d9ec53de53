/** The functions, events and errors that the app's clients use. */
import { parseAbi, type Address } from "viem";

/** Where contracts and Ethereum wallets call Solana's programs. */
export const gatewayAddress: Address = "0x73766D0000000000000000000000000000000000";

/** Stylus' precompile that activates WASM contracts. */
export const arbWasmAddress: Address = "0x0000000000000000000000000000000000000071";

export const gatewayAbi = parseAbi([
  "struct AccountMeta { bytes32 pubkey; bool isSigner; bool isWritable; }",
  "error SvmError(bytes32 program, uint32 code, string reason)",
  "error GatewayError(string reason)",
  "function invoke(bytes32 program, AccountMeta[] accounts, bytes data) returns (bytes)",
  "function pubkeyOf(address account) view returns (bytes32)",
  "function minimumBalance(uint256 dataLength) view returns (uint256 lamports)",
]);

/** Beside ERC-20's functions at a mint's own address: for owners whom an address does not tell. */
export const faceAbi = parseAbi(["function balanceOfKey(bytes32 owner) view returns (uint256)"]);

export const arbWasmAbi = parseAbi([
  "function activateProgram(address program) payable returns (uint16 version, uint256 dataFee)",
  "function programVersion(address program) view returns (uint16)",
]);

export const engineAbi = parseAbi([
  "struct Market { uint64 reserveIn; uint64 reserveOut; uint64 scaleIn; uint64 scaleOut; uint64 amplification; uint64 fee; }",
  "error BadMarket()",
  "error OutOfBalance(uint256 reserveIn, uint256 reserveOut)",
  "function invariant(Market market) pure returns (uint256)",
  "function quote(Market market, uint64 amountIn) pure returns (uint64)",
]);

export const poolAbi = parseAbi([
  "error UnknownMint(bytes32 mint)",
  "error NotAStablePair(uint8 decimals0, uint8 decimals1)",
  "error SlippageExceeded(uint64 received, uint64 minimum)",
  "error NothingToMint()",
  "event Swapped(address indexed trader, bytes32 indexed mintIn, uint64 amountIn, uint64 amountOut)",
  "event Deposited(address indexed provider, uint64 amount0, uint64 amount1, uint256 shares)",
  "event Withdrawn(address indexed provider, uint64 amount0, uint64 amount1, uint256 shares)",
  "constructor(address engine, bytes32 mint0, bytes32 mint1, uint64 amplification, uint64 fee) payable",
  "function swap(bytes32 mintIn, uint64 amountIn, uint64 minimumOut) returns (uint64 amountOut)",
  "function quote(bytes32 mintIn, uint64 amountIn) view returns (uint64)",
  "function deposit(uint64 maximum0, uint64 maximum1) returns (uint256 shares)",
  "function withdraw(uint256 shares) returns (uint64 amount0, uint64 amount1)",
  "function reserve0() view returns (uint64)",
  "function reserve1() view returns (uint64)",
  "function swaps() view returns (uint64)",
  "function totalShares() view returns (uint256)",
  "function sharesOf(address provider) view returns (uint256)",
]);

/** A revert of any VM reaches the wallet unchanged: all errors that may. */
export const errorAbi = [...poolAbi, ...engineAbi, ...gatewayAbi].filter((item) => item.type === "error");
