// Chinook as each database has it, mapped without a declaration: the same questions have the same answers everywhere.
import { copyFileSync } from "node:fs";
import {
  type Column,
  createEngine,
  createSyncEngine,
  type Engine,
  func,
  listen,
  MetaData,
  makeUrl,
  select,
} from "athanor";
import {
  type AutomapBase,
  type AutomapClass,
  automapBase,
  awaitable,
  joinedload,
  type Relationship,
  Session,
  selectinload,
} from "athanor/orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { camelCase } from "../support/camel-case.ts";
import { describeWithData } from "../support/data.ts";
import { type Database, forEachDatabase } from "../support/databases.ts";
import { runScript } from "../support/sql-script.ts";
import { relationshipsOf } from "./support/relationships-of.ts";

interface Track {
  readonly trackId: Column<number>;
  readonly name: Column<string>;
  readonly unitPrice: Column<string>;
  readonly genre: Relationship<GenreClass, "oneOrNone">;
}
interface TrackClass extends AutomapClass<Track> {}
interface Genre {
  readonly genreId: Column<number>;
  readonly name: Column<string | null>;
  readonly track_collection: Relationship<TrackClass, "many">;
}
interface GenreClass extends AutomapClass<Genre> {}
interface Album {
  readonly albumId: Column<number>;
  readonly title: Column<string>;
  readonly track_collection: Relationship<TrackClass, "many">;
}
interface AlbumClass extends AutomapClass<Album> {}
interface Artist {
  readonly artistId: Column<number>;
  readonly name: Column<string | null>;
  readonly album_collection: Relationship<AlbumClass, "many">;
}
interface Playlist {
  readonly playlistId: Column<number>;
  readonly name: Column<string | null>;
  readonly track_collection: Relationship<TrackClass, "many">;
}
interface Employee {
  readonly employeeId: Column<number>;
  readonly lastName: Column<string>;
  readonly birthDate: Column<Date | null>;
  readonly employee: Relationship<EmployeeClass, "oneOrNone">;
  readonly employee_collection: Relationship<EmployeeClass, "many">;
}
interface EmployeeClass extends AutomapClass<Employee> {}

/** `media_type` and `MediaType` are `mediaType` to programs. */
function keyOf(name: string): string {
  return camelCase(name.charAt(0).toLowerCase() + name.slice(1));
}

/** Scripts and database differ in how they write names: `AlbumId` or `album_id`. Programs see `albumId` of `Album`. */
function chinookBase(): AutomapBase {
  const metadata = new MetaData();
  listen(metadata, "columnReflect", ({ column }) => ({ key: keyOf(column.name) }));
  const classNameFor = (table: string) => keyOf(table).replace(/^./, (letter) => letter.toUpperCase());
  return automapBase({ metadata, classNameFor });
}

async function chinookEngine({ dialect, sharedUrl }: Database, path: string): Promise<Engine> {
  if (dialect === "sqlite") {
    copyFileSync(path, makeUrl(sharedUrl).database ?? expect.unreachable("The URL names no file"));
    return createEngine(sharedUrl);
  }
  const engine = createEngine(sharedUrl);
  await runScript(engine, path);
  return engine;
}

for (const [dialect, file] of [
  ["sqlite", "chinook/chinook.sqlite"],
  ["postgresql", "chinook/chinook-postgresql.sql"],
  ["mysql", "chinook/chinook-mysql.sql"],
] as const) {
  describeWithData(file, (path) => {
    forEachDatabase((database) => describe("automap", () => testChinook(database, path)), { dialect });
  });
}

function testChinook(database: Database, path: string): void {
  let engine: Engine;
  let Base: AutomapBase;
  // A server takes its time for all rows where the machine is busy.
  beforeEach(async () => {
    engine = await chinookEngine(database, path);
    Base = await chinookBase().prepare(engine);
  }, 60_000);
  afterEach(() => engine.dispose());

  test("maps every table but that of a many-to-many", () => {
    expect(Object.keys(Base.classes).toSorted()).toEqual([
      "Album",
      "Artist",
      "Customer",
      "Employee",
      "Genre",
      "Invoice",
      "InvoiceLine",
      "MediaType",
      "Playlist",
      "Track",
    ]);
    expect(relationshipsOf(Base.classFor("Playlist"))).toEqual([
      "track_collection manyToMany Track playlist_collection",
    ]);
    expect(relationshipsOf(Base.classFor("Employee"))).toEqual([
      "customer_collection oneToMany Customer employee",
      "employee manyToOne Employee employee_collection",
      "employee_collection oneToMany Employee employee",
    ]);
    expect(relationshipsOf(Base.classFor("Track"))).toEqual([
      "album manyToOne Album track_collection",
      "genre manyToOne Genre track_collection",
      "invoiceline_collection oneToMany InvoiceLine track",
      "mediatype manyToOne MediaType track_collection",
      "playlist_collection manyToMany Playlist track_collection",
    ]);
  });

  test("answers along the relationships", async () => {
    const Album = Base.classFor<Album>("Album");
    const Artist = Base.classFor<Artist>("Artist");
    const Employee = Base.classFor<Employee>("Employee");
    const Genre = Base.classFor<Genre>("Genre");
    const Playlist = Base.classFor<Playlist>("Playlist");
    const Track = Base.classFor<Track>("Track");
    await using session = new Session(engine);

    const albums = selectinload(Artist.album_collection);
    const artist = await session
      .scalars(select(Artist).where(Artist.name.eq("AC/DC")).options(albums.joinedload(Album.track_collection)))
      .unique()
      .one();
    expect(
      artist.album_collection.map(({ title, track_collection: { length } }) => [title, length]).toSorted(),
    ).toEqual([
      ["For Those About To Rock We Salute You", 10],
      ["Let There Be Rock", 8],
    ]);

    const long = select(Playlist).where(Playlist.track_collection.any(Track.name.eq("Overdose")));
    const playlists = await session
      .scalars(long.orderBy(Playlist.playlistId).options(selectinload(Playlist.track_collection)))
      .all();
    expect(playlists.map(({ playlistId, track_collection }) => [playlistId, track_collection.length])).toEqual([
      [1, 3290],
      [8, 3290],
    ]);

    const boss = await session.scalars(select(Employee).where(Employee.employee.eq(null))).one();
    const reports = await awaitable(boss).employee_collection;
    expect([boss.lastName, boss.birthDate, reports.map(({ lastName }) => lastName).toSorted()]).toEqual([
      "Adams",
      new Date("1962-02-18T00:00:00Z"),
      ["Edwards", "Mitchell"],
    ]);

    const opera = await session
      .scalars(
        select(Track)
          .where(Track.genre.has(Genre.name.eq("Opera")))
          .options(joinedload(Track.genre)),
      )
      .all();
    expect(opera.map(({ genre, unitPrice }) => [genre?.name, Number(unitPrice)])).toEqual([["Opera", 0.99]]);

    const count = func.count(Track.trackId);
    const largest = select(Genre.name, count).join(Genre.track_collection).groupBy(Genre.genreId, Genre.name);
    expect(await session.execute(largest.orderBy(count.desc()).limit(3)).all()).toEqual([
      ["Rock", 1297],
      ["Latin", 579],
      ["Metal", 374],
    ]);
  });

  test("takes new objects, and gives them back", async () => {
    const Album = Base.classFor<Album>("Album");
    const Artist = Base.classFor<Artist>("Artist");
    await using session = new Session(engine);
    const artist = await session.scalars(select(Artist).where(Artist.name.eq("AC/DC"))).one();
    const albums = await awaitable(artist).album_collection;
    albums.push(new Album({ albumId: 1000, title: "Powerage" }));
    await session.commit();
    session.expungeAll();
    const again = select(Artist).where(Artist.album_collection.any(Album.title.eq("Powerage")));
    const { artistId, album_collection } = await session
      .scalars(again.options(selectinload(Artist.album_collection)))
      .one();
    expect([artistId, album_collection.length]).toEqual([1, 3]);
  });

  if (database.synchronous) {
    test("prepares at once on a SyncEngine", () => {
      const blocking = createSyncEngine(database.sharedUrl);
      expect(Object.keys(chinookBase().prepare(blocking).classes)).toEqual(Object.keys(Base.classes));
      blocking.dispose();
    });
  }
}
