/** The page of every probe shows a contract that holds: it is brought up with the real thing, and down. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { PROBE_NAMES } from '../../src/contracts/probes/index.ts'
import { tryPage } from './page-trial.ts'
import { pageTrials } from './page-trials.ts'
import { writePostgresProgram } from './trials/databases.ts'

const programs = mkdtempSync(join(tmpdir(), 'rampart-programs-'))
const path = process.env['PATH']

/** Servers are often installed where only root's PATH looks; components are started by name. */
before(() => {
  writePostgresProgram(programs)
  const folders = [dirname(process.execPath), programs, path, '/usr/sbin', '/usr/local/sbin']
  process.env['PATH'] = folders.join(delimiter)
})

after(() => {
  process.env['PATH'] = path
  rmSync(programs, { recursive: true })
})

describe('the contract on the page of a probe comes up and goes down', { concurrency: 2 }, () => {
  for (const probe of PROBE_NAMES) {
    const trial = pageTrials[probe]
    test(probe, trial.needs ?? {}, (t) => tryPage(t, probe, trial))
  }
})
