/*
 * The slice of Prisma's driver adapters that is touched. `orm-types.test-d.ts` proves that the real one fits, both ways.
 */

/** What is known of a parameter of a statement. */
export interface PrismaArgType {
  readonly scalarType: string
  readonly dbType?: string
  readonly arity: string
}

/** A statement as Prisma hands it to an adapter. */
export interface PrismaQuery {
  readonly sql: string
  readonly args: unknown[]
  readonly argTypes: readonly PrismaArgType[]
}

/** The rows of an answer; each value goes with the column at its place. */
export interface PrismaResultSet {
  columnTypes: PrismaColumnType[]
  columnNames: string[]
  rows: unknown[][]
  lastInsertId?: string
}

/** Prisma's numbers for the types of columns, as far as MySQL and MariaDB have them. */
export const columnTypes = {
  int32: 0,
  int64: 1,
  float: 2,
  double: 3,
  numeric: 4,
  text: 7,
  date: 8,
  time: 9,
  dateTime: 10,
  json: 11,
  enum: 12,
  bytes: 13,
} as const

/** All of Prisma's numbers for the types of columns, those of other databases too: an adapter that was given passes them on. */
export type PrismaColumnType =
  | (typeof columnTypes)[keyof typeof columnTypes]
  | (5 | 6 | 14 | 15 | 128)
  | (64 | 65 | 66 | 67 | 68 | 69 | 70 | 71 | 72 | 73 | 74 | 75 | 76 | 77 | 78)

/** The isolation levels in Prisma's spelling. */
export type PrismaIsolationLevel =
  | 'READ UNCOMMITTED'
  | 'READ COMMITTED'
  | 'REPEATABLE READ'
  | 'SNAPSHOT'
  | 'SERIALIZABLE'

/** The databases that Prisma has adapters for; `mysql` is MariaDB as well. */
export type PrismaProvider = 'mysql' | 'postgres' | 'sqlite' | 'sqlserver'

/** What can be asked: a database, or a transaction in it. */
export interface PrismaQueryable {
  readonly provider: PrismaProvider
  readonly adapterName: string
  queryRaw(query: PrismaQuery): Promise<PrismaResultSet>
  executeRaw(query: PrismaQuery): Promise<number>
}

/** An open transaction. */
export interface PrismaTransaction extends PrismaQueryable {
  readonly options: { usePhantomQuery: boolean }
  commit(): Promise<void>
  rollback(): Promise<void>
  createSavepoint?(name: string): Promise<void>
  rollbackToSavepoint?(name: string): Promise<void>
  releaseSavepoint?(name: string): Promise<void>
}

/** What Prisma must know of a server before it writes statements for it. */
export interface PrismaConnectionInfo {
  schemaName?: string
  maxBindValues?: number
  supportsRelationJoins: boolean
}

/** A database that is connected to. */
export interface PrismaAdapter extends PrismaQueryable {
  executeScript(script: string): Promise<void>
  startTransaction(isolationLevel?: PrismaIsolationLevel): Promise<PrismaTransaction>
  getConnectionInfo?(): PrismaConnectionInfo
  dispose(): Promise<void>
}

/** What a Prisma client is given as its `adapter`. */
export interface PrismaAdapterFactory {
  readonly provider: PrismaProvider
  readonly adapterName: string
  connect(): Promise<PrismaAdapter>
}
