// The Chinook database: eleven tables whose names and columns are in PascalCase.
import { integer, numeric, primaryKey, table, timestamp, varchar } from "athanor";
import { declarativeBase, many, map, one, oneOrNone } from "athanor/orm";

export const Base = declarativeBase();

export class Artist extends Base.model("Artist", {
  id: integer().name("ArtistId").primaryKey(),
  name: varchar(120).name("Name").nullable(),
  get albums() {
    return many(() => Album, { backPopulates: "artist" });
  },
}) {
  static {
    map(this);
  }
}

export class Album extends Base.model("Album", {
  id: integer().name("AlbumId").primaryKey(),
  title: varchar(160).name("Title"),
  artistId: integer()
    .name("ArtistId")
    .index("IFK_AlbumArtistId")
    .references(() => Artist.id),
  get artist() {
    return one(() => Artist, { backPopulates: "albums" });
  },
  get tracks() {
    return many(() => Track, { backPopulates: "album" });
  },
}) {
  static {
    map(this);
  }
}

export class Genre extends Base.model("Genre", {
  id: integer().name("GenreId").primaryKey(),
  name: varchar(120).name("Name").nullable(),
  get tracks() {
    return many(() => Track, { backPopulates: "genre" });
  },
}) {
  static {
    map(this);
  }
}

export class MediaType extends Base.model("MediaType", {
  id: integer().name("MediaTypeId").primaryKey(),
  name: varchar(120).name("Name").nullable(),
  get tracks() {
    return many(() => Track, { backPopulates: "mediaType" });
  },
}) {
  static {
    map(this);
  }
}

export class Track extends Base.model("Track", {
  id: integer().name("TrackId").primaryKey(),
  name: varchar(200).name("Name"),
  albumId: integer()
    .name("AlbumId")
    .nullable()
    .index("IFK_TrackAlbumId")
    .references(() => Album.id),
  mediaTypeId: integer()
    .name("MediaTypeId")
    .index("IFK_TrackMediaTypeId")
    .references(() => MediaType.id),
  genreId: integer()
    .name("GenreId")
    .nullable()
    .index("IFK_TrackGenreId")
    .references(() => Genre.id),
  composer: varchar(220).name("Composer").nullable(),
  milliseconds: integer().name("Milliseconds"),
  bytes: integer().name("Bytes").nullable(),
  unitPrice: numeric(10, 2).name("UnitPrice"),
  get album() {
    return oneOrNone(() => Album, { backPopulates: "tracks" });
  },
  get mediaType() {
    return one(() => MediaType, { backPopulates: "tracks" });
  },
  get genre() {
    return oneOrNone(() => Genre, { backPopulates: "tracks" });
  },
  get invoiceLines() {
    return many(() => InvoiceLine, { backPopulates: "track" });
  },
  get playlists() {
    return many(() => Playlist, { secondary: () => playlistTrack, backPopulates: "tracks" });
  },
}) {
  static {
    map(this);
  }
}

/** The association table of playlists and tracks; it is no model. */
export const playlistTrack = table(
  "PlaylistTrack",
  Base.metadata,
  {
    playlistId: integer()
      .name("PlaylistId")
      .index("IFK_PlaylistTrackPlaylistId")
      .references(() => Playlist.id),
    trackId: integer()
      .name("TrackId")
      .index("IFK_PlaylistTrackTrackId")
      .references(() => Track.id),
  },
  [primaryKey("PK_PlaylistTrack").on("playlistId", "trackId")],
);

export class Playlist extends Base.model("Playlist", {
  id: integer().name("PlaylistId").primaryKey(),
  name: varchar(120).name("Name").nullable(),
  get tracks() {
    return many(() => Track, { secondary: () => playlistTrack, backPopulates: "playlists" });
  },
}) {
  static {
    map(this);
  }
}

export class Employee extends Base.model("Employee", {
  id: integer().name("EmployeeId").primaryKey(),
  lastName: varchar(20).name("LastName"),
  firstName: varchar(20).name("FirstName"),
  title: varchar(30).name("Title").nullable(),
  get managerId() {
    return integer()
      .name("ReportsTo")
      .nullable()
      .index("IFK_EmployeeReportsTo")
      .references(() => Employee.id);
  },
  birthDate: timestamp().name("BirthDate").nullable(),
  hireDate: timestamp().name("HireDate").nullable(),
  address: varchar(70).name("Address").nullable(),
  city: varchar(40).name("City").nullable(),
  state: varchar(40).name("State").nullable(),
  country: varchar(40).name("Country").nullable(),
  postalCode: varchar(10).name("PostalCode").nullable(),
  phone: varchar(24).name("Phone").nullable(),
  fax: varchar(24).name("Fax").nullable(),
  email: varchar(60).name("Email").nullable(),
  get manager() {
    return oneOrNone(() => Employee, { backPopulates: "reports", remoteSide: () => Employee.id });
  },
  get reports() {
    return many(() => Employee, { backPopulates: "manager" });
  },
  get customers() {
    return many(() => Customer, { backPopulates: "supportRep" });
  },
}) {
  static {
    map(this);
  }
}

export class Customer extends Base.model("Customer", {
  id: integer().name("CustomerId").primaryKey(),
  firstName: varchar(40).name("FirstName"),
  lastName: varchar(20).name("LastName"),
  company: varchar(80).name("Company").nullable(),
  address: varchar(70).name("Address").nullable(),
  city: varchar(40).name("City").nullable(),
  state: varchar(40).name("State").nullable(),
  country: varchar(40).name("Country").nullable(),
  postalCode: varchar(10).name("PostalCode").nullable(),
  phone: varchar(24).name("Phone").nullable(),
  fax: varchar(24).name("Fax").nullable(),
  email: varchar(60).name("Email"),
  supportRepId: integer()
    .name("SupportRepId")
    .nullable()
    .index("IFK_CustomerSupportRepId")
    .references(() => Employee.id),
  get supportRep() {
    return oneOrNone(() => Employee, { backPopulates: "customers" });
  },
  get invoices() {
    return many(() => Invoice, { backPopulates: "customer" });
  },
}) {
  static {
    map(this);
  }
}

export class Invoice extends Base.model("Invoice", {
  id: integer().name("InvoiceId").primaryKey(),
  customerId: integer()
    .name("CustomerId")
    .index("IFK_InvoiceCustomerId")
    .references(() => Customer.id),
  invoiceDate: timestamp().name("InvoiceDate"),
  billingAddress: varchar(70).name("BillingAddress").nullable(),
  billingCity: varchar(40).name("BillingCity").nullable(),
  billingState: varchar(40).name("BillingState").nullable(),
  billingCountry: varchar(40).name("BillingCountry").nullable(),
  billingPostalCode: varchar(10).name("BillingPostalCode").nullable(),
  total: numeric(10, 2).name("Total"),
  get customer() {
    return one(() => Customer, { backPopulates: "invoices" });
  },
  get lines() {
    return many(() => InvoiceLine, { backPopulates: "invoice" });
  },
}) {
  static {
    map(this);
  }
}

export class InvoiceLine extends Base.model("InvoiceLine", {
  id: integer().name("InvoiceLineId").primaryKey(),
  invoiceId: integer()
    .name("InvoiceId")
    .index("IFK_InvoiceLineInvoiceId")
    .references(() => Invoice.id),
  trackId: integer()
    .name("TrackId")
    .index("IFK_InvoiceLineTrackId")
    .references(() => Track.id),
  unitPrice: numeric(10, 2).name("UnitPrice"),
  quantity: integer().name("Quantity"),
  get invoice() {
    return one(() => Invoice, { backPopulates: "lines" });
  },
  get track() {
    return one(() => Track, { backPopulates: "invoiceLines" });
  },
}) {
  static {
    map(this);
  }
}
