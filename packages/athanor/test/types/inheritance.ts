// What the types say of classes that inherit from each other.
import { type Expression, insert, integer, select, varchar } from "athanor";
import {
  aliased,
  declarativeBase,
  discriminator,
  many,
  map,
  mixin,
  type Session,
  selectinload,
  selectinPolymorphic,
  withPolymorphic,
} from "athanor/orm";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function same<A, B>(_equal: Same<A, B>): void {}
declare const s: Session;

const Base = declarativeBase();
class Firm extends Base.model("firms", {
  id: integer().primaryKey(),
  get people() {
    return many(() => Person);
  },
}) {
  static {
    map(this);
  }
}
class Person extends Base.model("people", {
  id: integer().primaryKey(),
  kind: discriminator(varchar(9)),
  name: varchar(9),
  firmId: integer().references(() => Firm.id),
}) {
  static {
    map(this, [], { polymorphicIdentity: "person" });
  }
}
const Placed = mixin({ city: varchar(9).nullable() }, { place: (): string => "" });
class Writer extends Person.inherit(
  "writers",
  Placed,
  {
    id: integer()
      .primaryKey()
      .references(() => Person.id),
    books: integer(),
  },
  { polymorphicIdentity: "writer" },
) {
  static {
    map(this);
  }
}
class Guest extends Person.inherit({ until: varchar(9) }, { polymorphicIdentity: "guest" }) {
  static {
    map(this);
  }
}

// The discriminator and the key need not be given, in constructors and in INSERT.
const writer = new Writer({ name: "x", books: 1, firmId: 1 });
same<typeof writer.city, string | null>(true);
same<typeof writer.kind, string>(true);
writer.place();
insert(Writer).values({ name: "x", books: 1, firmId: 1 });
// @ts-expect-error books is required
new Writer({ name: "x", firmId: 1 });
// @ts-expect-error a guest has no books
new Guest({ name: "x", firmId: 1, until: "y", books: 1 });

// Columns of subclasses may be missing from rows of a polymorphic query; those of the base are there.
const people = withPolymorphic(Person, { Writer, Guest });
same<typeof people.Writer.books, Expression<number | null, "people", "books">>(true);
same<typeof people.Writer.name, Expression<string, "people", "name">>(true);
same<typeof people.name, Expression<string, "people", "name">>(true);
const some = withPolymorphic(Person, [Writer], { name: "some" });
same<ReturnType<typeof some.of<typeof Writer>>["books"], Expression<number | null, "some", "books">>(true);
// @ts-expect-error it was not given by name
some.Writer;
// @ts-expect-error no such subclass
people.Painter;

// Concrete classes have all attributes of the class above.
class Statue extends Person.inherit("statues", { stone: varchar(20) }, { concrete: true }) {
  static {
    map(this);
  }
}
const figures = withPolymorphic(Person, { Statue });
same<typeof figures.Statue.stone, Expression<string | null, "people", "stone">>(true);
same<typeof figures.Statue.name, Expression<string, "people", "name">>(true);
same<InstanceType<typeof Statue>["name"], string>(true);

const found = await s.scalars(select(people)).all();
same<typeof found, Person[]>(true);
const rows = await s.execute(select(people.name, people.Writer.books)).all();
rows[0]?.[1]?.toFixed();
same<(typeof rows)[number][1], number | null>(true);
const writers = await s.scalars(select(aliased(Writer, "w"))).all();
same<typeof writers, Writer[]>(true);

// Steps of a path start where the step before has ended.
select(Person).options(selectinPolymorphic(Person, [Writer]));
selectinload(Firm.people.ofType(Writer));
selectinload(Firm.people).selectinPolymorphic([Writer, Guest]);
// @ts-expect-error options of inherit() are spelled so
Person.inherit({}, { polymorphicIdentiy: "x" });
