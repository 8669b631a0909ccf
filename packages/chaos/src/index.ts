export { cut, cutAfterForward, cutInsideAnswer, cutInsideRequest } from './faults/cuts.js'
export type {
  CutAfterForwardFault,
  CutFault,
  CutHow,
  CutInsideAnswerFault,
  CutInsideRequestFault,
  CutOptions,
  DelayFault,
  Direction,
  Fault,
  FaultKind,
  FreezeFault,
  GarbageFault,
  HoldFault,
  InjectErrorFault,
  SilenceFault,
  SlowFault,
} from './faults/fault.js'
export type { Hit } from './faults/fault-list.js'
export { garbage, injectError } from './faults/replies.js'
export type { CommandMatch, KindChoice } from './faults/selector.js'
export { atCommit, type Phase, type Trigger } from './faults/trigger.js'
export { delay, freeze, hold, silence, slow, type WaitOptions } from './faults/waits.js'
export type { Journal } from './journal/journal.js'
export type { JournalCommand, JournalConnection, Share } from './journal/journal-records.js'
export type { Answer } from './protocol/answer-reader.js'
export type { CommandKind } from './protocol/command.js'
export type { ChaosProxy, InjectedFault, ProxyConfig } from './proxy/chaos-proxy.js'
export { type ChaosProxyOptions, startChaosProxy } from './proxy/start-chaos-proxy.js'
export type { ChaosTarget } from './proxy/target.js'
export type { WaitLimit } from './proxy/waiting-for.js'
