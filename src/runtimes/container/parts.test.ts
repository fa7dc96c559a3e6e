/** The small parts of the container runtime that need no engine. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { findSocket } from './engine/find-socket.ts'
import { FrameReader } from './engine/frames.ts'
import { CONTAINER, IMAGE, parseEvent } from './engine/shapes.ts'
import { parseImageReference } from './image-reference.ts'
import { containerName, labelsOf, recordIn } from './labels.ts'
import { parseStartInput } from './order-input.ts'
import { wire } from './placing.ts'
import type { ContainerRecord } from './record.ts'

const DIGEST = `sha256:${'a1'.repeat(32)}`

test('an image is named by digest, and a tag beside it is only for people', () => {
  const cases = [
    [`shop/api@${DIGEST}`, { wanted: `shop/api@${DIGEST}`, digest: DIGEST }],
    [
      `reg.local:5000/a/b:1.2@${DIGEST}`,
      { wanted: `reg.local:5000/a/b@${DIGEST}`, digest: DIGEST },
    ],
    [DIGEST, { wanted: DIGEST, digest: DIGEST }],
    ['shop/api:1.2', { wanted: 'shop/api:1.2' }],
    ['reg.local:5000/api', { wanted: 'reg.local:5000/api:latest' }],
    ['shop/api@sha256:short', undefined],
    ['Shop/API', undefined],
    ['', undefined],
  ] as const
  for (const [text, expected] of cases) assert.deepEqual(parseImageReference(text), expected, text)
})

test('output comes whole out of pieces cut anywhere', () => {
  const frame = fc.record({
    stream: fc.constantFrom('out' as const, 'err' as const),
    text: fc.string({ maxLength: 20 }),
  })
  fc.assert(
    fc.property(fc.array(frame), fc.array(fc.nat(30)), (frames, cuts) => {
      const whole = Buffer.concat(frames.map(({ stream, text }) => framed(stream, text)))
      const reader = new FrameReader()
      const read = { out: '', err: '' }
      let from = 0
      for (const cut of [...cuts, whole.length]) {
        for (const part of reader.read(whole.subarray(from, from + cut))) {
          read[part.stream] += part.bytes.toString('latin1')
        }
        from += cut
      }
      for (const name of ['out', 'err'] as const) {
        const texts = frames.filter(({ stream }) => stream === name).map(({ text }) => text)
        assert.equal(read[name], Buffer.from(texts.join('')).toString('latin1'))
      }
    }),
  )
})

function framed(stream: 'out' | 'err', text: string): Buffer {
  const bytes = Buffer.from(text)
  const head = Buffer.alloc(8)
  head[0] = stream === 'out' ? 1 : 2
  head.writeUInt32BE(bytes.length, 4)
  return Buffer.concat([head, bytes])
}

test('the socket is where the settings say, else where engines usually are', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'rampart-socket-'))
  t.after(() => rmSync(folder, { recursive: true }))
  assert.deepEqual(findSocket({ DOCKER_HOST: 'unix:///a.sock' }), { path: '/a.sock' })
  const both = { RAMPART_CONTAINER_SOCKET: '/b.sock', DOCKER_HOST: 'unix:///a.sock' }
  assert.deepEqual(findSocket(both), { path: '/b.sock' })
  assert.match(findSocket({ DOCKER_HOST: 'tcp://elsewhere:2375' }).problem ?? '', /must be unix/)
  mkdirSync(join(folder, 'podman'))
  writeFileSync(join(folder, 'podman', 'podman.sock'), '')
  const { path, problem } = findSocket({ XDG_RUNTIME_DIR: folder })
  // A machine may have an engine of its own, which comes first.
  if (path !== undefined) assert.match(path, /(docker|podman)\.sock$/)
  else assert.match(problem ?? '', /DOCKER_HOST/)
})

test('a program listens inside where its image says, and is found outside where a port was free', () => {
  const place = (more: object): ReturnType<typeof wire> => {
    const { input, problem } = parseStartInput({
      subject: 'shop/api',
      image: DIGEST,
      digest: DIGEST,
      ports: { http: { container: 8080 }, admin: {} },
      ...more,
    })
    assert.ok(input !== undefined, problem)
    return wire(input, '/work', { ports: { http: 41_001, admin: 41_002 } })
  }
  const bridge = place({})
  assert.deepEqual(bridge.own, { host: '0.0.0.0', ports: { http: 8080, admin: 41_002 } })
  assert.deepEqual(bridge.outside, { host: '127.0.0.1', ports: { http: 41_001, admin: 41_002 } })
  assert.equal(bridge.inside, undefined)
  const named = place({ networks: ['back'] })
  assert.deepEqual(named.inside, { host: 'api', ports: { http: 8080, admin: 41_002 } })
  const regional = place({ subject: 'shop/eu/api', networks: ['back'] })
  assert.equal(regional.inside?.host, 'eu-api')
  const host = place({ networks: ['host'] })
  assert.deepEqual(host.own, { ...host.outside, isNamed: false })
})

test('a record travels in labels, and names of containers are no other workspace’s', () => {
  const record: ContainerRecord = {
    recordVersion: 1,
    instance: 'shop/api#c1',
    subject: 'shop/api',
    number: 1,
    container: containerName('/work', 'shop/api', 1),
    order: 'up-1/api/1',
    fence: 1,
    digest: DIGEST,
    oneShot: false,
    image: DIGEST,
    imageDigest: DIGEST,
    outside: { host: '127.0.0.1', ports: { http: 41_001 } },
    networks: [],
    stop: { signal: 'SIGTERM', graceMs: 10 },
    workspace: '/work',
    startedAtMs: 1,
  }
  assert.deepEqual(recordIn(labelsOf(record)), record)
  assert.equal(recordIn({}), undefined)
  assert.match(record.container, /^rampart-shop-api-[0-9a-f]{12}-1$/)
  assert.notEqual(containerName('/other', 'shop/api', 1), record.container)
})

test('what engines answer is read by its shape, whichever make they are', () => {
  const state = { Status: 'exited', Pid: 0, ExitCode: 137, FinishedAt: '2026-01-01T00:00:01Z' }
  const docker = { Id: 'c', Image: DIGEST, State: state, Config: { Labels: null } }
  assert.deepEqual(CONTAINER.parse(docker), {
    id: 'c',
    imageId: DIGEST,
    status: 'ended',
    pid: 0,
    exitCode: 137,
    endedAtMs: Date.parse('2026-01-01T00:00:01Z'),
    labels: {},
  })
  assert.equal(IMAGE.parse({ Id: 'a1', RepoDigests: null }).id, 'sha256:a1')
  const event = {
    Action: 'die',
    Actor: { ID: 'c', Attributes: { exitCode: '7' } },
    timeNano: 1_000_000,
  }
  const { exitCode, atMs } = parseEvent(JSON.stringify(event)) ?? {}
  assert.deepEqual([exitCode, atMs], [7, 1])
  assert.equal(parseEvent('{"Action":'), undefined)
})
