/** Certificates that have expired, or are wrong in one other thing, are shown to what asks for them. */
import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeCertificate, openssl } from '../support/certificates.ts'
import { proveContract } from './prove-run.ts'

const SERVER = join(import.meta.dirname, 'fixtures/tls-server.ts')

test('a certificate that is wrong in any one thing is told of', openssl, async (t) => {
  const authority = await makeCertificate(t, { isAuthority: true })
  const shown = await makeCertificate(t, { by: authority, names: ['DNS:localhost'] })
  const { fingerprint256 } = new X509Certificate(shown.certificate)
  const contract = `apiVersion: rampart/v1
kind: Environment
metadata: { name: sealed }
spec:
  regions: { eu: {}, us: {} }
  components:
    front:
      run:
        command: [node, ${SERVER}, '\${self.ports.tls}', ${shown.certificateFile}, ${shown.keyFile}]
        ports: { tls: {} }
      ready:
        - name: sealed
          timeout: 2s
          tls:
            host: localhost
            port: \${self.ports.tls}
            ca: ${authority.certificateFile}
            daysLeft: 14
            alpn: h2
            minVersion: TLSv1.3
        - name: pinned
          timeout: 2s
          tls:
            host: 127.0.0.1
            servername: localhost
            port: \${self.ports.tls}
            ca: ${authority.certificateFile}
            fingerprint: '${fingerprint256}'
        - name: everywhere
          timeout: 2s
          tls:
            host: 127.0.0.1
            servername: localhost
            port: \${self.ports.tls}
            ca: ${authority.certificateFile}
            allAddresses: true
`
  const { faults, proof } = await proveContract(t, { contract, within: '5s' })
  const lies = proof.sightings.filter(({ fault }) => fault.startsWith('the certificate'))
  assert.ok(lies.every(({ stillBroken }) => stillBroken.length === 0))
  const untried = Object.entries(faults).filter(([, came]) => !came.startsWith('told'))
  assert.deepEqual(
    new Set(untried.map(([fault, why]) => `${fault.split(': ')[1]}: ${why}`)),
    new Set(['everywhere: it asks every address of a name, and nothing can be put before them']),
  )
  const proved = proof.conditions.filter(({ probe }) => probe === 'tls')
  assert.deepEqual(
    proved.map(({ stage, condition, isProved }) => `${stage}/${condition}: ${isProved}`),
    ['eu', 'us'].flatMap((region) => [
      `${region}/front/sealed: true`,
      `${region}/front/pinned: true`,
      `${region}/front/everywhere: false`,
    ]),
  )
  const told = proved[0]?.by.map(({ fault }) => fault)
  for (const fault of [
    'the certificate has expired for eu/front: sealed',
    'the certificate is not valid yet for eu/front: sealed',
    'the certificate is of another name for eu/front: sealed',
    'the certificate is signed by nobody who is trusted for eu/front: sealed',
    'the certificate is valid for less than 14 days for eu/front: sealed',
    'nothing newer than TLSv1.1 is spoken for eu/front: sealed',
    'nothing newer than TLSv1.2 is spoken for eu/front: sealed',
    'no protocol is agreed on for eu/front: sealed',
  ]) {
    assert.ok(told?.includes(fault), fault)
  }
})
