import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { Order } from './test/e2e/order.ts'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

const alias = [
  { find: /^antidote$/, replacement: at('./core/index.ts') },
  { find: /^antidote\/plugins$/, replacement: at('./plugins/index.ts') },
  { find: /^antidote\/presets$/, replacement: at('./presets/index.ts') },
  { find: /^antidote\/testing$/, replacement: at('./core/build/plugin-testing/index.ts') },
]

// a check that is repeated may wait: other tests have the processors too
const expect = { poll: { timeout: 20_000 } }

const onMachines = {
  pool: 'forks' as const,
  testTimeout: 1_200_000,
  hookTimeout: 1_800_000,
  expect,
}

export default defineConfig({
  test: {
    // most of a unit test is waiting for processes; an emulated machine takes a core while it boots
    maxWorkers: process.argv.includes('unit') ? 4 : 3,
    sequence: { sequencer: Order },
    projects: [
      {
        resolve: { alias },
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', 'test/bare/**'],
          pool: 'forks',
          testTimeout: 30_000,
          expect,
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude: ['test/e2e/**/*.slow.test.ts'],
          globalSetup: 'test/e2e/prepare.ts',
          ...onMachines,
        },
      },
      // slow, and seldom broken by anything else than what they are about
      {
        resolve: { alias },
        test: { name: 'slow', include: ['test/e2e/**/*.slow.test.ts'], ...onMachines },
      },
      {
        resolve: { alias },
        test: {
          name: 'bare',
          include: ['test/bare/**/*.test.ts'],
          pool: 'forks',
          // each test builds from nothing: two at once would take as long, and more than a small disk has
          fileParallelism: false,
          testTimeout: 5_400_000,
          hookTimeout: 1_800_000,
          expect,
        },
      },
    ],
  },
})
