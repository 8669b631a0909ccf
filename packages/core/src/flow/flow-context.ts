import { AsyncLocalStorage } from 'node:async_hooks'
import { versions } from 'node:process'
import type { Annotation } from '../annotation/annotation.js'
import type { OwnershipToken } from '../ownership/ownership-token.js'
import { processWide } from './process-wide.js'

/** What a flow of the program carries with it: what holds for its statements, and which transaction is its own. */
export interface FlowContext {
  readonly annotation: Annotation | undefined
  readonly token: OwnershipToken | undefined
}

type Storage = AsyncLocalStorage<FlowContext | undefined>

/** One storage for everything that a flow carries, as each costs a step at every promise that the program makes. */
export const flowContext: Storage = processWide('comeback.flow', (): Storage => new AsyncLocalStorage())

/** From this version on Node keeps contexts without following promises, at next to no cost. */
const FREE_FROM_NODE = 24

const isFree = Number.parseInt(versions.node, 10) >= FREE_FROM_NODE

/**
 * Whether flows are told apart in this process at no cost of ours. Before Node 24 the first AsyncLocalStorage that is used, whoever
 * uses it, makes Node follow every promise of the program: `for await` over a stream then takes nearly twice the time.
 * Promises that are followed are marked.
 */
export const areFlowsFollowed = (): boolean =>
  isFree || Object.getOwnPropertySymbols(new Promise(() => undefined)).length > 0

/** Has flows told apart from here on, whatever it costs. */
export const followFlows = (): void => flowContext.enterWith(flowContext.getStore())

/**
 * Runs a function outside of any flow: without annotation, without transaction. Sockets and timers that outlive a statement are
 * to be made in it, as their callbacks run in the context in which they were made, and would give it to everybody.
 */
export const outsideFlows = <T>(run: () => T): T => flowContext.run(undefined, run)
