import {
  bigInteger,
  binary,
  boolean,
  date,
  double,
  enumType,
  integer,
  json,
  MetaData,
  numeric,
  table,
  text,
  time,
  timestamp,
  typeDecorator,
  uuid,
  varchar,
} from "athanor";
import { declarativeBase, many, map, one } from "athanor/orm";
import { insertSchema, selectSchema } from "athanor/zod";
import { describe, expect, test } from "vitest";
import * as z from "zod";

const Base = declarativeBase();
class Author extends Base.model("authors", {
  id: integer().primaryKey(),
  name: varchar(5),
  role: enumType("role", ["writer", "editor"]).default("writer"),
  born: date().nullable(),
  get books() {
    return many(() => Book, { backPopulates: "author" });
  },
}) {
  static {
    map(this);
  }
}
class Book extends Base.model("books", {
  isbn: varchar(13).primaryKey(),
  authorId: integer().references(() => Author.id),
  get author() {
    return one(() => Author, { backPopulates: "books" });
  },
}) {
  static {
    map(this);
  }
}

const everything = table("everything", new MetaData(), {
  id: uuid().primaryKey(),
  flag: boolean(),
  ratio: double(),
  price: numeric(10, 2),
  big: bigInteger(),
  bigNumber: bigInteger({ mode: "number" }),
  bigText: bigInteger({ mode: "string" }),
  note: text(),
  day: date(),
  at: time(),
  moment: timestamp(),
  data: json<{ a: number }>(),
  bytes: binary(),
  own: typeDecorator({
    impl: text(),
    bind: (value: Set<string>) => [...value].join(),
    result: (value) => new Set([value]),
  }),
});

const row = {
  id: "0a0b0c0d-0000-0000-0000-000000000001",
  flag: true,
  ratio: 0.5,
  price: "12.50",
  big: 2n ** 60n,
  bigNumber: 5,
  bigText: "123",
  note: "",
  day: "2024-02-29",
  at: "10:20:30.5",
  moment: new Date(0),
  data: { a: 1 },
  bytes: new Uint8Array([1]),
  own: new Set(["x"]),
};

describe("selectSchema()", () => {
  test("takes what a row of every type holds, and gives it back", () => {
    expect(selectSchema(everything).parse(row)).toEqual(row);
  });

  test.each([
    ["id", "no uuid"],
    ["flag", 1],
    ["ratio", "0.5"],
    ["price", "12,50"],
    ["big", 5],
    ["bigNumber", 5.5],
    ["bigText", "5.5"],
    ["note", null],
    ["day", "2024-02-30"],
    ["at", "25:00:00"],
    ["moment", "2024-01-01"],
    ["bytes", [1]],
  ])("refuses a value of another type for %s", (column, value) => {
    const { error } = selectSchema(everything).safeParse({ ...row, [column]: value });
    expect(error?.issues.map(({ path }) => path)).toEqual([[column]]);
  });

  test("has the columns of a model, without its relationships", () => {
    const schema = selectSchema(Author);
    expect(Object.keys(schema.shape)).toEqual(["id", "name", "role", "born"]);
    const author = new Author({ id: 1, name: "Ada", role: "writer", born: null });
    expect(schema.parse(author)).toEqual({ id: 1, name: "Ada", role: "writer", born: null });
  });

  test("is narrowed and extended as zod's objects are", () => {
    const schema = selectSchema(Author)
      .pick({ name: true })
      .extend({ books: z.array(selectSchema(Book)) });
    const value = { name: "Ada", books: [{ isbn: "1", authorId: 1 }] };
    expect(schema.parse(value)).toEqual(value);
  });

  test("knows the length of texts and the members of enumerations", () => {
    const schema = selectSchema(Author);
    expect(() => schema.parse({ id: 1, name: "too long", role: "writer", born: null })).toThrow(/name/);
    expect(() => schema.parse({ id: 1, name: "Ada", role: "reader", born: null })).toThrow(/role/);
  });

  test("describes itself as JSON Schema", () => {
    expect(z.toJSONSchema(selectSchema(Author).omit({ id: true }))).toMatchObject({
      type: "object",
      properties: {
        name: { type: "string", maxLength: 5 },
        role: { enum: ["writer", "editor"] },
        born: { anyOf: [{ type: "string", format: "date" }, { type: "null" }] },
      },
      required: ["name", "role", "born"],
    });
  });

  test("refuses what has no columns", () => {
    expect(() => selectSchema({} as typeof Author)).toThrow("selectSchema() takes a table or a model");
  });
});

describe("insertSchema()", () => {
  test("asks for what nobody else gives", () => {
    expect(insertSchema(Author).parse({ name: "Ada" })).toEqual({ name: "Ada" });
    expect(() => insertSchema(Author).parse({})).toThrow(/name/);
  });

  test("asks for foreign keys and for keys that do not count themselves", () => {
    const { error } = insertSchema(Book).safeParse({});
    expect(error?.issues.map(({ path }) => path)).toEqual([["isbn"], ["authorId"]]);
  });

  test("takes null where the column takes it", () => {
    expect(insertSchema(Author).parse({ name: "Ada", born: null })).toEqual({ name: "Ada", born: null });
    expect(() => insertSchema(Author).parse({ name: null })).toThrow(/name/);
  });
});
