/**
 * start-server-and-test with any number of services: its command line takes two at most, so this
 * calls its own function once, which is kinder to it than nesting its command in itself.
 *
 * Usage: node one-after-another.ts <JSON of services> <test>
 */
import { createRequire } from 'node:module'

const { startAndTest } = createRequire(import.meta.url)('start-server-and-test/src/index.js') as {
  startAndTest(options: {
    readonly services: readonly { readonly start: string; readonly url: string }[]
    readonly test: string
    readonly namedArguments: { readonly expect: number }
  }): Promise<void>
}

const [services = '[]', test = 'true'] = process.argv.slice(2)
await startAndTest({ services: JSON.parse(services), test, namedArguments: { expect: 200 } })
