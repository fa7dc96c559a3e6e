/** What a page of scans shows, chosen and in order: pure. */
import { type PortSpan, printSpan } from '../../core/port/machine-facts.ts'
import type { PortProtocol } from '../../core/port/port-claim.ts'
import { SEVERITIES, type Severity } from '../../core/port/written-claim.ts'
import type {
  PublishedClaim,
  PublishedFinding,
  ScanConflict,
  ScanSummary,
} from '../../server/wire/scans.ts'

/** What of the lists is wanted. */
export interface ScanFilter {
  /** Words, each of which must be part of what is told. */
  readonly find: string
  /** Whether what is only a guess is told too. */
  readonly withGuesses: boolean
}

/** Whatever has a severity and is about ports. */
type Told = PortSpan & { readonly severity: Severity; readonly protocol: PortProtocol }

/** `8080`, `8080-8090`, `53/udp`. */
export function printPorts({ protocol, ...span }: PortSpan & Pick<Told, 'protocol'>): string {
  return protocol === 'tcp' ? printSpan(span) : `${printSpan(span)}/${protocol}`
}

/** The findings that are wanted, the worst first, and how many guesses are not shown. */
export function filterFindings(
  findings: readonly PublishedFinding[],
  filter: ScanFilter,
): Filtered<PublishedFinding> {
  return filtered(findings, filter, ({ rule, sentence, remedy, places, ...told }) => [
    ...[rule, sentence, remedy, printPorts(told)],
    ...places.flatMap(({ file, service, text }) => [file, service, text]),
  ])
}

/** The conflicts that are wanted, the worst first, and how many guesses are not shown. */
export function filterConflicts(
  conflicts: readonly ScanConflict[],
  filter: ScanFilter,
): Filtered<ScanConflict> {
  return filtered(conflicts, filter, ({ sentence, environment = '', claims, ...told }) => [
    ...[sentence, environment, printPorts(told)],
    ...claims.flatMap(({ scan, file, service, text }) => [scan, file, service, text]),
  ])
}

/** The claims that are wanted, by port. */
export function filterClaims(
  claims: readonly PublishedClaim[],
  { find }: Pick<ScanFilter, 'find'>,
): readonly PublishedClaim[] {
  return claims
    .filter((claim) => {
      const { service, file, text, environment = '', scope } = claim
      return hasWords([printPorts(claim), service, file, text, environment, scope], find)
    })
    .toSorted((one, other) => one.first - other.first || one.line - other.line)
}

/** What other repositories have against ports of one: worse first, guesses left out. */
export function contestsOf(
  { scan, ...ports }: PortSpan & Pick<Told, 'protocol'> & { readonly scan: string },
  conflicts: readonly ScanConflict[],
): readonly ScanConflict[] {
  return conflicts.filter(
    ({ severity, protocol, first, last, claims }) =>
      severity !== 'note' &&
      protocol === ports.protocol &&
      first <= ports.last &&
      ports.first <= last &&
      claims.some((claim) => claim.scan === scan),
  )
}

/** Those with most errors first, then by name. */
export function worstFirst(scans: readonly ScanSummary[]): readonly ScanSummary[] {
  return scans.toSorted(
    (one, other) =>
      other.errors - one.errors ||
      other.warnings - one.warnings ||
      one.name.localeCompare(other.name),
  )
}

/** What is left of a list. */
export interface Filtered<Item> {
  readonly shown: readonly Item[]
  /** Guesses that are wanted by their words, and not shown. */
  readonly guesses: number
}

function filtered<Item extends Told>(
  items: readonly Item[],
  { find, withGuesses }: ScanFilter,
  wordsOf: (item: Item) => readonly string[],
): Filtered<Item> {
  const found = items.filter((item) => hasWords(wordsOf(item), find))
  const shown = found.filter(({ severity }) => withGuesses || severity !== 'note')
  const gravity = ({ severity }: Item): number => SEVERITIES.indexOf(severity)
  return {
    shown: shown.toSorted((one, other) => gravity(one) - gravity(other)),
    guesses: found.length - shown.length,
  }
}

function hasWords(texts: readonly string[], find: string): boolean {
  const text = texts.join('\n').toLowerCase()
  return find
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}
