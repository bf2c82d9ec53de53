import { u256 } from "@trireme/contract-as";

@struct
export class Point {
  x: i32;
  y: i32;
}

@struct
export class Named {
  id: u256;
  name: string;
  path: Array<Point>;
}
