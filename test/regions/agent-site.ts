/** A real server and the real agents of regions, for tests of what an agent does on its machine. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { PortLease } from '../../src/core/port/port-lease.ts'
import { runInProcess } from '../support/cli.ts'
import { openWorkspace } from '../support/daemon.ts'
import { type Finished, type Started, startRampart, stopDaemon } from '../support/rampart.ts'
import { until } from '../support/until.ts'

/** A server in a folder of its own, and the agents of regions, each in another one. */
export class AgentSite {
  readonly #folder: string
  readonly #context: TestContext
  readonly #folders = new Map<string, string>()
  readonly #tokens = new Map<string, string>()
  readonly #agents = new Map<string, Started>()
  #url = ''

  constructor(context: TestContext) {
    this.#context = context
    this.#folder = openWorkspace(context)
  }

  /** Starts the server, which stops when the test ends. */
  async serve(): Promise<void> {
    const cwd = this.#folder
    const served = startRampart(['serve', '--listen', '127.0.0.1:0'], { cwd })
    this.#context.after(() => served.child.kill('SIGKILL'))
    this.#context.after(() => stopDaemon(cwd))
    const pattern = /Listening at (https?:[^\s"]+)\./
    await until('the server listens', () => pattern.test(served.stderr()), 30_000)
    this.#url = pattern.exec(served.stderr())?.[1] ?? ''
  }

  /**
   * Starts the agent of a region, in the folder that it had before.
   *
   * @param doors of discovery, as RAMPART_DISCOVERY is written
   */
  async startAgent(region: string, doors?: string): Promise<Started> {
    const cwd = this.folderOf(region)
    const words = ['agent', '--region', region, '--server', this.#url, '--workspace', cwd]
    const env = { RAMPART_TOKEN: await this.#tokenOf(region), RAMPART_DISCOVERY: doors }
    const agent = startRampart(words, { cwd, env })
    this.#context.after(() => agent.child.kill('SIGKILL'))
    this.#agents.set(region, agent)
    await until('the agent works', () => agent.stderr().includes('Working for'), 30_000)
    return agent
  }

  /** Sends it a signal, and waits until it is gone; what it started goes on. */
  async endAgent(region: string, signal: NodeJS.Signals): Promise<void> {
    const agent = this.#agents.get(region)
    agent?.child.kill(signal)
    await agent?.finished
  }

  /** Where the agent of a region works. */
  folderOf(region: string): string {
    const folder = this.#folders.get(region) ?? openWorkspace(this.#context)
    this.#folders.set(region, folder)
    return folder
  }

  /** Writes a file into the server's folder. */
  write(name: string, text: string): void {
    writeFileSync(join(this.#folder, name), text)
  }

  /** Runs a command in the server's folder. */
  run(...words: readonly string[]): Promise<Finished> {
    return this.runWith({}, ...words)
  }

  runWith(
    settings: Readonly<Record<string, string>>,
    ...words: readonly string[]
  ): Promise<Finished> {
    return runInProcess(words, this.#folder, settings)
  }

  /** What has to succeed. */
  async runs(...words: readonly string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await this.run(...words)
    assert.equal(exitCode, 0, stderr)
    return stdout
  }

  /** What the agent says of the ports of its machine. */
  async leases(region: string): Promise<readonly PortLease[]> {
    const told = await this.runs('ports', 'list', '--region', region, '--json')
    const lines = told.split('\n').filter((line) => line !== '')
    return lines.map((line) => JSON.parse(line) as PortLease)
  }

  async #tokenOf(region: string): Promise<string> {
    const words = ['token', 'create', region, '--role', 'agent', '--region', region]
    const token = this.#tokens.get(region) ?? (await this.runs(...words)).trim()
    this.#tokens.set(region, token)
    return token
  }
}
