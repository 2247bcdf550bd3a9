/** A value of a primary key. */
export type KeyPart = string | number | bigint | Date | Uint8Array;
/** A primary key; several columns as an array or by name. */
export type Identity = KeyPart | readonly KeyPart[] | { readonly [name: string]: KeyPart };
