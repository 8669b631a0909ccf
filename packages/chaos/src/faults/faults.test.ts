import { describe, expect, it } from 'vitest'
import { cut, cutAfterForward, cutInsideAnswer, cutInsideRequest } from './cuts.js'
import { garbage, injectError } from './replies.js'
import { delay, freeze, hold, silence, slow } from './waits.js'

/** A value that the types forbid. */
const wrong = (value: unknown): never => value as never

describe('faults', () => {
  it('are frozen values with all defaults filled in', () => {
    const faults = [
      cut(),
      cutAfterForward({ how: 'rst' }),
      cutInsideRequest({ afterBytes: 5, server: 'keep' }),
      cutInsideAnswer({ afterRows: 0 }),
      silence(),
      slow({ bytesPerSecond: 10 }),
      delay({ ms: 5 }),
      freeze(),
      garbage({ bytes: Buffer.from('x') }),
    ]
    expect(faults.every(fault => Object.isFrozen(fault))).toBe(true)
    expect(faults).toEqual([
      { kind: 'cut', how: 'fin', server: 'close' },
      { kind: 'cutAfterForward', executed: true, how: 'rst', server: 'close' },
      { kind: 'cutInsideRequest', afterBytes: 5, how: 'fin', server: 'keep' },
      { kind: 'cutInsideAnswer', afterBytes: undefined, afterRows: 0, how: 'fin', server: 'close' },
      { kind: 'silence', direction: 'both' },
      { kind: 'slow', bytesPerSecond: 10, direction: 'both' },
      { kind: 'delay', ms: 5, direction: 'to-server', cut: undefined },
      { kind: 'freeze' },
      { kind: 'garbage', bytes: Buffer.from('x'), ending: 'keep', forward: false },
    ])
  })

  it('know what servers send with an error number', () => {
    expect(injectError({ errno: 1053 })).toEqual({
      kind: 'injectError',
      errno: 1053,
      sqlState: '08S01',
      message: 'Server shutdown in progress',
      ending: 'fin',
      forward: false,
    })
    expect(injectError({ errno: 1290 })).toMatchObject({ sqlState: 'HY000', ending: 'keep' })
    expect(injectError({ errno: 1213, ending: 'rst' })).toMatchObject({ sqlState: '40001', ending: 'rst' })
    expect(injectError({ errno: 60_000 })).toMatchObject({
      sqlState: 'HY000',
      message: 'Injected error',
      ending: 'keep',
    })
  })

  it('a hold is released once and for all', async () => {
    const fault = hold({ cut: 'rst' })
    fault.release()
    fault.release()
    await expect(fault.released).resolves.toBeUndefined()
  })

  it.each([
    [() => cut(wrong({ how: 'bang' })), "cut: option 'how' must be one of 'fin', 'rst', not 'bang'"],
    [() => cut(wrong({ haw: 'fin' })), "cut: there is no option 'haw'; choices: how, server"],
    [() => cut(wrong(null)), 'cut: the options are an object, not null'],
    [
      () => cutAfterForward(wrong({ executed: 1 })),
      "cutAfterForward: option 'executed' must be one of true, false, not 1",
    ],
    [
      () => cutInsideRequest(wrong({})),
      "cutInsideRequest: option 'afterBytes' must be a whole number from 0, not undefined",
    ],
    [
      () => cutInsideAnswer(wrong({ afterRows: -1 })),
      "cutInsideAnswer: option 'afterRows' must be a whole number from 0, not -1",
    ],
    [
      () => cutInsideAnswer(wrong({ afterRows: 1, afterBytes: 1 })),
      "cutInsideAnswer: there is no option 'afterBytes'",
    ],
    [
      () => silence(wrong({ direction: 'up' })),
      "silence: option 'direction' must be one of 'to-server', 'to-client', 'both'",
    ],
    [
      () => slow(wrong({ bytesPerSecond: 0 })),
      "slow: option 'bytesPerSecond' must be a number above 0, not 0",
    ],
    [() => delay(wrong({ ms: Number.NaN })), "delay: option 'ms' must be a number of milliseconds"],
    [() => delay(wrong({ ms: -1 })), "delay: option 'ms' must be a number of milliseconds"],
    [() => hold(wrong({ cut: true })), "hold: option 'cut' must be one of 'fin', 'rst', not true"],
    [
      () => injectError(wrong({ errno: 0 })),
      "injectError: option 'errno' must be a whole number from 1 to 65535, not 0",
    ],
    [
      () => injectError(wrong({ errno: 1, sqlState: 'x' })),
      "injectError: option 'sqlState' must be five digits",
    ],
    [() => garbage(wrong({ bytes: 'text' })), "garbage: option 'bytes' must be a Uint8Array, not 'text'"],
  ])('a wrong option is refused by name (%#)', (make, message) => {
    expect(make).toThrow(TypeError)
    expect(make).toThrow(message)
  })
})
