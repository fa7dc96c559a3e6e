/** `rampart check`: reads contracts and says everything that is wrong with them, starting nothing. */
import { formatIssues } from '../../contracts/document/format-issue.ts'
import { explainContract } from '../../contracts/index.ts'
import type { CliParts } from '../cli-parts.ts'
import { type LoadedContracts, loadContracts } from '../contract-files.ts'
import { EXIT } from '../exit-code.ts'
import type { JsonOption } from '../options.ts'
import { countOf } from '../views/columns.ts'

/** Checks the contracts at a path. */
export async function runCheck(
  parts: CliParts,
  path: string | undefined,
  options: JsonOption,
): Promise<number> {
  const loaded = await loadContracts(parts.cwd, path)
  const { contracts, issues } = loaded
  if (issues.length > 0) return sayIssues(parts, loaded, options)
  if (options.json === true) {
    writeVerdict(parts, loaded)
    return EXIT.yes
  }
  for (const contract of contracts) parts.stdout.write(`${explainContract(contract)}\n`)
  const count = contracts.length === 1 ? '1 contract is' : `${contracts.length} contracts are`
  parts.stderr.write(`${count} valid. Next: rampart plan, rampart up\n`)
  return EXIT.yes
}

/** Prints every issue with its line of source, and how many there were. */
export function sayIssues(parts: CliParts, loaded: LoadedContracts, options: JsonOption): number {
  const { issues } = loaded
  if (options.json === true) {
    writeVerdict(parts, loaded)
    return EXIT.usage
  }
  const texts = loaded.sources.flatMap((source) => ('text' in source ? [source] : []))
  parts.stderr.write(`${formatIssues(issues, texts)}\n\n`)
  parts.stderr.write(
    `${countOf(issues.length, 'issue')}; nothing was started. Correct it and run: rampart check\n`,
  )
  return EXIT.usage
}

function writeVerdict(parts: CliParts, { contracts, issues }: LoadedContracts): void {
  const shown = contracts.map(({ kind, name, digest, file }) => ({ kind, name, digest, file }))
  const verdict = issues.length === 0 ? 'valid' : 'invalid'
  parts.stdout.write(`${JSON.stringify({ verdict, contracts: shown, issues })}\n`)
}
