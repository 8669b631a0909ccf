/** Anything with a stack: an `Error`, or an object that `Error.captureStackTrace` has filled. */
export interface StackHolder {
  /** The text that V8 makes: a message, then a line for each frame. */
  readonly stack?: string
}

const separator = '\n    ---- called from ----\n'

/** The lines of a stack that are frames; the message above them may have several lines itself. */
const framesOf = (stack: string | undefined): string =>
  (stack ?? '')
    .split('\n')
    .filter(line => /^\s+at /.test(line))
    .join('\n')

/**
 * Adds the frames of the place that made a call to an error that arose later, in a timer or a socket's event, where
 * the stack no longer shows it. Done once for each error: a second call changes nothing. Only for errors of our own,
 * never for a driver's, which several callers may hold.
 *
 * @returns `error`
 */
export const appendCallerStack = <T extends Error>(error: T, caller: StackHolder): T => {
  const frames = framesOf(caller.stack)
  const stack = error.stack ?? `${error.name}: ${error.message}`
  if (frames !== '' && !stack.includes(separator)) {
    Object.defineProperty(error, 'stack', {
      value: `${stack}${separator}${frames}`,
      enumerable: false,
      writable: true,
      configurable: true,
    })
  }
  return error
}
