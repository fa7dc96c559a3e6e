/**
 * `rampart ports policy`: who may connect, by the Ports contracts, in the words of a program that enforces
 * it. Prints and changes nothing; what those words cannot say is told apart, so that nobody relies on it.
 */

import type { PortsContract } from '../../contracts/ports/definition.ts'
import { Fault } from '../../core/fault/fault.ts'
import { POLICY_FORMS } from '../../edge/policy/policy-forms.ts'
import type { CliParts } from '../cli-parts.ts'
import { misuse } from '../complaint.ts'
import { chooseContract, type LoadedContracts, loadContracts } from '../contract-files.ts'
import { EXIT } from '../exit-code.ts'
import type { ContractOption, JsonOption, WorkspaceOption } from '../options.ts'
import { countOf } from '../views/columns.ts'
import { sayIssues } from './check.ts'

/** What `ports policy` may be told. */
export interface PolicyOptions extends ContractOption, JsonOption, WorkspaceOption {
  readonly as?: string
  readonly certificate?: string
  readonly key?: string
  readonly check?: boolean
}

/** Prints the policy of the contracts at a path, or tries it. */
export async function runPortsPolicy(
  parts: CliParts,
  path: string | undefined,
  options: PolicyOptions,
): Promise<number> {
  if (options.check === true) return await check(parts, path, options)
  if (options.json === true) {
    return misuse(parts, '--json tells what --check has tried', NEXT)
  }
  if (options.certificate !== undefined || options.key !== undefined) {
    return misuse(parts, '--certificate and --key are shown where --check tries', NEXT)
  }
  const print = POLICY_FORMS.get(options.as ?? '')
  const forms = [...POLICY_FORMS.keys()].join(', ')
  if (print === undefined) {
    const given = options.as === undefined ? '' : `, not ${options.as}`
    return misuse(parts, `--as says for which program: ${forms}${given}`, NEXT)
  }
  const loaded = await loadContracts(parts.cwd, path)
  if (loaded.issues.length > 0) return sayIssues(parts, loaded, {})
  const contracts = portsContracts(loaded, options)
  const { text, unsaid } = print(contracts)
  parts.stdout.write(text)
  if (contracts.every(({ definition }) => definition.connect.length === 0)) {
    parts.stderr.write('No rule of `connect` says who may connect, so everybody may.\n')
  }
  for (const sentence of unsaid) parts.stderr.write(`Not said there: ${sentence}.\n`)
  if (unsaid.length > 0) {
    parts.stderr.write(`${countOf(unsaid.length, 'thing')} that ${options.as} cannot say.\n`)
  }
  return EXIT.yes
}

const NEXT = 'Next: rampart ports policy --help'

async function check(
  parts: CliParts,
  path: string | undefined,
  options: PolicyOptions,
): Promise<number> {
  const loaded = await loadContracts(parts.cwd, path)
  if (loaded.issues.length > 0) return sayIssues(parts, loaded, options)
  const { checkPolicy } = await import('./ports-policy-check.ts')
  return await checkPolicy(parts, portsContracts(loaded, options), options)
}

/** All of them count together, unless one is named. */
function portsContracts(
  loaded: LoadedContracts,
  { name }: ContractOption,
): readonly PortsContract[] {
  const chosen = name === undefined ? loaded.contracts : [chooseContract(loaded, name)]
  const contracts = chosen.flatMap((one) => (one.kind === 'Ports' ? [one] : []))
  if (contracts.length > 0) return contracts
  throw new Fault({
    code: 'contract-absent',
    operation: 'print the policy',
    subject: name ?? loaded.path,
    hint: `There is no contract of the kind Ports ${name === undefined ? 'in it' : `called ${name}`}.`,
  })
}
