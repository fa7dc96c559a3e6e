/** `rampart ledger proof`: one entry, the chain to a signed checkpoint, and whether all of it holds. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Fault } from '../../core/fault/fault.ts'
import { checkProof } from '../../server/client/check-proof.ts'
import type { LedgerProof } from '../../server/wire.ts'
import type { CliParts } from '../cli-parts.ts'
import { misuse } from '../complaint.ts'
import { EXIT } from '../exit-code.ts'
import type { JsonOption, WorkspaceOption } from '../options.ts'
import { trustedKey } from '../trusted-key.ts'
import { withDaemon } from '../workspace.ts'

interface ProofOptions extends JsonOption, WorkspaceOption {
  readonly check?: string
  readonly key?: string
}

/** Fetches a proof, or reads one that was kept, and checks it here. Exit 1 when it does not hold. */
export async function runLedgerProof(
  parts: CliParts,
  position: string | undefined,
  options: ProofOptions,
): Promise<number> {
  const { check, json } = options
  const key = options.key === undefined ? undefined : trustedKey(parts.cwd, options.key)
  const place = Number(position)
  const isPlace = Number.isSafeInteger(place) && place > 0
  if ((check === undefined) === (position === undefined) || (check === undefined && !isPlace)) {
    const sentence = 'Either the position of an entry is given, or --check and a file.'
    return misuse(parts, sentence, 'Next: rampart ledger proof 1 --json')
  }
  if (options.key !== undefined && key === undefined) {
    const sentence = `--key is a public key in base64, or a file of one in PEM; ${options.key} is neither.`
    return misuse(parts, sentence, 'Next: rampart ledger proof 1 --key .rampart/ledger.pub')
  }
  const proof =
    check === undefined
      ? await withDaemon(parts, options, (client) => client.ledgerProof(place))
      : readProof(resolve(parts.cwd, check))
  const objection = checkProof(proof, key)
  if (objection !== undefined) {
    parts.stderr.write(`The proof does not hold: ${objection}\n`)
    return EXIT.fault
  }
  if (json === true) parts.stdout.write(`${JSON.stringify(proof)}\n`)
  else sayProof(parts, proof, key)
  return EXIT.yes
}

function sayProof(parts: CliParts, proof: LedgerProof, key: string | undefined): void {
  const { position, entries, checkpoint } = proof
  const [first] = entries
  parts.stdout.write(`proved: entry ${position}, ${first?.entry.type} of ${first?.stream}\n`)
  const signed = new Date(checkpoint.atMs).toISOString()
  parts.stdout.write(`covered by checkpoint ${checkpoint.number}, signed ${signed}\n`)
  parts.stdout.write(`public key ${checkpoint.publicKey}\n`)
  if (key !== undefined) return
  parts.stderr.write('  Whose key that is, only you can tell; name the one you trust by --key.\n')
}

function readProof(path: string): LedgerProof {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as LedgerProof
  } catch (error) {
    throw new Fault({
      code: 'request-malformed',
      operation: 'read the proof',
      subject: path,
      hint: `It holds no proof: ${(error as Error).message}.`,
      cause: error,
    })
  }
}
