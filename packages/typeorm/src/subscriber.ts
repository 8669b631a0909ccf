import { type EntitySubscriberInterface, EventSubscriber, getMetadataArgsStorage } from 'typeorm'
import { leadData } from './annotation.js'
import type { AfterRunnerEvent, BeforeRunnerEvent, RunnerEvent } from './orm-types.js'
import { statementFailed, transactionCommits, transactionStarted, transactionStarts } from './transaction.js'

/** How TypeORM tells of its query runners: by the events that every subscriber may listen to. */
class RunnerKeeper implements EntitySubscriberInterface {
  beforeQuery({ queryRunner, query }: BeforeRunnerEvent): Promise<void> | undefined {
    try {
      return leadData(queryRunner, query)
    } catch (error) {
      // TypeORM tells of no failure of a statement that it does not come to send.
      void statementFailed(queryRunner, query, error)
      throw error
    }
  }

  afterQuery(event: AfterRunnerEvent): Promise<void> | undefined {
    return event.success ? undefined : statementFailed(event.queryRunner, event.query, event.error)
  }

  beforeTransactionStart(event: RunnerEvent): Promise<void> | undefined {
    return transactionStarts(event.queryRunner)
  }

  afterTransactionStart(event: RunnerEvent): void {
    transactionStarted(event.queryRunner)
  }

  beforeTransactionCommit(event: RunnerEvent): void {
    transactionCommits(event.queryRunner)
  }
}

/** TypeORM lists subscribers in the order of their registration: ours comes behind those that the application has by now. */
function register(): void {
  const { entitySubscribers } = getMetadataArgsStorage()
  const place = entitySubscribers.findIndex(({ target }) => target === RunnerKeeper)
  if (place >= 0) entitySubscribers.splice(place, 1)
  EventSubscriber()(RunnerKeeper)
}

/** The application's subscribers and one of ours. */
export function withKeeper(subscribers: unknown): readonly unknown[] {
  register()
  return [...Object.values(subscribers ?? {}), RunnerKeeper]
}
