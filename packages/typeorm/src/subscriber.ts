import { type EntitySubscriberInterface, EventSubscriber } from 'typeorm'
import { leadData } from './annotation.js'
import type { RunnerEvent } from './orm-types.js'
import { transactionCommits, transactionStarts } from './transaction.js'

/** How TypeORM tells of its query runners: by the events that every subscriber may listen to. */
class RunnerKeeper implements EntitySubscriberInterface {
  beforeQuery(event: RunnerEvent): Promise<void> | undefined {
    return leadData(event.queryRunner)
  }

  beforeTransactionStart(event: RunnerEvent): void {
    transactionStarts(event.queryRunner)
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
