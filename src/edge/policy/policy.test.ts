/** What is printed for programs that enforce, taken by the real ones, and tried against one kernel. */
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { promisify } from 'node:util'
import { parseAllDocuments } from 'yaml'
import { assertGolden } from '../../../test/golden/golden-text.ts'
import { type Certificate, makeCertificate, openssl } from '../../../test/support/certificates.ts'
import { freePort } from '../../../test/support/free-port.ts'
import { requirePart, requireRealPart } from '../../../test/support/require-part.ts'
import { until } from '../../../test/support/until.ts'
import { formatIssue } from '../../contracts/document/format-issue.ts'
import { parseContracts } from '../../contracts/index.ts'
import type { PortsContract } from '../../contracts/ports/definition.ts'
import { isPortFree } from '../../runtimes/placement/ports.ts'
import { printHaproxyAccess } from './haproxy.ts'
import { printNetworkPolicies } from './network-policy.ts'
import { printNftables } from './nftables.ts'
import { otherPorts } from './pod-ports.ts'
import { POLICY_FORMS } from './policy-forms.ts'

const run = promisify(execFile)
const PATH = [process.env['PATH'], '/usr/sbin', '/usr/local/sbin', '/sbin'].join(delimiter)
const env = { ...process.env, PATH }

const TEXT = `apiVersion: rampart/v1
kind: Ports
metadata: { name: internal }
spec:
  ranges:
    staging:
      ports: 21000-21999
      for: { service: shop/* }
      fixed: { shop/api/http: 21080, shop/api/metrics: 21090, shop/db/postgres: 21432, shop/docs/http: 21500 }
    edge:
      ports: 20443-20445
      for: { service: edge }
      addresses: any
      fixed: { edge/status: 20444 }
    names: { ports: 20053, for: { service: names }, protocol: udp, addresses: [10.0.0.5, "fd00::5"], fixed: { names/dns: 20053 } }
  clients:
    shop/web: { user: [1001, 1011], mtls: [CN=web, "spiffe://shop/web"], network: 10.1.2.0/24, labels: { app: web }, namespace: shop }
    shop/api: { user: 1002, labels: { app: api }, namespace: shop }
    shop/db: { labels: { app: db } }
    shop/docs: { labels: { app: docs } }
    tools/probe: { mtls: "CN=it's", network: [10.0.0.0/8, "fd00::/8"] }
    tools/token: { token: "sha256:${'a'.repeat(64)}" }
  connect:
    - { from: [shop/web, tools/*], to: shop/api, ports: http }
    - { from: shop/api, to: shop/db }
    - { from: "*", to: shop/docs, ports: http }
    - { from: shop/unheard-of, to: shop/db, ports: postgres }
    - { from: [tools/probe, shop/web], to: [edge, names] }
    - { from: shop/web, to: elsewhere, ports: http }
`

function understood(text: string = TEXT): readonly PortsContract[] {
  const { contracts, issues } = parseContracts([{ path: 'ports.yaml', text }])
  assert.deepEqual(
    issues.map((issue) => formatIssue(issue)),
    [],
  )
  return contracts.flatMap((one) => (one.kind === 'Ports' ? [one] : []))
}

function fileWith(t: TestContext, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'rampart-policy-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'policy')
  writeFileSync(file, text)
  return file
}

const isRoot = requirePart('root', process.getuid?.() === 0, 'sudo npm test')
const nftables = isRoot.skip === false ? requireRealPart('nftables') : isRoot

describe('what is printed of a contract', () => {
  for (const [form, print] of POLICY_FORMS) {
    it(`is in the words of ${form}, with what those cannot say`, () => {
      const { text, unsaid } = print(understood())
      assertGolden(`policy/${form}.txt`, text)
      for (const sentence of unsaid) assert.ok(text.includes(`# Not here: ${sentence}\n`), sentence)
    })

    it(`is nothing but comments in ${form} where no rule is`, () => {
      const { text } = print(understood(TEXT.slice(0, TEXT.indexOf('  connect:'))))
      assert.doesNotMatch(text, /drop$|reject|NetworkPolicy$/m)
    })
  }

  it('leaves a range out whose ports differ by whose they are, and guards one that is a service’s', () => {
    const { text, unsaid } = printNftables(understood())
    assert.match(text, /tcp dport \{ 20443, 20445 \} counter drop/)
    assert.doesNotMatch(text, /dport [^}]*21000/)
    assert.ok(unsaid.some((one) => one.startsWith('the range internal/staging (21000-21079')))
    assert.ok(
      unsaid.includes('no range of the contract is for elsewhere, so no number of it is known'),
    )
  })
})

describe('a ruleset for nftables', () => {
  it('judges an address of one family alone where the contract has no other', () => {
    const only = (addresses: string): string =>
      printNftables(understood(TEXT.replace('addresses: any', `addresses: ["${addresses}"]`))).text
    assert.match(only('0.0.0.0'), /^ +meta nfproto ipv4 tcp dport \{ 20444 \} counter drop$/m)
    assert.match(only('::'), /^ +meta nfproto ipv6 tcp dport \{ 20444 \} counter drop$/m)
    assert.doesNotMatch(only('::'), /nfproto ipv6 .* ip saddr/)
  })

  it('is taken by nft', nftables, async (t) => {
    const file = fileWith(t, printNftables(understood()).text)
    await run('unshare', ['--net', 'nft', '-c', '-f', file], { env })
  })

  it('lets in on the machine whom the contract lets in, and nobody else', nftables, async (t) => {
    const file = fileWith(t, printNftables(understood()).text)
    // Twice: what is loaded again replaces what was loaded.
    const script = `ip link set lo up && nft -f ${file} && nft -f ${file} && exec "$0" -e "$1"`
    const program = `
      const { createServer } = require('node:net')
      const { spawn } = require('node:child_process')
      const tries = [[1001, 21080], [1002, 21080], [0, 21080], [1002, 21432], [1001, 21432], [1002, 21090], [1002, 21500]]
      const listening = [21080, 21432, 21090, 21500].map((port) => new Promise((done) =>
        createServer().listen(port, '127.0.0.1', done)))
      const attempt = ([uid, port]) => new Promise((done) =>
        spawn('bash', ['-c', 'exec 3<>/dev/tcp/127.0.0.1/' + port], { uid, timeout: 1500, stdio: 'ignore' })
          .on('exit', (code) => done([uid, port, code === 0])))
      Promise.all(listening).then(() => Promise.all(tries.map(attempt))).then((all) => {
        console.log(JSON.stringify(all))
        process.exit()
      })`
    const argv = ['--net', 'sh', '-c', script, process.execPath, program]
    const { stdout } = await run('unshare', argv, { env })
    assert.deepEqual(JSON.parse(stdout), [
      [1001, 21_080, true],
      [1002, 21_080, false],
      [0, 21_080, false],
      [1002, 21_432, true],
      [1001, 21_432, false],
      [1002, 21_090, true],
      [1002, 21_500, true],
    ])
  })
})

describe('lines for HAProxy', () => {
  it('are taken by HAProxy in a frontend', requireRealPart('HAProxy'), async (t) => {
    const { text } = printHaproxyAccess(understood())
    const file = fileWith(
      t,
      `defaults
  mode http
  timeout connect 1s
  timeout client 1s
  timeout server 1s
frontend all
  bind 127.0.0.1:21080
${text}  default_backend none
backend none
`,
    )
    const { stdout, stderr } = await run('haproxy', ['-c', '-f', file], { env })
    assert.doesNotMatch(`${stdout}${stderr}`, /WARNING|ALERT/)
  })
})

describe('HAProxy with these lines', () => {
  const parts = openssl.skip === false ? requireRealPart('HAProxy') : openssl

  it('lets in by a network or by a name that an authority vouches for', parts, async (t) => {
    const authority = await makeCertificate(t, { isAuthority: true })
    const server = await makeCertificate(t, { by: authority })
    const web = await makeCertificate(t, { by: authority, names: ['DNS:web'] })
    const other = await makeCertificate(t, { by: authority, names: ['DNS:other'] })
    const forged = await makeCertificate(t, { names: ['DNS:web'] })
    const port = await freePort()
    const named = TEXT.replace('CN=web', '"CN=DNS:web"').replace('10.1.2.0/24', '127.0.0.9/32')
    const text = printHaproxyAccess(understood(named)).text
    const pem = fileWith(t, `${server.certificate}\n${server.key}`)
    const listen = `bind 127.0.0.1:${port} ssl crt ${pem} ca-file ${authority.certificateFile}`
    const file = fileWith(
      t,
      `defaults
  mode http
  timeout client 5s
frontend all
  ${listen} verify optional crt-ignore-err all
${text.replace('dst_port 21080', `dst_port ${port}`)}  http-request return status 200
`,
    )
    const haproxy = spawn('haproxy', ['-db', '-f', file], { env, stdio: 'ignore' })
    t.after(() => haproxy.kill('SIGKILL'))
    await until('HAProxy listens', async () => !(await isPortFree(port)))
    const ask = async (by?: Certificate, localAddress = '127.0.0.1'): Promise<string> => {
      const shown = by === undefined ? {} : { cert: by.certificate, key: by.key }
      const trust = { rejectUnauthorized: false, agent: false, localAddress }
      const asked = request({ host: '127.0.0.1', port, ...trust, ...shown })
      asked.end()
      try {
        const [response] = await once(asked, 'response')
        response.resume()
        return String(response.statusCode)
      } catch (error) {
        return (error as NodeJS.ErrnoException).code ?? 'unknown'
      }
    }
    assert.deepEqual(
      [await ask(web), await ask(undefined, '127.0.0.9'), await ask(other, '127.0.0.9')],
      ['200', '200', '200'],
    )
    assert.deepEqual(
      [await ask(), await ask(other), await ask(forged)],
      ['ECONNRESET', 'ECONNRESET', 'ECONNRESET'],
    )
  })
})

describe('manifests for Kubernetes', () => {
  const manifests = () =>
    parseAllDocuments(printNetworkPolicies(understood()).text).flatMap((one) => {
      const value = one.toJS()
      return value === null ? [] : [value]
    })

  it('are one for each service that has labels and that rules protect', () => {
    assert.deepEqual(
      manifests().map(({ metadata }) => metadata),
      [
        { name: 'rampart.internal.shop.api', namespace: 'shop' },
        { name: 'rampart.internal.shop.db' },
        { name: 'rampart.internal.shop.docs' },
      ],
    )
  })

  it('never have an empty list of peers, which would let everybody in', () => {
    for (const { spec } of manifests()) {
      for (const entry of spec.ingress) assert.notDeepEqual(entry.from, [])
    }
    const token = TEXT.replace('from: [shop/web, tools/*]', 'from: tools/token')
    const [api] = parseAllDocuments(printNetworkPolicies(understood(token)).text)
      .map((one) => one.toJS())
      .filter((value) => value?.metadata.name.endsWith('.api'))
    assert.ok(api.spec.ingress.every(({ from }: { from?: unknown }) => from === undefined))
    assert.deepEqual(api.spec.ingress[0].ports[0], { protocol: 'TCP', port: 1, endPort: 21_079 })
  })

  it('mean a port by its name where no number is fixed, and nothing by a name that is too long', () => {
    const long = 'a-name-of-sixteen'
    const text = TEXT.replace('to: shop/api, ports: http', `to: shop/api, ports: [rpc, ${long}]`)
    const { text: printed, unsaid } = printNetworkPolicies(understood(text))
    assert.match(printed, /port: rpc$/m)
    assert.doesNotMatch(printed, new RegExp(`port: ${long}`))
    for (const told of [
      /port rpc is not fixed; the TCP port/,
      /nobody is let in there/,
      /are closed/,
    ]) {
      assert.ok(
        unsaid.some((sentence) => told.test(sentence)),
        String(told),
      )
    }
  })

  it('open the ports that no rule speaks of, and not the one beside them', () => {
    assert.deepEqual(
      otherPorts([
        { protocol: 'TCP', port: 1 },
        { protocol: 'TCP', port: 3 },
        { protocol: 'UDP', port: 65_535 },
      ]),
      [
        { protocol: 'TCP', port: 2 },
        { protocol: 'TCP', port: 4, endPort: 65_535 },
        { protocol: 'UDP', port: 1, endPort: 65_534 },
      ],
    )
  })
})
