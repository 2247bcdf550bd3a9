// What the shop does, each thing a function that takes the session it works in. None of them commits: the caller knows
// where the unit of work ends.
import { func, insert, select, update } from "athanor";
import { joinedload, type Session, selectinload } from "athanor/orm";
import { insert as upsert } from "athanor/sqlite";
import { Order, OrderItem, Product, User } from "./models.ts";

// ── single objects ───────────────────────────────────────────────────────────
/** Creates a user, whose `id` is known when this returns. Throws IntegrityError if the email exists. */
export async function createUser(session: Session, email: string, name: string, role = "user"): Promise<User> {
  const user = new User({ email, name, role });
  session.add(user);
  await session.flush(); // sends the INSERT without committing
  return user;
}

/** The user and the profile, in one statement. */
export function getUserByEmail(session: Session, email: string): Promise<User | null> {
  return session.scalars(select(User).where(User.email.eq(email)).options(joinedload(User.profile))).first();
}

/** A page of users with their orders and items: three statements, however many users there are. */
export function getUsersWithOrders(session: Session, { active = true, limit = 100, offset = 0 } = {}): Promise<User[]> {
  const statement = select(User)
    .where(User.active.eq(active))
    .options(selectinload(User.orders).selectinload(Order.items))
    .orderBy(User.createdAt.desc())
    .limit(limit)
    .offset(offset);
  return session.scalars(statement).all();
}

/** Changes rows without loading them; objects of the session that are concerned are brought up to date. */
export async function updateUserStatus(session: Session, userId: number, active: boolean): Promise<number> {
  const result = await session.execute(
    update(User).where(User.id.eq(userId)).values({ active }).executionOptions({ synchronizeSession: "fetch" }),
  );
  return result.rowCount;
}

/** Deletes a user with all that belongs to it; false if there is none. */
export async function deleteUser(session: Session, userId: number): Promise<boolean> {
  const user = await session.get(User, userId);
  if (user === null) return false;
  await session.delete(user); // the cascade reaches orders, items and the profile
  return true;
}

// ── reports ──────────────────────────────────────────────────────────────────
/** Who has bought most. A row is typed: `row.orderCount` is a number, `row.totalRevenue` a number or null. */
export function salesByUser(session: Session, limit = 10) {
  return session
    .execute(
      select(User.id, User.email, func.count(Order.id).label("orderCount"), func.sum(Order.total).label("totalRevenue"))
        .join(Order, Order.userId.eq(User.id))
        .where(User.active.eq(true))
        .groupBy(User.id, User.email)
        .orderBy(func.sum(Order.total).desc())
        .limit(limit),
    )
    .all();
}

/** What is in stock and what was sold, as plain objects. */
export function inventorySummary(session: Session) {
  return session
    .execute(
      select(
        Product.sku,
        Product.name,
        Product.stock,
        func.coalesce(func.sum(OrderItem.quantity), 0).label("totalSold"),
      )
        .outerJoin(OrderItem, OrderItem.productId.eq(Product.id))
        .where(Product.active.eq(true))
        .groupBy(Product.id, Product.sku, Product.name, Product.stock)
        .orderBy(func.sum(OrderItem.quantity).desc().nullsLast()),
    )
    .mappings()
    .all();
}

// ── many rows at once ────────────────────────────────────────────────────────
/** Inserts rows without making objects of them. Tells how many. */
export async function bulkInsertUsers(
  session: Session,
  records: { email: string; name: string; role?: string }[],
): Promise<number> {
  if (records.length === 0) return 0;
  return (await session.execute(insert(User), records)).rowCount;
}

/** Inserts products; of those whose SKU exists, changes price and stock. */
export function upsertProducts(
  session: Session,
  products: { sku: string; name: string; price: number; stock: number }[],
) {
  const statement = upsert(Product).values(products);
  return session.execute(
    statement.onConflictDoUpdate({
      indexElements: [Product.sku],
      set: { price: statement.excluded.price, stock: statement.excluded.stock },
    }),
  );
}
