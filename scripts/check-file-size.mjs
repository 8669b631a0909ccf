// No source file is longer than a reader can hold: see CONTRIBUTING.md, "House rules".
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { files } from './lib/files.mjs'
import { root } from './lib/paths.mjs'
import { main, StepFailure } from './lib/step.mjs'

const maxLines = 400
const ours = /^(packages|test|bench|examples|scripts)\/.*\.[cm]?[jt]s$/

await main(() => {
  const tooLong = files(path => ours.test(path))
    .map(path => ({ path, lines: readFileSync(join(root, path), 'utf8').split('\n').length - 1 }))
    .filter(({ lines }) => lines > maxLines)
  if (tooLong.length === 0) return
  const list = tooLong.map(({ path, lines }) => `${path}: ${lines} lines`).join('\n')
  throw new StepFailure(`${list}\nA file has at most ${maxLines} lines: split it by idea.`)
})
