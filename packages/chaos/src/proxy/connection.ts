import type { Socket } from 'node:net'
import type {
  CutHow,
  CutOptions,
  DelayFault,
  FaultKind,
  FreezeFault,
  HoldFault,
  SilenceFault,
  SlowFault,
} from '../faults/fault.js'
import type { FaultList, Injection } from '../faults/fault-list.js'
import type { JournalConnection, Writable } from '../journal/journal-records.js'
import { type ClientUnit, Conversation, type ConversationListener } from '../protocol/conversation.js'
import type { Greeting } from '../protocol/handshake.js'
import { AnswerHandler, type ServerChunk } from './answer-handler.js'
import { ExchangeStates } from './exchange-state.js'
import type { Host } from './host.js'
import { type IdleOwner, IdleWatch } from './idle-watch.js'
import { Lane } from './lane.js'
import { Outlet, type OutletOwner } from './outlet.js'
import { RequestHandler } from './request-handler.js'
import { Side } from './side.js'
import { strikeAtConnect, strikeOutsideCommand } from './strike.js'
import { connectTarget } from './target.js'
import { sleep, waitFor } from './waiting.js'

/** How one side ended, on its way to the other side. */
interface Ending {
  readonly type: 'end'
  readonly how: CutHow
}

const destroyed = Symbol('connection destroyed')

/** One client, the server behind it, and what goes wrong between them. */
export class Connection implements ConversationListener, IdleOwner {
  readonly host: Host
  readonly record: Writable<JournalConnection>
  readonly conversation: Conversation = new Conversation(this)
  readonly states: ExchangeStates = new ExchangeStates()
  readonly toServer: Outlet
  readonly toClient: Outlet
  /** Settles when both sides have been cut. */
  readonly ended: Promise<void>
  readonly #client: Side
  readonly #abort: AbortController = new AbortController()
  readonly #requests: Lane<ClientUnit | Ending>
  readonly #answers: Lane<ServerChunk | Ending>
  readonly #idleWatch: IdleWatch = new IdleWatch(this)
  readonly #struck: Set<Injection> = new Set()
  readonly #onGone: () => void
  #server: Side | undefined
  #commands = 0
  #saidGoodbye = false
  #waiters: (() => void)[] = []
  #end: () => void = () => {}

  constructor(client: Socket, host: Host, onGone: () => void) {
    this.host = host
    this.#onGone = onGone
    this.ended = new Promise(resolve => {
      this.#end = resolve
    })
    this.record = host.journal.addConnection(client.remotePort)
    this.toServer = new Outlet(this.#outletOwner('to-server'))
    this.toClient = new Outlet(this.#outletOwner('to-client'), client)
    const requests = new RequestHandler(this)
    this.#requests = new Lane({
      handle: item => (item.type === 'end' ? this.#endServer(item.how) : requests.handle(item)),
      drained: () => this.#settled(),
      full: isFull => this.#client.hold(isFull),
      failed: error => this.#failed(error),
    })
    const answers = new AnswerHandler(this)
    this.#answers = new Lane({
      handle: item => ('type' in item ? this.#endClient(item.how) : answers.handle(item)),
      drained: () => this.#settled(),
      full: isFull => this.#server?.hold(isFull),
      failed: error => this.#failed(error),
    })
    this.#client = new Side(client, {
      data: chunk => this.#fromClient(chunk),
      gone: how => this.#clientGone(how),
      closed: () => this.#checkGone(),
    })
    this.#open().catch((error: unknown) => this.#failed(error))
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  get faults(): FaultList {
    return this.host.faults
  }

  /** Ends both sides, or only the client's. What is still on its way is dropped. */
  cut({ how, server }: Required<CutOptions>): void {
    this.#requests.stop()
    this.#answers.stop()
    this.cutClient(how)
    if (server === 'close') this.#server?.end('fin')
    this.#end()
    this.host.journal.changed()
  }

  /** Ends both sides behind what the client was just sent, which it has the time to read. */
  async cutBehind(options: Required<CutOptions>): Promise<void> {
    if (options.how === 'rst') await this.toClient.letRead()
    this.cut(options)
  }

  /** Ends the client's side. What the client has sent still goes to the server, which is then told the end. */
  cutClient(how: CutHow): void {
    this.#idleWatch.busy()
    this.host.journal.closeConnection(this.record, 'proxy', how)
    this.#client.end(how)
  }

  /** Makes the link worse from here on. */
  degrade(fault: SilenceFault | SlowFault | FreezeFault): void {
    if (fault.kind === 'freeze') {
      this.host.frozen.close()
      return
    }
    if (fault.direction !== 'to-client') this.toServer.degrade(fault)
    if (fault.direction !== 'to-server') this.toClient.degrade(fault)
  }

  /** Waits as long as the fault says. */
  wait(fault: DelayFault | HoldFault): Promise<void> {
    return fault.kind === 'delay' ? sleep(fault.ms, this.signal) : waitFor(fault.released, this.signal)
  }

  /** Sends the client an answer of the proxy's own. */
  async reply(bytes: Uint8Array, ending: CutHow | 'keep'): Promise<void> {
    await this.host.frozen.pass(this.signal)
    if (this.toClient.silent) return
    await this.toClient.inject(bytes)
    if (ending !== 'keep') await this.cutBehind({ how: ending, server: 'close' })
  }

  /** Waits until the client has all answers to what went to the server. */
  async answersDelivered(): Promise<void> {
    while (this.conversation.awaited > 0 || !this.#answers.empty) {
      await waitFor(new Promise<void>(resolve => this.#waiters.push(resolve)), this.signal)
    }
  }

  noteFault(kind: FaultKind): void {
    this.record.faults = [...this.record.faults, kind]
    this.host.journal.changed()
  }

  /** Lifts what slows the link. */
  restoreSpeed(): void {
    this.toServer.bytesPerSecond = undefined
    this.toClient.bytesPerSecond = undefined
  }

  /** Ends everything at once. */
  destroy(): void {
    this.#abort.abort(destroyed)
    this.#requests.stop()
    this.#answers.stop()
    this.#idleWatch.busy()
    this.host.journal.closeConnection(this.record, 'proxy', 'fin')
    this.#client.socket.destroy()
    this.#server?.socket.destroy()
  }

  greeted(greeting: Greeting): void {
    this.record.threadId = greeting.threadId
    this.record.serverVersion = greeting.serverVersion
  }

  loggedIn(): void {
    this.record.loggedIn = true
  }

  serverError(errno: number): void {
    // What a server says to a client that has been cut off is a consequence, not a cause.
    if (!this.record.open) return
    this.record.serverErrors = [...this.record.serverErrors, errno]
  }

  becameOpaque(): void {
    this.record.opaque = true
    this.#forwardCollected()
  }

  isIdle(): boolean {
    const quiet = this.conversation.idle && this.#requests.empty && this.#answers.empty
    const silent = this.toServer.silent || this.toClient.silent
    return this.record.open && quiet && !silent && !this.host.frozen.shut
  }

  checkIdle(): void {
    this.#idleWatch.check()
  }

  strikeIdle({ fault }: Injection): void {
    strikeOutsideCommand(this, fault, this.toClient).catch((error: unknown) => this.#failed(error))
  }

  #outletOwner(direction: 'to-server' | 'to-client'): OutletOwner {
    return {
      frozen: this.host.frozen,
      signal: this.signal,
      streamFaults: () =>
        this.faults
          .pending('stream', this.record)
          .filter(({ trigger }) => (trigger.direction ?? 'to-client') === direction)
          .filter(injection => !this.#struck.has(injection)),
      strikeStream: async injection => {
        this.#struck.add(injection)
        if (!this.faults.count(injection, { phase: 'stream', connection: this.record })) return
        const outlet = direction === 'to-server' ? this.toServer : this.toClient
        await strikeOutsideCommand(this, injection.fault, outlet)
      },
      crossed: packets => {
        this.record[direction === 'to-server' ? 'packetsToServer' : 'packetsToClient'] = packets
      },
    }
  }

  async #open(): Promise<void> {
    if (!(await strikeAtConnect(this)) || this.#client.gone) return
    const socket = connectTarget(this.host.target())
    this.toServer.connect(socket)
    socket.on('connect', () => {
      this.record.serverOpen = true
      this.record.serverPort = socket.localPort
      this.host.journal.changed()
    })
    this.#server = new Side(socket, {
      data: chunk => this.#fromServer(chunk),
      gone: (how, error) => {
        if (error && !this.record.serverOpen) this.record.targetError = error.code ?? error.message
        this.#answers.push({ type: 'end', how }, 0)
      },
      closed: () => {
        this.record.serverOpen = false
        this.#checkGone()
      },
    })
  }

  #fromClient(chunk: Buffer): void {
    this.#idleWatch.busy()
    for (const unit of this.conversation.fromClient(chunk)) {
      if (unit.type === 'command') this.#noteCommand(unit)
      this.#requests.push(unit, unit.bytes.length)
    }
  }

  #fromServer(chunk: Buffer): void {
    this.#idleWatch.busy()
    const units = this.conversation.fromServer(chunk)
    for (const { exchange, ends } of units) {
      const state = ends ? this.states.get(exchange) : undefined
      if (state) state.record.answer = exchange?.answer
    }
    this.#answers.push({ bytes: chunk, units }, chunk.length)
    this.host.journal.changed()
  }

  #noteCommand({ exchange }: Extract<ClientUnit, { type: 'command' }>): void {
    const index = exchange.kind === 'login' ? 0 : ++this.#commands
    const { kind, sql, statementId, bytes } = exchange
    if (kind === 'quit') this.#saidGoodbye = true
    const facts = { connection: this.record.id, index, kind, sql, statementId, bytes }
    this.states.add(exchange, this.host.journal.addCommand(facts))
    this.host.journal.changed()
  }

  #clientGone(how: CutHow): void {
    this.#idleWatch.busy()
    this.host.journal.closeConnection(this.record, 'client', how)
    this.#forwardCollected()
    this.#requests.push({ type: 'end', how }, 0)
  }

  #forwardCollected(): void {
    const bytes = this.conversation.flushClient()
    if (bytes.length > 0) this.#requests.push({ type: 'bytes', bytes }, bytes.length)
  }

  async #endServer(how: CutHow): Promise<void> {
    await this.host.frozen.pass(this.signal)
    if (!this.toServer.silent) this.#server?.end(how)
  }

  async #endClient(how: CutHow): Promise<void> {
    await this.host.frozen.pass(this.signal)
    if (this.toClient.silent) return
    this.#idleWatch.busy()
    this.host.journal.closeConnection(this.record, this.#saidGoodbye ? 'client' : 'server', how)
    this.#client.end(how)
  }

  #settled(): void {
    const waiters = this.#waiters
    this.#waiters = []
    for (const resume of waiters) resume()
    this.#idleWatch.check()
  }

  #checkGone(): void {
    if (!this.#client.closed || this.#server?.closed === false) return
    this.destroy()
    this.#onGone()
    this.host.journal.changed()
  }

  #failed(error: unknown): void {
    if (error === destroyed) return
    this.host.failed(error)
    this.destroy()
  }
}
