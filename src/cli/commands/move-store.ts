/** `rampart backup|restore|migrate`: everything that a server keeps, from one place to another. */
import { resolve } from 'node:path'
import type { CliParts, StoreMoved, StorePlace } from '../cli-parts.ts'
import { complain, misuse } from '../complaint.ts'
import { checkedDatabase, databaseUrl } from '../database-url.ts'
import { EXIT } from '../exit-code.ts'
import type { JsonOption, WorkspaceOption } from '../options.ts'
import { ownWorkspaceOf } from '../workspace.ts'

interface KeyOption {
  readonly keyFile?: string
}

interface PlaceOptions extends JsonOption, WorkspaceOption, KeyOption {
  readonly database?: string
}

interface MigrateOptions extends JsonOption, KeyOption {
  readonly from?: string
  readonly to?: string
}

const MIGRATE = 'Next: rampart migrate --from .rampart --to postgres://user@host/database'

/** Writes a backup, of a workspace or a database; whoever uses it goes on meanwhile. */
export function runBackup(parts: CliParts, file: string, options: PlaceOptions): Promise<number> {
  const backup = resolve(parts.cwd, file)
  const from = placeOf(parts, options)
  return run(parts, { from, to: { backup } }, options, ({ entries, records }) => [
    `backed up: ${entries} entries of the ledger, proved, and ${records} records`,
    `Keep ${file} where nobody else can read it. To use it: rampart restore ${file}`,
  ])
}

/** Puts a backup into an empty place. */
export function runRestore(parts: CliParts, file: string, options: PlaceOptions): Promise<number> {
  const backup = resolve(parts.cwd, file)
  const to = placeOf(parts, options)
  return run(parts, { from: { backup }, to }, options, ({ entries, records }) => [
    `restored: ${entries} entries of the ledger, proved, and ${records} records`,
    'Next: rampart ledger verify',
  ])
}

/** Moves everything to another kind of store. */
export async function runMigrate(parts: CliParts, options: MigrateOptions): Promise<number> {
  const { from, to } = options
  if (from === undefined || to === undefined) {
    return misuse(parts, 'Both places are needed, --from and --to.', MIGRATE)
  }
  const places = { from: namedPlace(parts, from), to: namedPlace(parts, to) }
  if (places.from === places.to) {
    return misuse(parts, '--from and --to name the same place.', MIGRATE)
  }
  return await run(parts, places, options, ({ entries, checkpoints, head }) => [
    `moved: ${entries} entries and ${checkpoints} signed checkpoints, proved before and after`,
    `head ${head}`,
    'What was moved is still at its old place, for you to remove. Do not go on writing there.',
  ])
}

async function run(
  parts: CliParts,
  places: { readonly from: StorePlace; readonly to: StorePlace },
  options: JsonOption & KeyOption & WorkspaceOption,
  say: (moved: StoreMoved) => readonly string[],
): Promise<number> {
  const { keyFile } = options
  try {
    const moved = await parts.moveStore({
      ...places,
      workspace: ownWorkspaceOf(parts, options),
      ...(keyFile === undefined ? {} : { keyFile: resolve(parts.cwd, keyFile) }),
    })
    if (options.json === true) parts.stdout.write(`${JSON.stringify(moved)}\n`)
    else {
      const [first, ...rest] = say(moved)
      parts.stdout.write(`${first}\n`)
      for (const line of rest) parts.stderr.write(`${line}\n`)
    }
    return EXIT.yes
  } catch (thrown) {
    return complain(parts, thrown, options.json === true)
  }
}

/** The database that was named, else the workspace. */
function placeOf(parts: CliParts, options: PlaceOptions): string {
  const { database = options.workspace === undefined ? databaseUrl(parts) : undefined } = options
  return database === undefined ? ownWorkspaceOf(parts, options) : checkedDatabase(database)
}

function namedPlace(parts: CliParts, place: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(place) ? checkedDatabase(place) : resolve(parts.cwd, place)
}
