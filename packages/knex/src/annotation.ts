import type { Annotation } from '@comeback/core'
import type { KnexClient, KnexQuery } from './orm-types.js'

declare module 'knex' {
  namespace Knex {
    // biome-ignore lint/suspicious/noExplicitAny: the declaration must repeat the type parameters of Knex's own
    interface QueryBuilder<TRecord extends {} = any, TResult = any> {
      /** Declares what Comeback may do with this statement: `{ idempotent: true }`, `{ retry: false }` … */
      comeback(annotation: Annotation): this
    }
  }
}

/**
 * Gives Knex's query builder the method `.comeback()`, once for all instances. By the builder's own `extend`: that of
 * `knex.QueryBuilder` gives it to each transaction as well, whose table of methods is as full as it can be (docs/discoveries/knex.md).
 */
export function addChainMethod(stock: KnexClient): void {
  const { constructor: builder } = stock.queryBuilder()
  if ('comeback' in builder.prototype) return
  builder.extend('comeback', function comeback(annotation) {
    // Among the driver's options, because a query context does not get as far as a stream.
    return this.options({ comeback: annotation })
  })
}

/** The query with its annotation among the driver's options, where the session looks for it. */
export function annotated(query: KnexQuery): KnexQuery {
  const context = query.queryContext as { readonly comeback?: unknown } | undefined
  if (context?.comeback === undefined) return query
  query.options = { comeback: context.comeback, ...query.options }
  return query
}
