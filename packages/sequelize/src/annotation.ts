import { type Annotation, annotate, annotationFrom } from '@comeback/core'
import type { SequelizeQueryOptions, SequelizeTransaction } from './orm-types.js'

declare module 'sequelize' {
  interface Logging {
    /** Declares what Comeback may do with this statement: `{ idempotent: true }`, `{ retry: false }` … */
    comeback?: Annotation
  }
}

/** What the annotation is called in messages. */
const OPTION = 'options.comeback'

type InTransaction = Partial<SequelizeTransaction> | null | undefined

/** Runs something with what options declare; a wrong annotation is refused by the name that it has there. */
function withOptions<T>(comeback: unknown, run: () => T): T {
  return comeback === undefined ? run() : annotate(annotationFrom(comeback, OPTION), run)
}

/** Runs a statement with what its transaction was annotated with. */
function inTransaction<T>(transaction: InTransaction, run: () => T): T {
  if (!transaction) return run()
  const { parent, options } = transaction
  const scoped = (): T => withOptions(options?.comeback, run)
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
  return inTransaction(transaction, () => withOptions(comeback, run))
}

/**
 * Refuses a wrong annotation before there is a statement that could fail.
 *
 * @throws ComebackConfigError naming the key.
 */
export function checkAnnotation(options: unknown): void {
  const { comeback } = (options ?? {}) as { readonly comeback?: unknown }
  if (comeback !== undefined) annotationFrom(comeback, OPTION)
}
