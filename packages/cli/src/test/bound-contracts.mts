// Contracts that are written over generated bindings, in both languages.

/** Solidity: the contract that others call, and one that uses programs of the SVM. */
export const soliditySource = `// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;
import {AccountMeta, Svm} from "@trireme/svm/Svm.sol";
import {IEcho} from "IEcho.sol";
import {KitchenSink} from "KitchenSink.sol";
import {Token} from "Token.sol";

contract Bound is IEcho {
  uint256 public stored;
  address public setter;

  function set(uint256 value) external payable {
    require(value != 0, "nothing to set");
    (stored, setter) = (value, msg.sender);
  }
  function echo(All calldata all) external pure returns (All memory, uint24) { return (all, all.a); }
  function echo(uint72 value) external pure returns (uint72) { return value; }

  function pay(bytes32 source, bytes32 mint, bytes32 destination, uint64 amount) external returns (uint64 left) {
    uint8 decimals = Token.readMint(mint).decimals;
    Token.transferChecked(Token.TransferCheckedAccounts(source, mint, destination, Svm.self()), amount, decimals);
    return Token.readToken(source).amount;
  }
  function tokenAt(bytes32 account) external view returns (Token.Token_ memory) { return Token.readToken(account); }
  function mintAt(bytes32 account) external view returns (Token.Mint memory) { return Token.readMint(account); }

  function everything(KitchenSink.EverythingArgs memory args) external pure returns (bytes memory) { return KitchenSink.everythingData(args); }
  function empty() external pure returns (KitchenSink.Shape memory) { return KitchenSink.shapeEmpty(); }
  function circle(KitchenSink.Point memory center, uint64 radius) external pure returns (KitchenSink.Shape memory) {
    return KitchenSink.shapeCircle(center, radius);
  }
  function path(KitchenSink.Point[] memory points) external pure returns (KitchenSink.Shape memory) { return KitchenSink.shapePath(points); }
  function metas(KitchenSink.EverythingAccounts memory accounts) external pure returns (AccountMeta[] memory) {
    return KitchenSink.everythingMetas(accounts);
  }
  function counter(bytes memory data) external pure returns (KitchenSink.Counter memory) { return KitchenSink.decodeCounter(data); }
  function vault(bytes32 payer, uint32 b, string memory text) external view returns (bytes32 found) { (found, ) = KitchenSink.findVault(payer, b, text); }
}`;

/** What `IEcho` is generated from. */
export const echoAbi = [
  ...[
    ["stored", "uint256"],
    ["setter", "address"],
  ].map(([name, type]) => ({
    type: "function",
    name,
    inputs: [],
    outputs: [{ name: "", type }],
    stateMutability: "view",
  })),
  { type: "function", name: "set", inputs: [{ name: "value", type: "uint256" }], outputs: [], stateMutability: "payable" },
  {
    type: "function",
    name: "echo",
    inputs: [{ name: "value", type: "uint72" }],
    outputs: [{ name: "", type: "uint72" }],
    stateMutability: "pure",
  },
  {
    type: "function",
    name: "echo",
    inputs: [allParameter("all")],
    outputs: [allParameter(""), { name: "", type: "uint24" }],
    stateMutability: "pure",
  },
];

function allParameter(name: string) {
  const point = [
    { name: "x", type: "int32" },
    { name: "y", type: "int40" },
  ];
  return {
    name,
    type: "tuple",
    internalType: "struct All",
    components: [
      ...Object.entries({
        a: "uint24",
        b: "int40",
        c: "int128",
        d: "bytes4",
        e: "uint256[2][]",
        g: "string",
        h: "bool",
        i: "bytes",
        j: "uint72",
      }).map(([own, type]) => ({ name: own, type })),
      { name: "f", type: "tuple[2]", internalType: "struct Point[2]", components: point },
    ],
  };
}

/** AssemblyScript: the same over the modules. */
export const assemblyscriptSource = `
import { Address, Bytes, Bytes32, Svm, u256 } from "@trireme/contract-as";
import { All, Echo, Point } from "./assemblyscript/echo";
import { KitchenSink, Option, Point as Place, Shape, Side, none, some } from "./assemblyscript/kitchen-sink";
import { Token, TransferCheckedAccounts } from "./assemblyscript/token";

@struct
class Spot {
  x: i32;
  y: i32;
}

@struct
class Counted {
  count: u64;
  owner: Bytes32;
  open: bool;
  side: u32;
  delta: u256;
  wide: u256;
  small: i16;
  tag: Bytes32;
  long: Bytes;
  y1: i32;
  next: Array<u64>;
}

@contract
export class Bound {
  @receive
  receive(): void {}

  echo(target: Address, a: u32, b: i64, c: u256, d: Bytes32, e: Array<Array<u256>>, x: i32, y: i64, g: string, h: bool, i: Bytes, j: u256): Bytes {
    const echo = new Echo(target);
    const all = new All(a, b, c, d, e, g, h, i, j, [new Point(x, y), new Point(x, y)]);
    const output = echo.echoAll(all);
    if (output.field1 != a || echo.echoU72(j) != j) return new Bytes();
    return Echo.echoAllData(output.field0);
  }

  set(target: Address, value: u256): bool {
    const echo = new Echo(target);
    const result = echo.trySet(value);
    return result.succeeded && echo.stored() == value;
  }

  pay(source: Bytes32, mint: Bytes32, destination: Bytes32, amount: u64): u64 {
    const accounts = new TransferCheckedAccounts(source, mint, destination, Svm.myself());
    Token.transferChecked(accounts, amount, Token.readMint(mint).decimals);
    return Token.readToken(source).amount;
  }

  @view
  hasToken(account: Bytes32): bool {
    const token = Token.readToken(account);
    return !token.delegate.isSome && token.state == 1;
  }

  @pure
  everything(flag: bool, a: i8, b: u32, c: i64, d: u256, e: u256, key: Bytes32, text: string, blob: Bytes, tag: Bytes32, long: Bytes,
    numbers: Array<u16>, texts: Array<string>, grid: Array<Array<i16>>, maybe: Array<u64>, maybePoint: Array<Spot>, fixed: Array<Bytes32>,
    points: Array<Spot>, side: u8, shape: u8, center: Spot, radius: u64): Bytes {
    return KitchenSink.everythingData(flag, a, b, c, d, e, key, text, blob, tag, long, numbers, texts, grid,
      maybe.length == 0 ? none<u64>() : some<u64>(maybe[0]), maybePoint.length == 0 ? none<Place>() : some<Place>(place(maybePoint[0])),
      fixed.length == 0 ? none<Bytes32>() : some<Bytes32>(fixed[0]), places(points), <Side>side, shapeOf(shape, center, radius, points));
  }

  @pure
  counter(data: Bytes): Counted {
    const value = KitchenSink.decodeCounter(data);
    return new Counted(value.count, value.owner, value.open, <u32>value.side, value.delta, value.wide, value.small, value.tag, value.long,
      value.points[1].y, value.next.isSome ? [value.next.value] : []);
  }

  @view
  vault(payer: Bytes32, b: u32, text: string): Bytes32 {
    return KitchenSink.findVault(payer, b, text);
  }
}

function place(spot: Spot): Place {
  return new Place(spot.x, spot.y);
}

function places(spots: Array<Spot>): Array<Place> {
  const made: Array<Place> = [];
  for (let index = 0; index < spots.length; index++) made.push(place(spots[index]));
  return made;
}

function shapeOf(variant: u8, center: Spot, radius: u64, points: Array<Spot>): Shape {
  if (variant == 0) return KitchenSink.shapeEmpty();
  return variant == 1 ? KitchenSink.shapeCircle(place(center), radius) : KitchenSink.shapePath(places(points));
}
`;
