import { and, boolean, caseWhen, date, func, integer, not, numeric, or, varchar } from "athanor";
import { declarativeBase, hybrid, hybridMethod, many, map, one, synonym } from "athanor/orm";

export const HybridBase = declarativeBase();

export class Person extends HybridBase.model("people", {
  id: integer().primaryKey(),
  firstName: varchar(50),
  lastName: varchar(50).nullable(),
  email: varchar(100),
  age: integer().nullable(),
  score: numeric(10, 2).default("0"),
  active: boolean().default(true),
  born: date().nullable(),
  get fullName() {
    return hybrid({
      expression: () => Person.firstName.concat(" ").concat(func.coalesce(Person.lastName, "?")),
      set(self: Person, name: string) {
        const [first = "", last = null] = name.split(" ");
        self.firstName = first;
        self.lastName = last;
      },
      update: (name: string) => ({ firstName: name.split(" ")[0], lastName: name.split(" ")[1] ?? null }),
    });
  },
  get isAdult() {
    return hybrid(() => Person.age.ge(18));
  },
  get group() {
    return hybrid(() => caseWhen(Person.age.lt(18), "child").when(Person.age.lt(65), "adult").else("senior"));
  },
  get initials() {
    return hybrid(() => func.upper(func.substr(Person.firstName, 1, 1)));
  },
  get handle() {
    return hybrid(() =>
      func
        .lower(Person.firstName)
        .concat("-")
        .concat(func.length(Person.email).cast(varchar(10))),
    );
  },
  get isOdd() {
    return hybrid(() => or(and(Person.active, Person.email.like("%.org")), not(Person.firstName.in(["Ann", "Bob"]))));
  },
  get doubled() {
    return hybrid(() => Person.score.mul(2).add("0.5"));
  },
  get inMiddle() {
    return hybrid(() => Person.age.between(30, 40));
  },
  get isWriter() {
    return hybrid({
      expression: () => Person.posts.any(),
      get: (self: Person) => self.posts.length > 0,
    });
  },
  get hasPosts() {
    return hybrid(() => Person.posts.any());
  },
  get isOlder() {
    return hybridMethod((limit: number) => Person.age.gt(limit));
  },
  get scored() {
    return hybridMethod({
      expression: (factor: number) => Person.score.mul(factor),
      call: (self: Person, factor: number) => String(Number(self.score) * factor),
    });
  },
  get login() {
    return synonym(() => Person.email);
  },
  mail: synonym<string>("email"),
  get writings() {
    return synonym(() => Person.posts);
  },
  get posts() {
    return many(() => Post, { backPopulates: "author" });
  },
}) {
  static {
    map(this);
  }
}

export class Post extends HybridBase.model("posts", {
  id: integer().primaryKey(),
  title: varchar(50),
  get authorId() {
    return integer().references(() => Person.id);
  },
  get author() {
    return one(() => Person, { backPopulates: "posts" });
  },
}) {
  static {
    map(this);
  }
}

/** Ann 30, Bob 12 with a post, Cid of unknown age and without a last name, Dan 70. */
export function people(): Person[] {
  return [
    new Person({ firstName: "Ann", lastName: "Ash", email: "ann@a.org", age: 30, score: "1.25" }),
    new Person({ firstName: "Bob", lastName: "Bo", email: "b@b.com", age: 12, posts: [new Post({ title: "one" })] }),
    new Person({ firstName: "Cid", email: "cid@c.org", active: false, score: "10" }),
    new Person({ firstName: "Dan", lastName: "Do", email: "dan@d.com", age: 70 }),
  ];
}
