/** Whether further names of ports can be told of: none is what discovery calls something already. */
import type { Issue } from '../document/issue.ts'
import { issueAt, type SourceDocument } from '../document/source-document.ts'
import { servicePortOf } from './definition.ts'
import type { WrittenPorts } from './written.ts'

/** What discovery's own DNS server has below its zone: its own name, and addresses. */
const RESERVED: readonly string[] = ['ns', 'addr']

/** Everything that is wrong with them. */
export function checkNames(document: SourceDocument, written: WrittenPorts): readonly Issue[] {
  const services = servicesOf(written)
  return Object.keys(written.spec.names ?? {}).flatMap((name) => {
    const complain = (message: string): readonly Issue[] => [
      issueAt(document, ['spec', 'names', name], { code: 'contradiction', message }, 'key'),
    ]
    if (RESERVED.includes(name))
      return complain(`discovery keeps the name ${name} for itself, in DNS; choose another one`)
    // In variables, and as Consul would say it, `shop/api` is written so as well.
    const own = services.find((service) => service.replaceAll('/', '-') === name)
    if (own === undefined) return []
    return complain(`${name} is what the service ${own} is called itself, and means that one`)
  })
}

/** Every service that the contract speaks of by its whole name. */
function servicesOf({ spec }: WrittenPorts): readonly string[] {
  const ranges = Object.values(spec.ranges)
  const ports = [
    ...Object.values(spec.names ?? {}),
    ...ranges.flatMap(({ fixed = {} }) => Object.keys(fixed)),
  ]
  return [
    ...ports.map((of) => servicePortOf(of).service),
    ...ranges.flatMap((range) => range.for?.service ?? []),
    ...Object.keys(spec.clients ?? {}),
    ...(spec.connect ?? []).flatMap(({ from, to }) => [...from, ...to]),
  ].filter((service) => !service.includes('*'))
}
