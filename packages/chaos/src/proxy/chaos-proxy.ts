import type { CutHow, Fault } from '../faults/fault.js'
import type { Hit } from '../faults/fault-list.js'
import type { Trigger } from '../faults/trigger.js'
import type { Journal } from '../journal/journal.js'
import type { ChaosTarget } from './target.js'
import type { WaitLimit } from './waiting-for.js'

/** A fault that was injected. */
export interface InjectedFault {
  /** How often it has struck. */
  readonly hits: number
  /**
   * Waits until it has struck, and says what.
   * @throws Error (as a rejection) if it has not within the time, or the proxy is closed first.
   */
  whenHit(
    options?: WaitLimit & { /** The nth time, from 1. @defaultValue 1 */ readonly nth?: number },
  ): Promise<Hit>
  /** It strikes no more. What it has done stays done. */
  remove(): void
}

/** A client's connection options that lead to the proxy. */
export type ProxyConfig<Options> = Omit<Options, 'host' | 'port' | 'socketPath'> & {
  host: string
  port: number
}

/** A proxy between clients and a MySQL or MariaDB server, which breaks connections on purpose and notes what crossed. */
export interface ChaosProxy extends AsyncDisposable {
  /** Address that it listens on. */
  readonly host: string
  /** Port that it listens on. */
  readonly port: number
  /** What crossed the wire. */
  readonly journal: Journal
  /** The proxy's host and port, as a client's connection options. */
  config(): ProxyConfig<object>
  /** A client's connection options with the proxy's host and port in place of the server's. */
  config<Options extends object>(options: Options): ProxyConfig<Options>
  /**
   * Lets a fault strike once the trigger's conditions are met; without a trigger, at the next command.
   * @throws TypeError if the trigger is wrong or does not go with the fault.
   */
  inject(fault: Fault, trigger?: Trigger): InjectedFault
  /** Back to a good link: removes all faults, releases what they hold, lifts `slow`, thaws. What vanished stays so. */
  clear(): void
  /**
   * Cuts all open connections now.
   * @defaultValue 'fin'
   */
  cutAll(how?: CutHow): void
  /**
   * Destroys what is left of connections whose client's side is closed: a server's side that was kept open or never told, a command
   * that still waits. For long runs, in which it would pile up until `close()`. The journal stays as it is; see its own `clear()`.
   */
  dropAbandoned(): void
  /** Stops listening: new connections are refused by the system (ECONNREFUSED). Existing ones go on. */
  refuse(): Promise<void>
  /**
   * Listens again on the same port.
   * @throws Error (as a rejection) if the port has been taken meanwhile.
   */
  accept(): Promise<void>
  /** Stands still: no byte and no new connection passes, nothing is lost. */
  freeze(): void
  /** Goes on after `freeze`. */
  thaw(): void
  /**
   * New connections go to another server. Existing ones stay.
   * @throws TypeError if the target is wrong.
   */
  retarget(target: ChaosTarget): void
  /**
   * Waits until the predicate holds. It is asked whenever something crosses the wire.
   * @throws Error (as a rejection) with the journal in its message if it does not hold within the time, or the proxy
   * is closed first; what the predicate throws.
   */
  until(predicate: (journal: Journal) => boolean, options?: WaitLimit): Promise<void>
  /**
   * Destroys all connections and stops listening. Calling it again does nothing.
   * @throws (as a rejection) what a trigger's predicate has thrown.
   */
  close(): Promise<void>
}
