import type { Annotation } from '@comeback/core'
import knex from 'knex'
import type { KnexQuery } from './orm-types.js'

declare module 'knex' {
  namespace Knex {
    // biome-ignore lint/suspicious/noExplicitAny: the declaration must repeat the type parameters of Knex's own
    interface QueryBuilder<TRecord extends {} = any, TResult = any> {
      /** Declares what Comeback may do with this statement: `{ idempotent: true }`, `{ retry: false }` … */
      comeback(annotation: Annotation): this
    }
  }
}

interface ChainedBuilder {
  options(options: object): ChainedBuilder
}

/** Gives Knex's query builder the method `.comeback()`, once for all instances. */
export function addChainMethod(): void {
  const { prototype } = knex.QueryBuilder as unknown as { prototype?: object }
  if (prototype !== undefined && 'comeback' in prototype) return
  try {
    knex.QueryBuilder.extend('comeback', function comeback(this: unknown, annotation: Annotation) {
      // Among the driver's options, because a query context does not get as far as a stream.
      return (this as ChainedBuilder).options({ comeback: annotation }) as never
    })
  } catch {
    // Knex refuses to extend twice: the other copy of this package has done it.
  }
}

/** The query with its annotation among the driver's options, where the session looks for it. */
export function annotated(query: KnexQuery): KnexQuery {
  const context = query.queryContext as { readonly comeback?: unknown } | undefined
  if (context?.comeback === undefined) return query
  query.options = { comeback: context.comeback, ...query.options }
  return query
}
