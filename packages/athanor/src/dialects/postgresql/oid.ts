import { IntegerType } from "../../sqltypes/integers.ts";

/** The number of an object in PostgreSQL's catalog: 32 bits without a sign. */
export class OidType extends IntegerType {
  override readonly kind = "oid";
}
