import { type Channel, channel } from 'node:diagnostics_channel'
import { type Clock, systemClock } from '../liveness/clock.js'
import type { ComebackLogger } from '../policy/policy.js'
import type { EventRing } from './event-ring.js'
import type { ComebackEvent, EventFields, EventType } from './event-types.js'
import { logLevel, logLine } from './log-line.js'

/** Tells the world what happened to one pool. */
export interface Events {
  /** Whether a subscriber or the logger would be given such an event. */
  wanted(type: EventType): boolean
  /**
   * Gives an event to the subscribers of its channel, to the logger, and to the ring of the session that it concerns. Without
   * any of them it does nothing. Never throws.
   */
  publish<T extends EventType>(type: T, fields: EventFields[T], ring?: EventRing): void
}

/** What {@link Events} are made of. */
export interface EventsOptions {
  /** The policy's `name`. */
  readonly pool: string
  /** The policy's `logger`. Default: nothing is logged. */
  readonly logger?: ComebackLogger | undefined
  /** Given every event, of every level. What it throws is thrown again outside of the recovery. */
  readonly listener?: ((event: ComebackEvent) => void) | undefined
  /** Gives events their time. Default: `systemClock`. */
  readonly clock?: Pick<Clock, 'wallNow'>
}

/** Kept for good: the registry of `node:diagnostics_channel`, which all copies of this package share, holds them weakly. */
const channels = new Map<EventType, Channel>()

const channelOf = (type: EventType): Channel => {
  const known = channels.get(type)
  if (known !== undefined) return known
  const created = channel(`comeback:${type}`)
  channels.set(type, created)
  return created
}

const log = (logger: ComebackLogger, event: ComebackEvent): void => {
  try {
    logger[logLevel(event.type)]?.(logLine(event), event)
  } catch {
    // A logger that fails must not make a recovery fail.
  }
}

const tell = (listener: (event: ComebackEvent) => void, event: ComebackEvent): void => {
  try {
    listener(event)
  } catch (error) {
    // As `node:diagnostics_channel` does it: the application hears of its mistake, the recovery does not.
    process.nextTick(() => {
      throw error
    })
  }
}

/** Makes the {@link Events} of one pool. */
export const createEvents = ({ pool, logger, listener, clock = systemClock }: EventsOptions): Events => {
  const isLogged = (type: EventType): boolean => logger?.[logLevel(type)] !== undefined
  const isWanted = (type: EventType): boolean =>
    listener !== undefined || channelOf(type).hasSubscribers || isLogged(type)
  return {
    wanted: isWanted,
    publish: (type, fields, ring) => {
      const subscribed = channelOf(type)
      if (ring === undefined && !isWanted(type)) return
      const event = { type, pool, at: clock.wallNow(), ...fields } as unknown as ComebackEvent
      ring?.record(event)
      if (subscribed.hasSubscribers) subscribed.publish(event)
      if (logger !== undefined) log(logger, event)
      if (listener !== undefined) tell(listener, event)
    },
  }
}
