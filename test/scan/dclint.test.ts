/**
 * Within single compositions, another linter of them and the scan say the same of ports, but for differences
 * that are listed here, each with its reason.
 */
import assert from 'node:assert/strict'
import { relative } from 'node:path'
import { test } from 'node:test'
import { DCLinter } from 'dclint'
import { DiskFolder } from '../../src/scan/files/open-folder.ts'
import { judgeScan } from '../../src/scan/judge/judge-scan.ts'
import { scanFolder } from '../../src/scan/scan-folder.ts'
import { corpusCases, filesOfCase } from './corpus-case.ts'

const RULE = 'no-duplicate-exported-ports'

/** What only dclint says, and why it is no conflict. */
const ONLY_DCLINT: Readonly<Record<string, string>> = {
  'compose-addresses/compose.yaml 8080 blue green': '127.0.0.1 and 127.0.0.2 are two addresses',
  'compose-addresses/compose.yaml 8081 blue green': 'IPv4 and IPv6 are two addresses',
  'compose-container-ports/compose.yaml 80 api web': 'nothing of it is published',
  'compose-host-network/compose.yaml 8443 proxy web': 'on the network of the host nothing is',
  'compose-profiles/compose.yaml 3306 mariadb mysql': 'they have no profile in common',
  'compose-ranges/compose.yaml 8005 api pool': 'a container takes any one of the range',
}

/** What only the scan says, and how it knows. */
const ONLY_SCAN: Readonly<Record<string, string>> = {
  'compose-anchors/compose.yaml 8080 blue green': 'an alias brings ports along',
  'compose-env-conflict/compose.yaml 3000 api web': 'the variable is set in .env',
  'compose-host-network/compose.yaml 3000 api worker': 'the program listens on the host itself',
  'compose-host-network/compose.yaml 80 proxy web': 'nginx listens on the host itself',
  'compose-interpolated/compose.yaml 8080 api web': 'the variable has a default',
}

// The other linter copies what aliases point at, and takes a quarter of a minute for that one.
const cases = corpusCases().filter(
  (name) => name.startsWith('compose-') && name !== 'compose-alias-bomb',
)

test('the scan agrees with dclint on single compositions, or has a reason not to', () => {
  const theirs = new Set(cases.flatMap(saidByDclint))
  const ours = new Set(cases.flatMap(saidByScan))
  assert.deepEqual([...theirs].filter((one) => !ours.has(one)).sort(), keysOf(ONLY_DCLINT))
  assert.deepEqual([...ours].filter((one) => !theirs.has(one)).sort(), keysOf(ONLY_SCAN))
  const both = [...ours].filter((one) => theirs.has(one))
  assert.ok(both.length >= 8, both.join('\n'))
})

function keysOf(record: Readonly<Record<string, string>>): readonly string[] {
  return Object.keys(record).sort()
}

/** Its own declarations cannot be read by this project's way of resolving modules. */
interface LintedFile {
  readonly filePath: string
  readonly messages: readonly { readonly rule: string; readonly message: string }[]
}

function saidByDclint(name: string): readonly string[] {
  const root = filesOfCase(name)
  const linter = new DCLinter({ rules: { [RULE]: 2 }, quiet: true, debug: false, exclude: [] })
  const files: readonly LintedFile[] = linter.lintFiles([root], true)
  return files.flatMap(({ filePath, messages }) =>
    messages
      .filter(({ rule }) => rule === RULE)
      .map(({ message }) => {
        const [service = '', port = '', other = ''] = [...message.matchAll(/"([^"]*)"/g)].map(
          ([, word]) => word,
        )
        return printPair(`${name}/${relative(root, filePath)}`, port, [service, other])
      }),
  )
}

/** Conflicts of two services of one file; the other linter looks at nothing else. */
function saidByScan(name: string): readonly string[] {
  const { ports } = scanFolder(new DiskFolder({ root: filesOfCase(name) }))
  return judgeScan(ports).flatMap(({ rule, ports: [one, other], first }) => {
    if (rule !== 'conflict' || one === undefined || other === undefined) return []
    if (one.file !== other.file || one.service === other.service) return []
    // Services that extend others are in another file than what they extend.
    if (one.file === 'common.yaml') return []
    return [printPair(`${name}/${one.file}`, String(first), [one.service, other.service])]
  })
}

function printPair(file: string, port: string, services: readonly string[]): string {
  return [file, port, ...services.toSorted()].join(' ')
}
