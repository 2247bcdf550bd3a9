// Copies the Chinook database from one session to another, object graph by object graph.
import { select } from "athanor";
import { type Session, selectinload } from "athanor/orm";
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

/** Each kind of graph is one unit of work: what it refers to has been copied before. */
export async function copyDatabase(source: Session, target: Session): Promise<void> {
  for (const genre of await source.scalars(select(Genre))) target.add(new Genre({ ...genre }));
  for (const type of await source.scalars(select(MediaType))) target.add(new MediaType({ ...type }));
  await target.commit();
  await copyMusic(source, target);
  await copyPlaylists(source, target);
  await copyEmployees(source, target);
  await copyCustomers(source, target);
}

/** Artists with albums with tracks. Keys of the parents come from the relationships, not from the copied columns. */
async function copyMusic(source: Session, target: Session): Promise<void> {
  const artists = select(Artist).options(selectinload(Artist.albums).selectinload(Album.tracks)).orderBy(Artist.id);
  for (const artist of await source.scalars(artists)) {
    const albums = artist.albums.map(({ id, title, tracks }) => {
      const copies = tracks.map((track) => new Track({ ...track, albumId: null }));
      return new Album({ id, title, tracks: copies });
    });
    target.add(new Artist({ ...artist, albums }));
  }
  const loose = await source.scalars(select(Track).where(Track.albumId.is(null))).all();
  target.addAll(loose.map((track) => new Track({ ...track })));
  await target.commit();
}

/** Playlists with tracks: many-to-many, with the tracks that the target session knows already. */
async function copyPlaylists(source: Session, target: Session): Promise<void> {
  const playlists = await source.scalars(select(Playlist).options(selectinload(Playlist.tracks))).all();
  for (const playlist of playlists) {
    const copy = new Playlist({ ...playlist });
    for (const { id } of playlist.tracks) copy.tracks.push(await target.getOne(Track, id));
    target.add(copy);
  }
  await target.commit();
}

/** The tree of employees, from the top down. */
async function copyEmployees(source: Session, target: Session): Promise<void> {
  const all = await source.scalars(select(Employee).options(selectinload(Employee.reports))).all();
  const copyTree = (employee: Employee): Employee =>
    new Employee({ ...employee, managerId: null, reports: employee.reports.map(copyTree) });
  target.addAll(all.filter((employee) => employee.managerId === null).map(copyTree));
  await target.commit();
}

/** Customers with invoices with lines, tied to employees and tracks that are there. */
async function copyCustomers(source: Session, target: Session): Promise<void> {
  const graph = selectinload(Customer.invoices).selectinload(Invoice.lines);
  for (const customer of await source.scalars(select(Customer).options(graph))) {
    const { supportRepId } = customer;
    const supportRep = supportRepId === null ? null : await target.getOne(Employee, supportRepId);
    const invoices = customer.invoices.map((invoice) => {
      const { customerId: _, ...columns } = { ...invoice };
      return new Invoice({ ...columns, lines: invoice.lines.map(copyLine) });
    });
    target.add(new Customer({ ...customer, supportRepId: null, supportRep, invoices }));
  }
  await target.commit();
}

function copyLine(line: InvoiceLine): InvoiceLine {
  const { invoiceId: _, ...columns } = { ...line };
  return new InvoiceLine(columns);
}
