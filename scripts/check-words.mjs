// Nothing in the repository names the machine it was written on, nor the place its packages came from.
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { files } from './lib/files.mjs'
import { root } from './lib/paths.mjs'
import { main, StepFailure } from './lib/step.mjs'

const rules = [
  {
    says: 'a path of one machine',
    // Not after a letter, a dot or a colon: those are parts of longer paths, of URLs and of container mounts.
    pattern: /(?<![\w.:$}~-])\/(?:home|root|Users|work|workspaces?|builds)\/[\w.-]+/,
  },
  { says: 'a path of one machine', pattern: /\b[A-Z]:\\+Users\\/ },
  {
    says: 'the host of a package registry',
    pattern: /\b(?:registry|npm|packages?|pkgs?|artifactory|nexus)\.[\w-]+\.(?:org|com|net|dev|io)\b/,
  },
  { says: 'the home folder of this machine', pattern: literal(homedir()) },
  { says: 'the place of this checkout', pattern: literal(root) },
]

await main(() => {
  const found = []
  for (const path of files()) {
    const text = readFileSync(join(root, path), 'utf8')
    if (text.includes('\0')) continue
    text.split('\n').forEach((line, index) => {
      const broken = rules.find(({ pattern }) => pattern?.test(line))
      if (broken) found.push(`${path}:${index + 1}: ${broken.says}: ${line.trim().slice(0, 120)}`)
    })
  }
  if (found.length > 0) throw new StepFailure(found.join('\n'))
})

/** A short path (`/`, `/app`) may well be meant as itself. */
function literal(path) {
  if (path.split('/').length < 3) return undefined
  return new RegExp(path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
}
