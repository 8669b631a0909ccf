import { existsSync } from 'node:fs'
import { defineConfig, type TestProjectConfiguration, type ViteUserConfig } from 'vitest/config'

/**
 * Workspace packages resolve to their source, so that tests need no build. Workers are started with these as Node's own: with `import`
 * among them, a CommonJS package would get ES modules from its `require`.
 */
const conditions = ['comeback-source', 'node']

const databaseSetup = './test/database/global-setup.ts'

const projects: TestProjectConfiguration[] = [
  {
    extends: true,
    test: { name: 'unit', include: ['packages/*/src/**/*.test.ts', 'scripts/**/*.test.mjs'] },
  },
  {
    extends: true,
    test: {
      name: 'types',
      include: [],
      typecheck: {
        enabled: true,
        only: true,
        checker: 'tsc',
        tsconfig: './tsconfig.types.json',
        include: ['packages/*/src/**/*.test-d.ts', 'test/**/*.test-d.ts'],
      },
    },
  },
  {
    extends: true,
    test: {
      name: 'server',
      include: ['test/**/*.test.ts'],
      exclude: ['test/consumers/**', '**/node_modules/**'],
      globalSetup: existsSync(new URL(databaseSetup, import.meta.url)) ? [databaseSetup] : [],
      testTimeout: 30_000,
      hookTimeout: 120_000,
    },
  },
  {
    extends: true,
    test: {
      name: 'consumers',
      include: ['test/consumers/**/*.test.ts'],
      testTimeout: 120_000,
      hookTimeout: 240_000,
    },
  },
]

const config: ViteUserConfig = defineConfig({
  ssr: { resolve: { conditions } },
  test: {
    pool: 'forks',
    maxWorkers: 2,
    teardownTimeout: 20_000,
    restoreMocks: true,
    unstubEnvs: true,
    allowOnly: false,
    passWithNoTests: true,
    execArgv: ['--conditions=comeback-source'],
    projects,
  },
})

export default config
