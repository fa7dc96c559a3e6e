/** A section of the results: one question, what each peer answered, and how far each target was met. */

/** A target and what was measured. */
export interface Finding {
  /** What was measured, for example `push, p50`. */
  readonly what: string
  readonly unit: string
  /** `atMost` or `atLeast` so much. */
  readonly bound: 'atMost' | 'atLeast'
  readonly target: number
  readonly measured: number
}

/** One question and its answers. */
export interface Section {
  readonly title: string
  /** How it was measured, in a few sentences. */
  readonly method: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
  readonly findings: readonly Finding[]
  /** What a reader must know to judge the numbers. */
  readonly notes: readonly string[]
}

/** How much is measured: `quick` only proves that everything still runs. */
export interface Scale {
  readonly isQuick: boolean
  /** Tells how far it has got. */
  progress(line: string): void
}

/** One bench. */
export interface Bench {
  /** By which it is asked for on the command line. */
  readonly name: string
  run(scale: Scale): Promise<Section>
}

/** Whether the target was met. */
export function isMet({ bound, target, measured }: Finding): boolean {
  return bound === 'atMost' ? measured <= target : measured >= target
}

/** A number with as many digits as tell something. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '—'
  const size = Math.abs(value)
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3)
}

/** The section as Markdown. */
export function printSection(section: Section): string {
  const { title, method, columns, rows, notes } = section
  const table = printTable(columns, rows)
  const remarks = notes.map((note) => `- ${note}`).join('\n')
  return [`## ${title}`, method, table, remarks].filter((part) => part !== '').join('\n\n')
}

/** Every finding on one line, and by how much its target was met or missed. */
export function printFindings(sections: readonly Section[]): string {
  const rows = sections.flatMap(({ title, findings }) =>
    findings.map((finding) => [title, finding.what, ...judged(finding)]),
  )
  return printTable(['question', 'what', 'target', 'measured', 'verdict'], rows)
}

function judged(finding: Finding): readonly string[] {
  const { bound, target, measured, unit } = finding
  const sign = bound === 'atMost' ? '≤' : '≥'
  const apart = Math.abs(measured - target)
  // There is no share of nothing.
  const percent = target === 0 ? '' : ` (${((apart / target) * 100).toFixed(0)} %)`
  const verdict = isMet(finding) ? 'met' : '**missed**'
  const by = `${verdict} by ${figure(apart)} ${unit}`.trim()
  return [`${sign} ${target} ${unit}`, `${figure(measured)} ${unit}`, `${by}${percent}`]
}

/** A Markdown table with aligned columns. */
export function printTable(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const widths = columns.map((column, place) =>
    Math.max(3, column.length, ...rows.map((row) => row[place]?.length ?? 0)),
  )
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, place) => (cells[place] ?? '').padEnd(width)).join(' | ')} |`
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`
  return [line(columns), rule, ...rows.map(line)].join('\n')
}
