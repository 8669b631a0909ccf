import { executionAsyncResource } from 'node:async_hooks'
import { sharedStorage } from '../annotation/shared-storage.js'

/** Stands for one transaction in the async contexts that it was begun in. */
export interface OwnershipToken {
  /** The transaction that the one who began this had open already, on another session. */
  readonly parent: OwnershipToken | undefined
  isOver: boolean
  /** The flow is about to begin a transaction, whose token this will be. */
  isFree?: boolean
}

const storage = sharedStorage<OwnershipToken | undefined>('comeback.ownership')

/** The nearest of a token and its parents whose transaction is open. */
const living = (token: OwnershipToken | undefined): OwnershipToken | undefined => {
  let nearest = token
  while (nearest?.isOver === true || nearest?.isFree === true) nearest = nearest.parent
  return nearest
}

/**
 * The handle of a socket is the resource of all its events. What is entered there would be met by everybody whose callbacks
 * that socket ever runs, so nothing is.
 */
const isSocketEvent = (): boolean => 'readStart' in executionAsyncResource()

/** The token of the flow that asks; undefined if it has no transaction open. */
export const currentToken = (): OwnershipToken | undefined => living(storage.getStore())

/** Makes a token the flow's own from here on. False if there is no flow to give it to. */
export const enterToken = (token: OwnershipToken): boolean => {
  if (isSocketEvent()) return false
  storage.enterWith(token)
  return true
}

/** The token that waits in this flow for the transaction that it begins, if there is one. */
export const claimToken = (): OwnershipToken | undefined => {
  const token = storage.getStore()
  if (token?.isFree !== true) return undefined
  token.isFree = false
  return token
}

/**
 * Runs a function that begins a transaction and goes on in it, as the flow that this transaction will belong to. For libraries
 * that say BEGIN in an inner asynchronous function, from which nothing that is entered there gets out to the flow.
 */
export const asTransactionFlow = <T>(run: () => T): T =>
  storage.run({ parent: currentToken(), isOver: false, isFree: true }, run)

/** Gives the flow back the token that it had before this one, if it is this one that it has. */
export const leaveToken = (token: OwnershipToken): void => {
  if (storage.getStore() === token && !isSocketEvent()) storage.enterWith(living(token.parent))
}

/** Whether a token is another one or was begun within it. */
export const isWithin = (token: OwnershipToken, other: OwnershipToken): boolean => {
  for (let one: OwnershipToken | undefined = token; one !== undefined; one = one.parent) {
    if (one === other) return true
  }
  return false
}

/**
 * Runs a function outside of any transaction's flow. Sockets and timers that outlive a statement are to be made in it: their
 * callbacks would keep the flow that happened to make them.
 */
export const outsideTransactions = <T>(run: () => T): T => storage.run(undefined, run)
