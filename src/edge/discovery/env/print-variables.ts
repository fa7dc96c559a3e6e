/** The variables by which programs find services, as lines for dotenv files and for shells. */
import { Fault } from '../../../core/fault/fault.ts'
import { serviceVariables, urlOf } from '../../../core/port/service-variables.ts'
import type { Endpoint } from '../../../seams/endpoints.ts'
import { oneAddressEach } from '../instances.ts'
import { ownFirst } from '../own-first.ts'

/** For whom lines are written: what reads `.env` files, or `sh` and those like it. */
export type VariableStyle = 'dotenv' | 'sh'

/** Whose services are told of: those of these words, and where they have none, those without; never a tenant's. */
export interface VariableScope {
  readonly environment?: string
  /** A worktree, a CI job. */
  readonly scope?: string
}

/** Variables by name, in the order of their services. */
export interface VariableList {
  readonly values: ReadonlyMap<string, string>
  /** Sentences about what could not be told. */
  readonly remarks: readonly string[]
}

/**
 * The variables of one environment and scope. Of several instances the first is taken; two services
 * whose variables would have one name are both left out, so that nobody finds the wrong one. What has
 * such a name only by a contract gives way to whose own it is.
 */
export function variablesOf(told: readonly Endpoint[], home: VariableScope): VariableList {
  const values = new Map<string, string>()
  const remarks: string[] = []
  for (const [stem, all] of Map.groupBy(oneAddressEach(told.filter(isHere(home))), stemOf)) {
    const own = ownFirst(all)
    const apart = own.filter(({ scope }) => scope !== undefined)
    const group = apart.length > 0 ? apart : own
    const [first] = group
    if (first === undefined) continue
    const owners = [...new Set(group.map(({ service, port }) => `${service} ${port}`))]
    if (owners.length > 1) {
      remarks.push(`${stem}_* would mean ${owners.join(' and ')}; rename one of them`)
      continue
    }
    const names = serviceVariables(first.service, first.port)
    const url = urlOf(first.port, first.address, first.number)
    values.set(names.host, first.address)
    values.set(names.port, String(first.number))
    if (url !== undefined) values.set(names.url, url)
  }
  return { values, remarks }
}

/** The lines, each with its end. @throws export-refused for a value that dotenv files cannot hold */
export function printVariables({ values, remarks }: VariableList, style: VariableStyle): string {
  const print = style === 'sh' ? printForShell : printForDotenv
  const lines = [...values].map(([name, value]) => print(name, value))
  const comments = remarks.map((remark) => `# ${remark.replaceAll(/[\r\n]+/g, ' ')}`)
  return [...lines, ...comments].map((line) => `${line}\n`).join('')
}

/** What needs no quotes anywhere, so that tools that take quotes for part of the value agree too. */
const PLAIN = /^[\w.:/@%+,-]+$/

function printForShell(name: string, value: string): string {
  const text = PLAIN.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`
  return `export ${name}=${text}`
}

/** Between single quotes everything is itself; double quotes are read differently by every tool. */
function printForDotenv(name: string, value: string): string {
  if (PLAIN.test(value)) return `${name}=${value}`
  if (!/['\r\n\0]/.test(value)) return `${name}='${value}'`
  throw new Fault({
    code: 'export-refused',
    operation: 'write a variable',
    subject: name,
    hint: 'its value has a single quote or a line break, which dotenv files cannot hold for all that read them',
  })
}

function isHere(home: VariableScope): (one: Endpoint) => boolean {
  return ({ environment, scope, tenant }) =>
    tenant === undefined &&
    (scope === undefined || scope === home.scope) &&
    (environment === undefined || environment === home.environment)
}

function stemOf({ service, port }: Endpoint): string {
  return serviceVariables(service, port).host.replace(/_HOST$/, '')
}
