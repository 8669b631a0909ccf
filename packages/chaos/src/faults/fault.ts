/** How a connection is closed: an orderly end, or a reset. */
export type CutHow = 'fin' | 'rst'

/** One direction of the stream, or both. */
export type Direction = 'to-server' | 'to-client' | 'both'

/** How the two sides of a connection are cut. */
export interface CutOptions {
  /**
   * How the client's side is closed.
   * @defaultValue 'fin'
   */
  readonly how?: CutHow
  /**
   * What becomes of the server's side: closed in good order behind the bytes already forwarded, or kept open, as when
   * a firewall forgets the connection (the server's thread, its transaction and locks live on until the proxy closes).
   * @defaultValue 'close'
   */
  readonly server?: 'close' | 'keep'
}

/** The connection ends before what triggered the fault is forwarded. */
export interface CutFault extends Required<CutOptions> {
  readonly kind: 'cut'
}

/** The command is forwarded, but not a byte of its answer reaches the client. */
export interface CutAfterForwardFault extends Required<CutOptions> {
  readonly kind: 'cutAfterForward'
  /** Whether the cut waits for the server to have answered. */
  readonly executed: boolean
}

/** The server receives the first bytes of a command only. */
export interface CutInsideRequestFault extends Required<CutOptions> {
  readonly kind: 'cutInsideRequest'
  /** Bytes that reach the server, headers included. */
  readonly afterBytes: number
}

/** The client receives the first part of an answer only. */
export interface CutInsideAnswerFault extends Required<CutOptions> {
  readonly kind: 'cutInsideAnswer'
  /** Bytes that reach the client, headers included; undefined if rows are counted. */
  readonly afterBytes: number | undefined
  /** Rows that reach the client; undefined if bytes are counted. */
  readonly afterRows: number | undefined
}

/** Bytes vanish from here on, while the sockets stay open. */
export interface SilenceFault {
  readonly kind: 'silence'
  /** Which bytes vanish. */
  readonly direction: Direction
}

/** Bytes trickle from here on. */
export interface SlowFault {
  readonly kind: 'slow'
  /** In each direction concerned. */
  readonly bytesPerSecond: number
  /** Which bytes trickle. */
  readonly direction: Direction
}

/** What triggered the fault, and all behind it, waits for a time. */
export interface DelayFault {
  readonly kind: 'delay'
  /** Milliseconds. */
  readonly ms: number
  /** What waits: the command, its answer, or one after the other. */
  readonly direction: Direction
  /** How the client's side is cut meanwhile, if at all. */
  readonly cut: CutHow | undefined
}

/** What triggered the fault, and all behind it, waits for `release()`. */
export interface HoldFault {
  readonly kind: 'hold'
  /** What waits: the command, its answer, or one after the other. */
  readonly direction: Direction
  /** How the client's side is cut meanwhile, if at all. */
  readonly cut: CutHow | undefined
  /** Settles with `release()`. */
  readonly released: Promise<void>
  /** Lets everything pass that this fault holds or would hold. Calling it again does nothing. */
  release(): void
}

/** The whole proxy stands still until `proxy.thaw()`. */
export interface FreezeFault {
  readonly kind: 'freeze'
}

/** The client receives an ERR packet of the proxy's instead of the server's answer. */
export interface InjectErrorFault {
  readonly kind: 'injectError'
  /** Error number. */
  readonly errno: number
  /** Five characters. */
  readonly sqlState: string
  /** Text of the error. */
  readonly message: string
  /** What becomes of the connection behind the packet. */
  readonly ending: CutHow | 'keep'
  /** Whether the command is executed all the same. */
  readonly forward: boolean
}

/** The client receives bytes that are no answer. */
export interface GarbageFault {
  readonly kind: 'garbage'
  /** What the client receives. */
  readonly bytes: Uint8Array
  /** What becomes of the connection behind the bytes. */
  readonly ending: CutHow | 'keep'
  /** Whether the command is executed all the same. */
  readonly forward: boolean
}

/** Something that can go wrong on the way. A value without state: it may be injected many times. */
export type Fault =
  | CutFault
  | CutAfterForwardFault
  | CutInsideRequestFault
  | CutInsideAnswerFault
  | SilenceFault
  | SlowFault
  | DelayFault
  | HoldFault
  | FreezeFault
  | InjectErrorFault
  | GarbageFault

/** Name of a fault, as the journal shows it. */
export type FaultKind = Fault['kind']
