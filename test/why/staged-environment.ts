/**
 * An environment in which incidents are staged: real ramps by the real command and daemon, good ones
 * first, so that there is a past to compare with, then the one that goes wrong.
 */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { runInProcess } from '../support/cli.ts'
import { openFolder, stopDaemon } from '../support/rampart.ts'

/** What `why --json` printed, as far as incidents look at it. */
export interface WhyTold {
  readonly class: string | null
  readonly runs: number
  readonly changes: readonly { readonly of: string; readonly at: string }[]
  readonly findings: readonly {
    readonly class: string
    readonly stage: string | null
    readonly sentence: string
    readonly evidence: readonly Readonly<Record<string, unknown>>[]
  }[]
}

type Settings = Readonly<Record<string, string>>

/** A component that says `begun` once it has waited for as long as the file `pace` says. */
const COMPONENT = `import { readFileSync } from 'node:fs'
const ms = Number(readFileSync('pace.txt', 'utf8'))
setTimeout(() => console.log('begun'), process.argv[2] === 'paced' ? ms : 0)
setInterval(() => {}, 60_000)
`

/** A folder with a contract, and what became of its ramps. */
export class StagedEnvironment {
  readonly #folder: string

  constructor(t: TestContext) {
    this.#folder = openFolder(t)
    t.after(() => stopDaemon(this.#folder))
    this.write('component.mjs', COMPONENT)
    this.write('pace.txt', '0')
  }

  /** Writes a file of the workspace. */
  write(name: string, text: string): void {
    writeFileSync(join(this.#folder, name), text)
  }

  /** The contract of these components: YAML, each at the indentation of a component. */
  contract(components: string, settings = ''): void {
    const head = 'apiVersion: rampart/v1\nkind: Environment\nmetadata: { name: staged }\nspec:\n'
    const named = settings === '' ? '' : `  settings:\n${settings}`
    this.write('rampart.yaml', `${head}${named}  components:\n${components}`)
  }

  /** Ramps up and down so many times; each must be good. */
  async goodRuns(count: number, settings: Settings = {}): Promise<void> {
    for (let run = 0; run < count; run++) {
      const up = await runInProcess(['up', '--json'], this.#folder, settings)
      assert.equal(up.exitCode, 0, up.stdout + up.stderr)
      await this.#down()
    }
  }

  /** Ramps up, however that ends, and asks why. */
  async incident(settings: Settings = {}): Promise<WhyTold> {
    const up = await runInProcess(['up', '--json'], this.#folder, settings)
    const { ramp } = JSON.parse(up.stdout.trim().split('\n').at(-1) ?? '{}')
    assert.equal(typeof ramp, 'string', up.stdout + up.stderr)
    const why = await runInProcess(['why', ramp, '--json'], this.#folder)
    assert.equal(why.exitCode, 0, why.stderr)
    const words = await runInProcess(['why', ramp], this.#folder)
    const told = JSON.parse(why.stdout) as WhyTold
    assert.equal(words.exitCode, 0, words.stderr)
    await this.#down()
    if (process.env['RAMPART_SHOW_WHY'] === '1') process.stderr.write(`${words.stdout}\n`)
    return told
  }

  async #down(): Promise<void> {
    const down = await runInProcess(['down', '--json'], this.#folder)
    assert.equal(down.exitCode, 0, down.stdout + down.stderr)
  }
}
