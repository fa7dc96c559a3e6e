/** What a certificate and a token are worth together; how they are shown is tried in test/server. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isFault } from '../../core/fault/fault.ts'
import type { Grant } from '../wire/access.ts'
import { certifiedAgent } from './agent-certificates.ts'
import type { Identity } from './identity.ts'
import { regionsNamed, type ShownCertificate } from './shown-certificate.ts'

const NOW_MS = Date.UTC(2026, 10, 21)
const DAY_MS = 86_400_000

function agent(...regions: readonly string[]): Identity {
  const scope = regions.length === 0 ? {} : { regions }
  const grants: readonly Grant[] = [{ role: 'agent', scope }]
  return { name: 'token:a', kind: 'agent', grants, behind: [], groups: [], by: 'token' }
}

function shown(change: Partial<ShownCertificate> = {}): ShownCertificate {
  const dates = { sinceMs: NOW_MS - DAY_MS, untilMs: NOW_MS + DAY_MS }
  return { subject: 'CN=a', fingerprint: 'ab12', ...dates, regions: ['eu'], ...change }
}

function regionsOf({ grants }: Identity): readonly string[] {
  return grants.flatMap(({ scope }) => scope.regions ?? ['everywhere'])
}

test('an agent is one for the regions that both its token and its certificate are for', () => {
  const both = (token: readonly string[], certificate: readonly string[]): readonly string[] =>
    regionsOf(certifiedAgent(agent(...token), shown({ regions: certificate }), NOW_MS))
  assert.deepEqual(both(['eu'], ['eu']), ['eu'])
  assert.deepEqual(both(['eu', 'us'], ['us']), ['us'])
  assert.deepEqual(both(['eu'], ['us', 'eu']), ['eu'])
  assert.deepEqual(both([], ['us']), ['us'])
  const { certificate } = certifiedAgent(agent('eu'), shown(), NOW_MS)
  assert.deepEqual(certificate, {
    ...{ subject: 'CN=a', fingerprint: 'ab12' },
    ...{ untilMs: NOW_MS + DAY_MS, regions: ['eu'] },
  })
})

const REFUSED: readonly (readonly [
  what: string,
  code: string,
  says: RegExp,
  shown: ShownCertificate | undefined,
])[] = [
  ['none', 'certificate-missing', /must show a certificate/, undefined],
  ['one that is over', 'certificate-untrusted', /expired on 2026-11-20/, past()],
  ['one that is still to come', 'certificate-untrusted', /not valid before 2026-11-22/, future()],
  ['one of nobody', 'certificate-untrusted', /signed by nobody/, unsigned()],
  ['one below an old authority', 'certificate-untrusted', /by one that has expired/, below()],
  ['one that is odd', 'certificate-untrusted', /not trusted here \(CRL_X\)/, odd()],
  [
    'one of another region',
    'certificate-foreign',
    /of us, not of eu\./,
    shown({ regions: ['us'] }),
  ],
  ['one of no region', 'certificate-foreign', /agent\/eu among/, shown({ regions: [] })],
]

for (const [what, code, says, certificate] of REFUSED) {
  test(`an agent that shows ${what} is refused, and told why`, () => {
    assert.throws(
      () => certifiedAgent(agent('eu'), certificate, NOW_MS),
      (error) => isFault(error) && error.code === code && says.test(error.hint),
    )
  })
}

test('what a certificate says is believed only of one that counts', () => {
  const loud = shown({ subject: 'CN=see what I say', distrust: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
  assert.throws(
    () => certifiedAgent(agent('eu'), loud, NOW_MS),
    (error) => isFault(error) && !error.message.includes('see what I say'),
  )
})

test('the regions of a certificate are those that its URIs name, and no others', () => {
  const eu = 'URI:spiffe://example.org/rampart/agent/eu'
  assert.deepEqual(regionsNamed(eu), ['eu'])
  assert.deepEqual(regionsNamed(`DNS:a.example.org, ${eu}, IP Address:10.0.0.1`), ['eu'])
  assert.deepEqual(regionsNamed(`${eu}, URI:spiffe://x/rampart/agent/us-1`), ['eu', 'us-1'])
  const others = [
    '',
    'DNS:spiffe://example.org/rampart/agent/eu',
    'URI:https://example.org/rampart/agent/eu',
    'URI:spiffe://example.org/rampart/agent/eu/more',
    'URI:spiffe://example.org/other/rampart/agent/eu',
    'URI:spiffe:///rampart/agent/eu',
    'URI:spiffe://example.org/rampart/agent/EU',
    'URI:spiffe://example.org/rampart/agent/eu?region=us',
    'URI:spiffe://example.org/rampart/agent/-eu',
  ]
  for (const names of others) assert.deepEqual(regionsNamed(names), [], names)
})

test('a name that pretends to be several is one, and names no region', () => {
  const within = ['DNS:"a, URI:spiffe://example.org/rampart/agent/eu"']
  within.push('DNS:"a\\", URI:spiffe://example.org/rampart/agent/eu"')
  within.push('URI:"spiffe://example.org/rampart/agent/eu"')
  within.push('DNS:"open, URI:spiffe://example.org/rampart/agent/eu')
  for (const names of within) assert.deepEqual(regionsNamed(names), [], names)
})

function past(): ShownCertificate {
  return shown({ untilMs: NOW_MS - DAY_MS })
}

function future(): ShownCertificate {
  return shown({ sinceMs: NOW_MS + DAY_MS, distrust: 'CERT_NOT_YET_VALID' })
}

function unsigned(): ShownCertificate {
  return shown({ distrust: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY' })
}

function below(): ShownCertificate {
  return shown({ distrust: 'CERT_HAS_EXPIRED' })
}

function odd(): ShownCertificate {
  return shown({ distrust: 'CRL_X' })
}
