/** Starting, looking and stopping, with real containers. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { sharePodman } from '../../../test/support/podman.ts'
import { until } from '../../../test/support/until.ts'
import { ContainerRuntime } from './container-runtime.ts'
import { CLOCK, ended, makeOrder, makeWorkspace, shell, start, stop } from './fixtures/bench.ts'

const bench = sharePodman()
const { needs } = bench

test(
  'a container runs by digest, serves on a published port, and is gone after stop',
  needs,
  async (t) => {
    const runtime = makeWorkspace(t, bench).open()
    const script = `echo "listens on \${self.host}:\${self.ports.http}"; exec httpd -f -p \${self.ports.http}`
    const outputs = await start(
      runtime,
      shell(bench.image, `trap 'exit 0' TERM; ${script.replace('exec ', '')} & wait`, {
        ports: { http: { container: 8080 } },
      }),
    )
    const port = outputs.ports['http'] ?? 0
    assert.equal(outputs.instance, 'shop/api#c1')
    assert.equal(outputs.host, '127.0.0.1')
    assert.ok(bench.image.endsWith(outputs.imageDigest))
    assert.notEqual(port, 8080)
    await until('it serves', async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined)
      return answer?.status === 404
    })
    assert.equal(runtime.state(outputs.instance)?.status, 'running')
    assert.equal(runtime.state(outputs.instance)?.pid, outputs.pid)
    await until(
      'its line is there',
      () => readFileSync(outputs.out, 'utf8') === 'listens on 0.0.0.0:8080\n',
    )

    const told = (): readonly string[] => runtime.tailLogs('shop/api', 9).map(({ text }) => text)
    assert.deepEqual(told(), ['listens on 0.0.0.0:8080'])
    const answer = await stop(runtime)
    assert.equal(answer.reason, 'stopped', answer.sentence)
    assert.deepEqual(told(), ['listens on 0.0.0.0:8080'])
    assert.deepEqual(answer.outputs['left'], { containers: 0, ports: 0 })
    assert.deepEqual(await bench.podman.containers(), [])
    assert.equal(runtime.state(outputs.instance)?.code, 0)
    assert.equal((await stop(runtime)).reason, 'already-gone')
  },
)

test('an exit is noticed by its event, with its code and its last errors', needs, async (t) => {
  const runtime = makeWorkspace(t, bench).open()
  const { instance } = await start(
    runtime,
    shell(bench.image, 'read -t 1 x; echo bad >&2; printf end; exit 7'),
  )
  await ended(runtime, instance)
  const seenAtMs = performance.timeOrigin + performance.now()
  const state = runtime.state(instance)
  assert.deepEqual([state?.status, state?.code, state?.lastErrors], ['exited', 7, ['bad']])
  t.diagnostic(`noticed ${Math.round(seenAtMs - (state?.endedAtMs ?? 0))} ms after the end`)
})

test(
  'a repeated order has the effect of one, the same definition is adopted, another replaces it',
  needs,
  async (t) => {
    const runtime = makeWorkspace(t, bench).open()
    const plain = shell(bench.image, 'sleep 1000', { stop: { graceMs: 0 } })
    const first = await start(runtime, plain)
    const again = await start(runtime, plain)
    assert.equal(again.container, first.container)
    const second = await start(runtime, plain, {
      id: 'up-2/api/1',
      ramp: 'up-2',
    })
    assert.deepEqual(
      [second.container, second.adopted, second.startedBy],
      [first.container, true, 'up-1/api/1'],
    )
    const other = { id: 'up-3/api/1', ramp: 'up-3' }
    const input = shell(bench.image, 'sleep 1000', { digest: 'sha256:2', stop: { graceMs: 0 } })
    const third = await start(runtime, input, other)
    assert.deepEqual([third.instance, third.adopted], ['shop/api#c2', false])
    assert.equal((await bench.podman.containers()).length, 1)
    // A shell as the first process has no handler, so the signal is ignored and it must be killed.
    const answer = await stop(runtime, { stop: { signal: 'SIGTERM', graceMs: 50 } })
    assert.deepEqual([answer.reason, answer.outputs['forced']], ['killed', true])
    assert.equal(runtime.state(third.instance)?.signal, 'SIGKILL')
  },
)

test(
  'a one-shot runs once an order, and its exit stays known after it was removed',
  needs,
  async (t) => {
    const runtime = makeWorkspace(t, bench).open()
    const once = shell(bench.image, 'echo done', { oneShot: true })
    const { instance, out } = await start(runtime, once)
    await ended(runtime, instance)
    assert.equal((await start(runtime, once)).instance, instance)
    assert.equal(readFileSync(out, 'utf8'), 'done\n')
    const next = await start(runtime, once, { id: 'up-2/api/1', ramp: 'up-2' })
    assert.equal(next.instance, 'shop/api#c2')
    assert.equal((await bench.podman.containers()).length, 1)
    await stop(runtime)
    assert.equal(runtime.state(instance)?.code, 0)
  },
)

test(
  'what cannot be run is an answer that says what to do, and leaves nothing',
  needs,
  async (t) => {
    const runtime = makeWorkspace(t, bench).open()
    const { image } = bench
    // Engines that make networks at once trip over each other's tables.
    const apart = { networks: ['none'] }
    const absent = `localhost/absent@sha256:${'0'.repeat(64)}`
    const cases = [
      [shell('localhost/busybox:latest', ''), 'image-by-tag', /localhost\/busybox@sha256:/],
      [shell('Not An Image', ''), 'image-malformed', /not the name/],
      [shell(absent, '', { pull: 'never' }), 'image-absent', /may not fetch/],
      [shell(image, '', { ...apart, command: ['/no/such'] }), 'not-runnable', /no such|not found/i],
      [shell(image, `\${self.ports.http}`), 'port-unknown', /declares no such port/],
      [shell(image, '', { networks: ['host', 'a'] }), 'input-malformed', /stand alone/],
      [shell(image, '', { stop: { command: ['x'] } }), 'input-malformed', /stop/],
    ] as const
    for (const [input, reason, sentence] of cases) {
      const answer = await runtime.run(makeOrder('start', input, { id: `up-1/api/${reason}` }))
      assert.deepEqual([answer.verdict, answer.reason], ['failed', reason], answer.sentence)
      assert.match(answer.sentence, sentence)
    }
    assert.equal((await runtime.run(makeOrder('restart', {}))).reason, 'operation-unknown')
    assert.deepEqual(await bench.podman.containers(), [])
    const byTag = shell('localhost/busybox:latest', 'sleep 1000', { allowTag: true })
    const { imageDigest } = await start(runtime, byTag)
    assert.ok(image.endsWith(imageDigest), `${imageDigest} is the digest behind the tag`)
  },
)

test('without an engine an order is answered with where one was looked for', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'rampart-container-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const host = `unix://${folder}/none.sock`
  const runtime = new ContainerRuntime({
    folder,
    workspace: folder,
    settings: { DOCKER_HOST: host },
    clock: CLOCK,
    onTrouble: (error) => {
      throw error
    },
  })
  t.after(() => runtime.close())
  const answer = await runtime.run(makeOrder('start', shell('a@sha256:0', '')))
  assert.deepEqual([answer.reason, answer.retryable], ['engine-unavailable', true])
  assert.match(answer.sentence, /none\.sock does not answer/)
  assert.equal((await stop(runtime)).reason, 'already-gone', 'what never started needs no engine')
})

test(
  'only declared variables and mounts reach the container, with its ports and marks',
  needs,
  async (t) => {
    const { workspace, open } = makeWorkspace(t, bench)
    writeFileSync(join(workspace, 'given.txt'), 'from outside')
    const runtime = open()
    const script =
      'echo "$PORT $PORT_HTTP $URL $GIVEN $SECRET $RAMPART_INSTANCE"; pwd; cat /in/given.txt; echo x > /in/new'
    const input = shell(bench.image, script, {
      ports: { http: { container: 8080 } },
      env: { URL: `\${self.ports.http}` },
      inherit: ['GIVEN'],
      cwd: '/bin',
      mounts: [{ source: workspace, target: '/in' }],
    })
    const { instance, out } = await start(runtime, input)
    await ended(runtime, instance)
    assert.equal(readFileSync(out, 'utf8'), '8080 8080 8080 given  shop/api#c1\n/bin\nfrom outside')
    assert.match(runtime.state(instance)?.lastErrors?.[0] ?? '', /Read-only/)
  },
)

test(
  'components of one network find each other by name, and the network goes with the last',
  needs,
  async (t) => {
    const runtime = makeWorkspace(t, bench).open()
    const web = shell(bench.image, 'echo hello > /index.html; exec httpd -f -p 80', {
      subject: 'shop/web',
      networks: ['back'],
      ports: { http: { container: 80 } },
      digest: 'sha256:web',
    })
    const { inside } = await start(runtime, web, { id: 'up-1/web/1' })
    assert.deepEqual(inside, { host: 'web', ports: { http: 80 } })
    const client = shell(
      bench.image,
      'until nc web 80 </dev/null; do sleep 0.05; done; echo found',
      {
        networks: ['back'],
        oneShot: true,
      },
    )
    const { instance, out } = await start(runtime, client)
    await ended(runtime, instance)
    assert.match(readFileSync(out, 'utf8'), /found/)
    const networks = async (): Promise<number> =>
      ((await bench.podman.ask('GET', '/networks')) as unknown[]).length
    assert.equal(await networks(), 2)
    await stop(runtime)
    assert.equal(await networks(), 2)
    await stop(runtime, { subject: 'shop/web', stop: { graceMs: 0 } })
    assert.equal(await networks(), 1)
  },
)

test('on the network of the machine a component listens where it is told', needs, async (t) => {
  const runtime = makeWorkspace(t, bench).open()
  const script = `exec httpd -f -p \${self.host}:\${self.ports.http}`
  const input = shell(bench.image, script, { networks: ['host'], ports: { http: {} } })
  const { ports } = await start(runtime, input)
  await until('it serves', async () => {
    const answer = await fetch(`http://127.0.0.1:${ports['http']}/`).catch(() => undefined)
    return answer?.status === 404
  })
  const looked = await runtime.run(makeOrder('look', { subject: 'shop/api' }, { id: 'down-1/x/1' }))
  assert.deepEqual([looked.reason, looked.outputs['ports']], ['running', ports])
  const answer = await stop(runtime, { stop: { graceMs: 0 } })
  assert.deepEqual(answer.outputs['left'], { containers: 0, ports: 0 })
})
