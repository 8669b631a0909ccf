import { type Annotation, annotate, annotationFrom } from '@comeback/core'
import type { SequelizeQueryOptions, SequelizeTransaction } from './orm-types.js'

declare module 'sequelize' {
  interface Logging {
    /** Declares what Comeback may do with this statement: `{ idempotent: true }`, `{ retry: false }` … */
    comeback?: Annotation
  }
}

type InTransaction = Partial<SequelizeTransaction> | null | undefined

/** Runs a statement with what its transaction was annotated with. */
function inTransaction<T>(transaction: InTransaction, run: () => T): T {
  if (!transaction) return run()
  const { parent, options } = transaction
  const scoped = (): T =>
    options?.comeback === undefined ? run() : annotate(options.comeback as Annotation, run)
  return parent ? inTransaction(parent, scoped) : scoped()
}

function isWithinAnnotated(transaction: InTransaction): boolean {
  if (!transaction) return false
  return transaction.options?.comeback !== undefined || isWithinAnnotated(transaction.parent)
}

/** Whether a statement, or the transaction that it is in, was annotated. */
export function isAnnotated({ comeback, transaction }: SequelizeQueryOptions): boolean {
  return comeback !== undefined || isWithinAnnotated(transaction)
}

/** Runs a statement with the annotations that it and its transaction were given; the statement's own wins. */
export function annotated<T>({ comeback, transaction }: SequelizeQueryOptions, run: () => T): T {
  const own = (): T => (comeback === undefined ? run() : annotate(comeback as Annotation, run))
  return inTransaction(transaction, own)
}

/**
 * Refuses a wrong annotation before there is a statement that could fail.
 *
 * @throws ComebackConfigError naming the key.
 */
export function checkAnnotation(options: unknown): void {
  const { comeback } = (options ?? {}) as { readonly comeback?: unknown }
  if (comeback !== undefined) annotationFrom(comeback, 'options.comeback')
}
