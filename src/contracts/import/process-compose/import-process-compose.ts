/** A file of process-compose: processes, what they depend on, and how each is probed. */
import type { ComponentDraft, Until } from '../draft/draft.ts'
import { secondsMs } from '../draft/durations.ts'
import { patternOf, plain } from '../draft/words.ts'
import type { ImportContext, Importer } from '../format.ts'
import type { Item } from '../source/item.ts'
import { importProbes } from './probes.ts'
import { type Process, readProcesses } from './processes.ts'
import { reasonFor } from './reasons.ts'
import { runOf } from './run.ts'

const UNTIL: Readonly<Record<string, Until>> = {
  process_started: 'started',
  process_healthy: 'ready',
  process_log_ready: 'ready',
  process_completed: 'completed',
  process_completed_successfully: 'completed',
}

/** Fills a draft from a process-compose file. */
export const importProcessCompose: Importer = ([root], context) => {
  if (root === undefined) return
  root.get('version')?.ignore()
  const processes = readProcesses(root, context)
  const ending = new Set(processes.flatMap((one) => endsOf(one)))
  for (const process of processes) {
    for (const component of process.components) {
      fill(component, process, { context, root, ends: ending.has(process.name) })
    }
  }
  for (const process of processes) connect(process, processes)
  root.loseUnread(reasonFor)
}

/** Processes that this one waits to see end. */
function endsOf(process: Process): readonly string[] {
  return (process.item.get('depends_on')?.members() ?? [])
    .filter(([, need]) => need.get('condition')?.text()?.startsWith('process_completed') === true)
    .map(([name]) => name)
}

function connect(process: Process, all: readonly Process[]): void {
  for (const [name, need] of process.item.get('depends_on')?.members() ?? []) {
    const condition = need.get('condition')
    const written = condition?.text() ?? 'process_completed'
    const until = UNTIL[written]
    if (until === undefined) condition?.lose('there is no such condition; readiness is waited for')
    const on = all.find((one) => one.name === name)
    if (on === undefined) {
      need.lose('it is disabled or not there, so the need is left out')
      continue
    }
    if (written === 'process_completed') {
      condition?.note('there any exit code will do; here it must be one of success')
    }
    for (const component of process.components) {
      for (const other of on.components) component.needs.set(other.name, until ?? 'ready')
    }
  }
}

function fill(
  component: ComponentDraft,
  process: Process,
  about: { readonly context: ImportContext; readonly root: Item; readonly ends: boolean },
): void {
  const { item } = process
  const { ends } = about
  component.run = runOf(component, process, about)
  const description = item.get('description')?.text()
  if (description !== undefined) component.description = description
  importAvailability(component, process, ends)
  importStop(component, item)
  importExit(component, item, ends)
  importProbes(component, item, { ends, draft: about.context.draft })
  const line = item.get('ready_log_line')
  const pattern = line?.text()
  if (pattern !== undefined) component.ready.push({ name: 'log-ready', log: patternOf(pattern) })
}

function importExit(component: ComponentDraft, item: Item, ends: boolean): void {
  const written = item.get('success_exit_codes')
  const codes = written?.elements().flatMap((code) => code.count() ?? []) ?? []
  if (codes.length === 0) return
  if (ends) component.ready.push({ exit: [...new Set([0, ...codes])] })
  else written?.note('only of use for a process that ends, and nothing waits for this one to end')
}

function importAvailability(component: ComponentDraft, process: Process, ends: boolean): void {
  const written = process.item.get('availability')
  if (written === undefined) return
  const restart = written.get('restart')
  const policy = restart?.text() ?? 'no'
  const limit = written.get('max_restarts')?.count()
  const backoffMs = secondsMs(written.get('backoff_seconds'))
  const isRetried = policy === 'on_failure' || policy === 'always'
  if (isRetried && limit !== undefined && limit > 0) {
    component.retry = { limit: Math.min(limit, 100), ...(backoffMs ? { backoffMs } : {}) }
  }
  if (isRetried && !limit) {
    restart?.note('it is not restarted without end; a crash is a breach, which takes the ramp back')
  } else if (isRetried) {
    restart?.note('it is tried again while it gets ready; a crash after that is a breach')
  }
  if (policy === 'always' && ends) restart?.note('here it ends once, since others wait for its end')
  written.get('exit_on_end')?.lose('the end of a component does not end the environment')
  written.get('exit_on_skipped')?.lose('a component that is not entered is told by the ramp itself')
}

/** Signals by their numbers, as process-compose wants them. */
const SIGNALS: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  9: 'SIGKILL',
  10: 'SIGUSR1',
  12: 'SIGUSR2',
  14: 'SIGALRM',
  15: 'SIGTERM',
}

function importStop(component: ComponentDraft, item: Item): void {
  const written = item.get('shutdown')
  if (written === undefined) return
  const number = written.get('signal')
  const signal = SIGNALS[number?.count() ?? 15]
  if (signal === undefined) number?.lose('this signal cannot be asked for; SIGTERM is sent')
  const graceMs = secondsMs(written.get('timeout_seconds'))
  const command = written.get('command')?.text()
  component.stop = {
    ...(signal === undefined || number === undefined ? {} : { signal }),
    ...(graceMs === undefined ? {} : { graceMs }),
    ...(command === undefined ? {} : { command: ['sh', '-c', plain(command)] }),
  }
  const parentOnly = written.get('parent_only')
  if (parentOnly?.flag() === true) parentOnly.note('the whole process group is asked to end')
}
