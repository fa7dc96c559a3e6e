/** Several Ports contracts side by side: no port, no service's port and no name may be in two of them. */
import { DEFAULT_REGION } from '../../core/plan/default-region.ts'
import { printServicePort } from '../../core/port/port-owner.ts'
import type { Understood } from '../contract.ts'
import type { Issue, Path } from '../document/issue.ts'
import { issueAt } from '../document/source-document.ts'
import type { DefinedRange, PortsDefinition } from './definition.ts'
import { overlapOf, whereOf } from './overlap.ts'

type One = Understood<PortsDefinition>

/** Everything that is wrong only because of another contract, told of the later one. */
export function checkTogether(all: readonly One[]): readonly Issue[] {
  return all.flatMap((one, place) =>
    all
      .slice(0, place)
      .filter((other) => areBeside(one.definition, other.definition))
      .flatMap((other) => [
        ...checkSpans(one, other),
        ...checkOwners(one, other),
        ...checkSameNames(one, other),
      ]),
  )
}

/** Where a contract is in force that names no regions. */
const NONE = [DEFAULT_REGION]

/** Whether both are in force on one machine. */
function areBeside({ regions }: PortsDefinition, other: PortsDefinition): boolean {
  const [own, theirs] = [regions, other.regions].map((some) => (some.length === 0 ? NONE : some))
  return own?.some((region) => theirs?.includes(region)) === true
}

function checkSpans(one: One, other: One): readonly Issue[] {
  return one.definition.ranges.flatMap((range) =>
    other.definition.ranges.flatMap((theirs) => {
      const overlap = overlapOf(range, theirs)
      if (overlap === undefined) return []
      const where = whereOf(other.document, rangePath(theirs, 'ports'))
      const message =
        `${range.name} has ${overlap}, which are claimed already by ${theirs.name} of ` +
        `${other.name}, in ${where}`
      const complaint = { code: 'contradiction', message } as const
      return [issueAt(one.document, rangePath(range, 'ports'), complaint)]
    }),
  )
}

function checkOwners(one: One, other: One): readonly Issue[] {
  return one.definition.ranges.flatMap((range) =>
    Object.keys(range.fixed).flatMap((of) => {
      const theirs = other.definition.ranges.find(({ fixed }) => Object.hasOwn(fixed, of))
      if (theirs === undefined) return []
      const where = whereOf(other.document, [...rangePath(theirs, 'fixed'), of])
      const message = `${of} has the port ${theirs.fixed[of]} already by ${other.name}, in ${where}`
      const path = [...rangePath(range, 'fixed'), of]
      return [issueAt(one.document, path, { code: 'contradiction', message }, 'key')]
    }),
  )
}

/** One name means one port; that two contracts say the same is no harm. */
function checkSameNames(one: One, other: One): readonly Issue[] {
  return one.definition.names.flatMap(({ name, ...meant }) => {
    const theirs = other.definition.names.find((alias) => alias.name === name)
    const known = theirs && printServicePort(theirs)
    if (known === undefined || known === printServicePort(meant)) return []
    const path = ['spec', 'names', name]
    const message = `${name} means ${known} already by ${other.name}, in ${whereOf(other.document, path)}`
    return [issueAt(one.document, path, { code: 'contradiction', message }, 'key')]
  })
}

function rangePath({ name }: DefinedRange, key: string): Path {
  return ['spec', 'ranges', name, key]
}
