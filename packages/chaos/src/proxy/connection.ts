import { connect, type Socket } from 'node:net'
import type {
  CutHow,
  CutOptions,
  DelayFault,
  Fault,
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
import { replyBytes } from './reply.js'
import { RequestHandler } from './request-handler.js'
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
  readonly #client: Socket
  readonly #abort: AbortController = new AbortController()
  readonly #requests: Lane<ClientUnit | Ending>
  readonly #answers: Lane<ServerChunk | Ending>
  readonly #idleWatch: IdleWatch = new IdleWatch(this)
  readonly #struck: Set<Injection> = new Set()
  readonly #onGone: () => void
  #server: Socket | undefined
  #commands = 0
  #clientEnded = false
  #clientClosed = false
  #serverEnded = false
  #serverClosed = false
  #waiters: (() => void)[] = []

  constructor(client: Socket, host: Host, onGone: () => void) {
    this.host = host
    this.#client = client
    this.#onGone = onGone
    this.record = host.journal.addConnection(client.remotePort)
    this.toServer = new Outlet(this.#outletOwner('to-server'))
    this.toClient = new Outlet(this.#outletOwner('to-client'), client)
    const requests = new RequestHandler(this)
    this.#requests = new Lane({
      handle: item => (item.type === 'end' ? this.#endServer(item.how) : requests.handle(item)),
      drained: () => this.#settled(),
      full: isFull => (isFull ? client.pause() : client.resume()),
      failed: error => this.#failed(error),
    })
    const answers = new AnswerHandler(this)
    this.#answers = new Lane({
      handle: item => ('type' in item ? this.#endClient(item.how) : answers.handle(item)),
      drained: () => this.#settled(),
      full: isFull => (isFull ? this.#server?.pause() : this.#server?.resume()),
      failed: error => this.#failed(error),
    })
    this.#watchClient()
    this.#open().catch((error: unknown) => this.#failed(error))
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  get faults(): FaultList {
    return this.host.faults
  }

  // What faults do.

  /** Ends both sides, or only the client's. What is still on its way is dropped. */
  cut({ how, server }: Required<CutOptions>): void {
    this.#requests.stop()
    this.#answers.stop()
    this.cutClient(how)
    if (server === 'close') this.#server?.end()
    this.host.journal.changed()
  }

  /** Ends the client's side. What the client has sent still goes to the server, which is then told the end. */
  cutClient(how: CutHow): void {
    this.#idleWatch.busy()
    this.host.journal.closeConnection(this.record, 'proxy', how)
    if (how === 'rst') this.#client.resetAndDestroy()
    else this.#client.end()
  }

  /** Makes the link worse from here on. */
  degrade(fault: SilenceFault | SlowFault | FreezeFault): void {
    if (fault.kind === 'freeze') {
      this.host.frozen.close()
      return
    }
    if (fault.direction !== 'to-client') this.#degradeOutlet(this.toServer, fault)
    if (fault.direction !== 'to-server') this.#degradeOutlet(this.toClient, fault)
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
    if (ending !== 'keep') this.cut({ how: ending, server: 'close' })
  }

  /** Waits until the client has all answers to what went to the server. */
  async answersDelivered(): Promise<void> {
    while (this.conversation.awaited > 0 || !this.#answers.empty) {
      await waitFor(new Promise<void>(resolve => this.#waiters.push(resolve)), this.signal)
    }
  }

  noteFault(kind: FaultKind): void {
    this.record.faults = [...this.record.faults, kind]
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
    this.#client.destroy()
    this.#server?.destroy()
  }

  // What the conversation tells.

  greeted(greeting: Greeting): void {
    this.record.threadId = greeting.threadId
    this.record.serverVersion = greeting.serverVersion
  }

  loggedIn(): void {
    this.record.loggedIn = true
  }

  serverError(errno: number): void {
    this.record.serverErrors = [...this.record.serverErrors, errno]
  }

  becameOpaque(): void {
    this.record.opaque = true
    this.#forwardCollected()
  }

  // Idle.

  isIdle(): boolean {
    const { silent: deaf } = this.toServer
    const { silent: mute } = this.toClient
    const quiet = this.conversation.idle && this.#requests.empty && this.#answers.empty
    return this.record.open && quiet && !deaf && !mute && !this.host.frozen.shut
  }

  checkIdle(): void {
    this.#idleWatch.check()
  }

  strikeIdle({ fault }: Injection): void {
    this.#strikeOutsideCommand(fault, this.toClient).catch((error: unknown) => this.#failed(error))
  }

  // Inside.

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
        await this.#strikeOutsideCommand(
          injection.fault,
          direction === 'to-server' ? this.toServer : this.toClient,
        )
      },
    }
  }

  async #strikeOutsideCommand(fault: Fault, outlet: Outlet): Promise<void> {
    this.noteFault(fault.kind)
    this.host.journal.changed()
    switch (fault.kind) {
      case 'cut':
        return this.cut(fault)
      case 'silence':
      case 'slow':
      case 'freeze':
        return this.degrade(fault)
      case 'delay':
      case 'hold':
        if (fault.cut) this.cutClient(fault.cut)
        return this.wait(fault)
      case 'injectError':
        return this.reply(replyBytes(fault, 0), fault.ending)
      case 'garbage':
        await outlet.inject(fault.bytes)
        if (fault.ending !== 'keep') this.cut({ how: fault.ending, server: 'close' })
        return
      default:
        return
    }
  }

  async #open(): Promise<void> {
    await this.host.frozen.pass(this.signal)
    const fault = this.faults.strike({ phase: 'connect', connection: this.record })
    if (fault) await this.#strikeOutsideCommand(fault, this.toClient)
    await this.host.frozen.pass(this.signal)
    const answeredByProxy = fault?.kind === 'injectError' || fault?.kind === 'garbage'
    if (answeredByProxy || this.toServer.silent || this.#clientEnded || !this.record.open) return
    this.#watchServer()
  }

  #watchClient(): void {
    const client = this.#client
    client.on('data', (chunk: Buffer) => {
      this.#idleWatch.busy()
      for (const unit of this.conversation.fromClient(chunk)) {
        if (unit.type === 'command') this.#noteCommand(unit)
        this.#requests.push(unit, unit.bytes.length)
      }
    })
    client.on('end', () => this.#clientGone('fin'))
    client.on('error', () => this.#clientGone('rst'))
    client.on('close', () => {
      this.#clientClosed = true
      this.#clientGone('fin')
      this.#checkGone()
    })
  }

  #noteCommand({ exchange }: Extract<ClientUnit, { type: 'command' }>): void {
    const index = exchange.kind === 'login' ? 0 : ++this.#commands
    const { kind, sql, statementId, bytes } = exchange
    const facts = { connection: this.record.id, index, kind, sql, statementId, bytes }
    this.states.add(exchange, this.host.journal.addCommand(facts))
    this.host.journal.changed()
  }

  #clientGone(how: CutHow): void {
    if (this.#clientEnded) return
    this.#clientEnded = true
    this.#idleWatch.busy()
    this.host.journal.closeConnection(this.record, 'client', how)
    this.#forwardCollected()
    this.#requests.push({ type: 'end', how }, 0)
  }

  #forwardCollected(): void {
    const bytes = this.conversation.flushClient()
    if (bytes.length > 0) this.#requests.push({ type: 'bytes', bytes }, bytes.length)
  }

  #watchServer(): void {
    const target = this.host.target()
    const address =
      'socketPath' in target
        ? { path: target.socketPath }
        : { host: target.host ?? '127.0.0.1', port: target.port }
    const server = connect({ ...address, allowHalfOpen: true, noDelay: true })
    this.#server = server
    this.toServer.connect(server)
    server.on('connect', () => {
      this.record.serverOpen = true
      this.record.serverPort = server.localPort
      this.host.journal.changed()
    })
    server.on('data', (chunk: Buffer) => {
      this.#idleWatch.busy()
      const units = this.conversation.fromServer(chunk)
      this.#answers.push({ bytes: chunk, units }, chunk.length)
    })
    server.on('end', () => this.#serverGone('fin'))
    server.on('error', (error: NodeJS.ErrnoException) => {
      if (!this.record.serverOpen) this.record.targetError = error.code ?? 'unknown'
      this.#serverGone('rst')
    })
    server.on('close', () => {
      this.#serverClosed = true
      this.record.serverOpen = false
      this.#serverGone('fin')
      this.#checkGone()
    })
  }

  #serverGone(how: CutHow): void {
    if (this.#serverEnded) return
    this.#serverEnded = true
    this.#answers.push({ type: 'end', how }, 0)
  }

  async #endServer(how: CutHow): Promise<void> {
    await this.host.frozen.pass(this.signal)
    if (this.toServer.silent) return
    if (how === 'rst') this.#server?.resetAndDestroy()
    else this.#server?.end()
  }

  async #endClient(how: CutHow): Promise<void> {
    await this.host.frozen.pass(this.signal)
    if (this.toClient.silent) return
    this.#idleWatch.busy()
    this.host.journal.closeConnection(this.record, 'server', how)
    if (how === 'rst') this.#client.resetAndDestroy()
    else this.#client.end()
  }

  #degradeOutlet(outlet: Outlet, fault: SilenceFault | SlowFault): void {
    if (fault.kind === 'silence') outlet.silent = true
    else outlet.bytesPerSecond = fault.bytesPerSecond
  }

  #settled(): void {
    const waiters = this.#waiters
    this.#waiters = []
    for (const resume of waiters) resume()
    this.#idleWatch.check()
  }

  #checkGone(): void {
    if (!this.#clientClosed || (this.#server && !this.#serverClosed)) return
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
