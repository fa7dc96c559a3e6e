/** `rampart backup`, `restore` and `migrate`: finds the places that were named, and moves everything. */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Fault } from '../../core/fault/fault.ts'
import { subjectOf } from '../../database/database-fault.ts'
import type { Clock } from '../../seams/clock.ts'
import { placeOf } from '../../server/client/daemon-place.ts'
import { readMasterKey } from '../../settings/master-key.ts'
import { backupSource, backupTarget } from './backup-file.ts'
import { databaseSource, databaseTarget } from './database-image.ts'
import { folderSource, folderTarget, withoutDaemon } from './folder-image.ts'
import { moveStore, type StoreMove, type StoreSource, type StoreTarget } from './store-image.ts'

/** What is moved, from where to where. */
export interface TransferOptions {
  /** A workspace, or the URL of a database. */
  readonly from: string | { readonly backup: string }
  readonly to: string | { readonly backup: string }
  /** The folder in which a key is made when none is given. */
  readonly workspace: string
  /** A file with the master key. */
  readonly keyFile?: string
  /** A copy of the process's variables. */
  readonly settings: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
}

/**
 * Moves everything that a server keeps. Nothing is at the new place unless all of it is.
 *
 * @throws store-unknown when there is nothing at the old one
 */
export async function transfer(options: TransferOptions): Promise<StoreMove> {
  const { from, to } = options
  const isBackup = typeof to === 'object'
  if (typeof from === 'string' && !isDatabase(from)) assertHasLedger(from)
  const move = (): Promise<StoreMove> => moveStore(sourceOf(options), targetOf(options))
  // Nothing may be written any more where it is moved away from; a backup is taken while it is.
  if (isBackup || typeof from === 'object' || isDatabase(from)) return await move()
  return await withoutDaemon(placeOf(workspaceAt(from)), move)
}

/** Whether a place is a database and not a folder. */
function isDatabase(place: string): boolean {
  return /^postgres(ql)?:\/\//.test(place)
}

/** Before a lock is taken, which would make the folder. @throws store-unknown */
function assertHasLedger(path: string): void {
  const { folder, ledgerFile } = placeOf(workspaceAt(path))
  if (existsSync(ledgerFile)) return
  throw new Fault({
    code: 'store-unknown',
    operation: 'read the ledger',
    subject: folder,
    hint: `There is no ledger in ${folder}, so there is nothing to move.`,
  })
}

/** The workspace that a path means: also its `.rampart` itself. */
function workspaceAt(path: string): string {
  return existsSync(join(path, 'ledger.sqlite')) ? resolve(path, '..') : resolve(path)
}

function sourceOf(options: TransferOptions): StoreSource {
  const { from, to, clock } = options
  if (typeof from === 'object') {
    // A workspace has no master key, unless what it restores was sealed by one.
    return backupSource({ file: from.backup, clock, ...keyIfGiven(options, usesKey(to)) })
  }
  if (!isDatabase(from)) return folderSource(placeOf(workspaceAt(from)))
  const mustBeIdle = typeof to !== 'object'
  return databaseSource(databaseAt(from, options), { mustBeIdle, subject: subjectOf(from) })
}

function targetOf(options: TransferOptions): StoreTarget {
  const { from, to, clock } = options
  if (typeof to !== 'object') {
    if (!isDatabase(to)) return folderTarget(placeOf(workspaceAt(to)))
    return databaseTarget(databaseAt(to, options), subjectOf(to))
  }
  const origin = typeof from === 'object' ? from.backup : isDatabase(from) ? subjectOf(from) : from
  return backupTarget({ file: to.backup, clock, ...keyIfGiven(options, usesKey(from)) }, origin)
}

function databaseAt(url: string, options: TransferOptions) {
  return { url, key: keyOf(options), clock: options.clock }
}

function usesKey(place: TransferOptions['from']): boolean {
  return typeof place === 'string' && isDatabase(place)
}

function keyIfGiven(options: TransferOptions, isNeeded: boolean): { readonly key?: Uint8Array } {
  const isGiven = options.keyFile !== undefined || Boolean(options.settings['RAMPART_KEY'])
  return isNeeded || isGiven ? { key: keyOf(options) } : {}
}

function keyOf({ keyFile, settings, workspace }: TransferOptions): Uint8Array {
  const environment = settings['RAMPART_KEY']
  return readMasterKey({
    ownFile: join(placeOf(workspace).folder, 'master.key'),
    ...(environment === undefined ? {} : { environment }),
    ...(keyFile === undefined ? {} : { file: keyFile }),
  })
}
