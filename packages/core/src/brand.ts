/** A nominal type over a structural one: the brand exists in the type system only. */
declare const brand: unique symbol;
export type Brand<Type, Name extends string> = Type & { readonly [brand]: Name };
