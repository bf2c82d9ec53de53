// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// One account of an instruction, as Solana's AccountMeta.
struct AccountMeta {
    bytes32 pubkey;
    bool isSigner;
    bool isWritable;
}

/// The gateway to programs of the SVM. Failures revert with `SvmError` (the program said no) or `GatewayError` (the call
/// could not be made).
interface ISvmGateway {
    /// `code` is the program's own number, 0 where it gave none; `reason` is Solana's name of the error.
    error SvmError(bytes32 program, uint32 code, string reason);
    error GatewayError(string reason);

    /// Runs an instruction in this transaction; gives the program's return data. The caller signs where its own meta says so.
    function invoke(bytes32 program, AccountMeta[] calldata accounts, bytes calldata data) external returns (bytes memory returnData);

    /// The pubkey that is bound to an address, else its tagged one.
    function pubkeyOf(address account) external view returns (bytes32);

    /// The address under which a pubkey's account stands.
    function addressOf(bytes32 pubkey) external view returns (address);

    function createProgramAddress(bytes[] calldata seeds, bytes32 program) external view returns (bytes32);

    function findProgramAddress(bytes[] calldata seeds, bytes32 program) external view returns (bytes32 pubkey, uint8 bump);

    function accountInfo(bytes32 pubkey) external view returns (bytes32 owner, uint256 lamports, bool executable, uint256 dataLength);

    /// At most 65,536 bytes, all of them within the account.
    function accountData(bytes32 pubkey, uint256 offset, uint256 length) external view returns (bytes memory);

    /// Lamports that keep an account of `dataLength` bytes.
    function minimumBalance(uint256 dataLength) external view returns (uint256 lamports);
}

/// What programs log with `sol_log_data` (Anchor's events, say) is an EVM log too: of the program's address, which
/// `Svm.GATEWAY.addressOf(program)` gives. Each field is one of `data`; text logs (`sol_log_`) are no events.
interface IProgramLogs {
    event ProgramData(bytes[] data);
}

/// Calls to programs of the SVM.
library Svm {
    ISvmGateway internal constant GATEWAY = ISvmGateway(0x73766D0000000000000000000000000000000000);

    bytes32 internal constant SYSTEM_PROGRAM = bytes32(0);

    function invoke(bytes32 program, AccountMeta[] memory accounts, bytes memory data) internal returns (bytes memory) {
        return GATEWAY.invoke(program, accounts, data);
    }

    /// The name under which programs know this contract: it signs with it.
    function self() internal view returns (bytes32) {
        return GATEWAY.pubkeyOf(address(this));
    }

    function pubkeyOf(address account) internal view returns (bytes32) {
        return GATEWAY.pubkeyOf(account);
    }

    function signer(bytes32 pubkey) internal pure returns (AccountMeta memory) {
        return AccountMeta(pubkey, true, false);
    }

    function writableSigner(bytes32 pubkey) internal pure returns (AccountMeta memory) {
        return AccountMeta(pubkey, true, true);
    }

    function writable(bytes32 pubkey) internal pure returns (AccountMeta memory) {
        return AccountMeta(pubkey, false, true);
    }

    function readonly(bytes32 pubkey) internal pure returns (AccountMeta memory) {
        return AccountMeta(pubkey, false, false);
    }

    /// Moves lamports of this contract.
    function transferLamports(bytes32 to, uint64 lamports) internal {
        AccountMeta[] memory accounts = new AccountMeta[](2);
        accounts[0] = writableSigner(self());
        accounts[1] = writable(to);
        invoke(SYSTEM_PROGRAM, accounts, abi.encodePacked(hex"02000000", littleEndian64(lamports)));
    }

    /// A u64 in the order of bytes in which Solana's programs read it.
    function littleEndian64(uint64 value) internal pure returns (bytes8) {
        value = ((value & 0xFF00FF00FF00FF00) >> 8) | ((value & 0x00FF00FF00FF00FF) << 8);
        value = ((value & 0xFFFF0000FFFF0000) >> 16) | ((value & 0x0000FFFF0000FFFF) << 16);
        return bytes8((value >> 32) | (value << 32));
    }
}

/// SPL Token and its associated accounts.
library SplToken {
    bytes32 internal constant TOKEN_PROGRAM = 0x06ddf6e1d765a193d9cbe146ceeb79ac1cb485ed5f5b37913a8cf5857eff00a9;
    bytes32 internal constant ASSOCIATED_TOKEN_PROGRAM = 0x8c97258f4e2489f1bb3d1029148e0d830b5a1399daff1084048e7bd8dbe9f859;

    /// Where the ERC-20 face of a mint stands (`IErc20Face.sol`); it is the mint's own address.
    function erc20Of(bytes32 mint) internal pure returns (address) {
        return address(uint160(uint256(keccak256(abi.encodePacked(mint)))));
    }

    /// The associated token account of an owner.
    function associatedAccount(bytes32 owner, bytes32 mint) internal view returns (bytes32 account) {
        bytes[] memory seeds = new bytes[](3);
        seeds[0] = abi.encodePacked(owner);
        seeds[1] = abi.encodePacked(TOKEN_PROGRAM);
        seeds[2] = abi.encodePacked(mint);
        (account, ) = Svm.GATEWAY.findProgramAddress(seeds, ASSOCIATED_TOKEN_PROGRAM);
    }

    /// Makes the associated token account of `owner` where there is none; this contract pays its rent.
    function createAssociatedAccount(bytes32 owner, bytes32 mint) internal returns (bytes32 account) {
        account = associatedAccount(owner, mint);
        AccountMeta[] memory accounts = new AccountMeta[](6);
        accounts[0] = Svm.writableSigner(Svm.self());
        accounts[1] = Svm.writable(account);
        accounts[2] = Svm.readonly(owner);
        accounts[3] = Svm.readonly(mint);
        accounts[4] = Svm.readonly(Svm.SYSTEM_PROGRAM);
        accounts[5] = Svm.readonly(TOKEN_PROGRAM);
        Svm.invoke(ASSOCIATED_TOKEN_PROGRAM, accounts, hex"01");
    }

    /// Moves tokens out of an account that this contract owns.
    function transfer(bytes32 from, bytes32 to, uint64 amount) internal {
        AccountMeta[] memory accounts = new AccountMeta[](3);
        accounts[0] = Svm.writable(from);
        accounts[1] = Svm.writable(to);
        accounts[2] = Svm.signer(Svm.self());
        Svm.invoke(TOKEN_PROGRAM, accounts, abi.encodePacked(uint8(3), Svm.littleEndian64(amount)));
    }

    /// Tokens in a token account; 0 where there is none.
    function balanceOf(bytes32 account) internal view returns (uint64) {
        (bytes32 owner, , , uint256 length) = Svm.GATEWAY.accountInfo(account);
        if (owner != TOKEN_PROGRAM || length < 72) return 0;
        bytes memory amount = Svm.GATEWAY.accountData(account, 64, 8);
        return uint64(Svm.littleEndian64(uint64(bytes8(amount))));
    }
}
