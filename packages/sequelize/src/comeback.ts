import { asTransactionFlow, type Policy, refuseOption, resolvePolicy, typeOf } from '@comeback/core'
import { type Options, Sequelize } from 'sequelize'
import { checkAnnotation } from './annotation.js'
import { ATTACH, checkDialect, checkDriver, checkOptions, type DriverToBe, isOurs } from './check-options.js'
import { checkInstance, checkVersion } from './check-version.js'
import {
  type SequelizeInstance,
  type SequelizeTransaction,
  setMethod,
  type TransactionWork,
} from './orm-types.js'
import { sessionQuery } from './query.js'
import { guardedRetry, warnOfRetry, warnOnce } from './retry.js'
import { addSessions } from './sessions.js'
import { honestTransaction } from './transaction.js'

const ATTACHED: unique symbol = Symbol.for('comeback.sequelize.attached') as never

/** The name of the hook that finds the instances which are made from our options. */
const HOOK = 'comeback'

/**
 * Sequelize's own method, asked for at each call: what observes Sequelize may replace it on the class at any time.
 */
function stockMethod<N extends 'query' | 'transaction'>(
  sequelize: SequelizeInstance,
  name: N,
): () => SequelizeInstance[N] {
  if (Object.hasOwn(sequelize, name)) {
    const own = sequelize[name]
    return () => own
  }
  const parent = Object.getPrototypeOf(sequelize) as SequelizeInstance
  return () => parent[name]
}

/** Gives an instance sessions. */
function add(sequelize: SequelizeInstance, policy: Policy = {}): void {
  checkDialect('sequelize.options.dialect', sequelize.options.dialect)
  checkInstance(sequelize)
  Object.defineProperty(sequelize, ATTACHED, { value: true })
  const warn = warnOnce(policy)
  const { options, dialect } = sequelize
  const query = stockMethod(sequelize, 'query')
  const transaction = stockMethod(sequelize, 'transaction')
  addSessions(sequelize, policy)
  dialect.Query = sessionQuery(dialect.Query, sequelize.Sequelize)
  warnOfRetry(options.retry, warn)
  options.retry = guardedRetry(options.retry ?? {}, warn, true)

  setMethod(sequelize, 'query', (...args) => {
    const [sql, given] = args
    if (!given?.retry) return query().apply(sequelize, args)
    return query().call(sequelize, sql, { ...given, retry: guardedRetry(given.retry, warn, false) })
  })

  const managed = async (given: unknown, run: TransactionWork): Promise<unknown> => {
    checkAnnotation(given)
    return asTransactionFlow(() =>
      transaction().call(sequelize, given, begun => run(honestTransaction(begun))),
    )
  }
  const unmanaged = async (given: unknown): Promise<unknown> => {
    checkAnnotation(given)
    return honestTransaction((await transaction().call(sequelize, given)) as never)
  }
  // Sequelize says BEGIN in an inner function; who runs something within a transaction owns it all the same.
  setMethod(sequelize, 'transaction', (given, run) => {
    if (typeof given === 'function') {
      return asTransactionFlow(() =>
        transaction().call(sequelize, (begun: SequelizeTransaction) => given(honestTransaction(begun))),
      )
    }
    return run ? managed(given, run) : unmanaged(given)
  })
}

function driverToBe(policy: Policy | undefined): DriverToBe {
  let refusal: unknown
  return {
    policy,
    [ATTACH]: sequelize => {
      if (ATTACHED in sequelize) return
      try {
        add(sequelize, policy)
      } catch (error) {
        // Sequelize awaits no hook of its constructor: what is thrown here would end the process.
        refusal = error
      }
    },
    createConnection: () => {
      if (refusal !== undefined) throw refusal
      return refuseOption(
        'sequelize',
        'an instance of another copy of Sequelize than the one beside @comeback/sequelize',
        ['one copy of Sequelize', 'comeback.attach(sequelize)'],
      )
    },
  }
}

/** Gives sessions to what was made from our options, and to nothing else. */
function findInstance(sequelize: unknown): void {
  const instance = sequelize as SequelizeInstance
  const { dialectModule } = instance.options
  if (isOurs(dialectModule)) dialectModule[ATTACH](instance)
}

function configure<O extends Options>(options: O, policy?: Policy): O {
  checkVersion((Sequelize as unknown as { readonly version: unknown }).version)
  checkOptions(options)
  resolvePolicy(policy)
  // Set anew each time: it must be there once, also when somebody has cleared the hooks, or has loaded another copy of this package.
  Sequelize.removeHook('afterInit', HOOK)
  Sequelize.addHook('afterInit', HOOK, findInstance)
  const driver = driverToBe(policy)
  return Object.defineProperty({ ...options }, 'dialectModule', {
    configurable: true,
    enumerable: true,
    // Sequelize takes the dialect from the URL, writes it here, and then reads this.
    get(this: Options) {
      if (this.dialect !== undefined) checkDialect('options.dialect', this.dialect)
      return driver
    },
  })
}

/**
 * Gives an existing Sequelize instance sessions from now on; connections that its pool already holds are dropped when they
 * are next acquired.
 *
 * @param policy - What Comeback may do; see `Policy` for every default. Not for an instance that has its policy.
 * @throws ComebackConfigError when it is not a Sequelize instance on mysql2, or an option of the policy is wrong.
 */
export function attach<S extends Sequelize>(sequelize: S, policy?: Policy): S {
  const given: unknown = sequelize
  if (typeof given !== 'object' || given === null || !('connectionManager' in given)) {
    refuseOption('sequelize', typeOf(given), ['a Sequelize instance'])
  }
  const instance = given as unknown as SequelizeInstance
  const { dialectModule } = instance.options
  // Made from our options by another copy of Sequelize, it has a policy and no sessions.
  const own = isOurs(dialectModule) ? dialectModule.policy : undefined
  if (policy !== undefined && (own !== undefined || ATTACHED in given)) {
    refuseOption('policy', 'a second one', ['none: the instance has the policy that it was made with'])
  }
  if (ATTACHED in given) return sequelize
  if (!isOurs(dialectModule)) checkDriver('sequelize.options', instance.options)
  resolvePolicy(policy)
  add(instance, policy ?? own)
  return sequelize
}

/** `comeback(options, policy?)` for options, `comeback.attach(sequelize, policy?)` for an instance that exists. */
export interface Comeback {
  /**
   * Sequelize's options in, Sequelize's options out.
   *
   * @throws ComebackConfigError naming the option that is unknown or wrong.
   */
  <O extends Options>(options: O, policy?: Policy): O
  /** Gives an existing Sequelize instance sessions from now on. */
  readonly attach: typeof attach
}

/**
 * Sequelize's options in, Sequelize's options out: connections of an instance that is made from them survive their server going
 * away.
 *
 * @param options - As for `new Sequelize()`, with `dialect: 'mysql'`.
 * @param policy - What Comeback may do; see `Policy` for every default.
 * @throws ComebackConfigError naming the option that is unknown or wrong.
 * @example
 * ```ts
 * import { comeback } from '@comeback/sequelize'
 * import { Sequelize } from 'sequelize'
 *
 * const sequelize = new Sequelize(comeback({ dialect: 'mysql', host: '127.0.0.1', username: 'shop' }))
 * ```
 */
export const comeback: Comeback = Object.assign(configure, { attach })
