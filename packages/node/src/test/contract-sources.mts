// Contracts of the tests: Solidity's side of the ERC-20, and one contract in both languages over one storage layout.

/** What the SDK's example erc20.ts is, in Solidity. */
export const solidityErc20 = `// SPDX-License-Identifier: MIT
pragma solidity ^0.8.0;
contract Erc20 {
  event Transfer(address indexed from, address indexed to, uint256 value);
  event Approval(address indexed owner, address indexed spender, uint256 value);
  error ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed);
  error ERC20InsufficientAllowance(address spender, uint256 allowance, uint256 needed);
  error ERC20InvalidReceiver(address receiver);

  mapping(address => uint256) public balanceOf;
  mapping(address => mapping(address => uint256)) public allowance;
  uint256 public totalSupply;
  string public name;
  string public symbol;
  uint8 public constant decimals = 18;

  function initialize(string calldata title, string calldata ticker, uint256 supply) external {
    require(totalSupply == 0, "already initialized");
    (name, symbol, totalSupply, balanceOf[msg.sender]) = (title, ticker, supply, supply);
    emit Transfer(address(0), msg.sender, supply);
  }

  function transfer(address to, uint256 value) external returns (bool) {
    move(msg.sender, to, value);
    return true;
  }

  function approve(address spender, uint256 value) external returns (bool) {
    allowance[msg.sender][spender] = value;
    emit Approval(msg.sender, spender, value);
    return true;
  }

  function transferFrom(address from, address to, uint256 value) external returns (bool) {
    uint256 allowed = allowance[from][msg.sender];
    if (allowed != type(uint256).max) {
      if (allowed < value) revert ERC20InsufficientAllowance(msg.sender, allowed, value);
      allowance[from][msg.sender] = allowed - value;
    }
    move(from, to, value);
    return true;
  }

  function move(address from, address to, uint256 value) private {
    if (to == address(0)) revert ERC20InvalidReceiver(to);
    uint256 balance = balanceOf[from];
    if (balance < value) revert ERC20InsufficientBalance(from, balance, value);
    unchecked {
      balanceOf[from] = balance - value;
      balanceOf[to] += value;
    }
    emit Transfer(from, to, value);
  }
}`;

/** Writes every kind of storage, delegates to the next contract, writes again, and reverts where the bit of its level is set. */
export const solidityDiver = `// SPDX-License-Identifier: MIT
pragma solidity ^0.8.0;
contract Diver {
  struct Summary { uint64 visits; address last; uint256 mark; uint256[] path; string text; }
  event Visited(uint64 indexed level, string language);
  error Refused(uint64 level);

  uint64 visits;
  address last;
  mapping(uint64 => uint256) marks;
  uint256[] path;
  string text;

  function dive(uint64 level, uint64 reverts, address next, address other) external {
    visits += 1;
    last = next;
    marks[level] += 1;
    path.push(level);
    text = string.concat(text, "s");
    emit Visited(level, "Solidity");
    if (level > 0) {
      (bool succeeded, ) = next.delegatecall(abi.encodeCall(this.dive, (level - 1, reverts, other, next)));
      path.push(succeeded ? 100 + level : 200 + level);
      text = string.concat(text, "S");
    }
    if (reverts & (uint64(1) << level) != 0) revert Refused(level);
  }

  function summary(uint64 level) external view returns (Summary memory) {
    return Summary(visits, last, marks[level], path, text);
  }
}`;

/** The same contract in AssemblyScript. */
export const assemblyScriptDiver = `
import { Address, Bytes, delegateCall, Indexed, StorageAddress, StorageArray, StorageMapping, StorageString, StorageU256, StorageU64, u256 } from "@trireme/contract-as";

@struct
class Summary {
  visits: u64;
  last: Address;
  mark: u256;
  path: Array<u256>;
  text: string;
}

@event
class Visited {
  level: Indexed<u64>;
  language: string;
}

@error
class Refused {
  level: u64;
}

@contract
export class Diver {
  private visits: StorageU64;
  private last: StorageAddress;
  private marks: StorageMapping<u64, StorageU256>;
  private path: StorageArray<StorageU256>;
  private text: StorageString;

  dive(level: u64, reverts: u64, next: Address, other: Address): void {
    this.visits.set(this.visits.get() + 1);
    this.last.set(next);
    const mark = this.marks.at(level);
    mark.set(mark.get() + u256.one);
    this.path.push().set(u256.from(level));
    this.text.set(this.text.get() + "w");
    new Visited(level, "AssemblyScript").emit();
    if (level > 0) {
      const result = delegateCall(next, calldata(level - 1, reverts, other, next));
      this.path.push().set(u256.from((result.succeeded ? 100 : 200) + level));
      this.text.set(this.text.get() + "W");
    }
    if (reverts & (1 << level)) new Refused(level).revert();
  }

  @view
  summary(level: u64): Summary {
    const path: Array<u256> = [];
    for (let at: u64 = 0; at < this.path.length; at++) path.push(this.path.at(at).get());
    return new Summary(this.visits.get(), this.last.get(), this.marks.at(level).get(), path, this.text.get());
  }
}

function calldata(level: u64, reverts: u64, next: Address, other: Address): Bytes {
  const data = Bytes.alloc(4 + 4 * 32);
  memory.copy(data.pointer, Bytes.fromString("dive(uint64,uint64,address,address)").keccak().pointer, 4);
  store<u64>(data.pointer + 4 + 24, bswap(level));
  store<u64>(data.pointer + 4 + 32 + 24, bswap(reverts));
  memory.copy(data.pointer + 4 + 64 + 12, next.pointer, 20);
  memory.copy(data.pointer + 4 + 96 + 12, other.pointer, 20);
  return data;
}
`;
