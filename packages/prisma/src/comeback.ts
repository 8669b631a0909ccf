import { ComebackConfigError, type Policy, resolvePolicy, typeOf } from '@comeback/core'
import { PrismaComeback } from './factory.js'
import type { PrismaAdapterFactory } from './orm-types.js'

export function comeback<C extends { readonly adapter: PrismaAdapterFactory }>(
  options: C,
  policy?: Policy,
): C {
  const { adapter } = options
  resolvePolicy(policy)
  if (!(adapter instanceof PrismaComeback))
    throw new ComebackConfigError({ option: 'options.adapter', received: typeOf(adapter), choices: [] })
  return {
    ...options,
    adapter: new PrismaComeback(adapter.config, { ...adapter.options, ...(policy && { policy }) }),
  }
}
