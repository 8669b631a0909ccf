/** What the server itself reports of a changed session (its session tracking), in the OK packet of the statement that changed it. */
export interface SessionChange {
  /** The default schema now; `''` for none. */
  readonly schema?: string
  /** System variables by name, with their new values. */
  readonly variables?: ReadonlyMap<string, string>
  /** Something changed that the server does not name: a user variable, a temporary table, a prepared statement. */
  readonly unnamed?: boolean
}
