import { classify } from './classify.js'
import { errorFacts } from './error-facts.js'

/** Whether the server answered that it had stopped the statement, on a link that is as it was. */
function isStopped(error: unknown): boolean {
  const context = { evidence: 'answered', flavour: 'unknown', phase: 'command' } as const
  return classify(errorFacts(error), context).kind === 'statement-stopped'
}

/**
 * Asks something for Comeback itself, and once more if the server stopped it: a KILL QUERY that was meant for the statement before hits
 * whatever runs on its thread by then, and nobody knows of our question. Only for statements that may run twice.
 *
 * @param ask - sends the statement; called once or twice.
 * @throws what `ask` throws (as a rejection), unless it is the first such answer.
 */
export function againIfStopped<T>(ask: () => Promise<T>): Promise<T> {
  return ask().catch((error: unknown) => {
    if (isStopped(error)) return ask()
    throw error
  })
}
