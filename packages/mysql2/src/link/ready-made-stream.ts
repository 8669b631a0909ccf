import { ComebackConfigError, typeOf } from '@comeback/core'
import type { DriverConfig } from '../driver/driver-types.js'

const used = new WeakSet<object>()

/** Whether the application has given a socket, which can carry one link, and not a function that opens them. */
export function isReadyMade({ stream }: DriverConfig): boolean {
  return typeof stream === 'object' && stream !== null
}

/** The error for whoever needs a second link where there can be one only. */
export function onlyOneLink({ stream }: DriverConfig, cause?: unknown): ComebackConfigError {
  return new ComebackConfigError({
    option: 'options.stream',
    problem: 'serves one connection, which is lost',
    received: typeOf(stream),
    choices: ['a function that opens a socket'],
    cause,
  })
}

/** Takes a socket that was given ready-made into use: a second login on it would be taken for anything. */
export function takeReadyMade(config: DriverConfig): void {
  if (!isReadyMade(config)) return
  const stream = config.stream as object
  if (used.has(stream)) throw onlyOneLink(config)
  used.add(stream)
}
