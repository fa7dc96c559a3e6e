/** `rampart check`: reads contracts and says everything that is wrong with them, starting nothing. */
import { formatIssues } from '../../contracts/document/format-issue.ts'
import { explainContract } from '../../contracts/index.ts'
import type { CliParts } from '../cli-parts.ts'
import { type LoadedContracts, loadContracts } from '../contract-files.ts'
import { EXIT } from '../exit-code.ts'
import type { JsonOption } from '../options.ts'

/** Checks the contracts at a path. */
export async function runCheck(
  parts: CliParts,
  path: string | undefined,
  options: JsonOption,
): Promise<number> {
  const loaded = await loadContracts(parts.cwd, path)
  const { contracts, issues } = loaded
  if (options.json === true) {
    const shown = contracts.map(({ kind, name, digest, file }) => ({ kind, name, digest, file }))
    const verdict = issues.length === 0 ? 'valid' : 'invalid'
    parts.stdout.write(`${JSON.stringify({ verdict, contracts: shown, issues })}\n`)
    return issues.length === 0 ? EXIT.yes : EXIT.usage
  }
  if (issues.length > 0) return sayIssues(parts, loaded)
  for (const contract of contracts) parts.stdout.write(`${explainContract(contract)}\n`)
  const count = contracts.length === 1 ? '1 contract is' : `${contracts.length} contracts are`
  parts.stderr.write(`${count} valid. Next: rampart plan, rampart up\n`)
  return EXIT.yes
}

/** Prints every issue with its line of source, and how many there were. */
export function sayIssues(parts: CliParts, loaded: LoadedContracts): number {
  const { issues } = loaded
  const texts = loaded.sources.flatMap((source) => ('text' in source ? [source] : []))
  parts.stderr.write(`${formatIssues(issues, texts)}\n\n`)
  const count = issues.length === 1 ? '1 issue' : `${issues.length} issues`
  parts.stderr.write(`${count}; nothing was started. Correct it and run: rampart check\n`)
  return EXIT.usage
}
