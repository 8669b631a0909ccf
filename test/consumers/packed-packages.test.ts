import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compilers, installPacked, type PackedApplication } from './packed-application.js'
import { packageNames, specifiers } from './published-packages.js'
import { run, runNode } from './run-node.js'

let app: PackedApplication

beforeAll(async () => {
  app = await installPacked()
})

afterAll(() => app?.remove())

describe.each(packageNames)('the tarball of %s', name => {
  test('holds its licence and its source, but no test', () => {
    const files = readdirSync(join(app.path, 'node_modules', name), { recursive: true }).map(String)
    expect(files).toEqual(expect.arrayContaining(['LICENSE', join('src', 'index.ts')]))
    expect(files.filter(file => /\.(test|test-d|bench)\.|\bfake-/.test(file))).toEqual([])
  })

  test('names real versions of what it depends on', () => {
    const manifest = readFileSync(join(app.path, 'node_modules', name, 'package.json'), 'utf8')
    expect(manifest).not.toContain('workspace:')
  })

  test('exists once in an application', () => {
    const copies = packageNames.filter(other =>
      existsSync(join(app.path, 'node_modules', other, 'node_modules', name)),
    )
    expect(copies).toEqual([])
  })
})

describe.each(specifiers)('%s', specifier => {
  const slug = specifier.replaceAll(/\W/g, '-')

  test('gives the same names to import and to require()', async () => {
    const show = `process.stdout.write(JSON.stringify(Object.keys(all).filter(name => !hidden.includes(name)).sort()))`
    // "default" and "module.exports" are what Node adds or what only import can see.
    const hidden = `const hidden = ['default', 'module.exports', '__esModule']\n`
    const esm = app.write(`esm${slug}.mjs`, `import * as all from '${specifier}'\n${hidden}${show}`)
    const cjs = app.write(`cjs${slug}.cjs`, `const all = require('${specifier}')\n${hidden}${show}`)
    expect(await runNode(cjs, app.path)).toBe(await runNode(esm, app.path))
  })

  test('has error classes that hold between its two copies', async () => {
    const file = app.write(`brands${slug}.cjs`, brandsOf(specifier))
    const classes = JSON.parse(await runNode(file, app.path)) as Record<string, boolean>
    expect(Object.entries(classes).filter(([, holds]) => !holds)).toEqual([])
    if (specifier === '@comeback/core') expect(classes).toHaveProperty('ComebackError', true)
  })

  test('prints nothing and holds nothing open when it is loaded', async () => {
    const file = app.write(`quiet${slug}.mjs`, `await import('${specifier}')\n`)
    expect(await runNode(file, app.path)).toBe('')
  })
})

describe.each(compilers)('%s', compiler => {
  const resolutions = [
    { name: 'nodenext', type: 'module', options: { module: 'nodenext' } },
    { name: 'node16 in CommonJS', type: 'commonjs', options: { module: 'node16' } },
    { name: 'bundler', type: 'module', options: { module: 'esnext', moduleResolution: 'bundler' } },
  ]

  test.each(resolutions)('accepts the declarations under $name', async ({ name, type, options }) => {
    const folder = `${compiler}-${name.replaceAll(' ', '-')}`
    const imports = specifiers.map((specifier, n) => `import * as module${n} from '${specifier}'`)
    const uses = specifiers.map((_, n) => `export const names${n}: string[] = Object.keys(module${n})`)
    app.write(join(folder, 'main.ts'), [...imports, ...uses, ''].join('\n'))
    app.write(join(folder, 'package.json'), JSON.stringify({ type }))
    const config = {
      compilerOptions: { target: 'es2022', strict: true, noEmit: true, types: ['node'], ...options },
      files: ['main.ts'],
    }
    app.write(join(folder, 'tsconfig.json'), JSON.stringify(config))
    const tsc = join(app.path, 'node_modules', compiler, 'bin', 'tsc')
    await run(process.execPath, [tsc, '--project', join(app.path, folder)], app.path)
  })
})

/** A program that asks of each error class whether the copy for import knows those of the copy for require(). */
function brandsOf(specifier: string): string {
  return `
    const required = require('${specifier}')
    import('${specifier}').then(imported => {
      const classes = Object.entries(imported).filter(([, value]) => value?.prototype instanceof Error)
      const holds = ([name, type]) => {
        const other = required[name]
        const both = Object.create(other.prototype) instanceof type && Object.create(type.prototype) instanceof other
        return [name, both && !(new Error() instanceof type)]
      }
      process.stdout.write(JSON.stringify(Object.fromEntries(classes.map(holds))))
    })`
}
