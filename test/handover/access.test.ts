/**
 * Who comes in at a front, by whole ramps: components without a port of their own, proofs of the daemon
 * itself, and nobody else; also under the next daemon.
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import type { Json } from '../../src/core/units/json.ts'
import { requirePart } from '../support/require-part.ts'
import { until } from '../support/until.ts'
import { Bench, tinyContract, webSaying } from './ramps.ts'

const linux = requirePart('Linux', process.platform === 'linux', 'a machine with Linux')
const FRONT = `http://$\{component("web").host}:$\{component("web").ports.http}/`

/** Asks again and again, by a child of its own where told so, and appends what it is answered. */
const ASKING = `
const { URL: url, ONCE, FILE } = process.env
const { spawn } = require('node:child_process')
const { appendFileSync } = require('node:fs')
const say = (word) => { appendFileSync(FILE, word + '\\n'); if (ONCE) process.exit(0) }
const ask = () => {
  const asked = require('node:http').get(url, { agent: false }, (response) => {
    response.resume()
    say(response.statusCode)
  })
  asked.once('error', (error) => say(error.code))
}
if (process.env.BY_CHILD) {
  const env = { ...process.env, BY_CHILD: '' }
  spawn(process.execPath, [__filename], { env, stdio: 'inherit' }).once('exit', process.exit)
} else {
  ask()
  if (!ONCE) setInterval(ask, 25)
}
`

const RULES: Json = {
  apiVersion: 'rampart/v1',
  kind: 'Ports',
  metadata: { name: 'rules' },
  spec: {
    ranges: { own: { ports: '24710-24719', for: { service: 'nobody' } } },
    connect: [{ from: ['tiny/worker', 'tiny/once'], to: 'tiny/web' }],
  },
}

/** What a component without a port of its own was answered. */
class Asking {
  readonly #file: string

  constructor(folder: string, name: string) {
    this.#file = join(folder, `${name}.answers`)
    writeFileSync(this.#file, '')
    writeFileSync(join(folder, 'asking.cjs'), ASKING)
  }

  component(more: { oneShot?: boolean; ready?: Json } = {}): Json {
    const { oneShot = false, ready } = more
    const env = { URL: FRONT, FILE: this.#file, ...(oneShot && { ONCE: '1', BY_CHILD: '1' }) }
    const run = { command: [process.execPath, 'asking.cjs'], env, ...(oneShot && { oneShot }) }
    return { needs: ['web'], run, ...(ready === undefined ? {} : { ready }) }
  }

  answers(): readonly string[] {
    return readFileSync(this.#file, 'utf8').split('\n').filter(Boolean)
  }

  /** What it was answered from now on. */
  async next(): Promise<readonly string[]> {
    const { length } = this.answers()
    await until('it is answered', () => this.answers().length > length + 1)
    return [...new Set(this.answers().slice(length + 1))]
  }
}

async function makeAsking(context: TestContext) {
  const bench = new Bench(context)
  const [worker, once, mail] = ['worker', 'once', 'mail'].map(
    (name) => new Asking(bench.folder, name),
  )
  assert.ok(worker !== undefined && once !== undefined && mail !== undefined)
  await bench.up(RULES)
  const proof: Json = [{ http: { url: FRONT, status: 200 } }]
  const beside = {
    worker: worker.component({ ready: proof }),
    once: once.component({ oneShot: true }),
    mail: mail.component(),
  }
  const up = (says: string) => bench.up(tinyContract(webSaying(says), { beside }))
  return { bench, up, worker, once, mail }
}

test(
  'components without ports come in where a rule names them, and so do proofs of the daemon',
  linux,
  async (context) => {
    const { bench, up, worker, once, mail } = await makeAsking(context)
    // The proof of worker goes through the front: the ramp would not be up without it.
    await up('one')
    assert.deepEqual(once.answers(), ['200'])
    assert.deepEqual(await worker.next(), ['200'])
    assert.deepEqual(await mail.next(), ['403'])
    const front = `http://127.0.0.1:${await bench.front()}/`
    assert.equal((await fetch(front)).status, 200, 'the daemon itself is in this process')
    const words = ['-e', `fetch('${front}').then(({ status }) => console.log(status))`]
    const asked = await promisify(execFile)(process.execPath, words)
    assert.equal(asked.stdout.trim(), '403', 'what the daemon has started is not the daemon')
    await bench.close()
    await bench.parts()
    assert.deepEqual(await worker.next(), ['200'])
    assert.deepEqual(await mail.next(), ['403'])
    assert.deepEqual([...new Set(worker.answers())], ['200'], 'never kept out')
    assert.deepEqual([...new Set(mail.answers())], ['403'], 'never let in')
  },
)
