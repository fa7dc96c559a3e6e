/**
 * The file of results: made anew when everything is measured, and changed in its own sections when a
 * part is measured by itself. Never touches what was not measured.
 */
import { printFindings, printSection, printTable, type Section } from './section.ts'

/** All of the file. */
export function printResults(machine: string, sections: readonly Section[]): string {
  return [
    '# Results',
    'Written by `npm run bench`. What is compared does the same work and takes turns, so that ratios hold although the machine is shared.',
    machine,
    '## Targets',
    printFindings(sections),
    ...sections.map(printSection),
  ].join('\n\n')
}

/** The file as it was, but with these sections and their targets in place of the old ones. */
export function replaceSections(old: string, sections: readonly Section[]): string {
  const parts = old.trimEnd().split(/\n(?=## )/)
  for (const section of sections) {
    const text = `${printSection(section)}\n`
    const place = parts.findIndex((part) => part.startsWith(`## ${section.title}\n`))
    if (place === -1) parts.push(text)
    else parts[place] = text
  }
  const targets = parts.findIndex((part) => part.startsWith('## Targets\n'))
  if (targets !== -1) parts[targets] = replaceTargets(parts[targets] ?? '', sections)
  return `${parts.map((part) => part.trimEnd()).join('\n\n')}\n`
}

/** The table of targets, whose rows begin with the title of their section. */
function replaceTargets(old: string, sections: readonly Section[]): string {
  const titles = sections.map(({ title }) => title)
  const kept = old.split('\n').filter((line) => !titles.includes(cellsOf(line)[0] ?? ''))
  const rows = printFindings(sections).split('\n').slice(2)
  const table = [...kept.filter((line) => line.startsWith('|')), ...rows].map(cellsOf)
  return `## Targets\n\n${printAligned(table)}\n`
}

function cellsOf(line: string): readonly string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())
}

function printAligned(table: readonly (readonly string[])[]): string {
  const [head = [], , ...rows] = table
  return printTable(head, rows)
}
