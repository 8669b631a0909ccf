import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { files } from './files.mjs'
import { root } from './paths.mjs'
import { commandStep } from './step.mjs'

/**
 * Generates the Prisma clients of the workspace that are missing or older than their schema. Nothing is downloaded: Prisma looks for
 * its schema engine before it generates, but does not start it, so that any file will do.
 */
export async function ensureGenerated() {
  for (const schema of files(name => name.endsWith('/schema.prisma'))) {
    const path = join(root, schema)
    const require = createRequire(path)
    const manifest = require.resolve('prisma/package.json')
    const command = join(dirname(manifest), 'build/index.js')
    const wanted = createHash('sha256')
      .update(readFileSync(path))
      .update(readFileSync(manifest))
      .digest('hex')
    const stamp = join(dirname(path), 'generated/.stamp')
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) continue
    await commandStep(
      `generating the client of ${schema}`,
      process.execPath,
      [command, 'generate', '--schema', path],
      {
        cwd: dirname(path),
        env: { PRISMA_SCHEMA_ENGINE_BINARY: path, PRISMA_HIDE_UPDATE_MESSAGE: '1', CHECKPOINT_DISABLE: '1' },
      },
    )
    mkdirSync(dirname(stamp), { recursive: true })
    writeFileSync(stamp, wanted)
  }
}
