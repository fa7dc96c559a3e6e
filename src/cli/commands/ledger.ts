/** `rampart ledger show|verify|export`: the record itself. */
import type { Recorded } from '../../seams/ledger.ts'
import type { CliParts } from '../cli-parts.ts'
import { EXIT } from '../exit-code.ts'
import type { JsonOption, WorkspaceOption } from '../options.ts'
import { fit, padTo } from '../views/columns.ts'
import { withDaemon } from '../workspace.ts'

/** What `ledger show` may be told. */
export type LedgerShowOptions = JsonOption & WorkspaceOption

/** Prints the entries of a ramp, or of all ramps. */
export function runLedgerShow(
  parts: CliParts,
  ramp: string | undefined,
  options: LedgerShowOptions,
): Promise<number> {
  return withDaemon(parts, options, async (client) => {
    const stream = ramp === undefined ? undefined : (await client.ramp(ramp)).state.ramp
    const width = parts.stdout.columns ?? 160
    for await (const recorded of client.exportLedger()) {
      if (stream !== undefined && recorded.stream !== stream) continue
      const text = options.json === true ? JSON.stringify(recorded) : entryText(recorded, width)
      parts.stdout.write(`${text}\n`)
    }
    return EXIT.yes
  })
}

/** Proves the chain and the signatures; exit 1 naming the first bad entry. */
export function runLedgerVerify(
  parts: CliParts,
  options: JsonOption & WorkspaceOption,
): Promise<number> {
  return withDaemon(parts, options, async (client) => {
    const verification = await client.verifyLedger()
    const isIntact = verification.verdict === 'intact'
    if (options.json === true) parts.stdout.write(`${JSON.stringify(verification)}\n`)
    else if (verification.verdict === 'intact') {
      const { entries, checkpoints, head } = verification
      parts.stdout.write(`intact: ${entries} entries, ${checkpoints} signed checkpoints\n`)
      parts.stdout.write(`head ${head}\n`)
    } else {
      const { position, problem, sentence } = verification
      parts.stderr.write(`broken at entry ${position} (${problem}): ${sentence}\n`)
      parts.stderr.write('  Next: restore a copy of .rampart, or look at: rampart ledger export\n')
    }
    return isIntact ? EXIT.yes : EXIT.fault
  })
}

/** Prints every entry as one line of JSON. */
export function runLedgerExport(parts: CliParts, options: WorkspaceOption): Promise<number> {
  return withDaemon(parts, options, async (client) => {
    for await (const recorded of client.exportLedger()) {
      parts.stdout.write(`${JSON.stringify(recorded)}\n`)
    }
    return EXIT.yes
  })
}

function entryText(recorded: Recorded, width: number): string {
  const { position, stream, entry } = recorded
  const { atMs, type, ...rest } = entry
  const stamp = new Date(atMs).toISOString()
  const about = type === 'ramp.opened' ? { ...rest, plan: '…' } : rest
  const head = `${padTo(String(position), 5)} ${stamp}  ${stream}  ${padTo(type, 18)}`
  return `${head}  ${fit(JSON.stringify(about), width - head.length - 2)}`
}
