import { executionAsyncResource } from 'node:async_hooks'
import { areFlowsFollowed, flowContext } from '../flow/flow-context.js'

/** Stands for one transaction in the async contexts that it was begun in. */
export interface OwnershipToken {
  /** The transaction that the one who began this had open already, on another session. */
  readonly parent: OwnershipToken | undefined
  isOver: boolean
  /** The flow is about to begin a transaction, whose token this will be. */
  isFree?: boolean
}

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
export const currentToken = (): OwnershipToken | undefined => living(flowContext.getStore()?.token)

/** Makes a token, or none, the flow's own from here on. False if there is no flow to give it to, or flows are not told apart. */
export const carryToken = (token: OwnershipToken | undefined): boolean => {
  if (!areFlowsFollowed() || isSocketEvent()) return false
  const annotation = flowContext.getStore()?.annotation
  flowContext.enterWith({ annotation, token })
  return true
}

/** The token that waits in this flow for the transaction that it begins, if there is one. */
export const claimToken = (): OwnershipToken | undefined => {
  const token = flowContext.getStore()?.token
  if (token?.isFree !== true) return undefined
  token.isFree = false
  return token
}

/**
 * Runs a function that begins a transaction and goes on in it, as the flow that this transaction will belong to. For libraries
 * that say BEGIN in an inner asynchronous function, from which nothing that is entered there gets out to the flow. Where flows are not
 * told apart the function is just run.
 */
export const asTransactionFlow = <T>(run: () => T): T => {
  if (!areFlowsFollowed()) return run()
  const token = { parent: currentToken(), isOver: false, isFree: true }
  return flowContext.run({ annotation: flowContext.getStore()?.annotation, token }, run)
}

/** Gives the flow back the token that it had before this one, if it is this one that it has. */
export const leaveToken = (token: OwnershipToken): void => {
  if (flowContext.getStore()?.token === token) carryToken(living(token.parent))
}

/** Whether a token is another one or was begun within it. */
export const isWithin = (token: OwnershipToken, other: OwnershipToken): boolean => {
  for (let one: OwnershipToken | undefined = token; one !== undefined; one = one.parent) {
    if (one === other) return true
  }
  return false
}
