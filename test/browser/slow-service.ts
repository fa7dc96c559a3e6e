/** A service of which one version after the other takes over while a request takes its time. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { present } from '../../src/core/fault/assert.ts'
import type { JsonObject } from '../../src/core/units/json.ts'
import type { LeaseList } from '../../src/server/wire/ports.ts'
import type { OpenRampReply, RampPage } from '../../src/server/wire.ts'
import { until } from '../support/until.ts'
import { askLocally, type Served } from './served.ts'

/** Answers `/slow` once there is a file, everything else at once; finishes what it has when it ends. */
const PROGRAM = `import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
const { PORT, SAYS, LISTEN_FDS } = process.env
const server = createServer((request, response) => {
  if (request.url !== '/slow') return response.end(SAYS)
  const timer = setInterval(() => {
    if (!existsSync('go')) return
    clearInterval(timer)
    response.end(SAYS)
  }, 20)
})
const at = LISTEN_FDS === undefined ? { port: Number(PORT), host: '127.0.0.1' } : { fd: 3 }
if (SAYS !== 'never') server.listen(at, () => console.log('accepts'))
setInterval(() => undefined, 1000)
process.on('SIGTERM', () => { server.close(() => process.exit(0)); server.closeIdleConnections() })
`

/** What is done with it. */
export interface SlowService {
  /** Where it runs; a file `go` there lets slow requests be answered. */
  readonly directory: string
  /** Has the version take over that says this; one that is to say `never` is never ready. @returns the ramp */
  up(says: string): Promise<string>
  /** Waits until a ramp has come to this. */
  ended(ramp: string, outcome: string): Promise<void>
  /** The port that stays. */
  port(): Promise<number>
}

/** By what the port stays: a front before its starts, or a socket that they share. */
export type StaysBy = 'front' | 'socket'

/** Prepares it; nothing of it runs yet. */
export function openSlowService({ workspace }: Served, by: StaysBy = 'front'): SlowService {
  const directory = join(workspace, 'tiny')
  mkdirSync(directory)
  writeFileSync(join(directory, 'web.mjs'), PROGRAM)
  return {
    directory,
    up: async (says) => {
      const opening = {
        contract: contract(says, by),
        directory,
        goal: 'up',
        settings: {},
        by: 'test',
      }
      return (await askLocally<OpenRampReply>(workspace, '/v1/ramps', opening)).ramp
    },
    ended: (ramp, outcome) =>
      until(
        `${ramp} is ${outcome}`,
        async () => {
          const { ramps } = await askLocally<RampPage>(workspace, '/v1/ramps')
          return ramps.find((one) => one.ramp === ramp)?.outcome === outcome
        },
        30_000,
      ),
    port: async () => {
      const { leases } = await askLocally<LeaseList>(workspace, '/v1/ports')
      const staying = leases.find(({ front }) => by === 'socket' || front !== undefined)
      return present(staying, 'one port stays').claim.port
    },
  }
}

/** How it is proved, and replaced. */
const WAYS: Readonly<Record<StaysBy, readonly [string, string]>> = {
  front: [
    `{ name: answers, http: { url: "http://$\{self.host}:$\{self.ports.http}/" } }`,
    '{ drain: 60s }',
  ],
  socket: ["{ log: { pattern: '^accepts$' } }", '{ by: descriptor, drain: 60s }'],
}

function contract(says: string, by: StaysBy): JsonObject {
  const [ready, roll] = WAYS[by]
  return parse(`apiVersion: rampart/v1
kind: Environment
metadata: { name: tiny }
spec:
  watch: false
  components:
    web:
      run:
        command: [node, web.mjs]
        ports: { http: {} }
        env: { PORT: "\${self.ports.http}", SAYS: ${says} }
      ready: [${ready}]
      roll: ${roll}
      deadline: 4s
`) as JsonObject
}
