import { type EntitySubscriberInterface, EventSubscriber } from 'typeorm'
import { leadData } from './annotation.js'
import type { AfterRunnerEvent, RunnerEvent } from './orm-types.js'
import { statementFailed, transactionCommits, transactionStarted, transactionStarts } from './transaction.js'

/** How TypeORM tells of its query runners: by the events that every subscriber may listen to. */
class RunnerKeeper implements EntitySubscriberInterface {
  beforeQuery(event: RunnerEvent): Promise<void> | undefined {
    return leadData(event.queryRunner)
  }

  afterQuery(event: AfterRunnerEvent): Promise<void> | undefined {
    return event.success ? undefined : statementFailed(event.queryRunner, event.query, event.error)
  }

  beforeTransactionStart(event: RunnerEvent): Promise<void> {
    return transactionStarts(event.queryRunner)
  }

  afterTransactionStart(event: RunnerEvent): void {
    transactionStarted(event.queryRunner)
  }

  beforeTransactionCommit(event: RunnerEvent): void {
    transactionCommits(event.queryRunner)
  }
}

EventSubscriber()(RunnerKeeper)

/** The application's subscribers and one of ours. */
export function withKeeper(subscribers: unknown): readonly unknown[] {
  return [...Object.values(subscribers ?? {}), RunnerKeeper]
}
