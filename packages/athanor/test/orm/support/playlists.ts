/** Collections of every kind, between the same two classes each. */
import { integer, table, varchar } from "athanor";
import { declarativeBase, keyedBy, many, map, oneOrNone, orderingList, RelatedCollection } from "athanor/orm";

export const PlaylistBase = declarativeBase();

/** A collection class of a user's own. */
export class Setlist extends RelatedCollection<Song> {
  get last(): Song | undefined {
    return this.toArray().at(-1);
  }
  /** Puts a song first. */
  open(song: Song): void {
    this.add(song, 0);
  }
}

export const labels = table("labels", PlaylistBase.metadata, {
  listId: integer().references("lists.id").primaryKey(),
  tagId: integer().references("tags.id").primaryKey(),
});

export class List extends PlaylistBase.model("lists", {
  id: integer().primaryKey(),
  name: varchar(50),
  get songs() {
    return many(() => Song, { foreignKeys: () => [Song.listId], backPopulates: "list", orderBy: () => Song.id });
  },
  get favourites() {
    return many(() => Song, { foreignKeys: () => [Song.fanId], backPopulates: "fan", collection: "set" });
  },
  get byTitle() {
    return many(() => Song, {
      foreignKeys: () => [Song.shelfId],
      backPopulates: "shelf",
      collection: keyedBy("title"),
      cascade: "all, delete-orphan",
    });
  },
  get ranked() {
    return many(() => Song, {
      foreignKeys: () => [Song.chartId],
      backPopulates: "chart",
      orderBy: () => Song.rank,
      collection: orderingList("rank", { countFrom: 1 }),
    });
  },
  get concert() {
    return many(() => Song, {
      foreignKeys: () => [Song.gigId],
      backPopulates: "gig",
      orderBy: () => Song.id,
      collection: Setlist,
    });
  },
  get tags() {
    return many(() => Tag, { secondary: labels, backPopulates: "lists", collection: "set" });
  },
  get tagsByInitial() {
    return many(() => Tag, {
      secondary: labels,
      viewOnly: true,
      collection: keyedBy((tag: Tag) => tag.name.slice(0, 1)),
    });
  },
}) {
  static {
    map(this);
  }
}

export class Song extends PlaylistBase.model("songs", {
  id: integer().primaryKey(),
  title: varchar(50),
  rank: integer().nullable(),
  listId: integer()
    .nullable()
    .references(() => List.id),
  fanId: integer()
    .nullable()
    .references(() => List.id),
  shelfId: integer()
    .nullable()
    .references(() => List.id),
  chartId: integer()
    .nullable()
    .references(() => List.id),
  gigId: integer()
    .nullable()
    .references(() => List.id),
  get list() {
    return oneOrNone(() => List, { foreignKeys: () => [Song.listId], backPopulates: "songs" });
  },
  get fan() {
    return oneOrNone(() => List, { foreignKeys: () => [Song.fanId], backPopulates: "favourites" });
  },
  get shelf() {
    return oneOrNone(() => List, { foreignKeys: () => [Song.shelfId], backPopulates: "byTitle" });
  },
  get chart() {
    return oneOrNone(() => List, { foreignKeys: () => [Song.chartId], backPopulates: "ranked" });
  },
  get gig() {
    return oneOrNone(() => List, { foreignKeys: () => [Song.gigId], backPopulates: "concert" });
  },
}) {
  static {
    map(this);
  }
}

export class Tag extends PlaylistBase.model("tags", {
  id: integer().primaryKey(),
  name: varchar(50),
  get lists() {
    return many(() => List, { secondary: labels, backPopulates: "tags" });
  },
}) {
  static {
    map(this);
  }
}

export const song = (title: string, rank: number | null = null) => new Song({ title, rank });
