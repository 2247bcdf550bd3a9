/** How a class is mapped, beside its shape and its table's constraints. */
export interface MapOptions {
  /**
   * When values that the database makes (server defaults, computed columns, SQL in `onUpdate`) come back. True: with every
   * INSERT and UPDATE that makes them. False: when they are read. `"auto"`, the default: with INSERT; with UPDATE only where
   * reading cannot load them, in asynchronous sessions. Databases without RETURNING load them when they are read.
   */
  readonly eagerDefaults?: boolean | "auto";
}
