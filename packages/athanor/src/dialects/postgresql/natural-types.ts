import { BinaryType } from "../../sqltypes/binary.ts";
import { BooleanType } from "../../sqltypes/boolean.ts";
import { ArrayType } from "../../sqltypes/composite.ts";
import { DoubleType } from "../../sqltypes/floats.ts";
import { IntegerType } from "../../sqltypes/integers.ts";
import { IntervalType } from "../../sqltypes/interval.ts";
import { JsonType } from "../../sqltypes/json.ts";
import { type Affinity, SqlType } from "../../sqltypes/sql-type.ts";
import { TextType } from "../../sqltypes/strings.ts";
import { TimestampType } from "../../sqltypes/timestamp.ts";
import { MultirangeType, RangeType } from "./range-types.ts";
import { postgresqlTraits } from "./types.ts";

type Reader = (value: unknown) => unknown;

/** A whole number of 64 bits: a number while that is exact, a bigint beyond. */
class WideIntegerType extends SqlType<number | bigint> {
  readonly kind = "bigInteger";
  readonly affinity: Affinity = "integer";

  override resultProcessor(): Reader {
    return (value) => {
      const number = Number(value);
      return Number.isSafeInteger(number) ? number : BigInt(value as string);
    };
  }
}

/** Types by the object identifiers of themselves and of their arrays, as PostgreSQL's catalog pg_type has them. */
function naturalTypes(): readonly (readonly [code: number, arrayCode: number, type: SqlType])[] {
  const [integer, double, text] = [new IntegerType(), new DoubleType(), new TextType()];
  const [json, timestamp, wide] = [new JsonType(), new TimestampType(), new WideIntegerType()];
  return [
    [16, 1000, new BooleanType()],
    [17, 1001, new BinaryType()],
    [20, 1016, wide],
    [21, 1005, integer],
    [23, 1007, integer],
    [26, 1028, integer],
    [114, 199, json],
    [700, 1021, double],
    [701, 1022, double],
    [1114, 1115, timestamp],
    [1184, 1185, timestamp],
    [1186, 1187, new IntervalType()],
    [3802, 3807, json],
    [3904, 3905, new RangeType("int4range", integer)],
    [3906, 3907, new RangeType("numrange", text)],
    [3908, 3909, new RangeType("tsrange", timestamp)],
    [3910, 3911, new RangeType("tstzrange", timestamp)],
    [3912, 3913, new RangeType("daterange", text)],
    [3926, 3927, new RangeType("int8range", wide)],
    [4451, 6150, new MultirangeType("int4multirange", new RangeType("int4range", integer))],
    [4532, 6151, new MultirangeType("nummultirange", new RangeType("numrange", text))],
    [4533, 6152, new MultirangeType("tsmultirange", new RangeType("tsrange", timestamp))],
    [4534, 6153, new MultirangeType("tstzmultirange", new RangeType("tstzrange", timestamp))],
    [4535, 6155, new MultirangeType("datemultirange", new RangeType("daterange", text))],
    [4536, 6157, new MultirangeType("int8multirange", new RangeType("int8range", wide))],
    // Read as the server writes them: name, text, varchar, char, date, time, timetz, numeric, uuid.
    ...[
      [19, 1003],
      [25, 1009],
      [1043, 1015],
      [1042, 1014],
      [1082, 1182],
      [1083, 1183],
      [1266, 1270],
      [1700, 1231],
      [2950, 2951],
      // inet, cidr, macaddr, macaddr8, bit, varbit, money.
      [869, 1041],
      [650, 651],
      [829, 1040],
      [774, 775],
      [1560, 1561],
      [1562, 1563],
      [790, 791],
    ].map(([code = 0, arrayCode = 0]) => [code, arrayCode, text] as const),
  ];
}

let readers: Map<number, Reader | null> | null = null;

/** How a value is read of which only the server's type is known; null for what the drivers give as it should be. */
export function naturalReader(typeCode: number): Reader | null {
  if (readers === null) {
    readers = new Map();
    for (const [code, arrayCode, type] of naturalTypes()) {
      readers.set(code, type.resultProcessor(postgresqlTraits));
      readers.set(arrayCode, new ArrayType(type).resultProcessor(postgresqlTraits));
    }
  }
  return readers.get(typeCode) ?? null;
}
