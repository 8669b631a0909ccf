import type { StatementFacts } from '@comeback/core'
import { type Annotation, annotationFrom, annotationFromComment, mergeAnnotations } from '@comeback/core'
import type { DriverCommand } from '../driver/driver-types.js'
import { optionsOf } from '../link/command.js'

const NOTES: unique symbol = Symbol.for('comeback.mysql2.notes') as never

/** What Comeback keeps on a command that is out of the ordinary: annotated, or sent more than once. */
interface Notes {
  /** From the scope in which the statement was issued; the scope is gone when the answer comes. */
  scope?: Annotation
  /** Attempts that failed. */
  attempts: number
  firstError?: unknown
  /** Fails it where it may be read again from the same server only, and another one has answered. */
  refuse?: () => void
  /** Rows or result sets that the caller has already been given. */
  delivered: boolean
}

type Noted = DriverCommand & { [NOTES]?: Notes }

/** The notes of a command; made on first use. */
export function notesOf(command: DriverCommand): Notes {
  const noted = command as Noted
  noted[NOTES] ??= { attempts: 0, delivered: false }
  return noted[NOTES]
}

/** The annotation given with the statement itself, checked. */
export function ownAnnotation(command: DriverCommand): Annotation | undefined {
  const given = optionsOf(command)?.comeback
  return given === undefined ? undefined : annotationFrom(given)
}

/** What the caller has declared of a statement, from all four places; the nearest one wins. */
export function annotationOf(
  command: DriverCommand,
  facts: StatementFacts,
  byPolicy: Annotation | undefined,
): Annotation {
  return mergeAnnotations(
    byPolicy,
    (command as Noted)[NOTES]?.scope,
    facts.comment === undefined ? undefined : annotationFromComment(facts.comment),
    ownAnnotation(command),
  )
}
