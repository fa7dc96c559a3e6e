/**
 * The contracts of the kind Ports that files are judged by: those named, else those in the folder that is
 * scanned. A contract that is a program is only run when it is named.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { PortPolicy } from '../../core/port/port-policy.ts'
import type { LoadedContracts } from '../contract-files.ts'

const USUAL_NAMES = ['rampart.yaml', 'rampart.yml', 'rampart.json', 'rampart']

/** The policies, and the contracts when something is wrong with them. */
export async function loadPolicies(
  cwd: string,
  folder: string,
  named: string | undefined,
): Promise<{ readonly policies: readonly PortPolicy[]; readonly invalid?: LoadedContracts }> {
  const usual = USUAL_NAMES.map((name) => join(folder, name)).find((path) => existsSync(path))
  const path = named ?? usual
  if (path === undefined) return { policies: [] }
  const { loadContracts } = await import('../contract-files.ts')
  const { toPolicy } = await import('../../contracts/ports/definition.ts')
  const loaded = await loadContracts(cwd, path)
  const policies = loaded.contracts.flatMap((one) => (one.kind === 'Ports' ? [toPolicy(one)] : []))
  return loaded.issues.length === 0 ? { policies } : { policies, invalid: loaded }
}
