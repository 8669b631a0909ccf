/**
 * Tells the reader of a terminal what takes so long: one line that changes, or, in a log file, a line at
 * every step.
 */
export interface Progress {
  /** `percent` is shown; in a log file only at every quarter. */
  update(text: string, percent?: number): void
  /** Ends the line. */
  done(text: string): void
}

export function stderrProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  return stream.isTTY ? changingLine(stream) : plainLines(stream)
}

function changingLine(stream: NodeJS.WriteStream): Progress {
  const show = (text: string, end: string): void => {
    stream.write(`\r\u001b[2K${text.slice(0, stream.columns - 1)}${end}`)
  }
  return {
    update: (text, percent) => show(percent === undefined ? text : `${text} ${bar(percent)}`, ''),
    done: text => show(text, '\n'),
  }
}

function plainLines(stream: NodeJS.WriteStream): Progress {
  let last = ''
  return {
    update(text, percent) {
      const line = percent === undefined ? text : `${text} ${Math.floor(percent / 25) * 25} %`
      if (line !== last) stream.write(`${line}\n`)
      last = line
    },
    done: text => void stream.write(`${text}\n`),
  }
}

function bar(percent: number): string {
  const filled = Math.round(Math.min(100, Math.max(0, percent)) / 5)
  return `[${'#'.repeat(filled)}${'-'.repeat(20 - filled)}] ${Math.floor(percent)} %`
}
