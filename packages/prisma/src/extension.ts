import { type Annotation, annotate, currentAnnotation, mergeAnnotations } from '@comeback/core'
import { annotatedClient } from './annotated-client.js'
import { checkVersion } from './check-version.js'
import type { ComebackExtension, TransactionOptions } from './extension-types.js'
import { replayed } from './replay.js'
import { type ComebackExtensionPolicy, replaysOf, resolveExtensionPolicy } from './replay-options.js'

/** What Prisma tells an extension of an operation. */
interface OperationCall {
  readonly model?: string
  readonly operation: string
  readonly args: unknown
  /** Not in Prisma's documented interface. Without it nothing is run again. */
  readonly __internalParams?: { readonly transaction?: unknown }
  query(args: unknown): PromiseLike<unknown>
}

type Run = (this: unknown, work: unknown, options?: object) => Promise<unknown>

/** The slice of a client that is touched. */
interface ExtendableClient {
  readonly $transaction: Run
  $extends(extension: object): never
}

const READS: ReadonlySet<string> = new Set([
  'findUnique',
  'findUniqueOrThrow',
  'findFirst',
  'findFirstOrThrow',
  'findMany',
  'aggregate',
  'count',
  'groupBy',
])

/** Whether an operation stands for itself: one in a transaction must not be run again, whatever has become of it. */
function isOnItsOwn({ __internalParams: internals }: OperationCall): boolean {
  return internals !== undefined && 'transaction' in internals && internals.transaction === undefined
}

function runOperation(call: OperationCall, replays: number): PromiseLike<unknown> {
  const { model, operation, query } = call
  if (model === undefined) return query(call.args)
  const { comeback, ...args } = call.args as { readonly comeback?: Annotation }
  // A promise of Prisma's starts when it is awaited, which must be in the annotation's scope.
  const run =
    comeback === undefined ? () => query(args) : () => annotate(comeback, async () => await query(args))
  const { retry } = mergeAnnotations(currentAnnotation(), comeback)
  if (READS.has(operation) || retry === false || !isOnItsOwn(call)) return run()
  return replayed(run, replays)
}

/**
 * An extension for clients over an adapter of Comeback: annotations among the arguments of operations, `$comeback(annotation)` for
 * raw queries and all else, and replay of transactions that were lost and are known to be rolled back.
 *
 * @param policy - what may be run again.
 * @throws ComebackConfigError when an option of the policy is unknown or wrong, or the installed Prisma is not 7.
 */
export function comebackExtension(policy?: ComebackExtensionPolicy): ComebackExtension {
  checkVersion()
  const { operations, transactions } = resolveExtensionPolicy(policy)
  return client => {
    const extendable = client as ExtendableClient
    const { $transaction } = extendable
    return extendable.$extends({
      name: 'comeback',
      query: { $allOperations: (call: OperationCall) => runOperation(call, operations) },
      client: {
        $comeback(this: ExtendableClient, annotation: Annotation) {
          return annotatedClient(this, annotation)
        },
        // The latest client is `this`: what later extensions add is there within the transaction too.
        async $transaction(this: ExtendableClient, work: unknown, options: TransactionOptions = {}) {
          const { comeback, ...own } = options
          const replays = replaysOf(comeback, '$transaction(…, options).comeback', transactions)
          return replayed(() => $transaction.call(this, work, own), replays)
        },
      },
    })
  }
}
