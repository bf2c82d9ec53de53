;; A vault, as the core module of a component of the world `trireme:contract`: who pays in has a balance of wei, can take it out
;; again; and it passes calls on, which it could not do if it held anything but ether.
;;
;;   deposit()                    payable; logs Deposit(address indexed who, uint256 wei)
;;   balanceOf(address) -> uint256
;;   withdraw(uint256)            sends wei to who asks; reverts with Insufficient(uint256 balance)
;;   forward(address,bytes)       calls a contract with the bytes, gives back what it returned, reverts with what it reverted with
;;
;; A balance lies in the slot keccak256(account as a word, 0 as a word), as that of a Solidity mapping in slot 0.
(module
  (import "trireme:contract/host@0.1.0" "storage-get" (func $storage_get (param i32 i32 i32)))
  (import "trireme:contract/host@0.1.0" "storage-set" (func $storage_set (param i32 i32 i32 i32)))
  (import "trireme:contract/host@0.1.0" "call" (func $host_call (param i32 i32 i32 i32 i32 i32 i64 i32)))
  (import "trireme:contract/host@0.1.0" "log" (func $log (param i32 i32 i32 i32)))
  (import "trireme:contract/host@0.1.0" "sender" (func $sender (param i32)))
  (import "trireme:contract/host@0.1.0" "value" (func $value (param i32)))
  (import "trireme:contract/host@0.1.0" "keccak256" (func $keccak256 (param i32 i32 i32)))

  ;; 0: the result. 16: return area of host functions. 32: two words to hash. 96: list of topics. 112: a word that is zero.
  ;; 144: the event's signature. 176: the error's selector and a word.
  (memory (export "memory") 1)
  (data (i32.const 144) "\e1\ff\fc\c4\92\3d\04\b5\59\f4\d2\9a\8b\fc\6c\da\04\eb\5b\0d\3c\46\07\51\c2\40\2c\5c\5c\c9\10\9c")
  (data (i32.const 176) "\91\bc\c5\64")
  (global $free (mut i32) (i32.const 1024))

  ;; Never gives back and never moves: an instance lives for one call.
  (func $realloc (export "cabi_realloc") (param $old i32) (param $old_size i32) (param $align i32) (param $size i32) (result i32)
    (local $at i32)
    (local.set $at (i32.and (i32.add (global.get $free) (i32.const 7)) (i32.const -8)))
    (global.set $free (i32.add (local.get $at) (local.get $size)))
    (if (i32.gt_u (global.get $free) (i32.shl (memory.size) (i32.const 16)))
      (then (if (i32.eq (memory.grow (i32.add (i32.shr_u (local.get $size) (i32.const 16)) (i32.const 1))) (i32.const -1)) (then unreachable))))
    (local.get $at))

  ;; What the host put into the return area.
  (func $pointer (result i32) (i32.load (i32.const 16)))

  (func $finish (param $status i32) (param $pointer i32) (param $length i32) (result i32)
    (i32.store8 (i32.const 0) (local.get $status))
    (i32.store (i32.const 4) (local.get $pointer))
    (i32.store (i32.const 8) (local.get $length))
    (i32.const 0))

  ;; What a call of another contract came to becomes the result: both are a byte, a pointer and a length.
  (func $answered (result i32)
    (call $finish (i32.load8_u (i32.const 16)) (i32.load (i32.const 20)) (i32.load (i32.const 24))))

  ;; The slot of the account whose 20 bytes are at $account; the word at 32 is the account afterwards.
  (func $slot (param $account i32) (result i32)
    (memory.copy (i32.const 44) (local.get $account) (i32.const 20))
    (call $keccak256 (i32.const 32) (i32.const 64) (i32.const 16))
    (call $pointer))

  (func $balance (param $slot i32) (result i32)
    (call $storage_get (local.get $slot) (i32.const 32) (i32.const 16))
    (call $pointer))

  ;; A word as a number: of 64 bits, which is 18 ether; more is a trap.
  (func $number (param $word i32) (result i64)
    (if (i64.ne (i64.or (i64.or (i64.load (local.get $word)) (i64.load offset=8 (local.get $word))) (i64.load offset=16 (local.get $word))) (i64.const 0))
      (then unreachable))
    (call $swap (i64.load offset=24 (local.get $word))))
  (func $set_number (param $word i32) (param $number i64) (i64.store offset=24 (local.get $word) (call $swap (local.get $number))))
  (func $swap (param $x i64) (result i64)
    (local.set $x (i64.or (i64.shl (i64.and (local.get $x) (i64.const 0x00ff00ff00ff00ff)) (i64.const 8))
                          (i64.and (i64.shr_u (local.get $x) (i64.const 8)) (i64.const 0x00ff00ff00ff00ff))))
    (local.set $x (i64.or (i64.shl (i64.and (local.get $x) (i64.const 0x0000ffff0000ffff)) (i64.const 16))
                          (i64.and (i64.shr_u (local.get $x) (i64.const 16)) (i64.const 0x0000ffff0000ffff))))
    (i64.rotl (local.get $x) (i64.const 32)))

  (func $deposit (result i32)
    (local $slot i32) (local $balance i32) (local $wei i32) (local $sum i64)
    (call $sender (i32.const 16))
    (local.set $slot (call $slot (call $pointer)))
    (call $value (i32.const 16))
    (local.set $wei (call $pointer))
    (local.set $balance (call $balance (local.get $slot)))
    (local.set $sum (i64.add (call $number (local.get $balance)) (call $number (local.get $wei))))
    (if (i64.lt_u (local.get $sum) (call $number (local.get $wei))) (then unreachable))
    (call $set_number (local.get $balance) (local.get $sum))
    (call $storage_set (local.get $slot) (i32.const 32) (local.get $balance) (i32.const 32))
    (i32.store (i32.const 96) (i32.const 144))
    (i32.store (i32.const 100) (i32.const 32))
    (i32.store (i32.const 104) (i32.const 32))
    (i32.store (i32.const 108) (i32.const 32))
    (call $log (i32.const 96) (i32.const 2) (local.get $wei) (i32.const 32))
    (call $finish (i32.const 0) (i32.const 0) (i32.const 0)))

  (func $balance_of (param $input i32) (result i32)
    (call $finish (i32.const 0) (call $balance (call $slot (i32.add (local.get $input) (i32.const 16)))) (i32.const 32)))

  (func $withdraw (param $wanted i32) (result i32)
    (local $sender i32) (local $slot i32) (local $balance i32)
    (call $sender (i32.const 16))
    (local.set $sender (call $pointer))
    (local.set $slot (call $slot (local.get $sender)))
    (local.set $balance (call $balance (local.get $slot)))
    (if (i64.gt_u (call $number (local.get $wanted)) (call $number (local.get $balance)))
      (then
        (memory.copy (i32.const 180) (local.get $balance) (i32.const 32))
        (return (call $finish (i32.const 1) (i32.const 176) (i32.const 36)))))
    (call $set_number (local.get $balance) (i64.sub (call $number (local.get $balance)) (call $number (local.get $wanted))))
    (call $storage_set (local.get $slot) (i32.const 32) (local.get $balance) (i32.const 32))
    (call $host_call (local.get $sender) (i32.const 20) (i32.const 0) (i32.const 0) (local.get $wanted) (i32.const 32) (i64.const -1) (i32.const 16))
    (call $answered))

  ;; Calldata behind the selector: the target, where the bytes are (64), how many, the bytes.
  (func $forward (param $input i32) (result i32)
    (call $host_call
      (i32.add (local.get $input) (i32.const 16)) (i32.const 20)
      (i32.add (local.get $input) (i32.const 100)) (i32.wrap_i64 (call $number (i32.add (local.get $input) (i32.const 68))))
      (i32.const 112) (i32.const 32) (i64.const -1) (i32.const 16))
    (call $answered))

  ;; `call: func(input: list<u8>) -> result<list<u8>, list<u8>>`
  (func (export "call") (param $input i32) (param $length i32) (result i32)
    (local $selector i32)
    (if (i32.lt_u (local.get $length) (i32.const 4)) (then (return (call $finish (i32.const 1) (i32.const 0) (i32.const 0)))))
    (local.set $selector (i32.load (local.get $input)))
    (if (i32.eq (local.get $selector) (i32.const 0xb00de3d0)) (then (return (call $deposit))))
    (if (i32.lt_u (local.get $length) (i32.const 36)) (then (return (call $finish (i32.const 1) (i32.const 0) (i32.const 0)))))
    (if (i32.eq (local.get $selector) (i32.const 0x3182a070)) (then (return (call $balance_of (local.get $input)))))
    (if (i32.eq (local.get $selector) (i32.const 0x4d7d1a2e)) (then (return (call $withdraw (i32.add (local.get $input) (i32.const 4))))))
    (if (i32.eq (local.get $selector) (i32.const 0x72cfad6f)) (then (return (call $forward (local.get $input)))))
    (call $finish (i32.const 1) (i32.const 0) (i32.const 0))))
