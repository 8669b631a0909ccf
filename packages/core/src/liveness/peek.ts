import { type Clock, systemClock } from './clock.js'

/**
 * Looks whether a link is still there, without a round trip: lets the event loop poll once in full, so that a FIN or RST which has
 * reached this host is seen, then asks. Two turns are needed: the first may end the very poll phase in which it was queued.
 *
 * @param isAlive - what is known of the link; must not throw. Asked after the turns, and before them for a link known to be dead.
 * @param then - called once, never before this function has returned.
 */
export const peekThen = (
  isAlive: () => boolean,
  then: (alive: boolean) => void,
  clock: Pick<Clock, 'setImmediate'> = systemClock,
): void => {
  clock.setImmediate(() => {
    if (!isAlive()) {
      then(false)
      return
    }
    clock.setImmediate(() => {
      then(isAlive())
    })
  })
}

/** {@link peekThen} as a promise, which never rejects. */
export const peek = (
  isAlive: () => boolean,
  clock: Pick<Clock, 'setImmediate'> = systemClock,
): Promise<boolean> =>
  new Promise(resolve => {
    peekThen(isAlive, resolve, clock)
  })
