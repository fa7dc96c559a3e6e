/** A case of the corpus: files, and what the scan is expected to say of them, all of it. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { parseContracts } from '../../src/contracts/index.ts'
import { toPolicy } from '../../src/contracts/ports/definition.ts'
import { EVERY_ADDRESS, LOOPBACK } from '../../src/core/port/port-claim.ts'
import type { PortPolicy } from '../../src/core/port/port-policy.ts'
import type { FoundPort } from '../../src/scan/found/found-port.ts'
import type { ScanFinding } from '../../src/scan/judge/finding.ts'

/** One port as a case expects it. What is left out: tcp, host, any, explicit. */
interface ExpectedPort {
  readonly at: string
  /** A number, or `8000-8002`. */
  readonly port: number | string
  readonly protocol?: string
  readonly scope?: string
  /** `any` (both families), `loopback` (both families), or addresses separated by commas. */
  readonly address?: string
  readonly confidence?: string
  readonly environment?: string
  /** Of a connection: to whom. */
  readonly host?: string
}

/** One finding as a case expects it. */
interface ExpectedFinding {
  readonly rule: string
  readonly severity: string
  readonly port: number | string
  readonly at: readonly string[]
}

/** What lies beside the files of a case. */
export interface Expected {
  readonly claims: readonly ExpectedPort[]
  /** Compared only when it is there. */
  readonly connections?: readonly ExpectedPort[]
  readonly findings: readonly ExpectedFinding[]
}

const CORPUS = join(import.meta.dirname, 'corpus')

/** The names of all cases. */
export function corpusCases(): readonly string[] {
  if (!existsSync(CORPUS)) return []
  return readdirSync(CORPUS).sort()
}

/** Where a case's files are. */
export function filesOfCase(name: string): string {
  return join(CORPUS, name, 'files')
}

/** What a case expects. */
export function readExpected(name: string): Expected {
  return parse(readFileSync(join(CORPUS, name, 'expected.yaml'), 'utf8')) as Expected
}

/** The policies of the contract that lies among a case's files. */
export function policiesOf(name: string): readonly PortPolicy[] {
  const path = join(filesOfCase(name), 'rampart.yaml')
  if (!existsSync(path)) return []
  const { contracts, issues } = parseContracts([{ path, text: readFileSync(path, 'utf8') }])
  assert.deepEqual(issues, [])
  return contracts.flatMap((one) => (one.kind === 'Ports' ? [toPolicy(one)] : []))
}

/** An expected port as one line of text. */
export function printExpected(one: ExpectedPort): string {
  const { at, port, protocol = 'tcp', scope = 'host', address = 'any' } = one
  const { confidence = 'explicit', environment = '-', host } = one
  const to = host === undefined ? [] : [`to ${host}`]
  return [at, `${port}/${protocol}`, scope, address, confidence, environment, ...to].join(' ')
}

/** An expected finding as one line of text. */
export function printExpectedFinding({ rule, severity, port, at }: ExpectedFinding): string {
  return [severity, rule, port, ...at].join(' ')
}

/** A finding in the words of an expected one. */
export function printFinding({ rule, severity, first, last, ports }: ScanFinding): string {
  const port = first === last ? first : `${first}-${last}`
  const at = ports.map(({ file, line }) => `${file}:${line}`)
  return printExpectedFinding({ rule, severity, port, at })
}

/** A found port in the words of an expected one. */
export function printFound(one: FoundPort): string {
  return printExpected({
    at: `${one.file}:${one.line}`,
    port: one.first === one.last ? one.first : `${one.first}-${one.last}`,
    protocol: one.protocol,
    scope: one.scope,
    address: one.stance === 'consumption' ? '-' : printAddresses(one.addresses),
    confidence: one.confidence,
    ...(one.environment === undefined ? {} : { environment: one.environment }),
    ...(one.host === undefined ? {} : { host: one.host }),
  })
}

function printAddresses(addresses: readonly string[]): string {
  const text = addresses.join(', ')
  if (text === EVERY_ADDRESS.join(', ')) return 'any'
  return text === LOOPBACK.join(', ') ? 'loopback' : text
}
