// Ten questions to the Chinook database, each asked through the library, of any database, and as SQL of SQLite written
// by hand. Databases have their own order of words, so that answers are in the order of numbers; and PostgreSQL shows
// columns of a group only where the primary key of their table is among what is grouped by.
import { extract, func, not, numeric, select, typeCoerce } from "athanor";
import { aliased, type Session } from "athanor/orm";
import {
  Album,
  Artist,
  Customer,
  Employee,
  Genre,
  Invoice,
  InvoiceLine,
  MediaType,
  Playlist,
  Track,
} from "./models.ts";

export interface Report {
  readonly question: string;
  ask(session: Session): Promise<readonly (readonly unknown[])[]>;
  readonly sql: string;
}

const manager = aliased(Employee, "manager");
const report = aliased(Employee, "report");

export const reports: readonly Report[] = [
  {
    question: "Which countries buy most?",
    ask: (session) =>
      session
        .execute(
          select(
            Invoice.billingCountry,
            func.count(Invoice.id).label("invoices"),
            func.sum(Invoice.total).label("revenue"),
          )
            .groupBy(Invoice.billingCountry)
            .orderBy(func.sum(Invoice.total).desc(), Invoice.billingCountry)
            .limit(10),
        )
        .all(),
    sql: `SELECT BillingCountry, count(InvoiceId), sum(Total) FROM Invoice
      GROUP BY BillingCountry ORDER BY sum(Total) DESC, BillingCountry LIMIT 10`,
  },
  {
    question: "Who are the best customers, and who supports them?",
    ask: (session) =>
      session
        .execute(
          select(Customer.firstName, Customer.lastName, Employee.lastName.label("rep"), func.sum(Invoice.total))
            .join(Customer.invoices)
            .join(Customer.supportRep)
            .groupBy(Customer.id, Employee.id)
            .orderBy(func.sum(Invoice.total).desc(), Customer.id)
            .limit(10),
        )
        .all(),
    sql: `SELECT c.FirstName, c.LastName, e.LastName, sum(i.Total) FROM Customer c
      JOIN Invoice i ON i.CustomerId = c.CustomerId JOIN Employee e ON e.EmployeeId = c.SupportRepId
      GROUP BY c.CustomerId ORDER BY sum(i.Total) DESC, c.CustomerId LIMIT 10`,
  },
  {
    question: "How many tracks of what length does each genre have?",
    ask: (session) =>
      session
        .execute(
          select(Genre.name, func.count(Track.id), func.avg(Track.milliseconds), func.max(Track.milliseconds))
            .outerJoin(Genre.tracks)
            .groupBy(Genre.id, Genre.name)
            .orderBy(Genre.id),
        )
        .all(),
    sql: `SELECT g.Name, count(t.TrackId), avg(t.Milliseconds), max(t.Milliseconds) FROM Genre g
      LEFT JOIN Track t ON t.GenreId = g.GenreId GROUP BY g.GenreId, g.Name ORDER BY g.GenreId`,
  },
  {
    question: "Which tracks of which artists sell best?",
    ask: (session) =>
      session
        .execute(
          select(Artist.name.label("artist"), Track.name, func.sum(InvoiceLine.quantity).label("sold"))
            .join(Artist.albums)
            .join(Album.tracks)
            .join(Track.invoiceLines)
            .groupBy(Track.id, Artist.id)
            .having(func.count(InvoiceLine.id).gt(1))
            .orderBy(func.sum(InvoiceLine.quantity).desc(), Track.id)
            .limit(20),
        )
        .all(),
    sql: `SELECT ar.Name, t.Name, sum(l.Quantity) FROM Artist ar JOIN Album al ON al.ArtistId = ar.ArtistId
      JOIN Track t ON t.AlbumId = al.AlbumId JOIN InvoiceLine l ON l.TrackId = t.TrackId
      GROUP BY t.TrackId HAVING count(l.InvoiceLineId) > 1 ORDER BY sum(l.Quantity) DESC, t.TrackId LIMIT 20`,
  },
  {
    question: "Which albums have more than 20 tracks, and how many minutes are they?",
    ask: (session) =>
      session
        .execute(
          select(Album.title, Artist.name, func.count(Track.id), func.sum(Track.milliseconds).div(60_000))
            .join(Album.artist)
            .join(Album.tracks)
            .groupBy(Album.id, Artist.id)
            .having(func.count(Track.id).gt(20))
            .orderBy(Album.id),
        )
        .all(),
    sql: `SELECT al.Title, ar.Name, count(t.TrackId), sum(t.Milliseconds) / 60000.0 FROM Album al
      JOIN Artist ar ON ar.ArtistId = al.ArtistId JOIN Track t ON t.AlbumId = al.AlbumId
      GROUP BY al.AlbumId HAVING count(t.TrackId) > 20 ORDER BY al.AlbumId`,
  },
  {
    question: "How many tracks of each media type were never sold?",
    ask: (session) =>
      session
        .execute(
          select(MediaType.name, func.count(Track.id))
            .join(Track.mediaType)
            .where(not(Track.invoiceLines.any()))
            .groupBy(MediaType.id)
            .orderBy(MediaType.id),
        )
        .all(),
    sql: `SELECT m.Name, count(t.TrackId) FROM Track t JOIN MediaType m ON m.MediaTypeId = t.MediaTypeId
      WHERE NOT EXISTS (SELECT 1 FROM InvoiceLine l WHERE l.TrackId = t.TrackId) GROUP BY m.MediaTypeId ORDER BY m.MediaTypeId`,
  },
  {
    question: "How long are the playlists, the empty ones included?",
    ask: (session) =>
      session
        .execute(
          select(Playlist.id, Playlist.name, func.count(Track.id), func.coalesce(func.sum(Track.milliseconds), 0))
            .outerJoin(Playlist.tracks)
            .groupBy(Playlist.id)
            .orderBy(Playlist.id),
        )
        .all(),
    sql: `SELECT p.PlaylistId, p.Name, count(t.TrackId), coalesce(sum(t.Milliseconds), 0) FROM Playlist p
      LEFT JOIN PlaylistTrack pt ON pt.PlaylistId = p.PlaylistId LEFT JOIN Track t ON t.TrackId = pt.TrackId
      GROUP BY p.PlaylistId ORDER BY p.PlaylistId`,
  },
  {
    question: "Who reports to whom, and how many report to each?",
    ask: (session) =>
      session
        .execute(
          select(Employee.lastName, manager.lastName.label("manager"), func.count(report.id).label("reports"))
            .outerJoin(Employee.manager.ofType(manager))
            .outerJoin(Employee.reports.ofType(report))
            .groupBy(Employee.id, manager.id)
            .orderBy(Employee.id),
        )
        .all(),
    sql: `SELECT e.LastName, m.LastName, count(r.EmployeeId) FROM Employee e
      LEFT JOIN Employee m ON m.EmployeeId = e.ReportsTo LEFT JOIN Employee r ON r.ReportsTo = e.EmployeeId
      GROUP BY e.EmployeeId ORDER BY e.EmployeeId`,
  },
  {
    question: "What did each sales agent sell in each year?",
    ask: (session) => {
      const year = extract("year", Invoice.invoiceDate);
      return session
        .execute(
          select(Employee.lastName, year.label("year"), func.count(Invoice.id), func.sum(Invoice.total))
            .join(Employee.customers)
            .join(Customer.invoices)
            .groupBy(Employee.id, year)
            .orderBy(Employee.id, year),
        )
        .all();
    },
    sql: `SELECT e.LastName, CAST(strftime('%Y', i.InvoiceDate) AS INTEGER), count(i.InvoiceId), sum(i.Total)
      FROM Employee e JOIN Customer c ON c.SupportRepId = e.EmployeeId JOIN Invoice i ON i.CustomerId = c.CustomerId
      GROUP BY e.EmployeeId, strftime('%Y', i.InvoiceDate) ORDER BY e.EmployeeId, 2`,
  },
  {
    question: "Which three artists earn most in each of the three genres that earn most?",
    ask: (session) => {
      const price = InvoiceLine.unitPrice.mul(typeCoerce(InvoiceLine.quantity, numeric()));
      const earned = select(
        Genre.name.label("genre"),
        Artist.name.label("artist"),
        func.sum(price).label("revenue"),
        func
          .rowNumber()
          .over({ partitionBy: [Genre.id], orderBy: [func.sum(price).desc(), Artist.id] })
          .label("place"),
        func
          .sum(func.sum(price))
          .over({ partitionBy: [Genre.id] })
          .label("ofGenre"),
      )
        .join(InvoiceLine.track)
        .join(Track.genre)
        .join(Track.album)
        .join(Album.artist)
        .groupBy(Genre.id, Artist.id)
        .cte("earned");
      return session
        .execute(
          select(earned.c.genre, earned.c.artist, earned.c.revenue, earned.c.place)
            .where(earned.c.place.le(3))
            .orderBy(earned.c.ofGenre.desc(), earned.c.place)
            .limit(9),
        )
        .all();
    },
    sql: `WITH earned AS (SELECT g.Name AS genre, ar.Name AS artist, sum(l.UnitPrice * l.Quantity) AS revenue,
        row_number() OVER (PARTITION BY g.GenreId ORDER BY sum(l.UnitPrice * l.Quantity) DESC, ar.ArtistId) AS place,
        sum(sum(l.UnitPrice * l.Quantity)) OVER (PARTITION BY g.GenreId) AS ofGenre
      FROM InvoiceLine l JOIN Track t ON t.TrackId = l.TrackId JOIN Genre g ON g.GenreId = t.GenreId
      JOIN Album al ON al.AlbumId = t.AlbumId JOIN Artist ar ON ar.ArtistId = al.ArtistId GROUP BY g.GenreId, ar.ArtistId)
      SELECT genre, artist, revenue, place FROM earned WHERE place <= 3 ORDER BY ofGenre DESC, place LIMIT 9`,
  },
];
