import { linkLost, type RuleGroup, type RuleVerdict, refusedByClient } from '../rule.js'

const application: RuleVerdict = { ...refusedByClient, kind: 'application' }
const overloaded: RuleVerdict = { ...refusedByClient, kind: 'overloaded' }
const deadline: RuleVerdict = { ...linkLost, kind: 'deadline', retryable: false }

const closedState = /(?:Can't add new command when connection is|Can't write) in closed state$/

/** Errors without any code: the words are all there is. */
export const texts: RuleGroup = {
  title: 'Only the text says so',
  intro:
    'The last resort, for errors that carry no code. Asked of the end of the message, because Knex puts the SQL in front of it.',
  rules: [
    {
      id: 'text.closed-state.ended',
      match: { ended: true, text: closedState },
      verdict: application,
      note: 'A statement on a connection that the application itself has ended.',
      source: 'mysql2 3.24.5, lib/base/connection.js',
    },
    {
      id: 'text.closed-state',
      match: { text: closedState },
      verdict: linkLost,
      note: 'mysql2 knew the link to be gone and refused the statement. To be reported with the evidence `dead-before-send`.',
      source: 'mysql2 3.24.5, lib/base/connection.js',
    },
    {
      id: 'text.connection-lost',
      match: {
        text: /(?:Connection lost: The server closed the connection\.|This socket has been ended by the other party|MySQL server has gone away|Lost connection to (?:MySQL )?server during query)$/,
      },
      verdict: linkLost,
      note: 'A loss whose code an outer layer has dropped.',
      source: 'mysql2 3.24.5; Node.js, lib/net.js; MySQL client error reference',
    },
    {
      id: 'text.query-timeout',
      match: {
        text: /(?:Query inactivity timeout|Defined query timeout of \d+ms exceeded when running query\.)$/,
      },
      verdict: deadline,
      note: 'No answer within the timeout of mysql2 or Knex. The statement may still run.',
      source: 'mysql2 3.24.5, lib/commands/query.js; Knex 3.3.0, lib/execution/query-runner.js',
    },
    {
      id: 'text.pool-closed',
      match: {
        text: /(?:Pool is closed\.|Unable to acquire a connection|ConnectionManager\.getConnection was called after the connection manager was closed!)$/,
      },
      verdict: application,
      note: 'The application has closed the pool and goes on using it.',
      source:
        'mysql2 3.24.5, lib/base/pool.js; Knex 3.3.0, lib/client.js; Sequelize 6.37.8, lib/dialects/abstract/connection-manager.js',
    },
    {
      id: 'text.pool-exhausted',
      match: {
        text: /(?:Queue limit reached\.|No connections available\.|Timeout acquiring a connection\. The pool is probably full\..*|Operation timeout)$/s,
      },
      verdict: overloaded,
      note: 'No link of the pool became free. The pool has waited, or was told not to wait.',
      source: 'mysql2 3.24.5, lib/base/pool.js; Knex 3.3.0, lib/client.js; Sequelize 6.37.8 (sequelize-pool)',
    },
  ],
}
