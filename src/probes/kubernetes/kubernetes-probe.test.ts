import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'
import { askingOf, askOnce, gist, settleMsAfterAbort } from '../../../test/support/asking.ts'
import { makeCertificate, openssl } from '../../../test/support/certificates.ts'
import {
  type KubernetesApi,
  openKubernetesApi,
  TOKEN,
} from '../../../test/support/kubernetes-api.ts'
import type { Answer } from '../../core/plan/verdict.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { KubernetesProbe } from './kubernetes-probe.ts'

const probe = new KubernetesProbe({ folder: '/', settings: {} })
const DEPLOYMENT = '/apis/apps/v1/namespaces/default/deployments/api'
const SLICES = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices'

function deployment(ready: number, more: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'api',
      namespace: 'default',
      generation: 2,
      managedFields: [{ manager: 'kubectl' }],
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"tiger":1}' },
    },
    spec: {
      replicas: 2,
      template: {
        spec: {
          containers: [
            {
              name: 'api',
              image: 'shop/api@sha256:0a',
              env: [
                { name: 'DB', value: 'tiger' },
                { name: 'X', valueFrom: {} },
              ],
            },
          ],
        },
      },
    },
    status: {
      observedGeneration: 2,
      replicas: 2,
      updatedReplicas: 2,
      availableReplicas: ready,
      readyReplicas: ready,
      conditions: [{ type: 'Available', status: 'True' }],
    },
    ...more,
  }
}

function slices(...ready: boolean[]): JsonObject {
  const endpoints = ready.map((isReady, index) => ({
    addresses: [`10.0.0.${index}`],
    conditions: { ready: isReady },
    targetRef: { kind: 'Pod', uid: String(index) },
  }))
  const kind = 'EndpointSliceList'
  return { kind, items: [{ addressType: 'IPv4', endpoints }] }
}

function ask(api: KubernetesApi, input: JsonObject): Promise<Answer> {
  return askOnce(probe, { kubeconfig: api.kubeconfig, ...input })
}

/** Settles once no connection is open any more. */
async function closedConnections(api: KubernetesApi): Promise<void> {
  api.server.close()
  await once(api.server, 'close')
}

describe('the kubernetes probe', () => {
  it('says not yet until the object is there and rolled out', async (test) => {
    const api = await openKubernetesApi(test)
    const input = { object: 'Deployment/api' }
    const missing = await ask(api, input)
    assert.equal(gist(missing), 'failed notYet not-found')
    assert.match(missing.sentence, /^Deployment\/api in default: it is not there \(asked within /)
    api.put(DEPLOYMENT, deployment(1))
    const rolling = await ask(api, input)
    assert.equal(gist(rolling), 'failed notYet in-progress')
    assert.match(rolling.sentence, /: 1 of 2 replicas are available \(/)
    api.put(DEPLOYMENT, deployment(2))
    const done = await ask(api, input)
    assert.equal(gist(done), 'passed current')
    const { status, generation, observedGeneration, server, latencyMs } = done.evidence
    assert.deepEqual([status, generation, observedGeneration], ['Current', 2, 2])
    assert.equal(server, `${api.url}/`)
    assert.equal(typeof latencyMs, 'number')
    await closedConnections(api)
  })

  it('gives the object to the condition, without passwords and what nobody reads', async (test) => {
    const api = await openKubernetesApi(test)
    api.put(DEPLOYMENT, deployment(2))
    const { evidence } = await ask(api, { object: 'Deployment/api' })
    const object = evidence['object'] as { spec: { template: { spec: { containers: unknown[] } } } }
    assert.deepEqual(object.spec.template.spec.containers, [
      {
        name: 'api',
        image: 'shop/api@sha256:0a',
        env: [
          { name: 'DB', value: '***' },
          { name: 'X', valueFrom: {} },
        ],
      },
    ])
    assert.doesNotMatch(JSON.stringify(evidence), /tiger|managedFields|hunter2/)
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's' },
      data: { pw: 'lion' },
    }
    api.put('/api/v1/namespaces/default/secrets/s', secret)
    const kept = await ask(api, { object: 'Secret/s' })
    assert.equal(gist(kept), 'passed current')
    assert.deepEqual((kept.evidence['object'] as JsonObject)['data'], { pw: '***' })
    const big = { ...secret, kind: 'ConfigMap', data: { page: 'x'.repeat(100_000) } }
    api.put('/api/v1/namespaces/default/configmaps/big', big)
    const pruned = (await ask(api, { object: 'ConfigMap/big' })).evidence['object'] as JsonObject
    assert.deepEqual([pruned['data'], pruned['leftOut']], [undefined, ['data']])
  })

  it('asks for as many ready endpoints as the object wants, or as are asked for', async (test) => {
    const api = await openKubernetesApi(test)
    api.put(DEPLOYMENT, deployment(2))
    api.put('/api/v1/namespaces/default/services/api', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'api' },
      spec: {},
    })
    const input = { object: 'Deployment/api', endpoints: { service: 'api' } }
    const none = await ask(api, input)
    assert.equal(gist(none), 'failed notYet too-few-endpoints')
    assert.match(none.sentence, /0 of 0 endpoints of api are ready; 2 expected/)
    api.put(SLICES, slices(true, false))
    const one = await ask(api, input)
    assert.match(one.sentence, /1 of 2 endpoints of api are ready; 2 expected/)
    const least = { object: 'Service/api', endpoints: { least: 1 } }
    assert.equal(gist(await ask(api, least)), 'passed current')
    assert.equal(gist(await ask(api, { object: 'Service/api', endpoints: {} })), 'passed current')
    const more = { ...least, endpoints: { least: 3 } }
    assert.equal(gist(await ask(api, more)), 'failed notYet too-few-endpoints')
    api.put(SLICES, slices(true, true))
    const both = await ask(api, input)
    assert.equal(gist(both), 'passed current')
    const { endpointsReady, endpointsKnown, endpointsWanted } = both.evidence
    assert.deepEqual([endpointsReady, endpointsKnown, endpointsWanted], [2, 2, 2])
    assert.ok(api.asked.some((line) => line.endsWith('service-name%3Dapi')))
  })

  it('waits until an object is gone, when it must be absent', async (test) => {
    const api = await openKubernetesApi(test)
    const metadata = { name: 'api', deletionTimestamp: '2026-11-21T05:59:00Z' }
    api.put(DEPLOYMENT, { ...deployment(2), metadata })
    const input = { object: 'Deployment/api', absent: true }
    const present = await ask(api, input)
    assert.equal(gist(present), 'failed notYet present')
    assert.match(present.sentence, /it is still there, and it is being deleted/)
    assert.equal(gist(await ask(api, { object: 'Deployment/api' })), 'failed notYet terminating')
    api.remove(DEPLOYMENT)
    assert.equal(gist(await ask(api, input)), 'passed absent')
  })

  it('finds out where the objects of any other kind are kept', async (test) => {
    const api = await openKubernetesApi(test, { namespace: 'shop' })
    const input = { object: 'Widget/one', apiVersion: 'a.example/v1' }
    assert.equal(gist(await ask(api, input)), 'failed notYet unknown-kind')
    const resources = [
      { name: 'widgets/status', kind: 'Widget', namespaced: true },
      { name: 'widgets', kind: 'Widget', namespaced: true },
    ]
    api.put('/apis/a.example/v1', { kind: 'APIResourceList', resources })
    assert.equal(gist(await ask(api, input)), 'failed notYet not-found')
    const widget = { apiVersion: 'a.example/v1', kind: 'Widget', metadata: { name: 'one' } }
    const path = '/apis/a.example/v1/namespaces/shop/widgets/one'
    api.put(path, widget)
    assert.equal(gist(await ask(api, input)), 'inconclusive notYet unknown-status')
    const conditions = [{ type: 'Ready', status: 'True', reason: '', message: '' }]
    api.put(path, { ...widget, status: { conditions } })
    assert.equal(gist(await ask(api, input)), 'passed current')
    const elsewhere = await ask(api, { ...input, namespace: 'other' })
    assert.match(elsewhere.sentence, /^Widget\/one in other: it is not there/)
  })

  it('is terminal for a Job that has failed, and not for what may recover', async (test) => {
    const api = await openKubernetesApi(test)
    const conditions = [{ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded' }]
    api.put('/apis/batch/v1/namespaces/default/jobs/migrate', {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'migrate' },
      status: { conditions },
    })
    assert.equal(gist(await ask(api, { object: 'Job/migrate' })), 'failed terminal failed')
    const late = [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }]
    api.put(DEPLOYMENT, deployment(1, { status: { observedGeneration: 2, conditions: late } }))
    assert.equal(gist(await ask(api, { object: 'Deployment/api' })), 'failed notYet failed')
  })

  it('errs when the cluster cannot be asked, whatever it may hold', async (test) => {
    const api = await openKubernetesApi(test)
    const input = { object: 'Deployment/api' }
    const status = { kind: 'Status', reason: 'Any', message: 'user "app" may not: token=tiger' }
    for (const [code, expected] of [
      [403, 'errored notYet forbidden'],
      [429, 'errored notYet unavailable'],
      [503, 'errored notYet unavailable'],
    ] as const) {
      api.put(DEPLOYMENT, status, code)
      const answer = await ask(api, input)
      assert.equal(gist(answer), expected)
      assert.match(answer.sentence, new RegExp(`answered ${code}: user "app" may not`))
      assert.doesNotMatch(JSON.stringify(answer), /tiger/)
    }
    api.put(DEPLOYMENT, deployment(2))
    api.put(SLICES, status, 403)
    const unseen = await ask(api, { ...input, endpoints: { service: 'api' } })
    assert.equal(gist(unseen), 'errored notYet forbidden')
    api.server.close()
    await once(api.server, 'close')
    assert.equal(gist(await ask(api, input)), 'errored notYet refused')
  })

  it('is terminal when the credentials are not accepted, and shows none', async (test) => {
    const api = await openKubernetesApi(test, { user: { token: 'wrong-tiger' } })
    const answer = await ask(api, { object: 'Deployment/api' })
    assert.equal(gist(answer), 'errored terminal unauthorized')
    assert.doesNotMatch(JSON.stringify(answer), /tiger/)
  })

  it('signs in by certificates that an authority has signed', openssl, async (test) => {
    const authority = await makeCertificate(test, { isAuthority: true, names: ['DNS:authority'] })
    const own = await makeCertificate(test, { by: authority, names: ['IP:127.0.0.1'] })
    const client = await makeCertificate(test, { by: authority, names: ['DNS:rampart'] })
    const api = await openKubernetesApi(test, { tls: { own, client, authority } })
    api.put(DEPLOYMENT, deployment(2))
    assert.equal(gist(await ask(api, { object: 'Deployment/api' })), 'passed current')
    const stranger = await makeCertificate(test, { isAuthority: true, names: ['DNS:stranger'] })
    const other = await openKubernetesApi(test, { tls: { own, client, authority: stranger } })
    const answer = await ask(other, { object: 'Deployment/api' })
    assert.equal(gist(answer), 'errored terminal untrusted-certificate')
  })

  it('signs in by what a plug-in says, asked once for as long as it holds', async (test) => {
    const credential = { kind: 'ExecCredential', status: { token: TOKEN } }
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: 'sh',
      args: ['-c', `echo asked >> "$COUNT"; echo '${JSON.stringify(credential)}'`],
    }
    const folder = await mkdtemp(join(tmpdir(), 'rampart-plug-in-'))
    test.after(() => rm(folder, { recursive: true, force: true }))
    const env = [{ name: 'COUNT', value: join(folder, 'count') }]
    const api = await openKubernetesApi(test, { user: { exec: { ...exec, env } } })
    api.put(DEPLOYMENT, deployment(2))
    const input = { object: 'Deployment/api' }
    assert.equal(gist(await ask(api, input)), 'passed current')
    assert.equal(gist(await ask(api, input)), 'passed current')
    assert.equal(await readFile(join(folder, 'count'), 'utf8'), 'asked\n')
    const broken = { ...exec, args: ['-c', 'echo token=tiger >&2; exit 3'] }
    const other = await openKubernetesApi(test, { user: { exec: broken } })
    const answer = await ask(other, input)
    assert.equal(gist(answer), 'errored notYet no-credentials')
    assert.doesNotMatch(JSON.stringify(answer), /tiger/)
  })

  it('finds the kubeconfig as kubectl does, and a context by its name', async (test) => {
    const api = await openKubernetesApi(test)
    api.put(DEPLOYMENT, deployment(2))
    const input = { object: 'Deployment/api' }
    const folder = dirname(api.kubeconfig)
    const byVariable = new KubernetesProbe({ folder, settings: { KUBECONFIG: 'none:config' } })
    assert.equal(gist(await askOnce(byVariable, input)), 'passed current')
    const nowhere = new KubernetesProbe({ folder, settings: { HOME: folder } })
    assert.equal(gist(await askOnce(nowhere, input)), 'errored notYet kubeconfig-unreadable')
    const known = await ask(api, { ...input, context: 'shop' })
    assert.equal(gist(known), 'passed current')
    const unknown = await ask(api, { ...input, context: 'shpo' })
    assert.equal(gist(unknown), 'errored terminal unknown-context')
    assert.match(unknown.sentence, /cannot be asked for: no context shpo; there is shop\.$/)
    const first = join(folder, 'first')
    await writeFile(first, JSON.stringify({ kind: 'Config', users: [{ name: 'other', user: {} }] }))
    const KUBECONFIG = [first, api.kubeconfig, api.kubeconfig].join(':')
    const merged = new KubernetesProbe({ folder: '/', settings: { KUBECONFIG } })
    assert.equal(gist(await askOnce(merged, input)), 'passed current')
    const broken = join(folder, 'broken')
    await writeFile(broken, 'clusters: [')
    for (const kubeconfig of ['missing', 'broken']) {
      const answer = await askOnce(byVariable, { ...input, kubeconfig })
      assert.equal(gist(answer), 'errored notYet kubeconfig-unreadable')
    }
  })

  it('settles at once when aborted, and leaves nothing open', async (test) => {
    const api = await openKubernetesApi(test)
    api.server.removeAllListeners('request')
    const input = { kubeconfig: api.kubeconfig, object: 'Deployment/api' }
    const { settleMs, answer } = await settleMsAfterAbort(probe, input, 300)
    assert.equal(gist(answer), 'errored notYet timed-out')
    assert.ok(settleMs < 200, `settled ${settleMs} ms after the abort`)
    await closedConnections(api)
  })

  it('tells of a change when it happens, until nobody wants to know', async (test) => {
    const api = await openKubernetesApi(test)
    const input = {
      kubeconfig: api.kubeconfig,
      object: 'Deployment/api',
      endpoints: { service: 'api' },
    }
    let told = Promise.withResolvers<void>()
    const stop = probe.watch(askingOf(input), () => told.resolve())
    test.after(stop)
    const giveUp = AbortSignal.timeout(60_000)
    while (api.watches() < 2) {
      giveUp.throwIfAborted()
      await new Promise(setImmediate)
    }
    assert.ok(api.asked.some((line) => line.includes('fieldSelector=metadata.name%3Dapi')))
    api.put(DEPLOYMENT, deployment(2))
    await told.promise
    told = Promise.withResolvers<void>()
    api.put(SLICES, slices(true))
    await told.promise
    stop()
    stop()
    await closedConnections(api)
  })

  it('errs when its input makes no sense once templates are resolved', async () => {
    for (const [input, mistake] of [
      [{ object: 'api' }, /like Deployment\/api, and is api/],
      [{ object: 'Widget/one' }, /`apiVersion` must be given for Widget/],
      [{ object: 'Deployment/api', endpoints: {} }, /must name the Service/],
      [{ object: 'Service/api', endpoints: {}, absent: true }, /must be absent/],
    ] as const) {
      const answer = await askOnce(probe, input)
      assert.equal(gist(answer), 'errored terminal malformed-input')
      assert.match(answer.sentence, mistake)
    }
  })
})
