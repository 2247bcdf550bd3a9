// Facts about the types of relationships: what collections are, what constructors take. Nothing here is ever run.
import { and, func, integer, select, varchar, type Select } from "athanor";
import { aliased, associationProxy, declarativeBase, keyedBy, many, map, one, oneOrNone, orderingList, type AssociationAttribute, type DynamicCollection, type WriteOnlyCollection, RelatedCollection, selectinload } from "athanor/orm";

type Eq<X, Y> = (<T>() => T extends X ? 1 : 2) extends (<T>() => T extends Y ? 1 : 2) ? true : false;
declare function same<X, Y>(answer: Eq<X, Y>): void;

const Base = declarativeBase();

class Deck extends RelatedCollection<Card> {
  get top(): Card | undefined {
    return this.toArray().at(-1);
  }
}

class Player extends Base.model("players", {
  id: integer().primaryKey(),
  get hand() { return many(() => Card, { backPopulates: "player" }); },
  get held() { return many(() => Card, { collection: "set" }); },
  get byName() { return many(() => Card, { collection: keyedBy("name") }); },
  get byRank() { return many(() => Card, { collection: keyedBy(Card.rank) }); },
  get bySuit() { return many(() => Card, { collection: keyedBy((card: Card) => card.name.at(0)) }); },
  get ordered() { return many(() => Card, { collection: orderingList("rank"), orderBy: () => Card.rank }); },
  get games() { return many(() => Card, { lazy: "writeOnly", orderBy: () => Card.rank }); },
  get rounds() { return many(() => Card, { lazy: "dynamic" }); },
  get drawn() { return many(() => Card, { lazy: "selectin" }); },
  names: associationProxy("hand", "name"),
  ranks: associationProxy("held", "rank"),
  ranksByName: associationProxy("byName", "rank"),
  players: associationProxy("hand", "player"),
  ids: associationProxy("players", "id"),
  get club() { return oneOrNone(() => Club); },
  clubName: associationProxy("club", "title"),
  get clubId() { return integer().nullable().references(() => Club.id); },
  get deck() { return many(() => Card, { collection: Deck }); },
}) { static { map(this); } }

class Card extends Base.model("cards", {
  id: integer().primaryKey(),
  name: varchar(20),
  rank: integer().default(0),
  playerId: integer().references(() => Player.id),
  get player() { return one(() => Player, { backPopulates: "hand" }); },
}) { static { map(this); } }

class Club extends Base.model("clubs", { id: integer().primaryKey(), title: varchar(20) }) { static { map(this); } }

// ── collections ──────────────────────────────────────────────────────────────
same<Player["hand"], Card[]>(true);
same<Player["held"], Set<Card>>(true);
same<Player["byName"], Map<string, Card>>(true);
same<Player["byRank"], Map<number, Card>>(true);
same<Player["bySuit"], Map<string | undefined, Card>>(true);
same<Player["ordered"], Card[]>(true);
same<Player["deck"], Deck>(true);
same<Card["player"], Player>(true);

const card = new Card({ name: "ace" });
const player = new Player({ hand: [card], held: new Set([card]), byName: new Map([["ace", card]]), byRank: [card], deck: [card] });
new Player({ held: [card] });
// @ts-expect-error an array is what it is
new Player({ hand: new Set([card]) });
// @ts-expect-error members are cards
new Player({ held: [player] });
// @ts-expect-error keys are what they are made of
player.byName = new Map([[1, card]]);
player.ordered = [card];
// @ts-expect-error a Set is no array
player.held = [card];
selectinload(Player.byName).selectinload(Card.player);
// @ts-expect-error there is no such kind
many(() => Card, { collection: "list" });

// ── association proxies ──────────────────────────────────────────────────────
same<Player["names"], string[]>(true);
same<Player["ranks"], Set<number>>(true);
same<Player["ranksByName"], Map<string, number>>(true);
same<Player["ids"], number[]>(true);
same<Player["clubName"], string | null>(true);
same<typeof Player.names, AssociationAttribute<string, "players", "names">>(true);
same<typeof Player.players, AssociationAttribute<Player, "players", "players">>(true);
same<typeof Player.clubName, AssociationAttribute<string, "players", "clubName">>(true);
new Player({ names: ["ace"], ranks: new Set([1]), clubName: "x" });
Player.names.in(["ace"]);
// @ts-expect-error ranks are numbers
Player.ranks.eq("ace");
// @ts-expect-error LIKE is for text
Player.ranks.like("1%");

// ── collections that are asked for ───────────────────────────────────────────
same<Player["games"], WriteOnlyCollection<typeof Card>>(true);
same<Player["rounds"], DynamicCollection<typeof Card>>(true);
same<Player["drawn"], Card[]>(true);
const games = player.games.select().where(Card.rank.gt(1));
same<typeof games, Select<readonly [typeof Card]>>(true);
const rounds = await player.rounds.all((cards) => cards.limit(3));
same<typeof rounds, Card[]>(true);
player.games.add(card).remove(card);
player.games.insert([{ name: "ace" }, { name: "king", rank: 2 }]); // the foreign key is given
// @ts-expect-error but nothing else is
player.games.insert({ rank: 2 });
// @ts-expect-error members are cards
player.games.add(player);
// @ts-expect-error there is nothing to count
player.games.length;
// @ts-expect-error nor to go through
for (const each of player.games) each;

// ── to an alias ──────────────────────────────────────────────────────────────
class Room extends Base.model("rooms", {
  id: integer().primaryKey(),
  get newest() {
    return many(() => guest, {
      primaryJoin: () => and(Room.id.eq(guest.roomId), ranked.c.place.lt(3)),
      viewOnly: true,
      orderBy: () => guest.since.desc(),
    });
  },
  get last() { return oneOrNone(() => named, { primaryJoin: () => Room.id.eq(named.roomId), viewOnly: true }); },
}) { static { map(this); } }
class Guest extends Base.model("guests", {
  id: integer().primaryKey(),
  since: integer(),
  roomId: integer().references(() => Room.id),
  get room() { return one(() => Room); },
}) { static { map(this); } }
const ranked = select(Guest, func.rowNumber().over({ partitionBy: Guest.roomId, orderBy: Guest.since }).label("place")).subquery();
const guest = aliased(Guest, ranked);
const named = aliased(Guest, "g");
same<Room["newest"], Guest[]>(true);
same<Room["last"], Guest | null>(true);
select(Room).join(Room.newest).where(guest.since.gt(1), ranked.c.place.eq(1)).options(selectinload(Room.newest).joinedload(guest.room));
select(Room).where(Room.last.has(named.since.gt(1)), Room.newest.contains(new Guest({ since: 1, roomId: 1 })));
// @ts-expect-error options beyond it speak of the alias
selectinload(Room.newest).joinedload(Room.newest);
