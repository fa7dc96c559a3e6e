/**
 * Tries the first contract of a probe's page for real: brings it up in a folder of its own, with the
 * programs of `parts/<page>` beside it, takes it down again, and asks the kernel what is left.
 */
import assert from 'node:assert/strict'
import { cpSync, existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { ProbeName } from '../../src/contracts/probes/index.ts'
import { present } from '../../src/core/fault/assert.ts'
import { leftovers } from '../../src/runtimes/process/leftovers.ts'
import { runInProcess } from '../support/cli.ts'
import { openFolder } from '../support/rampart.ts'
import type { PartOptions } from '../support/require-part.ts'
import { blocksOf } from './markdown-blocks.ts'

/** Values of variables, by name. */
export type Settings = Readonly<Record<string, string>>

/** Where a page is tried. */
export interface TrialPlace {
  readonly t: TestContext
  /** The contract's folder. */
  readonly folder: string
}

/** How a page is tried. */
export interface PageTrial {
  /** What it takes, or why it cannot be tried. */
  readonly needs?: PartOptions
  /** Durations that are right for a reader and too long for a test: as written, and as tried. */
  readonly shortened?: readonly (readonly [string, string])[]
  /** Starts what must be there already. Returns what the contract's settings are read from. */
  prepare?(place: TrialPlace): Settings | Promise<Settings>
}

const REPOSITORY = join(import.meta.dirname, '../..')

/** Brings the contract of a page up and down. */
export async function tryPage(t: TestContext, page: ProbeName, trial: PageTrial): Promise<void> {
  const folder = openFolder(t, page)
  const place = { t, folder }
  symlinkSync(join(REPOSITORY, 'node_modules'), join(folder, '../node_modules'))
  writeFileSync(join(folder, 'rampart.yaml'), contractOf(page, trial))
  const parts = join(import.meta.dirname, 'parts', page)
  if (existsSync(parts)) cpSync(parts, folder, { recursive: true })
  const settings = (await trial.prepare?.(place)) ?? {}
  const up = await runInProcess(['up'], folder, settings)
  assert.equal(up.exitCode, 0, `${up.stdout}${up.stderr}`)
  const down = await runInProcess(['down'], folder, settings)
  assert.equal(down.exitCode, 0, `${down.stdout}${down.stderr}`)
  const stop = await runInProcess(['daemon', 'stop', '--workspace', folder], folder)
  assert.equal(stop.exitCode, 0, stop.stderr)
  assert.deepEqual(leftovers(folder), { processes: [], ports: [] })
}

function contractOf(page: ProbeName, { shortened = [] }: PageTrial): string {
  const blocks = blocksOf(readFileSync(join(REPOSITORY, `docs/probes/${page}.md`), 'utf8'))
  const first = blocks.find(({ language }) => language === 'yaml')
  let { text } = present(first, `the page of ${page} shows a contract`)
  for (const [long, short] of shortened) {
    assert.ok(text.includes(long), `${page} says ${long}`)
    text = text.replace(long, short)
  }
  return text
}
