/** A driver's error in Prisma's words: what kind it is, and what Prisma's message needs. */
export interface PrismaErrorCause {
  readonly kind: string
  readonly originalCode?: string
  readonly originalMessage?: string
  readonly [detail: string]: unknown
}

/** An error that the server has answered with. */
interface ServerError {
  readonly errno: number
  readonly sqlState: string | null
  readonly sqlMessage: string | null
}

const NOTHING = 'N/A'

/** The text between the quotes of a word; words are counted from 0, or from the end if negative. */
function quoted(text: string, word: number, quote = "'"): string | undefined {
  return text.split(' ').at(word)?.split(quote).at(1)
}

function duplicate(text: string): object {
  const parts = quoted(text, -1)?.split('.')
  const index = parts?.at(-1)
  return {
    kind: 'UniqueConstraintViolation',
    constraint: index === undefined ? undefined : { index },
    table: parts !== undefined && parts.length > 1 ? parts.slice(0, -1).join('.') : undefined,
  }
}

function violation(kind: string, name: 'fields' | 'index', value: string | undefined): object {
  const constraint = name === 'index' ? { index: value } : { fields: [value] }
  return { kind, constraint: value === undefined ? undefined : constraint }
}

/** By the server's number; messages are taken apart as Prisma's own adapter for MariaDB does it. */
const byErrno: Readonly<Record<number, (text: string) => object>> = {
  1007: text => ({ kind: 'DatabaseAlreadyExists', db: quoted(text, 3) }),
  1040: text => ({ kind: 'TooManyConnections', cause: text || NOTHING }),
  1044: text => ({ kind: 'DatabaseAccessDenied', db: quoted(text, -1) }),
  1045: text => ({
    kind: 'AuthenticationFailed',
    user: text.split(' ').at(4)?.split('@').at(0)?.split("'").at(1),
  }),
  1048: text => violation('NullConstraintViolation', 'fields', quoted(text, 1)),
  1049: text => ({ kind: 'DatabaseDoesNotExist', db: quoted(text, -1) }),
  1054: text => ({ kind: 'ColumnNotFound', column: quoted(text, 2) }),
  1062: duplicate,
  1146: text => ({ kind: 'TableDoesNotExist', table: quoted(text, 1)?.split('.').pop() }),
  1191: () => ({ kind: 'MissingFullTextSearchIndex' }),
  1203: text => ({ kind: 'TooManyConnections', cause: text || NOTHING }),
  1213: () => ({ kind: 'TransactionWriteConflict' }),
  1263: text => violation('NullConstraintViolation', 'index', quoted(text, -1)),
  1264: text => ({ kind: 'ValueOutOfRange', cause: text || NOTHING }),
  1364: text => violation('NullConstraintViolation', 'fields', quoted(text, 1)),
  1406: text => ({
    kind: 'LengthMismatch',
    column: text
      .split(' ')
      .flatMap(part => part.split("'"))
      .at(6),
  }),
  1451: text => violation('ForeignKeyConstraintViolation', 'fields', quoted(text, 17, '`')),
  1452: text => violation('ForeignKeyConstraintViolation', 'fields', quoted(text, 17, '`')),
}

function unmapped({ errno, sqlState, sqlMessage }: ServerError): object {
  return { kind: 'mysql', code: errno, message: sqlMessage ?? NOTHING, state: sqlState ?? NOTHING }
}

function isServerError(error: unknown): error is ServerError {
  const { errno, sqlMessage, sqlState } = error as Partial<ServerError>
  return typeof errno === 'number' && typeof sqlMessage === 'string' && typeof sqlState === 'string'
}

/** The server's error as Prisma knows it, or undefined for an error that does not come from the server. */
export function causeOf(error: unknown): PrismaErrorCause | undefined {
  if (typeof error !== 'object' || error === null || !isServerError(error)) return undefined
  const { errno, sqlMessage } = error
  const mapped = byErrno[errno]?.(sqlMessage ?? '') ?? unmapped(error)
  return {
    originalCode: String(errno),
    originalMessage: sqlMessage ?? NOTHING,
    ...(mapped as { kind: string }),
  }
}

/** What Prisma knows driver adapters' errors by is their name. */
export class DriverAdapterError extends Error {
  /** The driver's own error. */
  declare readonly driverError: unknown
  declare readonly cause: PrismaErrorCause

  constructor(cause: PrismaErrorCause, driverError: unknown) {
    super(typeof cause['message'] === 'string' ? cause['message'] : cause.kind)
    this.name = 'DriverAdapterError'
    this.cause = cause
    // Prisma's logs print errors whole, and the driver's holds the statement.
    Object.defineProperty(this, 'driverError', { value: driverError, enumerable: false })
  }
}
