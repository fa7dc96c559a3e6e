/**
 * A component behind a front that ends TLS, by whole ramps: clients that keep their connections and show
 * who they are, while it is replaced, renewed, and left by its daemon. Nobody may be refused or cut off.
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { copyFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TLSSocket } from 'node:tls'
import { promisify } from 'node:util'
import type { Json } from '../../src/core/units/json.ts'
import { type Certificate, makeCertificate, openssl } from '../support/certificates.ts'
import { until } from '../support/until.ts'
import { Bench, Load, SERVICE } from './ramps.ts'

const PORT = `$\{self.ports.http}`
const URL_OF_SELF = `http://$\{self.host}:$\{self.ports.http}/`
const WEB = 'spiffe://shop/web'

function environment(says: string, tls?: Readonly<Record<string, string>>): Json {
  const api = {
    run: { command: SERVICE, ports: { http: {} }, env: { PORT, SAYS: says } },
    ready: [{ http: { url: URL_OF_SELF, status: 200 } }],
    roll: { drain: '10s', ...(tls && { tls }) },
    deadline: '30s',
    stop: { grace: '5s' },
  }
  return {
    apiVersion: 'rampart/v1',
    kind: 'Environment',
    metadata: { name: 'tiny' },
    spec: { components: { api }, watch: false },
  }
}

const RULES: Json = {
  apiVersion: 'rampart/v1',
  kind: 'Ports',
  metadata: { name: 'rules' },
  spec: {
    ranges: { own: { ports: '24700-24709', for: { service: 'nobody' } } },
    clients: { 'tiny/web': { mtls: WEB } },
    connect: [{ from: 'tiny/web', to: 'tiny/api' }],
  },
}

/** The status of one request, and whose certificate the front has shown. */
function once(port: number, trust: object): Promise<readonly [number | undefined, string]> {
  return new Promise((resolve, reject) => {
    const where = { host: '127.0.0.1', port, servername: 'localhost', agent: false }
    const asked = request({ ...where, ...trust }, (response) => {
      const { serialNumber } = (response.socket as TLSSocket).getPeerCertificate()
      response.resume().once('end', () => resolve([response.statusCode, serialNumber]))
    })
    asked.once('error', reject).end()
  })
}

const STRANGER = `
const trust = JSON.parse(process.env.TRUST)
require('node:https').get({ host: '127.0.0.1', servername: 'localhost', ...trust }, (response) => {
  console.log(response.statusCode)
  response.resume()
})
`

/** The same asked by another process: the daemon, which is in this one, comes in to prove things. */
async function byStranger(port: number, trust: object): Promise<number> {
  const env = { ...process.env, TRUST: JSON.stringify({ port, ...trust }) }
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', STRANGER], { env })
  return Number(stdout)
}

test(
  'a rolled component loses no request of clients that show who they are, and others stay out',
  openssl,
  async (context) => {
    const bench = new Bench(context)
    const authority = await makeCertificate(context, { isAuthority: true, commonName: 'Shop' })
    const make = (name: string, by: Certificate) =>
      makeCertificate(context, { names: [name], commonName: 'one', by })
    const [own, next] = [
      await make('DNS:localhost', authority),
      await make('DNS:localhost', authority),
    ]
    const [web, mail] = [
      await make(`URI:${WEB}`, authority),
      await make('URI:spiffe://shop/mail', authority),
    ]
    const fileOf = (name: string): string => join(bench.folder, `${name}.pem`)
    const put = ({ certificateFile, keyFile }: Certificate): void => {
      copyFileSync(certificateFile, fileOf('certificate'))
      copyFileSync(keyFile, fileOf('key'))
    }
    put(own)
    const files = { certificate: fileOf('certificate'), key: fileOf('key') }
    const tls = { ...files, clientCa: authority.certificateFile }
    await bench.up(RULES)
    await bench.up(environment('one', tls))
    const ca = authority.certificate
    const known = { ca, cert: web.certificate, key: web.key }
    const port = await bench.front()
    const load = new Load(context, port, known)
    await load.answered('one')
    // A process that is none of a service: what it shows alone counts.
    assert.equal(await byStranger(port, { ca }), 403)
    assert.equal(await byStranger(port, { ca, cert: mail.certificate, key: mail.key }), 403)
    assert.equal(await byStranger(port, known), 200)
    await bench.up(environment('two', tls))
    await load.answered('two')
    const [, serial] = await once(port, known)
    put(next)
    await until('the front shows the next certificate', async () => {
      return (await once(port, known))[1] !== serial
    })
    await bench.close()
    await load.answered('two')
    await bench.up(environment('three', tls))
    await load.answered('three')
    await load.stop()
    load.assertServed('one', 'two', 'three')
    const plain = await bench.ramp(environment('four'))
    assert.match(
      plain.ended?.cause?.sentence ?? '',
      /Its front speaks TLS that asks clients for certificates.* bring it down before it speaks no TLS\./,
    )
    const unfit = await bench.ramp(environment('four', { ...tls, key: mail.keyFile }))
    assert.match(unfit.ended?.cause?.sentence ?? '', /It is not the key of the certificate in /)
    assert.equal((await once(port, known))[0], 200, 'what was there serves on')
  },
)
