/** `rampart why`: where the time of a ramp went, what it came from, and what speaks for that. */

import type { RampState } from '../../core/ramp/state.ts'
import { explainWhy, type Why } from '../../core/why/why.ts'
import type { RampartClient } from '../../server/client/client.ts'
import type { CliParts } from '../cli-parts.ts'
import { EXIT } from '../exit-code.ts'
import type { JsonOption, WorkspaceOption } from '../options.ts'
import { readEarlier, readEntries, readRun } from '../read-run.ts'
import { summaryOf } from '../summary.ts'
import { type TraceOption, writeTrace } from '../trace-file.ts'
import { paintFor } from '../views/paint.ts'
import { whyLines } from '../views/why-lines.ts'
import { withDaemon } from '../workspace.ts'

/** What `why` may be told. */
export type WhyOptions = JsonOption & WorkspaceOption & TraceOption

/** Says why a ramp went as it did: the latest, unless another is named. */
export function runWhy(
  parts: CliParts,
  ramp: string | undefined,
  options: WhyOptions,
): Promise<number> {
  return withDaemon(parts, options, async (client) => {
    const { state, nowMs } = await client.ramp(ramp ?? (await mostTelling(client)))
    await writeTrace(parts, { client, ramp: state.ramp }, options)
    const entries = await readEntries(client, state.ramp)
    const earlier = await readEarlier(client, state)
    const why = explainWhy({ ...(await readRun(client, state)), entries, earlier, nowMs })
    if (options.json === true) {
      parts.stdout.write(`${JSON.stringify(whyTold(state, why))}\n`)
      return EXIT.yes
    }
    const paint = paintFor(parts.stdout, parts.settings)
    parts.stdout.write(`${whyLines(state, why, paint).join('\n')}\n`)
    return EXIT.yes
  })
}

/** What is asked about when nothing is named: a promise that is broken now, else the latest ramp. */
async function mostTelling(client: RampartClient): Promise<string> {
  const environments = await client.environments()
  const broken = environments.find(({ watch }) => (watch?.broken.length ?? 0) > 0)
  return broken?.watch?.ramp ?? 'latest'
}

/** The answer, as `--json` prints it. Additive changes only; test/golden holds its shape. */
function whyTold(state: RampState, why: Why): object {
  const { verdict, contract, goal } = summaryOf(state)
  const { ramp, runs, lastGood, changes, findings, totalMs, total, ...times } = why
  const { criticalPath, criticalPathMs, stages } = times
  return {
    ramp,
    contract,
    goal,
    verdict,
    class: findings[0]?.class ?? null,
    totalMs,
    usual: total.usual ?? null,
    standing: total.standing,
    runs,
    lastGood: lastGood ?? null,
    criticalPath,
    criticalPathMs,
    findings,
    changes,
    stages: stages.map((stage) => ({
      name: stage.name,
      reached: stage.reached,
      fromMs: stage.fromMs ?? null,
      ownMs: stage.ownMs ?? null,
      gatesMs: stage.gatesMs ?? null,
      commandMs: stage.commandMs ?? null,
      proofMs: stage.proofMs ?? null,
      slackMs: stage.slackMs ?? null,
      isCritical: stage.isCritical,
      letInBy: stage.letInBy ?? null,
      retries: stage.retries,
      usual: stage.usual ?? null,
      standing: stage.standing,
      extraMs: stage.usual === undefined ? null : stage.extraMs,
    })),
  }
}
