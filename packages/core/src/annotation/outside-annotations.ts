import type { Annotation } from './annotation.js'
import { sharedStorage } from './shared-storage.js'

const storage = sharedStorage<Annotation | undefined>('comeback.annotation')

/**
 * Runs a function outside of any `annotate` scope. Sockets are to be made in it: callbacks run in the scope in which their
 * socket was made, and a statement issued there must not inherit what somebody else once declared.
 */
export const outsideAnnotations = <T>(run: () => T): T => storage.run(undefined, run)
