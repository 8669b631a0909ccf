import { type Policy, refuseOption, resolvePolicy, typeOf } from '@comeback/core'
import { checkVersion } from './check-version.js'
import { PrismaComeback } from './factory.js'
import { givenFactory } from './given-adapter.js'
import type { PrismaAdapterFactory } from './orm-types.js'

const GIVEN: unique symbol = Symbol.for('comeback.prisma.given') as never

const CHOICES = [
  '{ adapter: new PrismaComeback(url) }',
  '{ adapter } with a driver adapter for MySQL or MariaDB',
]

function checkAdapter(adapter: unknown): asserts adapter is PrismaAdapterFactory {
  if (typeof adapter !== 'object' || adapter === null)
    refuseOption('options.adapter', typeOf(adapter), CHOICES)
  const { provider, connect } = adapter as Partial<PrismaAdapterFactory>
  if (typeof connect !== 'function') {
    const isConnected = 'queryRaw' in adapter
    refuseOption('options.adapter', isConnected ? 'an adapter that is connected' : typeOf(adapter), CHOICES)
  }
  if (provider !== 'mysql') refuseOption('options.adapter', `an adapter for ${String(provider)}`, CHOICES)
  if (GIVEN in adapter) refuseOption('options.adapter', 'one that is under Comeback already', CHOICES)
}

function checkOptions(options: unknown): asserts options is { readonly adapter: unknown } {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    refuseOption(
      'options',
      typeof options === 'string' ? 'a URL or another string' : typeOf(options),
      CHOICES,
    )
  }
  if ('$extends' in options)
    refuseOption('options', 'a client', ['the options that it is made from', ...CHOICES])
}

/** An adapter of ours gets the policy; it must not have one already. */
function withPolicy(adapter: PrismaComeback, policy: Policy | undefined): PrismaComeback {
  if (policy === undefined) return adapter
  if (adapter.options.policy !== undefined) {
    refuseOption('policy', 'a second one', ['none: the adapter has the policy that it was made with'])
  }
  return new PrismaComeback(adapter.config, { ...adapter.options, policy })
}

function underComeback(adapter: PrismaAdapterFactory, policy: Policy | undefined): PrismaAdapterFactory {
  const resolved = resolvePolicy(policy)
  if (resolved.statementDeadlineMs > 0) {
    refuseOption('policy.statementDeadlineMs', 'a number', [
      'new PrismaComeback(…), which can end a statement',
      'nothing',
    ])
  }
  return Object.defineProperty(givenFactory(adapter, resolved), GIVEN, { value: true })
}

/**
 * A client's options in, a client's options out: what is made from them survives its server going away.
 *
 * With `new PrismaComeback(url)` as adapter all of Comeback is there. Any other adapter for MySQL or MariaDB is wrapped: lost reads,
 * BEGINs and what is known not to have been sent are sent again, losses are told by the same errors; deadlines, pings and the
 * connections themselves stay that adapter's business.
 *
 * @param options - as for `new PrismaClient()`.
 * @param policy - what Comeback may do; see `Policy` for every default.
 * @throws ComebackConfigError naming the option that is unknown or wrong, or a Prisma that is not 7.
 * @example
 * ```ts
 * import { comeback, PrismaComeback } from '@comeback/prisma'
 *
 * const options = comeback({ adapter: new PrismaComeback('mysql://shop@127.0.0.1/shop') })
 * // new PrismaClient(options)
 * ```
 */
export function comeback<C extends { readonly adapter: PrismaAdapterFactory }>(
  options: C,
  policy?: Policy,
): C {
  checkVersion()
  checkOptions(options)
  const { adapter } = options
  checkAdapter(adapter)
  const ours = adapter instanceof PrismaComeback
  return { ...options, adapter: ours ? withPolicy(adapter, policy) : underComeback(adapter, policy) }
}
