import { ComebackError } from '@comeback/core'
import { annotated, isAnnotated } from './annotation.js'
import { statementError } from './error.js'
import type { SequelizeErrors, SequelizeQueryClass } from './orm-types.js'
import { withheldFailure } from './transaction.js'

/** Sequelize's statement: annotated, and failing with errors that are Sequelize's and ours. */
export function sessionQuery(base: SequelizeQueryClass, errors: SequelizeErrors): SequelizeQueryClass {
  return class SessionQuery extends base {
    override run(sql: string, parameters?: unknown): Promise<unknown> {
      const { options } = this
      const result = isAnnotated(options)
        ? annotated(options, () => super.run(sql, parameters))
        : super.run(sql, parameters)
      return options.completesTransaction ? withheldFailure(options, result) : result
    }

    override formatError(error: object, stack?: string): Error {
      return error instanceof ComebackError
        ? statementError(errors, error, stack)
        : super.formatError(error, stack)
    }
  }
}
