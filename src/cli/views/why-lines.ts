/** `rampart why` in words: the answer first, then what speaks for it, then where the time went. */
import { ownerOf } from '../../core/plan/owner.ts'
import type { RampState } from '../../core/ramp/state.ts'
import { describeDuration } from '../../core/units/duration.ts'
import type { CauseClass, Evidence, Finding } from '../../core/why/finding.ts'
import type { WhyStage } from '../../core/why/question.ts'
import type { Why } from '../../core/why/why.ts'
import { countOf, padTo } from './columns.ts'
import { componentOf } from './component-of.ts'
import type { Paint } from './paint.ts'

const TITLES: Readonly<Record<CauseClass, string>> = {
  badDeploy: 'bad deploy',
  bottleneck: 'bottleneck',
  missingDependency: 'missing dependency',
  word: 'a word',
  unexplained: 'unexplained',
}

/** How many facts of one finding, and how many changes, are shown. */
const SHOWN_MAX = 6

/** The widest duration that is printed, so that columns stand where they stood the last time. */
const TIME_WIDTH = '59 min 59 s'.length

/** Draws the answer. */
export function whyLines(state: RampState, why: Why, paint: Paint): readonly string[] {
  return [
    headline(state, why, paint),
    ...findingLines(state, why, paint),
    '',
    ...stageLines(why, paint),
    '',
    ...footLines(state, why),
  ]
}

function headline(state: RampState, why: Why, paint: Paint): string {
  const took = describeDuration(why.totalMs)
  const how =
    state.ended?.outcome === 'reached'
      ? `${state.plan.goal === 'down' ? 'down' : 'ready'} after ${took}`
      : state.ended !== undefined
        ? `${state.ended.outcome}; it broke after ${took}`
        : state.held !== undefined
          ? `holds after ${took}`
          : `under way for ${took}`
  const { usual } = why.total
  const past =
    usual === undefined
      ? 'no earlier run to compare with'
      : `usually ${describeDuration(usual.medianMs)} (${countOf(usual.runs, 'run')})`
  return `${paint.bold(state.ramp)}: ${how}, ${past}`
}

function findingLines(state: RampState, why: Why, paint: Paint): readonly string[] {
  if (why.findings.length === 0) {
    const slow = why.total.standing === 'aboveP95' || why.total.standing === 'aboveP75'
    const nothing = why.runs === 0 ? 'Nothing is known of how it usually goes.' : 'As usual.'
    return [
      `  ${slow ? 'Slower than usual, but no stage on the critical path stands out.' : nothing}`,
    ]
  }
  return why.findings.flatMap((finding) => [
    '',
    ...linesOfFinding(finding, ownerIn(state, finding), paint),
  ])
}

/** Of the condition that broke, where that is known. */
function ownerIn({ plan, ...state }: RampState, { stage }: Finding): string | undefined {
  const cause = state.ended?.cause ?? state.held ?? state.undoCause
  return ownerOf(plan, cause?.stage === stage ? { ...cause } : { stage })
}

function linesOfFinding(
  finding: Finding,
  owner: string | undefined,
  paint: Paint,
): readonly string[] {
  const mood = finding.class === 'unexplained' ? 'waiting' : 'bad'
  const title = paint.mood(mood, TITLES[finding.class])
  const { symptom } = finding
  const facts = finding.evidence.flatMap((evidence) => factOf(evidence))
  // Most answers are quoted by the cause already.
  const others = facts.filter((fact) => symptom?.includes(fact) !== true).slice(0, SHOWN_MAX)
  const delayed =
    finding.delayed.length === 0 ? [] : [`held up behind it: ${finding.delayed.join(', ')}`]
  const owned = owner === undefined ? [] : [`owned by ${owner}`]
  const shown = [...(symptom === undefined ? [] : [symptom]), ...others, ...delayed, ...owned]
  return [`  ${title}: ${finding.sentence}`, ...shown.map((fact) => `    - ${fact}`)]
}

/** What the sentence has not said yet. */
function factOf(evidence: Evidence): readonly string[] {
  switch (evidence.of) {
    case 'change':
      return [evidence.change.sentence]
    case 'answer':
      return [evidence.sentence]
    case 'pressure':
      return evidence.beside.length === 0 ? [] : [`beside it: ${evidence.beside.join(', ')}`]
    default:
      return []
  }
}

function stageLines({ stages }: Why, paint: Paint): readonly string[] {
  const shown = stages.filter((stage) => stage.reached !== 'never')
  const rows = [
    ['', 'stage', 'from', 'took', 'usually', 'slack', ''],
    ...shown.map((stage) => [
      stage.isCritical ? '*' : '',
      stage.name,
      describeDuration(stage.fromMs ?? 0),
      describeDuration(stage.ownMs ?? 0),
      stage.usual === undefined ? '' : describeDuration(stage.usual.medianMs),
      slackText(stage),
      noteOf(stage),
    ]),
  ]
  const names = Math.max(...rows.map((row) => (row[1] ?? '').length))
  const widths = [1, names, TIME_WIDTH, TIME_WIDTH, TIME_WIDTH, TIME_WIDTH]
  return rows.map((row, index) => {
    const cells = row.map((cell, at) => padTo(cell, widths[at] ?? 0))
    const line = `  ${cells.join('  ')}`.trimEnd()
    if (index === 0) return paint.dim(line)
    return shown[index - 1]?.isCritical === true ? paint.mood('moving', line) : line
  })
}

function slackText(stage: WhyStage): string {
  if (stage.slackMs === undefined) return ''
  return stage.isCritical ? '-' : describeDuration(stage.slackMs)
}

function noteOf(stage: WhyStage): string {
  const tried = stage.retries === 0 ? '' : `tried ${stage.retries + 1} times`
  const how =
    stage.reached === 'ready' ? tried : stage.reached === 'failed' ? 'failed' : 'under way'
  const { standing, usual } = stage
  if (usual === undefined || standing === 'usual' || standing === 'unknown') return how
  const slow =
    standing === 'aboveP95'
      ? `slower than p95 of ${countOf(usual.runs, 'run')}, ${describeDuration(usual.p95Ms)}`
      : `slower than p75 of ${countOf(usual.runs, 'run')}, ${describeDuration(usual.p75Ms)}`
  return how === '' ? slow : `${how}; ${slow}`
}

function footLines(state: RampState, why: Why): readonly string[] {
  const { criticalPath, criticalPathMs, lastGood, changes } = why
  const path = `critical path (*): ${criticalPath.join(' → ')}, ${describeDuration(criticalPathMs)}`
  const told = new Set(
    why.findings.flatMap(({ evidence }) =>
      evidence.flatMap((one) => (one.of === 'change' ? [one.change.sentence] : [])),
    ),
  )
  const others = changes.filter(({ sentence }) => !told.has(sentence))
  const since = others.slice(0, SHOWN_MAX).map(({ sentence }) => `    ${sentence}`)
  const stage = why.findings.find((finding) => finding.stage !== null)?.stage
  return [
    `  ${path}`,
    ...(since.length === 0 ? [] : [`  Since ${lastGood ?? ''}:`, ...since]),
    ...(stage == null
      ? []
      : [
          `  Next: rampart explain ${state.ramp}/${stage}, rampart logs ${componentOf(state.plan, stage)}`,
        ]),
  ]
}
