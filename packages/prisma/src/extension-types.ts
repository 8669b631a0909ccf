import type { Annotation } from '@comeback/core'
import type { ITXClientDenyList, Types } from '@prisma/client/runtime/client'

type None = Record<never, never>
type Args<T, F extends Operation> = Types.Public.Args<T, F>
type Exact<A, W> = Types.Public.Exact<A, W>
type Operation = Types.Public.Operation
type Payload = Types.Payload
type PrismaPromise<T> = Types.Public.PrismaPromise<T>
type Result<T, A, F extends Operation> = Types.Public.Result<T, A, F>

/** What a call may declare of itself. */
export interface Annotated {
  /** What Comeback may do with the statements of this call: `{ idempotent: true }`, `{ retry: false }` … */
  readonly comeback?: Annotation
}

/** What is at the other end of a relation. */
type Related<O, A> = O extends (infer E extends Payload)[]
  ? Types.Result.GetResult<E, A, 'findMany'>
  : NonNullable<O> extends infer E extends Payload
    ? Types.Result.GetResult<E, A, 'findUnique'>
    : never

/** Relations as methods of an answer that is awaited. */
type Fluent<T> = {
  [K in keyof Types.Public.Payload<T>['objects']]: <A extends object = None>(
    args?: A,
  ) => PrismaPromise<Related<Types.Public.Payload<T>['objects'][K], A>>
}

type Call<F extends Operation> = <T, A>(
  this: T,
  args: Exact<A, Args<T, F> & Annotated>,
) => PrismaPromise<Result<T, A, F>>

type OptionalCall<F extends Operation> = <T, A>(
  this: T,
  args?: Exact<A, Args<T, F> & Annotated>,
) => PrismaPromise<Result<T, A, F>>

type FluentCall<F extends Operation> = <T, A>(
  this: T,
  args: Exact<A, Args<T, F> & Annotated>,
) => Fluent<T> & PrismaPromise<Result<T, A, F>>

type OptionalFluentCall<F extends Operation> = <T, A>(
  this: T,
  args?: Exact<A, Args<T, F> & Annotated>,
) => Fluent<T> & PrismaPromise<Result<T, A, F>>

/** The operations of every model, each with an annotation among its arguments. */
export type AnnotatedOperations = {
  [F in 'findUnique' | 'findUniqueOrThrow' | 'create' | 'update' | 'upsert' | 'delete']: FluentCall<F>
} & {
  [F in 'findFirst' | 'findFirstOrThrow']: OptionalFluentCall<F>
} & {
  [F in 'findMany' | 'deleteMany' | 'count']: OptionalCall<F>
} & {
  [F in 'createMany' | 'updateMany' | 'aggregate' | 'groupBy']: Call<F>
}

/** What a transaction may be told beside Prisma's own options. */
export interface TransactionReplay {
  /**
   * How often it is run again as a whole after it was lost and is known to be rolled back. The function is called again with a
   * new `tx`: what it does outside the database it does again. Default: `transactions.replay` of the extension. From 0 to 10.
   */
  readonly replay?: number
}

/** Prisma's options of a transaction. */
export interface TransactionOptions {
  /** How long it may wait to begin, in milliseconds, recovery included. Default: the client's own, which is 2,000. */
  readonly maxWait?: number
  /** How long it may take once it has begun, in milliseconds. Default: the client's own, which is 5,000. */
  readonly timeout?: number
  /** Default: the client's own, or else the server's. */
  readonly isolationLevel?: 'ReadUncommitted' | 'ReadCommitted' | 'RepeatableRead' | 'Serializable'
  /** What Comeback may do with it. */
  readonly comeback?: TransactionReplay
}

/** What the extension adds to a client. */
export interface ComebackMethods {
  /**
   * The same client, its operations and raw queries carrying an annotation.
   *
   * @throws ComebackConfigError when the annotation has an unknown key or a wrong value.
   */
  $comeback<C>(this: C, annotation: Annotation): C
  /** Prisma's own, with replay. */
  $transaction<C, R>(
    this: C,
    run: (tx: Omit<C, ITXClientDenyList>) => Promise<R>,
    options?: TransactionOptions,
  ): Promise<R>
  /** Prisma's own for a batch, with replay. */
  $transaction<P extends PrismaPromise<unknown>[]>(
    batch: [...P],
    options?: TransactionOptions,
  ): Promise<Types.Utils.UnwrapTuple<P>>
}

/** What `$extends` takes. */
export type ComebackExtension = (client: object) => {
  $extends: {
    extArgs: Types.Extensions.InternalArgs<None, { $allModels: AnnotatedOperations }, None, ComebackMethods>
  }
}
