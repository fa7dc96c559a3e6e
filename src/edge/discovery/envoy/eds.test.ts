/** Endpoint discovery by Envoy's published definitions: with a real gRPC client, and as JSON. */

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:http2'
import { describe, it, type TestContext } from 'node:test'
import { type ClientDuplexStream, credentials } from '@grpc/grpc-js'
import { edsClient, throughDefinition } from '../../../../test/support/envoy-protos.ts'
import { until } from '../../../../test/support/until.ts'
import { SystemClock } from '../../../clock/system-clock.ts'
import { EndpointTable } from '../endpoint-table.ts'
import { API } from '../fixtures/api-endpoint.ts'
import { DiscoveryServer } from '../server/discovery-server.ts'
import { ASSIGNMENT_TYPE, ClusterAssignments } from './cluster-assignment.ts'
import { EdsServer, type EdsServerOptions } from './eds-server.ts'

interface Assignment {
  readonly '@type': string
  readonly cluster_name: string
  readonly endpoints?: readonly {
    readonly lb_endpoints: readonly {
      readonly endpoint: {
        readonly address: {
          readonly socket_address: { readonly address: string; readonly port_value: number }
        }
      }
    }[]
  }[]
}

interface Response {
  readonly version_info: string
  readonly nonce: string
  readonly type_url: string
  readonly resources: readonly Assignment[]
}

interface DeltaResponse {
  readonly nonce: string
  readonly resources: readonly {
    readonly name: string
    readonly version: string
    readonly resource: Assignment
  }[]
}

/** `shop/api/http 127.0.0.1:20001`. */
function shown({ cluster_name, endpoints = [] }: Assignment): string {
  const hosts = endpoints
    .flatMap(({ lb_endpoints }) => lb_endpoints)
    .map(({ endpoint }) => endpoint.address.socket_address)
    .map(({ address, port_value }) => ` ${address}:${port_value}`)
  return `${cluster_name}${hosts.join('')}`
}

async function open(t: TestContext, more: Partial<EdsServerOptions> = {}) {
  const endpoints = new EndpointTable()
  const server = await EdsServer.open({ endpoints, ...more })
  t.after(() => server.close())
  const Client = edsClient()
  const client = new Client(`127.0.0.1:${server.port}`, credentials.createInsecure())
  t.after(() => client.close())
  const call = <Told>(method: 'StreamEndpoints' | 'DeltaEndpoints') => {
    const begin = client[method] as () => ClientDuplexStream<object, Told>
    const stream = begin.call(client)
    const failed = once(stream, 'error') as Promise<[Error]>
    // Ends with an error when it is cut off; only the tests that expect one look at it.
    failed.catch(() => undefined)
    t.after(() => stream.cancel())
    const told: Told[] = []
    stream.on('data', (one: Told) => told.push(one))
    const next = async (): Promise<Told> => {
      if (told.length === 0) await once(stream, 'data')
      const one = told.shift()
      assert.ok(one !== undefined)
      return one
    }
    return { stream, next, failed, told }
  }
  return { endpoints, server, call }
}

describe('clusters', () => {
  it('are one port of one service each, by path or with dots, and may have no hosts', () => {
    const endpoints = new EndpointTable()
    endpoints.set([
      { ...API, address: '::1' },
      API,
      { ...API, protocol: 'udp', number: 9 },
      { ...API, port: 'dns', protocol: 'udp', number: 53 },
      { ...API, scope: 'wt1', number: 7 },
    ])
    const assignments = new ClusterAssignments(endpoints)
    const numbers = (name: string) => assignments.find(name).hosts.map(({ number }) => number)
    assert.deepEqual(numbers('shop/api/http'), [20_001])
    assert.deepEqual(numbers('http.api.shop'), [20_001])
    assert.deepEqual(numbers('http.api.shop.wt1'), [7])
    assert.deepEqual(numbers('shop/api/dns'), [53])
    for (const name of ['shop/api', 'api.shop', 'nothing', '', '/', '.']) {
      assert.deepEqual(numbers(name), [], name)
    }
  })
})

describe('endpoint discovery by gRPC', () => {
  it('tells the state of the world, then every change once it is confirmed', async (t) => {
    const { endpoints, call } = await open(t)
    endpoints.set([API, { ...API, instance: 'b', number: 20_002 }])
    const { stream, next, told } = call<Response>('StreamEndpoints')
    const names = { resource_names: ['shop/api/http', 'shop/web/http'], type_url: ASSIGNMENT_TYPE }
    stream.write({ ...names, node: { id: 'a', cluster: 'b' } })
    const first = await next()
    assert.equal(first.type_url, ASSIGNMENT_TYPE)
    assert.deepEqual(first.resources.map(shown), [
      'shop/api/http 127.0.0.1:20001 127.0.0.1:20002',
      'shop/web/http',
    ])
    // Not confirmed yet, so that both changes come together; those of others never do.
    endpoints.set([API])
    endpoints.set([API, { ...API, service: 'shop/web', number: 3 }, { ...API, service: 'x' }])
    stream.write({ ...names, version_info: first.version_info, response_nonce: first.nonce })
    const second = await next()
    assert.deepEqual(second.resources.map(shown), [
      'shop/api/http 127.0.0.1:20001',
      'shop/web/http 127.0.0.1:3',
    ])
    stream.write({ ...names, response_nonce: second.nonce })
    // An answer to an earlier response counts for nothing; a rejected version is not sent again.
    stream.write({ resource_names: ['other/x/y'], response_nonce: first.nonce })
    stream.write({
      ...names,
      response_nonce: second.nonce,
      error_detail: { code: 3, message: 'no' },
    })
    endpoints.set([])
    const third = await next()
    assert.deepEqual(third.resources.map(shown), ['shop/api/http', 'shop/web/http'])
    stream.write({ resource_names: ['shop/api/http'], response_nonce: third.nonce })
    assert.deepEqual((await next()).resources.map(shown), ['shop/api/http'])
    assert.equal(told.length, 0)
  })

  it('tells only what has changed to who asks for that', async (t) => {
    const { endpoints, call } = await open(t)
    endpoints.set([API])
    const { stream, next } = call<DeltaResponse>('DeltaEndpoints')
    stream.write({
      type_url: ASSIGNMENT_TYPE,
      resource_names_subscribe: ['shop/api/http', 'shop/web/http', '*'],
    })
    const first = await next()
    assert.deepEqual(
      first.resources.map(({ resource }) => shown(resource)),
      ['shop/api/http 127.0.0.1:20001', 'shop/web/http'],
    )
    stream.write({ response_nonce: first.nonce })
    endpoints.set([API, { ...API, service: 'shop/web', number: 3 }])
    const second = await next()
    assert.deepEqual(
      second.resources.map(({ resource }) => shown(resource)),
      ['shop/web/http 127.0.0.1:3'],
    )
    stream.write({ response_nonce: second.nonce, resource_names_unsubscribe: ['shop/web/http'] })
    stream.write({ resource_names_subscribe: ['shop/api/http'] })
    const again = await next()
    assert.deepEqual(
      again.resources.map(({ name }) => name),
      ['shop/api/http'],
    )

    const later = call<DeltaResponse>('DeltaEndpoints')
    later.stream.write({
      resource_names_subscribe: ['shop/api/http', 'shop/web/http'],
      initial_resource_versions: { 'shop/api/http': again.resources[0]?.version ?? '' },
    })
    assert.deepEqual(
      (await later.next()).resources.map(({ name }) => name),
      ['shop/web/http'],
    )
  })

  it('ends what it does not understand with a reason, and forgets who has gone', async (t) => {
    const { server, call } = await open(t, { streamsMax: 1 })
    const wrong = call('StreamEndpoints')
    wrong.stream.write({ type_url: 'type.googleapis.com/x.Y', resource_names: ['a'] })
    assert.match((await wrong.failed)[0].message, /INVALID_ARGUMENT: there are only endpoints here/)
    await until('nobody reads', () => server.streams === 0)
    const one = call<Response>('StreamEndpoints')
    one.stream.write({ resource_names: ['a/b/c'] })
    await one.next()
    const other = call('StreamEndpoints')
    assert.match((await other.failed)[0].message, /UNAVAILABLE: too many streams/)
    one.stream.end()
    await once(one.stream, 'end')
    await until('nobody reads', () => server.streams === 0)
  })

  it('is not shaken by what is no gRPC', async (t) => {
    const { server } = await open(t)
    const session = connect(`http://127.0.0.1:${server.port}`)
    t.after(() => session.destroy())
    const path = '/envoy.service.endpoint.v3.EndpointDiscoveryService/StreamEndpoints'
    const statusOf = async (headers: Record<string, string>, bytes: Buffer): Promise<unknown> => {
      const stream = session.request({ ':method': 'POST', ':path': path, ...headers })
      let status: unknown
      stream.on('response', (head) => {
        status = head['grpc-status']
      })
      stream.on('trailers', (trailers) => {
        status = trailers['grpc-status']
      })
      stream.resume().end(bytes)
      await once(stream, 'close')
      return status
    }
    const grpc = { 'content-type': 'application/grpc' }
    const frame = (...bytes: readonly number[]) => Buffer.from(bytes)
    assert.equal(await statusOf({}, frame()), '12')
    assert.equal(await statusOf({ ...grpc, ':path': '/a/b' }, frame()), '12')
    assert.equal(await statusOf(grpc, frame(1, 0, 0, 0, 1, 0)), '12')
    assert.equal(await statusOf(grpc, frame(0, 255, 255, 255, 255)), '3')
    assert.equal(await statusOf(grpc, frame(0, 0, 0, 0, 2, 26, 200)), '3')
    assert.equal(await statusOf(grpc, frame(0, 0, 0, 0, 2)), '0')
    assert.equal(server.streams, 0)
  })
})

describe('endpoint discovery by HTTP', () => {
  it('answers as the published definitions have it, or that nothing is new', async (t) => {
    const endpoints = new EndpointTable()
    const server = await DiscoveryServer.open({
      endpoints,
      clock: new SystemClock(),
      random: { integer: () => 0 },
      onTrouble: (error) => assert.fail(String(error)),
    })
    t.after(() => server.close())
    endpoints.set([API, { ...API, port: 'dns', protocol: 'udp', address: '::1', number: 53 }])
    const ask = async (body: object | string) => {
      const response = await fetch(`http://127.0.0.1:${server.port}/v3/discovery:endpoints`, {
        method: 'POST',
        body: typeof body === 'string' ? body : JSON.stringify(body),
      })
      const text = await response.text()
      return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as object) }
    }
    const names = ['shop/api/http', 'shop/api/dns', 'shop/web/http']
    const first = await ask({ resource_names: names, node: { id: 'a' }, type_url: ASSIGNMENT_TYPE })
    const told = first.body as Response
    assert.deepEqual(told.resources.map(shown), [
      'shop/api/http 127.0.0.1:20001',
      'shop/api/dns ::1:53',
      'shop/web/http',
    ])
    assert.deepEqual(withoutEmpty(throughDefinition(told)), withoutEmpty(told))
    const again = { resource_names: names, version_info: told.version_info }
    assert.equal((await ask(again)).status, 304)
    const camel = { resourceNames: names, versionInfo: told.version_info }
    assert.equal((await ask(camel)).status, 304)
    endpoints.set([])
    assert.equal((await ask(again)).status, 200)
    for (const wrong of ['', '{', '[1]x', { resource_names: 'a' }, { type_url: 'x' }, 'null']) {
      assert.equal((await ask(wrong)).status, 400, JSON.stringify(wrong))
    }
  })
})

/** Without what protocol buffers do not write: empty lists, and numbers and words of the value zero. */
function withoutEmpty(value: unknown): unknown {
  const text = JSON.stringify(value, (_, one: unknown) => {
    const isEmpty = (Array.isArray(one) && one.length === 0) || one === 'TCP'
    return isEmpty ? undefined : one
  })
  return JSON.parse(text)
}
