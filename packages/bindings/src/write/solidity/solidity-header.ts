/** What every generated Solidity file begins with. */
export const solidityHeader =
  "// SPDX-License-Identifier: MIT\n// Made by `trireme bindings`: what is changed here is lost when it runs again.\npragma solidity ^0.8.20;\n\n";
