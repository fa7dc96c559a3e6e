/** Defaults of programs that are told otherwise elsewhere: in a configuration file, on another line. */
import type { FoundPort } from './found/found-port.ts'

/** The ports without defaults of a program that some other place sets, for the same folder. */
export function withoutOverruled(ports: readonly FoundPort[]): readonly FoundPort[] {
  const told = new Set(
    ports.filter((port) => port.stance === 'claim' && isTold(port)).flatMap((port) => keyOf(port)),
  )
  return ports.filter(
    (port) => isTold(port) || port.stance !== 'claim' || !keyOf(port).some((key) => told.has(key)),
  )
}

function isTold({ confidence }: FoundPort): boolean {
  return confidence === 'explicit' || confidence === 'interpolated'
}

/** A script with a port of its own overrules nothing but itself: only a file that is always read does. */
function keyOf({ app, tool, profiles, confidence }: FoundPort): readonly string[] {
  if (app === undefined || tool === undefined) return []
  const isOfOneScript = confidence !== 'default' && profiles !== undefined
  return isOfOneScript ? [] : [`${app}\n${tool}`]
}
